/**
 * Metrics of a corpus of types against all-human text of n words. The denominators are exact expectations
 * under the human law with independent Poisson counts of mean c: a type is there with chance 1 - exp(-c); the
 * heterozygosity of N words is H_0 (1 - 1/N); the entropy is ln N - sum E[x ln x] / N.
 */
import { TAIL_COPIES } from './critical-share.js';
import type { TypeSlots } from './type-slots.js';

/** Bins of survival by copies at the planned size. */
const SURVIVAL_BINS = [
  { name: 'survival:1', from: 0, to: 1.5 },
  { name: 'survival:2-5', from: 1.5, to: 5.5 },
  { name: 'survival:6-20', from: 5.5, to: 20.5 },
  { name: 'survival:21-100', from: 20.5, to: 100.5 },
  { name: 'survival:101+', from: 100.5, to: Number.POSITIVE_INFINITY },
] as const;

/** Slots [from, to), whose kept types are counted, each times its mark. */
interface Watched {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** By copies: the tail by types, or by mass. */
  readonly mass: boolean;
  /** Expected in all-human text. */
  readonly expected: number;
}

export interface DriftMeter {
  /** Values of every metric; null where all-human text has nothing of it. */
  measure(counts: Float64Array): Record<string, number | null>;
  /** The names, in order. */
  readonly names: readonly string[];
}

export interface MeterOptions {
  readonly slots: TypeSlots;
  /** The first `main` slots are the domain; subgroups are ranges after them. */
  readonly main: number;
  readonly subgroups: readonly {
    readonly name: string;
    readonly from: number;
    readonly to: number;
  }[];
}

/** A meter of one domain. `measure` costs one pass over the slots. */
export function driftMeter({ slots, main, subgroups }: MeterOptions): DriftMeter {
  const { copies, weights } = slots;
  const ranges = [
    { name: 'tailCoverage', from: 0, to: TAIL_COPIES, mass: false },
    { name: 'tailCoverageMass', from: 0, to: TAIL_COPIES, mass: true },
    ...SURVIVAL_BINS.map((bin) => ({ ...bin, mass: false })),
  ].map(({ name, from, to, mass }) => {
    const [first, last] = [firstAbove(copies, main, from), firstAbove(copies, main, to)];
    return watched(slots, { name, from: first, to: last, mass });
  });
  const all = [...ranges, ...subgroups.map((group) => watched(slots, { ...group, mass: false }))];
  const base = baseline(slots, main);
  return {
    names: ['heterozygosity', 'effectiveVocabulary', ...all.map(({ name }) => name)],
    measure: (counts) => {
      const { heterozygosity, entropy } = diversity(counts, weights, main);
      const kept = all.map((range) => [range.name, keptRatio(range, counts, slots)] as const);
      return {
        heterozygosity: base.heterozygosity > 0 ? heterozygosity / base.heterozygosity : null,
        effectiveVocabulary: Math.exp(entropy - base.entropy),
        ...Object.fromEntries(kept),
      };
    },
  };
}

/** Slots ascend by copies: the first of [0, main) with more than `bound`. */
function firstAbove(copies: Float64Array, main: number, bound: number): number {
  let [low, high] = [0, main];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (copies[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

function watched({ copies, weights }: TypeSlots, range: Omit<Watched, 'expected'>): Watched {
  let expected = 0;
  for (let i = range.from; i < range.to; i++) {
    expected -= weights[i]! * (range.mass ? copies[i]! : 1) * Math.expm1(-copies[i]!);
  }
  return { ...range, expected };
}

function keptRatio(
  { from, to, mass, expected }: Watched,
  counts: Float64Array,
  { copies, weights }: TypeSlots,
): number | null {
  if (expected === 0) return null;
  let kept = 0;
  for (let i = from; i < to; i++) {
    if (counts[i]! > 0) kept += weights[i]! * (mass ? copies[i]! : 1);
  }
  return kept / expected;
}

/** H = 1 - sum (x/N)^2 and entropy in nats of what is there. */
function diversity(counts: Float64Array, weights: Float64Array, main: number) {
  let [words, squares, logs] = [0, 0, 0];
  for (let i = 0; i < main; i++) {
    const x = counts[i]!;
    if (x === 0) continue;
    const mass = weights[i]! * x;
    words += mass;
    squares += mass * x;
    logs += mass * Math.log(x);
  }
  if (words === 0) return { heterozygosity: 0, entropy: 0 };
  return {
    heterozygosity: 1 - squares / (words * words),
    entropy: Math.log(words) - logs / words,
  };
}

function baseline({ copies, weights }: TypeSlots, main: number) {
  let [words, squares, logs] = [0, 0, 0];
  let [before, value] = [Number.NaN, 0];
  for (let i = 0; i < main; i++) {
    const c = copies[i]!;
    if (c !== before) value = meanXLogX(c);
    before = c;
    words += weights[i]! * c;
    squares += weights[i]! * c * c;
    logs += weights[i]! * value;
  }
  if (words === 0) return { heterozygosity: 0, entropy: 0 };
  return {
    heterozygosity: (1 - squares / (words * words)) * (1 - 1 / words),
    entropy: Math.log(words) - logs / words,
  };
}

/** Above this mean the expansion below has an error under 1e-8 relative. */
const EXPANDED_FROM = 1_000;

/**
 * E[x ln x] of a Poisson count of mean c >= 0: c E[ln(x + 1)]; the sum of the pmf below 1,000, above it
 * c (ln c + 1 / (2 c) + 1 / (12 c^2)).
 */
export function meanXLogX(c: number): number {
  if (c >= EXPANDED_FROM) return c * (Math.log(c) + 1 / (2 * c) + 1 / (12 * c * c));
  const most = Math.ceil(c + 12 * Math.sqrt(c) + 25);
  let [logChance, sum] = [-c, 0];
  for (let x = 1; x <= most; x++) {
    logChance += Math.log(c / x);
    if (x > 1) sum += Math.exp(logChance) * x * Math.log(x);
  }
  return c === 0 ? 0 : sum;
}
