/**
 * Test 12 on own text: type survival in the full n-gram loop (fit, generate, refit) against the branching
 * form B1 averaged over the measured counts, at no human text. The form takes types for independent
 * lines, so it is approximate: .006 for maximum likelihood and .02 for Kneser-Ney, as found on four
 * corpora of half a million words, and 4 SE for the runs.
 */
import { assert } from '../schema/failure.js';
import type { SelfTestRow, WordSample } from '../schema/risk.js';
import { completeValues } from './complete-values.js';
import type { SimulatedRow } from './model.js';
import { modelNamed } from './models/index.js';

const GENERATIONS = [1, 5, 10];
const RUNS = 5;
/** Words that keep the test within seconds; with fewer, the SE says what it is worth. */
const MAX_WORDS = 100_000;
const SE_ALLOWED = 4;

const LOOPS = [
  { smoothing: 'mle', order: 1, name: 'unigram', tolerance: 0.006 },
  { smoothing: 'mle', order: 3, name: 'trigram', tolerance: 0.006 },
  { smoothing: 'kn', order: 3, name: 'Kneser-Ney trigram', tolerance: 0.02 },
] as const;

/** A row per loop and generation. */
export function ownTextRows(
  sample: WordSample,
  seed: number,
  tick: (done: number) => void,
): SelfTestRow[] {
  const model = modelNamed('ngram');
  assert(model !== null, 'the self-test knows no model ngram');
  return LOOPS.flatMap(({ smoothing, order, name, tolerance }, i) => {
    const given = { smoothing, order, alpha: 0, policy: 'replace', temperature: 1 };
    const values = completeValues(model, {
      ...given,
      'max-tokens': MAX_WORDS,
      file: sample.domain,
    });
    const rows = model.run({
      ...{ values, ts: GENERATIONS, replicates: RUNS, seed, sample },
      tick: () => undefined,
    });
    tick(i + 1);
    const survival = rows.filter(({ quantity }) => quantity === 'survival');
    return survival.map((row) => judge(row, `B1 on own text, ${name}, g = ${row.t}`, tolerance));
  });
}

export const OWN_TEXT_STEPS = LOOPS.length;

function judge({ mean, se, theory }: SimulatedRow, what: string, tolerance: number): SelfTestRow {
  assert(typeof theory === 'number', `${what}: survival has a theory`);
  const pass = Math.abs(mean - theory) <= tolerance + SE_ALLOWED * se;
  return { test: 12, what, theory, simulated: mean, se, z: null, pass };
}
