/**
 * A model of `ballast simulate`: its parameters with units and ranges, its quantities with their closed
 * forms, and a run that simulates them. `models/index.ts` lists all; the command, `--list`, the reference
 * page, the self-test and the property test read that list and nothing else.
 */
import type { WordSample } from '../schema/risk.js';

/** What a parameter may be: a number in a range, a whole number, one of some words, a list of shares. */
export type ParameterKind = 'number' | 'integer' | 'choice' | 'text';

export interface Parameter {
  /** As it is written after `--`, kebab-case. */
  readonly name: string;
  readonly kind: ParameterKind;
  /** Unit or meaning of one: tokens, types, generations, a share, nats; '' for choices. */
  readonly unit: string;
  /** Range, both ends included; `exclusiveMin` leaves the lower end out. */
  readonly min?: number;
  readonly exclusiveMin?: boolean;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Value where none is given; absent: it must be given. */
  readonly fallback?: number | string | null;
  /** Parameters that it replaces: giving both is an error. */
  readonly excludes?: readonly string[];
  readonly describe: string;
}

/** E: exact, tested by z. A: an approximation, its difference is shown. B: a bound, `within` says whether it holds. */
export type TheoryKind = 'E' | 'A' | 'B';

export interface Quantity {
  readonly name: string;
  readonly unit: string;
  readonly describe: string;
  /** Ids of the formulas, such as G1, and their source (author, year). */
  readonly source: string;
}

export type ParameterValues = Readonly<Record<string, number | string | null>>;

/** A quantity at one t, as simulated and as derived. */
export interface SimulatedRow {
  readonly quantity: string;
  readonly t: number;
  readonly mean: number;
  /** Standard error of the mean over independent replicates; 0 for a deterministic map. */
  readonly se: number;
  /** null where no closed form is known; two numbers bound it (kind B). */
  readonly theory: number | readonly [low: number, high: number] | null;
  readonly kind: TheoryKind;
}

export interface ModelRun {
  readonly values: ParameterValues;
  /** Generations at which quantities are read, ascending. */
  readonly ts: readonly number[];
  readonly replicates: number;
  readonly seed: number;
  /** Called after each replicate or generation, for progress; may throw to stop. */
  readonly tick: (done: number, total: number) => void;
  /** Documents of the file that parameter `file` names; the caller reads it. */
  readonly sample?: WordSample;
  /** Numbers of the file that parameter `probs` names, one per type, at least 0, not yet summing to 1. */
  readonly probabilities?: readonly number[];
}

export interface Model {
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly quantities: readonly Quantity[];
  /** What a run takes where nothing is said, of a model that is slow; 1,000 replicates and t = 1,10,100 elsewhere. */
  readonly usual?: { readonly replicates: number; readonly t: string };
  /** What is wrong with values that are each in range; null where nothing is. Names the parameter. */
  check(values: ParameterValues): { parameter: string; expected: string; found: string } | null;
  run(run: ModelRun): SimulatedRow[];
}

/** Part of every key and result: changes with any change of what a simulation draws or computes. */
export const SIMULATOR_VERSION = 'simulate@1';
