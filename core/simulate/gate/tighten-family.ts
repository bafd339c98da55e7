/**
 * A cap for the family that writes rare words least, where suppression drives a FAIL: without any (w = 1) the
 * domain would hold, and this family's w in the rarest bin is surely below the mean of the others. It may keep half
 * of what it had, on the grid of .01 of the domain's tokens.
 */
import type { Cap } from '../../schema/recipe.js';
import type { DomainRisk, SuppressionRow } from '../../schema/risk.js';

const GRID = 100;

export function worstFamilyCap(risk: DomainRisk, caps: readonly Cap[]): Cap | null {
  if (risk.mix.humanShare.high >= risk.critical.estimate.low) return null;
  if (risk.mix.humanShare.low < risk.critical.optimistic) return null;
  const worst = worstFamily(risk);
  if (worst === null) return null;
  const id = `risk-${risk.domain}-${worst.family}`;
  const synthetic = risk.mix.labels.synthetic ?? 0;
  const own = risk.mix.families.find(({ family }) => family === worst.family)!.share * synthetic;
  const earlier = caps.find((row) => row.id === id);
  const before =
    earlier?.limit.kind === 'max_share' ? Math.round(earlier.limit.share * GRID) : GRID;
  const most = Math.min(Math.floor((own / 2) * GRID), before - 1);
  if (most < 0) return null;
  return {
    ...{ id, domain: risk.domain, provenance: ['synthetic'], source: null },
    ...{ modelFamily: worst.family, licensed: null, lineageDepth: null, site: null },
    ...{ language: null, licenceTier: null, confidence: null },
    limit: { kind: 'max_share', share: most / GRID },
    reason: `collapse risk: ${worst.family} writes the rarest words at ${worst.w.point.toFixed(2)} of their human rate, the other families at ${worst.others.toFixed(2)}`,
  };
}

interface WorstFamily {
  readonly family: string;
  readonly w: SuppressionRow['w'];
  /** Mean w of the others, by share of the synthetic text. */
  readonly others: number;
}

/** The family whose w of the rarest bin is least; null where it is not surely below the others. */
export function worstFamily({
  suppression,
  mix,
}: Pick<DomainRisk, 'suppression' | 'mix'>): WorstFamily | null {
  const shareOf = (family: string) => mix.families.find((row) => row.family === family)?.share ?? 0;
  const rows = suppression
    .filter(({ bin, basis, family }) => bin === 0 && basis === 'measured' && shareOf(family) > 0)
    .sort((a, b) => a.w.point - b.w.point || (a.family < b.family ? -1 : 1));
  const [worst, ...rest] = rows;
  if (worst === undefined || rest.length === 0) return null;
  const whole = rest.reduce((sum, { family }) => sum + shareOf(family), 0);
  const sum = rest.reduce((all, { family, w }) => all + shareOf(family) * Math.min(1, w.point), 0);
  const others = sum / whole;
  return worst.w.high < others ? { family: worst.family, w: worst.w, others } : null;
}
