/**
 * The twelve acceptance tests: each simulates at a fixed seed and compares with the closed form, which
 * itself must give the reference value. A test passes within 4 standard errors; with some thirty rows a
 * correct build raises a false alarm once in about 500 seeds. Deterministic values pass by the
 * tolerance of their reference. A red row forbids a PASS of the gate.
 */
import { assert } from '../schema/failure.js';
import type { SelfTestRow, WordSample } from '../schema/risk.js';
import { completeValues } from './complete-values.js';
import { modelNamed } from './models/index.js';
import { scoreRows } from './score-rows.js';
import { type Read, SIMULATED_CASES, type SimulatedCase } from './self-test-cases.js';
import { computedRows } from './self-test-computed.js';
import { OWN_TEXT_STEPS, ownTextRows } from './self-test-text.js';

/** Standard errors by which a test may miss; false alarm of a row 6e-5. */
export const PASS_SE = 4;

export interface SelfTest {
  readonly seed: number;
  /** Own text, for the last test: without it the n-gram loop is not compared with measured counts. */
  readonly sample?: WordSample;
  readonly tick: (done: number, total: number) => void;
}

/** Rows of all twelve tests, by test. Takes seconds: for a thread of the pool. */
export function selfTest({ seed, sample, tick }: SelfTest): SelfTestRow[] {
  const simulated = SIMULATED_CASES.length;
  const total = simulated + 1 + (sample === undefined ? 0 : OWN_TEXT_STEPS);
  const rows = SIMULATED_CASES.flatMap((one, i) => {
    const judged = simulatedRows(one, seed);
    tick(i + 1, total);
    return judged;
  });
  rows.push(...computedRows());
  tick(simulated + 1, total);
  if (sample !== undefined) {
    rows.push(...ownTextRows(sample, seed, (done) => tick(simulated + 1 + done, total)));
  }
  return rows.sort((a, b) => a.test - b.test);
}

/** Rows of one test. */
export function simulatedRows(one: SimulatedCase, seed: number): SelfTestRow[] {
  const { t, replicates } = one;
  const model = modelNamed(one.model);
  assert(model !== null, `the self-test knows no model ${one.model}`);
  const values = completeValues(model, one.values);
  const rows = scoreRows(model.run({ values, ts: [t], replicates, seed, tick: () => undefined }));
  return one.reads.map((read) => {
    const row = rows.find(({ quantity }) => quantity === read.quantity);
    assert(row !== undefined, `model ${one.model} gives no ${read.quantity}`);
    return judge(one, read, row);
  });
}

type Scored = ReturnType<typeof scoreRows>[number];

/** Red where the simulation is away from its closed form, or the closed form from its reference. */
function judge({ test, what, reads }: SimulatedCase, read: Read, row: Scored): SelfTestRow {
  const { theory, mean, se } = row;
  assert(typeof theory === 'number', `${what}: a test needs one theoretical value`);
  const isReference = Math.abs(theory - read.reference) <= read.tolerance;
  const z = (mean - theory) / se;
  const passes =
    row.z === null
      ? Math.abs(mean - theory) <= (read.slack ?? read.tolerance) + PASS_SE * se
      : Math.abs(row.z) <= PASS_SE;
  return {
    test,
    what: reads.length === 1 ? what : `${what}, ${read.quantity}`,
    theory,
    simulated: mean,
    se,
    z: row.z ?? (se > 0 ? z : null),
    pass: isReference && passes,
  };
}
