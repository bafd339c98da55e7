/**
 * The gate: probabilities from runs, alpha* with its interval, the decision table, caps that only tighten, levers
 * that do what they say, and nothing that turns doubt into a PASS.
 */
import { expect, test } from 'vitest';
import type { Cap } from '../core/schema/recipe.js';
import {
  type DefinitionOutcome,
  type DomainRisk,
  domainRisk,
  type Interval,
  type SimulationBlock,
} from '../core/schema/risk.js';
import type { RiskSettings } from '../core/schema/risk-settings.js';
import { riskSettings } from '../core/schema/risk-settings.js';
import { benefitOf } from '../core/simulate/gate/benefit.js';
import { chainDepth } from '../core/simulate/gate/chain-depth.js';
import { criticalShare } from '../core/simulate/gate/critical-share.js';
import { decideDomain, isOnlyMonteCarlo } from '../core/simulate/gate/decide.js';
import { runExcess } from '../core/simulate/gate/definitions.js';
import { disclosureOf } from '../core/simulate/gate/disclosure.js';
import { judgeDomain } from '../core/simulate/gate/judge-domain.js';
import { judgeRisk } from '../core/simulate/gate/judge-risk.js';
import { riskLevers } from '../core/simulate/gate/levers.js';
import { searchNeededShare } from '../core/simulate/gate/needed-share.js';
import { COLLAPSE_V1, JOINT_LOOP, policyRecord } from '../core/simulate/gate/policy.js';
import { collapseChance, normalExceedance } from '../core/simulate/gate/probability.js';
import { runDrift } from '../core/simulate/gate/run-drift.js';
import { tightenedCaps, withCaps } from '../core/simulate/gate/tighten.js';
import { clopperPearson } from '../core/stats/intervals.js';
import { jackknifeVariance, studentQuantile } from '../core/stats/moments.js';
import { normalCdf } from '../core/stats/normal.js';
import { measureFixture, mixFixture, SETTINGS, zipfSpectrum } from './risk-measure-fixture.js';

const SELF_TEST = Array.from({ length: 12 }, (_, i) => ({
  ...{ test: i + 1, what: `T${i + 1}`, theory: 1, simulated: 1, se: 0.1, z: 0, pass: true },
}));
const tick = () => {};
const jackknifeSeOf = (values: readonly number[]) => Math.sqrt(jackknifeVariance(values));
const small = zipfSpectrum(8_000, 4_000);

interface Case {
  readonly humanShare: number;
  readonly settings?: Partial<RiskSettings>;
  readonly measure?: Parameters<typeof measureFixture>[0];
  readonly mix?: Parameters<typeof mixFixture>[2];
  /** Perplexity and distinct-2 ratios of the loop at every generation; null: no loop. */
  readonly loop?: readonly [number, number] | null;
  readonly runs?: number;
}

/** A domain that is simulated for real by S1 and S2; the loop's figures are given. */
function judged({
  humanShare,
  settings,
  measure: change,
  mix: own,
  loop = [1.02, 0.97],
  runs = 60,
}: Case) {
  const measure = measureFixture({ spectrum: small, ...change });
  const mix = mixFixture(measure, humanShare, own);
  const all = { ...SETTINGS, ...settings };
  const blocks: SimulationBlock[] = [];
  const scenario = {
    ...{ domain: 'health', policy: all.policy, human: all.human, temperature: 1 },
    ...{
      generations: all.horizonGenerations,
      humanShare: mix.humanShare.point,
      families: mix.families,
    },
  };
  const drift = { ...scenario, simulator: 'drift' as const };
  const values = runDrift({ measure, mix, scenario: drift, seed: 1, firstRun: 0, runs, tick });
  blocks.push({ schemaVersion: 1, scenario: drift, firstRun: 0, runs, values });
  if (loop !== null) {
    const rows = (value: number) =>
      Array.from({ length: 20 }, (_, run) =>
        Array.from({ length: all.horizonGenerations + 1 }, (_, g) =>
          g === 0 ? 1 : value + run / 5000,
        ),
      );
    const given = { perplexityRatio: rows(loop[0]), distinct2Ratio: rows(loop[1]) };
    blocks.push({
      schemaVersion: 1,
      scenario: { ...scenario, simulator: 'loop' },
      firstRun: 0,
      runs: 20,
      values: given,
    });
  }
  const evidence = { measure, mix, settings: all, seed: 1, riskBudget: 0.05, blocks };
  return { ...evidence, risk: judgeDomain(evidence) };
}

test('the policy says of every definition who set it, whether it decides, and why', () => {
  const record = policyRecord(COLLAPSE_V1);
  expect(
    record.definitions.filter(({ gates }) => gates).map(({ definition }) => definition),
  ).toEqual([
    ...['tailCoverage', 'heterozygosity', 'effectiveVocabulary', 'worstSubgroupSurvival'],
    ...[JOINT_LOOP, 'distinct2Ratio'],
  ]);
  for (const { reason } of record.definitions) expect(reason.length).toBeGreaterThan(40);
  expect(record.author).not.toBe('');
});

test('Clopper-Pearson covers the chance on each side, and zero events bound it by 3 / R', () => {
  expect(clopperPearson(0, 300, 0.95).high).toBeCloseTo(0.00994, 5);
  expect(clopperPearson(3, 3, 0.95).low).toBeCloseTo(0.05 ** (1 / 3), 9);
  // Enumerated: of all outcomes at R = 30, each bound is wrong with a chance of at most 5 %.
  for (const p of [0.01, 0.05, 0.2, 0.5]) {
    let [missedAbove, missedBelow, chance] = [0, 0, (1 - p) ** 30];
    for (let x = 0; x <= 30; x++) {
      const { low, high } = clopperPearson(x, 30, 0.95);
      if (high < p) missedAbove += chance;
      if (low > p) missedBelow += chance;
      chance *= ((30 - x) / (x + 1)) * (p / (1 - p));
    }
    expect(missedAbove).toBeLessThanOrEqual(0.05);
    expect(missedBelow).toBeLessThanOrEqual(0.05);
  }
});

test('few runs are bounded by their distance from the threshold, as tables of tolerance factors say', () => {
  // Natrella, table A-7: n = 20, P = .95, confidence .95: K = 2.396; the approximation is within 2 %.
  const values = Array.from({ length: 20 }, (_, i) => Math.sin(i * 1.7));
  const mean = values.reduce((sum, v) => sum + v, 0) / 20;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 19);
  const at = (k: number) =>
    normalExceedance(
      values.map((v) => (v - mean) / sd - k),
      0.95,
    );
  expect(at(2.396).high).toBeCloseTo(0.05, 2);
  expect(at(2.396 * 1.03).high).toBeLessThan(0.05);
  expect(at(2).point).toBeCloseTo(0.02275, 5);
  expect(at(-2.396).low).toBeCloseTo(0.95, 2);
  expect(normalExceedance([1], 0.95)).toEqual({ point: 1, low: expect.any(Number), high: 1 });
  expect(collapseChance(Array(20).fill(-1), 0.95).high).toBeCloseTo(1 - 0.05 ** (1 / 20), 9);
  expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6);
  expect(studentQuantile(0.95, 19)).toBeCloseTo(2.093024, 5);
});

test('the delete-group jackknife gives the standard error of a mean', () => {
  const values = [3, 5, 8, 9, 12, 20];
  const sum = values.reduce((all, v) => all + v, 0);
  const mean = sum / 6;
  const error = Math.sqrt(values.reduce((all, v) => all + (v - mean) ** 2, 0) / 5 / 6);
  expect(jackknifeSeOf(values.map((v) => (sum - v) / 5))).toBeCloseTo(error, 12);
});

test('alpha* of a domain lies between drift alone and no tail at all, with the w that was measured', () => {
  const { risk, measure } = judged({ humanShare: 0.7, measure: { w: { house: 0.5 } } });
  const { estimate, floor, optimistic, massWeighted } = risk.critical;
  const exact = (w: number) =>
    criticalShare({
      ...{ spectrum: measure.spectrum, suppression: () => w, generations: 10 },
      ...{ policy: 'replace', human: 'fresh', threshold: 0.9 },
    });
  expect([estimate.point, floor, optimistic]).toEqual([exact(0.5), exact(0), exact(1)]);
  expect(optimistic).toBeLessThan(estimate.low);
  expect(estimate.low).toBeLessThan(estimate.point);
  expect(estimate.high).toBeLessThan(floor);
  expect(massWeighted).toBeLessThan(estimate.point);
  expect(risk.coverage.floor).toBeLessThan(risk.coverage.estimate);
  expect(risk.coverage.estimate).toBeLessThan(risk.coverage.optimistic);
  expect(domainRisk.parse(risk)).toEqual(risk);
});

test('a family without a measured w leaves alpha* between both bounds, and nothing passes on hope', () => {
  const { risk, mix } = judged({ humanShare: 0.6, measure: { suppression: [] } });
  const { estimate, floor, optimistic } = risk.critical;
  expect(estimate.point).toBe(floor);
  expect(estimate.low).toBeLessThan(optimistic + 0.1);
  expect(mix.humanShare.low).toBeGreaterThan(optimistic);
  expect(risk.decision).toBe('INCONCLUSIVE');
  expect(risk.why).toContain('suppression w is unknown');
});

const LEVELS: Readonly<Record<string, Interval>> = {
  below: { point: 0.2, low: 0.1, high: 0.3 },
  across: { point: 0.5, low: 0.35, high: 0.65 },
  above: { point: 0.8, low: 0.7, high: 0.9 },
};
const CRITICAL = { point: 0.5, low: 0.4, high: 0.6 };
const CHANCES: Readonly<Record<string, Interval | null>> = {
  within: { point: 0, low: 0, high: 0.03 },
  open: { point: 0.02, low: 0.01, high: 0.08 },
  past: { point: 0.3, low: 0.2, high: 0.4 },
  missing: null,
};

function outcome(probability: Interval | null, gates = true): DefinitionOutcome {
  return {
    ...{ definition: 'tailCoverage', simulator: 'drift', threshold: 0.9, value: null, probability },
    ...{ gates, outcome: 'unclear', why: '' },
  };
}

test('the decision table: every pair of intervals, and two definitions at once', () => {
  const table: string[] = [];
  for (const [level, humanShare] of Object.entries(LEVELS)) {
    for (const [a, first] of Object.entries(CHANCES)) {
      for (const [b, second] of Object.entries(CHANCES)) {
        const definitions = [outcome(first), outcome(second)];
        const { decision } = decideDomain({
          ...{ humanShare, critical: CRITICAL, definitions, riskBudget: 0.05, isAllHuman: false },
        });
        const expected =
          level === 'below' || a === 'past' || b === 'past'
            ? 'FAIL'
            : level === 'above' && a === 'within' && b === 'within'
              ? 'PASS'
              : 'INCONCLUSIVE';
        expect(`${level} ${a} ${b} ${decision}`).toBe(`${level} ${a} ${b} ${expected}`);
        table.push(decision);
      }
    }
  }
  expect(table.filter((decision) => decision === 'PASS')).toHaveLength(1);
});

test('what is shown only does not decide, and nothing at all is no PASS', () => {
  const own = {
    humanShare: LEVELS.above!,
    critical: CRITICAL,
    riskBudget: 0.05,
    isAllHuman: false,
  };
  const shown = outcome(CHANCES.past!, false);
  const held = outcome(CHANCES.within!);
  expect(decideDomain({ ...own, definitions: [held, shown] }).decision).toBe('PASS');
  expect(decideDomain({ ...own, definitions: [shown] }).decision).toBe('INCONCLUSIVE');
  expect(decideDomain({ ...own, definitions: [], isAllHuman: true }).decision).toBe('PASS');
});

test('text labelled as written by people alone holds trivially, and one edited or unknown part ends that', () => {
  const all = judged({
    humanShare: 0.97,
    mix: { labels: { human_authored: 1 } },
    loop: null,
  });
  expect([all.risk.decision, all.risk.definitions]).toEqual(['PASS', []]);
  const unknown = judged({
    humanShare: 0.97,
    mix: { labels: { human_authored: 0.99, unknown: 0.01 } },
    loop: null,
  });
  expect(unknown.risk.decision).toBe('INCONCLUSIVE');
  const edited = judged({
    humanShare: 0.3,
    mix: { labels: { human_edited: 1 } },
    loop: null,
  });
  expect(edited.risk.decision).not.toBe('PASS');
});

test('enough human text passes, too little fails, and a share inside the interval is open', () => {
  const at = (humanShare: number, half = 0.005) =>
    judged({ humanShare, mix: { half }, measure: { w: { house: 0.9 } } }).risk;
  const { critical } = at(0.9);
  expect(at(0.9).decision).toBe('PASS');
  expect(at(0.2).decision).toBe('FAIL');
  // With labels known to half a percent, at alpha* itself half of the runs collapse by drift.
  expect(at(critical.estimate.point).decision).not.toBe('PASS');
  // Wide labels: many runs collapse, but not those with the kindest draws.
  const wide = at(critical.estimate.point + 0.1, 0.35);
  const tail = wide.definitions[0]!.probability!;
  expect(wide.decision).toBe('INCONCLUSIVE');
  expect([tail.point > 0.05, tail.low <= 0.05]).toEqual([true, true]);
});

test('30 % synthetic accumulating passes, 90 % replacing fails', () => {
  const own = { w: { house: 0.9 } };
  const kept = judged({
    humanShare: 0.7,
    settings: { policy: 'accumulate', human: 'fixed' },
    measure: own,
  });
  const lost = judged({
    humanShare: 0.1,
    settings: { policy: 'replace', human: 'fixed' },
    measure: own,
  });
  expect([kept.risk.decision, lost.risk.decision]).toEqual(['PASS', 'FAIL']);
});

test('perplexity alone never decides, distinct-2 does: text that dies while perplexity improves is stopped', () => {
  const at = (loop: readonly [number, number]) => judged({ humanShare: 0.95, loop }).risk;
  expect(at([1.5, 0.97]).decision).toBe('PASS');
  expect(at([0.8, 0.5]).decision).toBe('FAIL');
  expect(at([1.5, 0.5]).decision).toBe('FAIL');
  const joint = COLLAPSE_V1.definitions.find(({ definition }) => definition === JOINT_LOOP)!;
  // Past at different generations is not past at once.
  const values = { perplexityRatio: [[1, 1.2, 1]], distinct2Ratio: [[1, 1, 0.7]] };
  expect(runExcess(joint, { values, leftOut: new Set() })[0]).toBeLessThan(0);
});

test('a simulation that is missing, of another mix or of another policy is no PASS', () => {
  expect(judged({ humanShare: 0.95, loop: null }).risk.decision).toBe('INCONCLUSIVE');
  const good = judged({ humanShare: 0.95 });
  expect(good.risk.decision).toBe('PASS');
  const moved = (change: Partial<SimulationBlock['scenario']>) =>
    judgeDomain({
      ...good,
      blocks: good.blocks.map((block) => ({
        ...block,
        scenario: { ...block.scenario, ...change },
      })),
    });
  for (const change of [
    { humanShare: 0.5 },
    { policy: 'accumulate' as const },
    { generations: 5 },
    { domain: 'other' },
  ])
    expect(moved(change).decision).toBe('INCONCLUSIVE');
});

test('a subgroup that dies fails its domain; one of too few types is only shown', () => {
  const group = (types: number) => [
    {
      name: 'de',
      kind: 'language' as const,
      spectrum: { counts: [1, 2], types: [types, types], words: 3 * types },
    },
  ];
  const at = (types: number) =>
    judged({ humanShare: 0.6, measure: { subgroups: group(types), w: { house: 1 } } }).risk;
  expect(
    at(2000).definitions.find(({ definition }) => definition === 'worstSubgroupSurvival')!.outcome,
  ).toBe('holds');
  expect(at(20).definitions.some(({ definition }) => definition === 'worstSubgroupSurvival')).toBe(
    false,
  );
  const lost = judged({
    humanShare: 0.1,
    measure: { subgroups: group(2000), w: { house: 1 } },
  }).risk;
  expect(
    lost.definitions.find(({ definition }) => definition === 'worstSubgroupSurvival')!.outcome,
  ).toBe('collapses');
});

test('a mix passes only if every domain does and every self-test is green', () => {
  const { risk } = judged({ humanShare: 0.95 });
  const judge = (domains: DomainRisk[], selfTest = SELF_TEST) =>
    judgeRisk({ domains, selfTest, settings: SETTINGS, riskBudget: 0.05 });
  const as = (decision: DomainRisk['decision']): DomainRisk => ({
    ...risk,
    domain: decision,
    decision,
  });
  expect(judge([risk, as('PASS')]).decision).toBe('PASS');
  expect(judge([risk, as('INCONCLUSIVE')]).decision).toBe('INCONCLUSIVE');
  expect(judge([as('INCONCLUSIVE'), as('FAIL')]).decision).toBe('FAIL');
  const red = judge([risk], [{ ...SELF_TEST[0]!, pass: false }, ...SELF_TEST.slice(1)]);
  expect(red.decision).toBe('INCONCLUSIVE');
  expect(red.why.join()).toContain('self-test 1 is red');
  expect(judge([risk], []).decision).toBe('INCONCLUSIVE');
  expect(judge([risk], SELF_TEST.slice(1)).why.join()).toContain('self-tests 1 of');
  expect(judge([]).decision).toBe('INCONCLUSIVE');
});

test('where chance alone is in the way, more runs are asked for; where it is not, they are not', () => {
  const own = {
    humanShare: LEVELS.above!,
    critical: CRITICAL,
    riskBudget: 0.05,
    isAllHuman: false,
  };
  expect(isOnlyMonteCarlo({ ...own, definitions: [outcome(CHANCES.open!)] })).toBe(true);
  expect(
    isOnlyMonteCarlo({ ...own, humanShare: LEVELS.across!, definitions: [outcome(CHANCES.open!)] }),
  ).toBe(false);
  expect(isOnlyMonteCarlo({ ...own, definitions: [outcome(CHANCES.open!), outcome(null)] })).toBe(
    false,
  );
  // A later attempt has half the budget: 60 clean runs do not show .0125.
  const good = judged({ humanShare: 0.95 });
  const later = judgeDomain({ ...good, riskBudget: 0.0125 });
  expect(later.decision).toBe('INCONCLUSIVE');
  const all = { domains: [later], selfTest: SELF_TEST, settings: SETTINGS };
  expect(judgeRisk({ ...all, riskBudget: 0.0125 }).moreRuns).toEqual(['health']);
});

const NO_CAPS: Cap[] = [];
const tighten = (risk: DomainRisk, caps: readonly Cap[] = NO_CAPS) =>
  tightenedCaps({ domains: [risk], settings: { margin: 0.02 }, caps });
const shareOf = (cap: Cap) => (cap.limit.kind === 'max_share' ? cap.limit.share : Number.NaN);

test('a failing domain gets a cap that gives it the human share it needs, on the grid of .01', () => {
  const own = { measure: { spectrum: zipfSpectrum(40_000, 15_000) } };
  const { risk } = judged({ humanShare: 0.2, ...own });
  const [cap] = tighten(risk);
  const needed = risk.critical.estimate.high + 0.02;
  expect(cap).toMatchObject({
    id: 'risk-health',
    domain: 'health',
    provenance: ['synthetic', 'unknown'],
  });
  expect(Math.round(shareOf(cap!) * 100) / 100).toBe(shareOf(cap!));
  // Human-labelled text yields 97.5 % at least, so the rest may be 1 - needed / .975.
  const most = 1 - needed / (risk.mix.humanShare.low / 0.2);
  expect(shareOf(cap!)).toBeLessThanOrEqual(most);
  expect(shareOf(cap!)).toBeGreaterThan(most - 0.01);
  expect(cap!.reason).toContain((100 * risk.critical.estimate.point).toFixed(1));
  const after = judged({
    ...own,
    humanShare: (1 - shareOf(cap!)) * (risk.mix.humanShare.low / 0.2),
  });
  expect(after.risk.decision).toBe('PASS');
});

test('caps only tighten: a chain of them falls by a step at least and ends', () => {
  const { risk } = judged({ humanShare: 0.2 });
  let caps: Cap[] = NO_CAPS;
  let before = 1;
  for (let round = 0; round < 200; round++) {
    const added = tighten(risk, caps);
    if (added.length === 0) break;
    expect(shareOf(added[0]!)).toBeLessThan(before);
    before = shareOf(added[0]!);
    caps = withCaps(caps, added);
    expect(caps.filter(({ id }) => id === 'risk-health')).toHaveLength(1);
  }
  expect(tighten(risk, caps)).toEqual([]);
  expect(before).toBe(0);
});

test('domains that do not fail get no cap, and the order of domains does not matter', () => {
  const { risk } = judged({ humanShare: 0.2 });
  const other = { ...risk, domain: 'code', mix: { ...risk.mix, domain: 'code' } };
  const passed = { ...risk, domain: 'a', decision: 'PASS' as const };
  const own = { settings: { margin: 0.02 }, caps: NO_CAPS };
  const one = tightenedCaps({ ...own, domains: [risk, passed, other] });
  expect(one.map(({ id }) => id)).toEqual(['risk-code', 'risk-health']);
  expect(tightenedCaps({ ...own, domains: [other, risk, passed] })).toEqual(one);
});

test('where edited text yields too little, the cap counts it too', () => {
  const labels = { human_authored: 0.1, human_edited: 0.6, synthetic: 0.3 };
  const { risk } = judged({ humanShare: 0.2, mix: { labels } });
  expect(tighten(risk)[0]!.provenance).toEqual(['human_edited', 'synthetic', 'unknown']);
});

test('a family that lacks the tail gets a cap of its own where suppression drives the failure', () => {
  const two = { w: { good: 1, poor: 0.1 } };
  const first = judged({ humanShare: 0.9, measure: two }).risk.critical;
  const share = (first.optimistic + first.estimate.low) / 2;
  const { risk } = judged({ humanShare: share, measure: two });
  expect(risk.decision).toBe('FAIL');
  const family = tighten(risk).find(({ id }) => id === 'risk-health-poor')!;
  expect(family).toMatchObject({ modelFamily: 'poor', provenance: ['synthetic'] });
  expect(shareOf(family)).toBeLessThanOrEqual((1 - share) / 4);
  const drifting = judged({ humanShare: 0.05, measure: two }).risk;
  expect(tighten(drifting).map(({ id }) => id)).toEqual(['risk-health']);
});

test('a failure by another definition is capped at the share where that would hold', () => {
  const { risk } = judged({ humanShare: 0.9, loop: [1.4, 0.7] });
  expect(risk.decision).toBe('FAIL');
  const [cap] = tighten(risk);
  expect(shareOf(cap!)).toBeLessThan(0.1);
  expect(cap!.reason).toContain(JOINT_LOOP);
  const tiny = judged({
    humanShare: 0.05,
    measure: { spectrum: zipfSpectrum(300, 60), jackknife: [] },
  });
  const own = {
    ...{ measure: tiny.measure, mix: tiny.mix, settings: tiny.settings, seed: 1, tick },
    riskBudget: 0.0125,
  };
  const needed = searchNeededShare({ ...own, definition: 'effectiveVocabulary' })!;
  expect(needed).toBeGreaterThan(0.05);
  expect(needed).toBeLessThanOrEqual(1);
  expect(searchNeededShare({ ...own, definition: JOINT_LOOP })).toBeNull();
});

test('each lever that is said to suffice does, judged anew, and a little less does not', () => {
  const start = judged({
    humanShare: 0.45,
    mix: { unknown: 0.3, half: 0.02 },
    measure: { w: { good: 1, poor: 0.6 } },
  });
  const levers = riskLevers(start);
  expect(levers.map(({ lever }) => lever).sort()).toEqual(
    [
      'accumulate',
      'add a family',
      'add human text',
      'drop a family',
      'label unknown text',
      'raise w',
    ].sort(),
  );
  const enough = levers.filter(({ suffices }) => suffices);
  expect(enough.length).toBeGreaterThanOrEqual(3);
  const costs = enough.map(({ cost }) => cost ?? Number.POSITIVE_INFINITY);
  expect([...costs].sort((a, b) => a - b)).toEqual(costs);
  const human = levers.find(({ lever }) => lever === 'add human text')!;
  const { tokens, humanShare } = start.mix;
  const after = (added: number) => {
    const share = (humanShare.point * tokens + added) / (tokens + added);
    const words = (start.mix.words * (tokens + added)) / tokens;
    const mix = {
      ...mixFixture(start.measure, share, { half: 0.02 * (1 - added / (tokens + added)) }),
      words,
    };
    return (
      judgeDomain({ ...start, mix, blocks: [] }).critical.estimate.high <= mix.humanShare.low + 0.01
    );
  };
  expect(after(human.amount!)).toBe(true);
  expect(after(human.amount! * 0.7)).toBe(false);
});

test('levers other than more text hold too when the domain is judged anew with them', () => {
  const two = { w: { good: 1, poor: 0.6 }, spread: 1.005 };
  const start = judged({ humanShare: 0.45, mix: { unknown: 0.3, half: 0.02 }, measure: two });
  const found = new Map(riskLevers(start).map((row) => [row.lever, row]));
  const { settings, mix, measure } = start;
  const slack = 0.01;
  const holds = (change: Partial<typeof start>) => {
    const { humanShare } = change.mix ?? mix;
    const { critical } = judgeDomain({ ...start, blocks: [], ...change });
    return humanShare.low >= critical.estimate.high - slack;
  };
  const withW = (change: (w: number) => number) => ({
    measure: {
      ...measure,
      suppression: measure.suppression.map((row) => {
        const point = change(row.w.point);
        return { ...row, w: { point, low: point / 1.005, high: point * 1.005 } };
      }),
    },
  });
  const redone = {
    accumulate: holds({ settings: { ...settings, policy: 'accumulate' } }),
    'raise w': holds(withW((w) => Math.max(w, found.get('raise w')!.amount ?? 1))),
    'drop a family': holds({ mix: { ...mix, families: [{ family: 'good', share: 1 }] } }),
  };
  for (const [lever, held] of Object.entries(redone)) {
    expect(`${lever} ${held}`).toBe(`${lever} ${found.get(lever)!.suffices}`);
  }
  expect(holds({})).toBe(false);
});

test('labelling the tokens that are named lifts the lower bound to what is needed, a tenth less does not', () => {
  const { critical } = judged({ humanShare: 0.5 }).risk;
  const point = critical.estimate.high + 0.03;
  const strict = { point: point - 0.15, low: point - 0.17, high: point - 0.13 };
  const mix = {
    ...{ unknown: 0.3, humanShareUnknownSynthetic: strict },
    humanShare: { point, low: point - 0.15, high: point + 0.1 },
  };
  const start = judged({ humanShare: point, mix });
  const label = riskLevers(start).find(({ lever }) => lever === 'label unknown text')!;
  expect(label.suffices).toBe(true);
  // Of the .15 between lower end and point, .02 comes from what is not unknown and stays.
  const part = label.amount! / (0.3 * start.mix.tokens);
  const lowAt = (labelled: number) => point - 0.15 + labelled * 0.13;
  const { high } = start.risk.critical.estimate;
  expect(lowAt(part)).toBeGreaterThanOrEqual(high - 1e-9);
  expect(lowAt(0.9 * part)).toBeLessThan(high);
});

test('drift confirms alpha*: above it by .05 the tail holds, below it by .05 it does not', () => {
  const { measure, mix, risk } = judged({
    humanShare: 0.5,
    measure: { spectrum: zipfSpectrum(40_000, 15_000), w: { house: 1 } },
  });
  const at = (humanShare: number) => {
    const scenario = {
      simulator: 'drift' as const,
      domain: 'health',
      policy: 'replace' as const,
      human: 'fresh' as const,
    };
    const own = {
      ...scenario,
      generations: 10,
      humanShare,
      families: mix.families,
      temperature: 1,
    };
    const rows = runDrift({
      measure,
      mix: { ...mix, draws: [] },
      scenario: own,
      seed: 1,
      firstRun: 0,
      runs: 10,
      tick,
    });
    return rows.tailCoverage!.reduce((sum, row) => sum + row[10]!, 0) / 10;
  };
  expect(at(risk.critical.estimate.point + 0.05)).toBeGreaterThan(0.9);
  expect(at(risk.critical.estimate.point - 0.05)).toBeLessThan(0.9);
});

test('levers: fresh human text is offered for fixed text only, and a passing domain has none', () => {
  const fixed = judged({ humanShare: 0.2, settings: { human: 'fixed' } });
  expect(riskLevers(fixed).some(({ lever }) => lever === 'fresh human text')).toBe(true);
  expect(riskLevers(judged({ humanShare: 0.95 }))).toEqual([]);
  const pooled = riskLevers(judged({ humanShare: 0.2, settings: { human: 'fixed' } }));
  expect(pooled.find(({ lever }) => lever === 'accumulate')).toMatchObject({ cost: 0 });
});

test('chain depth of F2: s / (1 - s) in the long run, s^2 of two and more, 1 + 1/2 + .. + 1/g in a pool', () => {
  const long = { policy: 'replace', human: 'fresh', horizonGenerations: 100 } as const;
  expect(chainDepth(0.3, long).mean).toBeCloseTo(0.42857, 5);
  expect(chainDepth(1, { ...long, policy: 'accumulate', horizonGenerations: 1 }).mean).toBe(1);
  expect(chainDepth(0.3, long).shareOfTwoAndMore).toBeCloseTo(0.09, 12);
  const pool = chainDepth(1, { policy: 'accumulate', human: 'fixed', horizonGenerations: 20 });
  expect(pool.mean).toBeCloseTo(3.5977, 4);
});

test('repeated text is worth what V3 says', () => {
  expect(benefitOf(4_000, 1_000).epochs).toBe(4);
  expect(benefitOf(4_000, 1_000).uniqueEquivalent).toBeCloseTo(3725.7, 1);
  expect(benefitOf(500, 1_000)).toEqual({ tokens: 500, uniqueEquivalent: 500, epochs: 1 });
});

test('the disclosure names what is not modelled and every assumption of the mix', () => {
  const { risk, settings } = judged({
    humanShare: 0.6,
    measure: { suppression: [] },
    mix: { basis: 'assumed' },
  });
  const text = disclosureOf([risk], settings).join('\n');
  for (const word of ['Hallucinated', 'Semantics', 'Reinforcement', 'Transformer', 'Curriculum'])
    expect(text).toContain(word);
  expect(text).toContain('health: the human share is assumed');
  expect(text).toContain('health: suppression of house is not measured');
});

test('settings of the fixture are settings', () => {
  expect(riskSettings.parse(SETTINGS)).toEqual(SETTINGS);
});
