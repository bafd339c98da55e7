/** The translation to HiGHS, on programs whose answers are known by hand. */
import { expect, test } from 'vitest';
import { ModelDraft, type Solution } from '../core/plan/model.js';
import { createHighs } from '../engines/highs.js';

const solver = await createHighs();

function optimal(solution: Solution): Extract<Solution, { status: 'optimal' }> {
  if (solution.status !== 'optimal') throw new Error(JSON.stringify(solution));
  return solution;
}

/** max 3x + 2y, x + y <= 4, x + 3y <= 6, x <= 3: x = 3, y = 1, value 11. */
function textbook() {
  const draft = new ModelDraft();
  const x = draft.addColumn('x', 0, 3);
  const y = draft.addColumn('y', 0, Infinity);
  draft.addRow(
    [
      [x, 1],
      [y, 1],
    ],
    { upper: 4 },
  );
  draft.addRow(
    [
      [x, 1],
      [y, 3],
    ],
    { upper: 6 },
  );
  return { draft, x, y };
}

test('a known program gives its optimum and prices d(objective) / d(right-hand side)', async () => {
  const { draft, x, y } = textbook();
  const objective = { sense: 'maximise', indices: [x, y], values: [3, 2] } as const;
  const found = optimal(await solver.solve({ ...draft, objective }));
  expect(found.objective).toBeCloseTo(11, 9);
  expect([...found.values].map((v) => Number(v.toFixed(9)))).toEqual([3, 1]);
  // Raising x + y <= 4 by 1 gives one more y (+2); raising x <= 3 swaps a y for an x (+1).
  // x + 3y <= 6 is tight as well (degenerate), so prices are one of several: check strong duality.
  const bound = 4 * found.rowDuals![0]! + 6 * found.rowDuals![1]! + 3 * found.columnDuals![0]!;
  expect(bound).toBeCloseTo(11, 9);
  expect(Math.min(...found.rowDuals!)).toBeGreaterThanOrEqual(0);
});

test('prices of a minimum row are negative in a maximisation', async () => {
  const draft = new ModelDraft();
  const x = draft.addColumn('x', 0, Infinity);
  const y = draft.addColumn('y', 0, Infinity);
  draft.addRow(
    [
      [x, 1],
      [y, 2],
    ],
    { upper: 10 },
  );
  draft.addRow([[y, 1]], { lower: 2 });
  const objective = { sense: 'maximise', indices: [x, y], values: [1, 1] } as const;
  const found = optimal(await solver.solve({ ...draft, objective }));
  expect(found.objective).toBeCloseTo(8, 9);
  expect([...found.rowDuals!].map((v) => Number(v.toFixed(9)))).toEqual([1, -1]);
});

test('integers are respected and have no prices', async () => {
  const draft = new ModelDraft();
  const a = draft.addColumn('a', 0, 1, true);
  const b = draft.addColumn('b', 0, 1, true);
  const c = draft.addColumn('c', 0, 1, true);
  draft.addRow(
    [
      [a, 3],
      [b, 2],
      [c, 2],
    ],
    { upper: 4 },
  );
  const objective = { sense: 'maximise', indices: [a, b, c], values: [5, 3, 3] } as const;
  const found = optimal(await solver.solve({ ...draft, objective }));
  expect(found.objective).toBeCloseTo(6, 9);
  expect([...found.values].map(Math.round)).toEqual([0, 1, 1]);
  expect(found.rowDuals).toBeNull();
});

test('without an optimum there are no numbers, only a status', async () => {
  const { draft, x, y } = textbook();
  const objective = { sense: 'maximise', indices: [x, y], values: [1, 1] } as const;
  draft.addRow([[x, 1]], { lower: 5 });
  expect(await solver.solve({ ...draft, objective })).toEqual({ status: 'infeasible' });
  const free = new ModelDraft();
  const z = free.addColumn('z', 0, Infinity);
  free.addRow([[z, 1]], { lower: 1 });
  const more = { sense: 'maximise', indices: [z], values: [1] } as const;
  expect(await solver.solve({ ...free, objective: more })).toEqual({ status: 'unbounded' });
});

test('an empty program is feasible exactly when its rows allow nothing', async () => {
  const none = { sense: 'minimise', indices: [], values: [] } as const;
  const empty = new ModelDraft();
  expect((await solver.solve({ ...empty, objective: none })).status).toBe('optimal');
  empty.addRow([], { lower: 1 });
  expect(await solver.solve({ ...empty, objective: none })).toEqual({ status: 'infeasible' });
});

test('a model that the runtime refuses is `failed`, and the next one is solved by a fresh instance', async () => {
  const broken = new ModelDraft();
  broken.addColumn('x', 0, 1);
  // An index out of range is refused by the wrapper: the solver reports, and stays usable.
  broken.rows.push({
    name: 'r',
    capId: null,
    scope: 'all',
    indices: [7],
    values: [1],
    lower: 0,
    upper: 1,
  });
  const none = { sense: 'minimise', indices: [], values: [] } as const;
  expect((await solver.solve({ ...broken, objective: none })).status).toBe('failed');
  const { draft, x } = textbook();
  const objective = { sense: 'maximise', indices: [x], values: [1] } as const;
  expect(optimal(await solver.solve({ ...draft, objective })).objective).toBeCloseTo(3, 9);
});
