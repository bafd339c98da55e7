/**
 * One cap row on tokens, decided in integers: `part <= share x whole`, with the share as the decimal
 * that was written. At a confidence the part is a sum of weights in millionths x tokens.
 */
import type { CapUsage } from '../schema/plan.js';
import type { CapRow } from './cap-rows.js';
import { WHOLE_WEIGHT } from './cap-weights.js';
import { ceilShare, divCeil, divFloor, exactNumber, floorShare, ratioOf } from './rational.js';

export const sumAt = (values: readonly number[], positions: readonly number[]): number =>
  positions.reduce((sum, i) => sum + values[i]!, 0);

const isShare = ({ kind }: CapRow) => kind === 'max_share' || kind === 'min_share';
const isMaximum = ({ kind }: CapRow) => kind === 'max_share' || kind === 'max_tokens';

/** One cap row on tokens per position. */
export function capUsage(row: CapRow, tokens: readonly number[]): CapUsage {
  const { capId, scope, kind, limit, confidence, reason } = row;
  const whole = sumAt(tokens, row.whole);
  const limitTokens = limitOn(row, whole);
  const part =
    row.weights === null
      ? sumAt(tokens, row.part)
      : weighedPart({ row, weights: row.weights, whole, limitTokens }, tokens);
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
  readonly weights: readonly number[];
  readonly whole: number;
  readonly limitTokens: number;
}

/**
 * The weighed sum in whole tokens: up for a maximum, down for a minimum. Where that passes the limit
 * in whole tokens though the exact sum keeps the exact limit, it is the limit. So slack >= 0 exactly when
 * the cap is kept.
 */
function weighedPart({ row, weights, whole, limitTokens }: Weighed, tokens: readonly number[]) {
  const unit = BigInt(WHOLE_WEIGHT);
  let millionths = 0n;
  row.part.forEach((i, at) => {
    millionths += BigInt(weights[at]!) * BigInt(tokens[i]!);
  });
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
