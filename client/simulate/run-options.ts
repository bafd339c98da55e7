/** What every run of `ballast simulate` takes beside its model's parameters, in the form of parameters. */
import { LIMITS } from '../../core/schema/limits.js';
import type { Model, Parameter } from '../../core/simulate/model.js';

export const SEED = {
  name: 'seed',
  kind: 'integer',
  unit: '',
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  fallback: 1,
  describe: 'Seed of all random draws; the same seed gives the same bytes',
} as const satisfies Parameter;

export const REPLICATES = {
  name: 'replicates',
  kind: 'integer',
  unit: 'runs',
  min: 2,
  max: LIMITS.simulateReplicates,
  fallback: 1_000,
  describe: 'Independent runs; a deterministic map needs none and has a standard error of 0',
} as const satisfies Parameter;

export const TIMES = {
  name: 't',
  kind: 'text',
  unit: 'generations',
  min: 1,
  max: LIMITS.simulateLatestTime,
  fallback: '1,10,100',
  describe:
    'Whole numbers, ascending, with commas: refits of a parametric model (1 = first fit), generations g of a corpus model (0 = human text)',
} as const satisfies Parameter;

export const CHECK = {
  name: 'check',
  kind: 'number',
  unit: 'standard errors',
  min: 0,
  exclusiveMin: true,
  max: 100,
  fallback: null,
  describe: 'End with exit code 1 when |z| of an exact row is above this',
} as const satisfies Parameter;

/** The options of a run of this model: its own defaults where it has some. */
export function runOptions(model: Model | null): readonly Parameter[] {
  const usual = model?.usual;
  if (usual === undefined) return RUN_OPTIONS;
  const { replicates, t } = usual;
  return [{ ...TIMES, fallback: t }, { ...REPLICATES, fallback: replicates }, SEED, CHECK];
}

/** In the order in which they are listed. */
export const RUN_OPTIONS: readonly Parameter[] = [TIMES, REPLICATES, SEED, CHECK];

/** Flags that say which text is read, beside a model's own. */
export const TEXT_FLAGS = ['file', 'where', 'field', 'max-tokens'] as const;
