/**
 * A Sankey picture: domains at the left, as high as what is available of them; bands to the labels that
 * are planned and to what stays unused; labels to what was written. One scale for all heights, but
 * where the unused text would dwarf the rest, its bands are drawn smaller and say so.
 */
import type { FlowPlot } from '../core/report/charts.js';
import { formatCompact } from '../core/report/format.js';
import { escapeHtml } from '../core/report/markup.js';
import { CHAR_WIDTH, FONT_SIZE, INK, MUTED } from './plot-ink.js';

const NODE_WIDTH = 12;
const GAP = 5;
/** A node takes at least a line of text. */
const SLOT_LEAST = 16;
const BODY_HEIGHT = 320;
const TOP = 26;
/** Unused text is drawn at most this many times as high as the planned. */
const UNUSED_MOST = 1.5;
const NAME_CHARS = 34;

interface Node {
  readonly x: number;
  readonly name: string;
  readonly tokens: string;
  readonly color: string;
  readonly height: number;
  y: number;
  /** Height that its bands have taken so far, on each side. */
  taken: { in: number; out: number };
}

interface Scale {
  readonly perToken: number;
  readonly perUnused: number;
}

export function drawFlow(spec: FlowPlot): string {
  const { width, rows, series, written } = spec;
  const scale = scaleOf(spec);
  const nameWidth = Math.max(...rows.map(({ category }) => shortName(category).length), 8);
  const left = Math.round((nameWidth + 9) * CHAR_WIDTH) + 12;
  const right = 190;
  const middle = written === null ? width - right - NODE_WIDTH : Math.round(width * 0.58);
  const domains = stack(rows.map((row) => domainNode(row, left, scale)));
  const labels = stack(labelNodes(spec, middle, scale));
  const ends = stack(written === null ? [] : writtenNodes(spec, width - right - NODE_WIDTH, scale));
  const bodies = [domains, labels, ends].map((nodes) => bottomOf(nodes));
  const height = Math.max(...bodies, TOP) + 8;
  const bands = [...domainBands(spec, { domains, labels }, scale), ...writtenBands(labels, ends)];
  const heads = [
    headText(left, 'end', 'available', NODE_WIDTH),
    headText(middle, 'start', 'planned', 0),
    ...(ends.length > 0 ? [headText(ends[0]!.x, 'start', 'written', 0)] : []),
  ];
  const isFramed = series.length > 0;
  return [
    `<svg class="chart" xmlns="http://www.w3.org/2000/svg" fill="currentColor" font-family="inherit" font-size="${FONT_SIZE}" text-anchor="start" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<g aria-label="bands" fill-opacity="0.45">${isFramed ? bands.join('') : ''}</g>`,
    `<g aria-label="nodes">${[...domains, ...labels, ...ends].map(rectOf).join('')}</g>`,
    `<g aria-label="heads" fill="${MUTED}">${heads.join('')}</g>`,
    `<g aria-label="domains" text-anchor="end">${domains.map((node) => textOf(node, -6)).join('')}</g>`,
    `<g aria-label="labels">${[...labels, ...ends].map((node) => textOf(node, NODE_WIDTH + 6)).join('')}</g>`,
    '</svg>',
  ].join('');
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function scaleOf({ rows }: FlowPlot): Scale {
  const planned = sum(rows.map((row) => sum(row.planned)));
  const unused = sum(rows.map((row) => row.unused));
  const shown = planned === 0 ? unused : Math.min(unused, UNUSED_MOST * planned);
  const perToken = BODY_HEIGHT / Math.max(1, planned + shown);
  return { perToken, perUnused: unused === 0 ? 0 : (perToken * shown) / unused };
}

function nodeOf(node: Omit<Node, 'y' | 'taken'>): Node {
  return { ...node, y: 0, taken: { in: 0, out: 0 } };
}

function domainNode(row: FlowPlot['rows'][number], x: number, scale: Scale): Node {
  const height = sum(row.planned) * scale.perToken + row.unused * scale.perUnused;
  return nodeOf({
    ...{ x, height, name: row.category, tokens: formatCompact(row.available) },
    color: 'currentColor',
  });
}

function labelNodes({ rows, series }: FlowPlot, x: number, scale: Scale): Node[] {
  const nodes = series.map(({ id, name }, i) => {
    const tokens = sum(rows.map((row) => row.planned[i] ?? 0));
    const height = tokens * scale.perToken;
    return nodeOf({ x, height, name, tokens: formatCompact(tokens), color: INK[id] });
  });
  const unused = sum(rows.map((row) => row.unused));
  const isSmaller = scale.perUnused < scale.perToken * 0.999;
  const name = isSmaller ? 'unused, drawn smaller' : 'unused';
  const height = unused * scale.perUnused;
  return [...nodes, nodeOf({ x, height, name, tokens: formatCompact(unused), color: MUTED })];
}

function writtenNodes({ series, written }: FlowPlot, x: number, scale: Scale): Node[] {
  return series.map(({ id, name }, i) => {
    const tokens = written![i] ?? 0;
    const height = tokens * scale.perToken;
    return nodeOf({ x, height, name, tokens: formatCompact(tokens), color: INK[id] });
  });
}

/** One below the other; a node without tokens is left out later, but keeps no place. */
function stack(nodes: Node[]): Node[] {
  let y = TOP;
  for (const node of nodes) {
    node.y = y;
    if (node.height > 0) y += Math.max(node.height, SLOT_LEAST) + GAP;
  }
  return nodes;
}

const bottomOf = (nodes: readonly Node[]) =>
  Math.max(TOP, ...nodes.map((node) => node.y + Math.max(node.height, SLOT_LEAST)));

/** Bands leave a domain in the order of labels and reach a label in the order of domains. */
function domainBands(
  { rows, series }: FlowPlot,
  { domains, labels }: { domains: readonly Node[]; labels: readonly Node[] },
  scale: Scale,
): string[] {
  return rows.flatMap((row, i) => {
    const parts = [
      ...series.map(({ name }, k) => ({
        ...{ to: labels[k]!, tokens: row.planned[k] ?? 0, name },
        height: (row.planned[k] ?? 0) * scale.perToken,
      })),
      {
        ...{ to: labels[series.length]!, tokens: row.unused, name: 'unused' },
        height: row.unused * scale.perUnused,
      },
    ];
    return parts.map(({ to, tokens, height, name }) => {
      const title = `${row.category}: ${formatCompact(tokens)} ${name}`;
      return band(domains[i]!, to, { out: height, in: height }, title);
    });
  });
}

function writtenBands(labels: readonly Node[], ends: readonly Node[]): string[] {
  return ends.map((end, i) => {
    const from = labels[i]!;
    const title = `${end.name}: ${from.tokens} planned, ${end.tokens} written`;
    return band(from, end, { out: from.height, in: end.height }, title);
  });
}

function band(from: Node, to: Node, height: { out: number; in: number }, title: string): string {
  if (height.out <= 0 && height.in <= 0) return '';
  const [x0, x1] = [from.x + NODE_WIDTH, to.x];
  const [y0, y1] = [from.y + from.taken.out, to.y + to.taken.in];
  from.taken.out += height.out;
  to.taken.in += height.in;
  const bend = (x0 + x1) / 2;
  const path = `M${x0},${y0}C${bend},${y0} ${bend},${y1} ${x1},${y1}V${y1 + height.in}C${bend},${y1 + height.in} ${bend},${y0 + height.out} ${x0},${y0 + height.out}Z`;
  const faint = to.color === MUTED ? ' fill-opacity="0.2"' : '';
  return `<path d="${rounded(path)}" fill="${to.color}"${faint}><title>${escapeHtml(title)}</title></path>`;
}

const rounded = (path: string) =>
  path.replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));

function rectOf({ x, y, height, color }: Node): string {
  if (height <= 0) return '';
  const opacity = color === 'currentColor' ? ' fill-opacity="0.55"' : '';
  return `<rect x="${x}" y="${y}" width="${NODE_WIDTH}" height="${Math.max(1, height)}" fill="${color}"${opacity}></rect>`;
}

function textOf({ x, y, height, name, tokens }: Node, dx: number): string {
  if (height <= 0) return '';
  const middle = y + Math.max(height, 1) / 2;
  const at = `x="${x + dx}" y="${Math.max(middle, y + 6) + 4}"`;
  return `<text ${at}>${escapeHtml(shortName(name))}  <tspan font-weight="600">${tokens}</tspan><title>${escapeHtml(name)}</title></text>`;
}

function headText(x: number, anchor: string, text: string, dx: number): string {
  return `<text x="${x + dx}" y="14" text-anchor="${anchor}">${text}</text>`;
}

/** A long name keeps its two ends, of which one mostly tells it from others. */
function shortName(name: string): string {
  const signs = [...name];
  if (signs.length <= NAME_CHARS) return name;
  const half = Math.floor((NAME_CHARS - 2) / 2);
  return `${signs.slice(0, half).join('')}..${signs.slice(-half).join('')}`;
}
