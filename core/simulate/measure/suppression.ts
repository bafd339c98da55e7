/**
 * Suppression of rare types in synthetic text. Types fall into bins by their copies in half A of the human
 * text; the rate of a bin comes from half B, so that luck which made a type rare in A does not judge it:
 *
 *   w(bin, family) = (copies in the family / its words) / (copies in half B / words of half B)
 *
 * The interval is on ln w, with variance 1/s + 1/b for s and b copies (Poisson). Words of one document come together,
 * so where the groups of documents differ by more than Poisson, their spread (delete-a-group
 * jackknife) is taken instead. Without a copy in the family w = 0 with the exact upper bound of a Poisson count.
 */
import {
  COUNT_BINS,
  type Interval,
  type RiskBasis,
  type Spectrum,
  type SuppressionRow,
} from '../../schema/risk.js';
import { jackknifeVariance } from '../../stats/moments.js';
import { normalQuantile } from '../../stats/normal.js';

/** Copies by bin and group, words by group. */
export interface GroupedCounts {
  /** `copies[bin][group]` */
  readonly copies: readonly (readonly number[])[];
  readonly words: readonly number[];
}

export interface SuppressionInput {
  /** Types of each bin. */
  readonly types: readonly number[];
  /** Half B: only its groups hold anything. */
  readonly human: GroupedCounts;
  readonly families: readonly (GroupedCounts & { readonly family: string })[];
}

/** Name of the row over all families. */
export const ALL_FAMILIES = 'all';
const CONFIDENCE = 0.95;
const Z = normalQuantile((1 + CONFIDENCE) / 2);
/** Upper end of a Poisson mean of which no event was seen: -ln 0.025. */
const NONE_SEEN = -Math.log((1 - CONFIDENCE) / 2);
/** Where a ratio has no upper end; JSON holds no infinity. */
const RATIO_MOST = 1e6;

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Position in COUNT_BINS of a type with so many copies in half A. */
export function binOf(copies: number): number {
  return COUNT_BINS.findIndex((most) => copies <= most);
}

/** Rows of every family, then of all together, by bin; bins without types are left out. */
export function suppressionRows({ types, human, families }: SuppressionInput): SuppressionRow[] {
  const all = { family: ALL_FAMILIES, ...pooled(families) };
  const bins = COUNT_BINS.map((_, bin) => bin).filter((bin) => (types[bin] ?? 0) > 0);
  return [...families, all].flatMap((family) =>
    bins.map((bin) => ({
      ...{ family: family.family, bin, types: types[bin]! },
      syntheticCount: sumOf(family.copies[bin]!),
      syntheticWords: sumOf(family.words),
      humanCount: sumOf(human.copies[bin]!),
      humanWords: sumOf(human.words),
      w: ratioOf(family, human, bin),
      basis: (isCounted(family, human, bin) ? 'measured' : 'unknown') as RiskBasis,
    })),
  );
}

function pooled(families: readonly GroupedCounts[]): GroupedCounts {
  const add = (lists: readonly (readonly number[])[]) =>
    (lists[0] ?? []).map((_, i) => lists.reduce((sum, list) => sum + list[i]!, 0));
  return {
    copies: COUNT_BINS.map((_, bin) => add(families.map(({ copies }) => copies[bin]!))),
    words: add(families.map(({ words }) => words)),
  };
}

/** Whether there is anything to compare: words on both sides, and human copies of the bin. */
function isCounted(family: GroupedCounts, human: GroupedCounts, bin: number): boolean {
  return sumOf(family.words) > 0 && sumOf(human.words) > 0 && sumOf(human.copies[bin]!) > 0;
}

function ratioOf(family: GroupedCounts, human: GroupedCounts, bin: number): Interval {
  const [s, b] = [sumOf(family.copies[bin]!), sumOf(human.copies[bin]!)];
  const [S, B] = [sumOf(family.words), sumOf(human.words)];
  if (S === 0 || B === 0 || b === 0) return { point: 1, low: 0, high: RATIO_MOST };
  const humanVariance = Math.max(1 / b, spreadOf(human, bin));
  const humanRate = b / B;
  if (s === 0) {
    const high = (NONE_SEEN / S / humanRate) * Math.exp(Z * Math.sqrt(humanVariance));
    return { point: 0, low: 0, high };
  }
  const half = Z * Math.sqrt(Math.max(1 / s, spreadOf(family, bin)) + humanVariance);
  const point = s / S / humanRate;
  return { point, low: point * Math.exp(-half), high: point * Math.exp(half) };
}

/** Jackknife variance of ln(rate) over the groups that hold words; 0 with fewer than three. */
function spreadOf({ copies, words }: GroupedCounts, bin: number): number {
  const its = copies[bin]!;
  const [count, all] = [sumOf(its), sumOf(words)];
  const groups = words.flatMap((w, group) => (w > 0 ? [group] : []));
  const rates = groups
    .map((group) => ({ copies: count - its[group]!, words: all - words[group]! }))
    .filter(({ copies: left, words: rest }) => left > 0 && rest > 0)
    .map(({ copies: left, words: rest }) => Math.log(left / rest));
  return rates.length < 3 || rates.length < groups.length ? 0 : jackknifeVariance(rates);
}

export interface AssumedInput {
  readonly types: readonly number[];
  readonly human: GroupedCounts;
  /** Spectrum of the human text: normalises what sharpening does. */
  readonly spectrum: Spectrum;
  /** Declared; null where nobody says: then nothing is assumed, and w stays unknown. */
  readonly temperature: number | null;
}

/**
 * What is assumed where there is no synthetic text: sampling at temperature T < 1 turns a frequency p into
 * p^(1/T) / sum p^(1/T), so w = p^(1/T - 1) / sum p^(1/T) at the bin's mean p (D3 of the method); 1 where T >= 1.
 * No interval: nothing was measured.
 */
export function assumedRows({
  types,
  human,
  spectrum,
  temperature,
}: AssumedInput): SuppressionRow[] {
  if (temperature === null) return [];
  const { counts, types: typesAt, words } = spectrum;
  const power = 1 / temperature;
  const scale = counts.reduce((sum, c, i) => sum + typesAt[i]! * (c / words) ** power, 0);
  const [B, none] = [sumOf(human.words), { syntheticCount: 0, syntheticWords: 0 }];
  return COUNT_BINS.flatMap((_, bin): SuppressionRow[] => {
    const its = types[bin] ?? 0;
    if (its === 0) return [];
    const copies = sumOf(human.copies[bin]!);
    const rate = copies / Math.max(1, B) / its;
    const w = temperature < 1 && rate > 0 ? Math.min(1, rate ** (power - 1) / scale) : 1;
    return [
      {
        ...{ family: ALL_FAMILIES, bin, types: its, ...none },
        ...{ humanCount: copies, humanWords: B },
        w: { point: w, low: w, high: w },
        basis: 'assumed',
      },
    ];
  });
}
