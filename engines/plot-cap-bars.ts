/** Caps as bars: how much of each limit is taken, then slack and price in words. */
import type { CapBars } from '../core/report/charts.js';
import { formatShare } from '../core/report/format.js';
import { escapeHtml } from '../core/report/markup.js';
import { ACCENT, BREACH, CHAR_WIDTH, FONT_SIZE, INK, MUTED } from './plot-ink.js';

const ROW_HEIGHT = 24;
const BAR_HEIGHT = 12;
const TOP = 8;
/** A bar from here on is as good as full. */
const FULL = 0.95;
const NAME_CHARS = 44;

export function drawCapBars({ width, rows }: CapBars): string {
  const names = rows.map(({ category }) => nameOf(category));
  const widest = (texts: readonly string[]) => Math.max(1, ...texts.map((text) => text.length));
  const left = Math.round(widest(names) * CHAR_WIDTH) + 14;
  const slackWidth = Math.round(widest(rows.map((row) => row.slack)) * CHAR_WIDTH) + 14;
  const priceWidth = Math.round(widest(rows.map((row) => row.price)) * CHAR_WIDTH) + 8;
  const barWidth = Math.max(80, width - left - slackWidth - priceWidth - 62);
  const height = TOP * 2 + rows.length * ROW_HEIGHT;
  const lines = rows.map((row, i) => {
    const y = TOP + i * ROW_HEIGHT;
    const text = y + BAR_HEIGHT + 1;
    const color = row.kept ? (row.tightness >= FULL ? INK.synthetic : ACCENT) : BREACH;
    const after = left + barWidth + 8;
    return [
      `<text x="${left - 8}" y="${text}" text-anchor="end">${escapeHtml(names[i]!)}<title>${escapeHtml(row.category)}</title></text>`,
      `<rect x="${left}" y="${y + 2}" width="${barWidth}" height="${BAR_HEIGHT}" rx="3" fill="${MUTED}" fill-opacity="0.18"></rect>`,
      `<rect x="${left}" y="${y + 2}" width="${barWidth * row.tightness}" height="${BAR_HEIGHT}" rx="3" fill="${color}"></rect>`,
      `<text x="${after + 44}" y="${text}" text-anchor="end">${formatShare(row.tightness, 0)}</text>`,
      `<text x="${after + 54}" y="${text}" fill="${MUTED}">${escapeHtml(row.slack)}</text>`,
      `<text x="${after + 54 + slackWidth}" y="${text}" font-weight="600">${escapeHtml(row.price)}</text>`,
    ].join('');
  });
  return `<svg class="chart" xmlns="http://www.w3.org/2000/svg" fill="currentColor" font-family="inherit" font-size="${FONT_SIZE}" text-anchor="start" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${lines.join('')}</svg>`;
}

function nameOf(name: string): string {
  const signs = [...name];
  if (signs.length <= NAME_CHARS) return name;
  const half = Math.floor((NAME_CHARS - 2) / 2);
  return `${signs.slice(0, half).join('')}..${signs.slice(-half).join('')}`;
}
