/** The `risk` part of recipe.yaml. Read by `recipe-file.ts`. */
import {
  decimalNumber,
  listOf,
  mapping,
  oneOf,
  pattern,
  text,
  wholeNumber,
  yesNo,
} from './file-values.js';
import { LIMITS } from './limits.js';
import { HUMAN_REFRESH, RISK_POLICIES, type RiskSettings } from './risk-settings.js';

const termList = mapping({
  name: pattern('a name of letters, digits and . _ -', /^[A-Za-z0-9][A-Za-z0-9._-]*$/).describe(
    'Its name in the report.',
  ),
  path: text('a path').describe('A text file, one term a line.'),
});

export const riskFile = mapping({
  policy: oneOf(RISK_POLICIES)
    .prefault('replace')
    .describe(
      'What later generations train on: `replace` the newest corpus, `accumulate` all of them, `accumulate-subsample` as much text drawn from all.',
    ),
  human: oneOf(HUMAN_REFRESH)
    .prefault('fixed')
    .describe('Human text of later generations: the `fixed` set of this mix again, or `fresh`.'),
  horizon_generations: wholeNumber(1, LIMITS.riskGenerations)
    .prefault(10)
    .describe(
      'Generations of models trained on the last one’s text until which the mix must hold.',
    ),
  thresholds: oneOf(['collapse-v1'])
    .prefault('collapse-v1')
    .describe('Definitions of collapse and their thresholds, by name.'),
  on_fail: oneOf(['replan', 'stop'])
    .prefault('replan')
    .describe('After a FAIL: tighten the caps that the simulation names and plan again, or stop.'),
  on_inconclusive: oneOf(['stop', 'publish'])
    .prefault('stop')
    .describe('After INCONCLUSIVE: stop, or publish with that verdict in card and report.'),
  max_replans: wholeNumber(0, LIMITS.riskReplans).prefault(3).describe('Plans after a FAIL.'),
  margin: decimalNumber(0, 0.5)
    .prefault(0.02)
    .describe('Added to the critical human share when caps are tightened.'),
  sample_words: wholeNumber(10_000, LIMITS.riskSampleWords)
    .prefault(500_000)
    .describe('Words of human text in the n-gram loop, over all domains.'),
  loop_runs: wholeNumber(5, LIMITS.riskRuns).prefault(20).describe('Runs of the n-gram loop.'),
  drift_runs: wholeNumber(60, LIMITS.riskRuns)
    .prefault(100)
    .describe('Runs of the drift simulation.'),
  temperature: decimalNumber(0.1, 2)
    .nullable()
    .prefault(null)
    .describe(
      'Temperature at which later generations are sampled; not given: 1 in the n-gram loop, and what no synthetic text measures stays unknown.',
    ),
  terms: listOf(termList, 'lists of terms', 0, 100)
    .prefault([])
    .describe('Lists of terms whose survival is watched.'),
  table: yesNo()
    .prefault(true)
    .describe('Whether the table of synthetic shares by generations is computed too.'),
}).transform(
  (r): RiskSettings => ({
    policy: r.policy,
    human: r.human,
    horizonGenerations: r.horizon_generations,
    thresholds: r.thresholds,
    onFail: r.on_fail,
    onInconclusive: r.on_inconclusive,
    maxReplans: r.max_replans,
    margin: r.margin,
    sampleWords: r.sample_words,
    loopRuns: r.loop_runs,
    driftRuns: r.drift_runs,
    temperature: r.temperature,
    terms: r.terms,
    table: r.table,
  }),
);
