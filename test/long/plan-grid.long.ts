/**
 * The whole grid of small planning problems, enumerated: about 20,000 of them, twice. Takes half an hour;
 * `BALLAST_GRID_STEP=5` takes every fifth.
 */
import { expect, test } from 'vitest';
import { createHighs } from '../../engines/highs.js';
import { compareAll, compareStages, compareWhole, gridChoices } from '../plan-grid-checks.js';

const STEP = Number(process.env.BALLAST_GRID_STEP ?? '1');
const HOUR_MS = 3_600_000;
const solver = await createHighs();

test.each([
  ['whole tokens', compareWhole],
  ['fractions', compareStages],
] as const)(
  '%s: no problem of the grid is answered differently',
  async (name, compare) => {
    const all = await compareAll(gridChoices(STEP), compare, solver);
    console.log(`${name}: ${all.count} problems, ${all.feasible} feasible`);
    expect(all.differences).toEqual([]);
  },
  HOUR_MS,
);
