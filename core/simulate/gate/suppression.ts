/**
 * The suppression curve that the gate applies: w by copies of a type, pooled over families by their share of
 * the synthetic text, capped at 1. Bins are by copies in half A of the measured human text (N_A words), so a
 * type with c copies at n words has c N_A / n copies there. One measured curve is applied in every
 * generation. A family without a row is of unknown w: between 0 and 1, its point the provable floor 0.
 */
import { normal } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';
import {
  COUNT_BINS,
  type DomainMeasure,
  type DomainMix,
  type Interval,
  type RiskBasis,
  type SuppressionRow,
} from '../../schema/risk.js';
import { normalQuantile } from '../../stats/normal.js';
import { binOf } from '../measure/suppression.js';

/** w by bin. */
export type BinCurve = readonly number[];

interface FamilyCurve {
  readonly family: string;
  readonly share: number;
  /** w by bin with its interval; null where nothing is known. */
  readonly rows: readonly (SuppressionRow | null)[];
}

export interface Suppression {
  readonly families: readonly FamilyCurve[];
  /** Copies in half A per copy at the planned size: N_A / n. */
  readonly scale: number;
  readonly basis: RiskBasis;
}

type MeasuredRows = Pick<DomainMeasure, 'suppression' | 'humanWords'>;

/** Families of the plan with their rows; text of unknown origin goes by the families that were measured. */
export function suppressionOf(
  measure: MeasuredRows,
  { families, words }: Pick<DomainMix, 'families' | 'words'>,
): Suppression {
  const rowsOf = (family: string) =>
    COUNT_BINS.map(
      (_, bin) =>
        measure.suppression.find(
          (row) => row.family === family && row.bin === bin && row.basis !== 'unknown',
        ) ?? null,
    );
  const known = families.some(({ share }) => share > 0) ? families : evenly(measure);
  const curves = known
    .filter(({ share }) => share > 0)
    .map(({ family, share }) => ({ family, share, rows: rowsOf(family) }))
    .sort((a, b) => (a.family < b.family ? -1 : 1));
  const whole = curves.reduce((sum, { share }) => sum + share, 0);
  const shared = curves.map((curve) => ({ ...curve, share: curve.share / whole }));
  const scale = words > 0 ? measure.humanWords / 2 / words : 0;
  return { families: shared, scale, basis: basisOf(shared) };
}

function evenly({ suppression }: Pick<DomainMeasure, 'suppression'>) {
  const names = [...new Set(suppression.map(({ family }) => family))].sort();
  const families = names.length === 0 ? ['unknown'] : names;
  return families.map((family) => ({ family, share: 1 / families.length }));
}

function basisOf(families: readonly FamilyCurve[]): RiskBasis {
  const rows = families.flatMap((family) => family.rows);
  if (rows.some((row) => row === null)) return 'unknown';
  return rows.some((row) => row!.basis === 'assumed') ? 'assumed' : 'measured';
}

const capped = (w: number) => Math.min(1, Math.max(0, w));

const UNKNOWN: Interval = { point: 0, low: 0, high: 1 };

function pooled(
  { families }: Pick<Suppression, 'families'>,
  read: (w: Interval) => number,
): BinCurve {
  return COUNT_BINS.map((_, bin) => {
    const sum = families.reduce(
      (total, { share, rows }) => total + share * capped(read(rows[bin]?.w ?? UNKNOWN)),
      0,
    );
    // Shares sum to 1 up to rounding.
    return Math.min(1, sum);
  });
}

/** The curve of the measured points. */
export function pointCurve(suppression: Suppression): BinCurve {
  return pooled(suppression, ({ point }) => point);
}

const Z95 = normalQuantile(0.975);

/**
 * A draw of the curve: log-normal about each point with sigma = ln(high / low) / (2 z), independent between
 * bins and families; uniform between the ends where the low one is 0.
 */
export function drawCurve(suppression: Suppression, stream: RandomStream): BinCurve {
  return pooled(suppression, ({ point, low, high }) => {
    const z = normal(stream);
    const uniform = stream.uniform();
    if (point <= 0 || low <= 0) return low + (Math.min(1, high) - low) * uniform;
    return point * Math.exp((z * Math.log(high / low)) / (2 * Z95));
  });
}

/** w of a type by its copies at the planned size; copies in half A count for the nearest whole number, halves down. */
export function curveAt(curve: BinCurve, { scale }: Pick<Suppression, 'scale'>) {
  return (copies: number): number => curve[binOf(copies * scale - 0.5)]!;
}

/** The same without one family, shares made whole again; null where it is the only one. */
export function withoutFamily(suppression: Suppression, family: string): Suppression | null {
  const kept = suppression.families.filter((row) => row.family !== family);
  const whole = kept.reduce((sum, { share }) => sum + share, 0);
  if (whole <= 0) return null;
  const families = kept.map((row) => ({ ...row, share: row.share / whole }));
  return { ...suppression, families, basis: basisOf(families) };
}
