/**
 * One cap row on tokens, decided in integers: `part <= share x whole`, with the share as the decimal
 * that was written. At a confidence the part is a sum of weights in millionths x tokens.
 */
import type { CapUsage } from '../schema/plan.js';
import type { CapRow } from './cap-rows.js';
import { WHOLE_WEIGHT } from './cap-weights.js';
import { ceilShare, divCeil, divFloor, exactNumber, floorShare, ratioOf } from './rational.js';
import { sumAt } from './sums.js';

const isShare = ({ kind }: CapRow) => kind === 'max_share' || kind === 'min_share';
const isMaximum = ({ kind }: CapRow) => kind === 'max_share' || kind === 'max_tokens';

/** What a cap row is decided by: sums over its positions. */
export interface CapSums {
  readonly whole: number;
  /** Millionths of tokens of the part; whole tokens where `weights` is null. */
  readonly part: bigint;
}

export function capSums(row: CapRow, tokens: readonly number[]): CapSums {
  const whole = sumAt(tokens, row.whole);
  const { weights } = row;
  if (weights === null) return { whole, part: BigInt(sumAt(tokens, row.part)) };
  let part = 0n;
  row.part.forEach((i, at) => {
    part += BigInt(weights[at]!) * BigInt(tokens[i]!);
  });
  return { whole, part };
}

/** One cap row on tokens per position. */
export function capUsage(row: CapRow, tokens: readonly number[]): CapUsage {
  return capUsageOf(row, capSums(row, tokens));
}

/** One cap row on the sums of its tokens. */
export function capUsageOf(row: CapRow, sums: CapSums): CapUsage {
  const { capId, scope, kind, limit, confidence, reason } = row;
  const { whole } = sums;
  const limitTokens = limitOn(row, whole);
  const part =
    row.weights === null ? exactNumber(sums.part) : weighedPart({ row, ...sums, limitTokens });
  const slack = isMaximum(row) ? limitTokens - part : part - limitTokens;
  const used = isShare(row) ? (whole === 0 ? 0 : part / whole) : part;
  const state = { limit, confidence, limitTokens, part, whole, used, slack, kept: slack >= 0 };
  return { capId, scope, kind, ...state, reason };
}

function limitOn(row: CapRow, whole: number): number {
  if (!isShare(row)) return row.limit;
  return isMaximum(row) ? floorShare(row.limit, whole) : ceilShare(row.limit, whole);
}

interface Weighed {
  readonly row: CapRow;
  readonly whole: number;
  readonly part: bigint;
  readonly limitTokens: number;
}

/**
 * The weighed sum in whole tokens: up for a maximum, down for a minimum. Where that passes the limit
 * in whole tokens though the exact sum keeps the exact limit, it is the limit. So slack >= 0 exactly when
 * the cap is kept.
 */
function weighedPart({ row, whole, part: millionths, limitTokens }: Weighed) {
  const unit = BigInt(WHOLE_WEIGHT);
  const { numerator, denominator } = ratioOf(row.limit);
  const allowed = numerator * (isShare(row) ? BigInt(whole) : 1n) * unit;
  const used = millionths * denominator;
  if (isMaximum(row)) {
    const part = exactNumber(divCeil(millionths, unit));
    return used <= allowed ? Math.min(part, limitTokens) : part;
  }
  const part = exactNumber(divFloor(millionths, unit));
  return used >= allowed ? Math.max(part, limitTokens) : part;
}
