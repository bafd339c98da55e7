/** A program that changes inside the solver has the answers of the same program solved from scratch. */
import { expect, test } from 'vitest';
import { ModelDraft, type Objective, type Session, type Solution } from '../core/plan/model.js';
import { derive, draw } from '../core/random/draw.js';
import { createHighs } from '../engines/highs.js';

const solver = await createHighs();
const CHANGES = 12;

/** Uniform in [0, 1), by name. */
const drawsOf = (seed: number) => (name: string) => draw(derive(seed, 'session'), name);

interface Twin {
  readonly draft: ModelDraft;
  readonly session: Session;
  objective: Objective;
}

/** max of positive values of 6 columns in [0, 10] under 4 rows, some of them integers. */
function twinOf(of: (name: string) => number, withIntegers: boolean): Twin {
  const draft = new ModelDraft();
  for (let c = 0; c < 6; c++) draft.addColumn(`c${c}`, 0, 10, withIntegers && c < 2);
  for (let r = 0; r < 4; r++) {
    const terms = [0, 1, 2, 3, 4, 5].map((c) => [c, Math.round(9 * of(`a${r}:${c}`)) - 2] as const);
    draft.addRow(terms, { upper: 5 + 20 * of(`b${r}`) });
  }
  const objective = objectiveOf(of, 'first');
  return { draft, objective, session: solver.open({ ...draft, objective }) };
}

const objectiveOf = (of: (name: string) => number, name: string): Objective => ({
  sense: of(`${name}:sense`) < 0.3 ? 'minimise' : 'maximise',
  indices: [0, 1, 2, 3, 4, 5],
  values: [0, 1, 2, 3, 4, 5].map((c) => of(`${name}:${c}`) - 0.1),
});

/** One change of either kind, made to both. */
function change(
  { draft, session, ...rest }: Twin,
  of: (name: string) => number,
  k: number,
): Objective {
  const pick = Math.floor(6 * of(`pick${k}`));
  const amount = of(`amount${k}`);
  const column = Math.floor(6 * of(`column${k}`));
  const row = Math.floor(draft.rows.length * of(`row${k}`));
  let { objective } = rest;
  if (pick === 0) {
    objective = objectiveOf(of, `objective${k}`);
    session.setObjective(objective);
  } else if (pick === 1) {
    const bounds = { lower: 0, upper: Math.round(12 * amount) };
    Object.assign(draft.columns[column]!, bounds);
    session.setColumnBounds(column, bounds);
  } else if (pick === 2) {
    const bounds =
      amount < 0.2 ? { lower: -Infinity, upper: Infinity } : { lower: -5, upper: 30 * amount };
    draft.rows[row] = { ...draft.rows[row]!, ...bounds };
    session.setRowBounds(row, bounds);
  } else if (pick === 3) {
    const at = draft.rows[row]!;
    const values = at.values.map((v, i) => (at.indices[i] === column ? 4 * amount : v));
    draft.rows[row] = { ...at, values };
    if (at.indices.includes(column)) session.setCoefficient(row, column, 4 * amount);
  } else if (pick === 4) {
    const terms = [
      [column, 1],
      [(column + 1) % 6, 2 * amount],
    ] as const;
    const index = draft.addRow(terms, { lower: 16 * amount - 1 });
    const { indices, values, lower, upper } = draft.rows[index]!;
    expect(session.addRow({ indices, values, lower, upper })).toBe(index);
  } else {
    const index = draft.addColumn(`new${k}`, 0, 5);
    expect(session.addColumn({ lower: 0, upper: 5 })).toBe(index);
    draft.rows[row] = {
      ...draft.rows[row]!,
      indices: [...draft.rows[row]!.indices, index],
      values: [...draft.rows[row]!.values, -1],
    };
    session.setCoefficient(row, index, -1);
  }
  return objective;
}

const objectiveAt = (s: Solution) => (s.status === 'optimal' ? s.objective : null);

test.each([false, true])(
  'after any change a session answers as a fresh solve; integers: %s',
  async (withIntegers) => {
    let optimal = 0;
    let infeasible = 0;
    for (let seed = 0; seed < 25; seed++) {
      const of = drawsOf(seed);
      const twin = twinOf(of, withIntegers);
      for (let k = 0; k < CHANGES; k++) {
        twin.objective = change(twin, of, k);
        const warm = await twin.session.solve();
        const cold = await solver.solve({ ...twin.draft, objective: twin.objective });
        expect(warm.status, `seed ${seed}, change ${k}`).toBe(cold.status);
        if (cold.status === 'optimal') {
          optimal += 1;
          expect(objectiveAt(warm)).toBeCloseTo(cold.objective, 6);
          expect((warm.status === 'optimal' ? warm.rowDuals : null) === null).toBe(
            cold.rowDuals === null,
          );
        } else infeasible += 1;
      }
      twin.session.close();
    }
    expect(optimal).toBeGreaterThan(100);
    expect(infeasible).toBeGreaterThan(5);
  },
);

/** x + y >= 4 and x + y <= 3 contradict each other; z <= 1 has no part in it. */
function contradiction() {
  const draft = new ModelDraft();
  const [x, y, z] = ['x', 'y', 'z'].map((name) => draft.addColumn(name, 0, 5));
  const both = [
    [x!, 1],
    [y!, 1],
  ] as const;
  draft.addRow([[z!, 1]], { upper: 1 });
  draft.addRow(both, { lower: 4 });
  draft.addRow(both, { upper: 3 });
  return { draft, objective: { sense: 'maximise', indices: [z!], values: [1] } as const };
}

test('the ray of a contradiction weighs its rows and no other', async () => {
  const { draft, objective } = contradiction();
  const session = solver.open({ ...draft, objective });
  expect(await session.solve()).toEqual({ status: 'infeasible' });
  const ray = session.infeasibilityRay()!;
  expect([...ray].map((weight) => Math.abs(weight) > 1e-9)).toEqual([false, true, true]);
  session.setRowBounds(2, { lower: -Infinity, upper: Infinity });
  expect((await session.solve()).status).toBe('optimal');
  session.close();
});

/** The vertex and its prices to nine digits: a refactored basis gives the last bit anew. */
function rounded(solution: Solution) {
  if (solution.status !== 'optimal') return solution;
  const digits = (values: Float64Array) => [...values].map((v) => Number(v.toFixed(9)) + 0);
  return { values: digits(solution.values), duals: digits(solution.rowDuals!) };
}

test('a kept basis makes an answer independent of the changes in between', async () => {
  const of = drawsOf(3);
  const { draft, objective, session } = twinOf(of, false);
  const first = await session.solve();
  const basis = session.basis();
  session.setRowBounds(0, { lower: -Infinity, upper: 1 });
  await session.solve();
  session.setRowBounds(0, draft.rows[0]!);
  session.start(basis);
  expect(rounded(await session.solve())).toEqual(rounded(first));
  session.start(null);
  expect(await session.solve()).toEqual(await solver.solve({ ...draft, objective }));
  session.close();
});

test('a session outlives the instance that it began with', async () => {
  const own = await createHighs();
  const { draft, objective } = contradiction();
  const session = own.open({ ...draft, objective });
  await session.solve();
  const broken = new ModelDraft();
  broken.rows.push({ ...draft.rows[0]!, indices: [7], values: [1] });
  broken.addColumn('x', 0, 1);
  // Refused by the wrapper, after which the solver goes on with a fresh instance.
  expect((await own.solve({ ...broken, objective })).status).toBe('failed');
  session.setRowBounds(2, { lower: -Infinity, upper: Infinity });
  expect(objectiveAt(await session.solve())).toBeCloseTo(1, 9);
  session.close();
});
