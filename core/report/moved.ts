/** Tokens of two sides by name: where they moved. */
import { formatChange, formatCount, formatPoints, formatShare } from './format.js';
import { left, right, type Table } from './tables.js';
import { byText, shareOf, sumBy, totals } from './tally.js';

export interface Moved {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly shareBefore: number;
  readonly shareAfter: number;
}

/** One side: its rows, the name of each ('' leaves it out) and its tokens. */
export interface MovedSide<T> {
  readonly rows: readonly T[];
  readonly name: (row: T) => string;
  readonly tokens: (row: T) => number;
}

/** Every name of either side, most moved first; shares are of all tokens of a side. */
export function movedTokens<T>(before: MovedSide<T>, after: MovedSide<T>): Moved[] {
  const [x, y] = [sumsOf(before), sumsOf(after)];
  const names = [...new Set([...x.sums.keys(), ...y.sums.keys()])];
  const moved = names.map((name) => {
    const [a, b] = [x.sums.get(name) ?? 0, y.sums.get(name) ?? 0];
    const shares = { shareBefore: shareOf(a, x.all), shareAfter: shareOf(b, y.all) };
    return { name, before: a, after: b, ...shares };
  });
  const size = ({ before: a, after: b }: Moved) => Math.abs(b - a);
  return moved.sort((p, q) => size(q) - size(p) || byText(p.name, q.name));
}

function sumsOf<T>({ rows, name, tokens }: MovedSide<T>) {
  const sums = new Map(totals(rows, name, tokens).filter(([key]) => key !== ''));
  return { sums, all: sumBy(rows, tokens) };
}

/** Half the sum of changes of shares: the part of the mix that moved, in [0, 1]. */
export function movedShare(moved: readonly Moved[]): number {
  return sumBy(moved, (row) => Math.abs(row.shareAfter - row.shareBefore)) / 2;
}

const COLUMNS = ['before', 'after', 'change', 'share before', 'share after', 'points'];

export function movedTable(title: string, moved: readonly Moved[]): Table {
  return {
    title,
    columns: [...left(''), ...right(...COLUMNS)],
    rows: moved.map(({ name, before, after, shareBefore, shareAfter }) => [
      ...[name, formatCount(before), formatCount(after), formatChange(after - before)],
      ...[formatShare(shareBefore), formatShare(shareAfter)],
      formatPoints(shareAfter - shareBefore),
    ]),
  };
}

/** The rows that moved; how many stood still is said in the title. */
export function movedOnlyTable(title: string, moved: readonly Moved[]): Table {
  const changed = moved.filter((row) => row.before !== row.after);
  const still = moved.length - changed.length;
  return movedTable(still === 0 ? title : `${title} (${formatCount(still)} unchanged)`, changed);
}
