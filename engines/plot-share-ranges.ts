/** Planned against needed human share: a row per domain, intervals over the range of what may be needed. */
import { formatShare } from '../core/report/format.js';
import { escapeHtml } from '../core/report/markup.js';
import type { ShareRanges } from '../core/report/risk-charts.js';
import { ACCENT, BREACH, CHAR_WIDTH, FONT_SIZE, INK, MUTED } from './plot-ink.js';

const ROW_HEIGHT = 30;
const TOP = 34;
const BOTTOM = 30;
const NAME_CHARS = 40;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

const COLOR: Readonly<Record<string, string>> = { PASS: ACCENT, FAIL: BREACH };

export function drawShareRanges({ width, rows }: ShareRanges): string {
  const names = rows.map(({ category }) => shortened(category));
  const left = Math.round(Math.max(6, ...names.map((name) => name.length)) * CHAR_WIDTH) + 24;
  const right = Math.round('INCONCLUSIVE'.length * CHAR_WIDTH) + 20;
  const x = (share: number) =>
    Math.round((left + Math.min(1, Math.max(0, share)) * (width - left - right)) * 10) / 10;
  const height = TOP + rows.length * ROW_HEIGHT + BOTTOM;
  const grid = TICKS.map(
    (tick) =>
      `<path d="M${x(tick)},${TOP - 6}V${height - BOTTOM}" stroke="${MUTED}" stroke-opacity="0.25"></path><text x="${x(tick)}" y="${height - 8}" text-anchor="middle" fill="${MUTED}">${formatShare(tick, 0)}</text>`,
  );
  const lines = rows.map((row, i) => {
    const y = TOP + i * ROW_HEIGHT + ROW_HEIGHT / 2;
    const color = COLOR[row.decision] ?? INK.synthetic;
    const { planned, needed } = row;
    const title = `${row.category}: planned ${formatShare(planned.point)} (${formatShare(planned.low)} to ${formatShare(planned.high)}), needed ${formatShare(needed.point)} (${formatShare(needed.low)} to ${formatShare(needed.high)})`;
    return [
      `<g><title>${escapeHtml(title)}</title>`,
      `<text x="${left - 12}" y="${y + 4}" text-anchor="end">${escapeHtml(names[i]!)}</text>`,
      `<rect x="${x(row.optimistic)}" y="${y - 7}" width="${Math.max(1, x(row.floor) - x(row.optimistic))}" height="14" rx="3" fill="${MUTED}" fill-opacity="0.2"></rect>`,
      `<rect x="${x(needed.low)}" y="${y - 7}" width="${Math.max(1, x(needed.high) - x(needed.low))}" height="14" fill="${MUTED}" fill-opacity="0.35"></rect>`,
      `<path d="M${x(needed.point)},${y - 10}V${y + 10}" stroke="currentColor" stroke-width="2.5"></path>`,
      `<path d="M${x(planned.low)},${y}H${x(planned.high)}" stroke="${color}" stroke-width="3"></path>`,
      `<circle cx="${x(planned.point)}" cy="${y}" r="5" fill="${color}"></circle>`,
      `<text x="${width - right + 14}" y="${y + 4}" font-weight="600" fill="${color}">${escapeHtml(row.decision)}</text></g>`,
    ].join('');
  });
  const legend = legendAt(left, [
    [`<circle cx="6" cy="0" r="5" fill="${ACCENT}"></circle>`, 'planned human share'],
    ['<path d="M6,-8V8" stroke="currentColor" stroke-width="2.5"></path>', 'needed (alpha*)'],
    [
      `<rect x="0" y="-6" width="14" height="12" rx="2" fill="${MUTED}" fill-opacity="0.25"></rect>`,
      'optimistic to floor',
    ],
  ]);
  return `<svg class="chart" xmlns="http://www.w3.org/2000/svg" fill="currentColor" font-family="inherit" font-size="${FONT_SIZE}" text-anchor="start" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${legend}${grid.join('')}${lines.join('')}</svg>`;
}

/** Marks with their names in one line, `[mark drawn around (0..14, 0), name]`. */
export function legendAt(left: number, items: readonly (readonly [string, string])[]): string {
  let x = left;
  const drawn = items.map(([mark, name]) => {
    const item = `<g transform="translate(${x},14)">${mark}<text x="20" y="4">${escapeHtml(name)}</text></g>`;
    x += 20 + Math.round(name.length * CHAR_WIDTH) + 18;
    return item;
  });
  return `<g aria-hidden="true">${drawn.join('')}</g>`;
}

function shortened(name: string): string {
  const signs = [...name];
  if (signs.length <= NAME_CHARS) return name;
  const half = Math.floor((NAME_CHARS - 2) / 2);
  return `${signs.slice(0, half).join('')}..${signs.slice(-half).join('')}`;
}
