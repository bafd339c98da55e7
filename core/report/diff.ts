/** Two versions of a mix beside each other, as tables: where tokens moved, and which inputs changed. */
import type { Manifest } from '../schema/manifest.js';
import { formatBytes, formatChange, formatCount, formatShare, formatWord, NONE } from './format.js';
import { movedTable, movedTokens } from './moved.js';
import { left, right, type Table } from './tables.js';
import { byText } from './tally.js';
import { isShareKind } from './view-caps.js';

type Outcome = Manifest['strata'][number];

/** Tables of what differs from `a` to `b`; names that only one of them has are kept. */
export function diffTables(a: Manifest, b: Manifest): Table[] {
  const by = (title: string, key: (row: Outcome) => string) => tokensDiff(title, { a, b, key });
  return [
    headDiff(a, b),
    by('Tokens by domain', (row) => row.domain),
    by('Tokens by label', (row) => row.label),
    by('Synthetic tokens by model family', (row) =>
      row.label === 'synthetic' ? row.modelFamily : '',
    ),
    by('Tokens by source', (row) => row.source),
    capsDiff(a, b),
    inputsDiff(a, b),
  ];
}

function headDiff(a: Manifest, b: Manifest): Table {
  const same = (x: string, y: string) => (x === y ? 'same' : 'changed');
  const count = (name: string, x: number, y: number) => [
    ...[name, formatCount(x), formatCount(y), formatChange(y - x)],
  ];
  const text = (name: string, x: string, y: string) => [name, x, y, same(x, y)];
  return {
    title: 'Versions',
    columns: [...left(''), ...right(`${a.name}@${a.version}`, `${b.name}@${b.version}`, 'change')],
    rows: [
      count('tokens written', a.tokensWritten, b.tokensWritten),
      count('documents written', a.documentsWritten, b.documentsWritten),
      count('token budget', a.tokenBudget, b.tokenBudget),
      text('tokenizer', a.tokenizer, b.tokenizer),
      text('recipe', a.recipeFingerprint.slice(0, 12), b.recipeFingerprint.slice(0, 12)),
      text('tool', `${a.tool.name} ${a.tool.version}`, `${b.tool.name} ${b.tool.version}`),
    ],
  };
}

function tokensDiff(
  title: string,
  { a, b, key }: { a: Manifest; b: Manifest; key: (row: Outcome) => string },
): Table {
  const side = ({ strata }: Manifest) => {
    return { rows: strata, name: key, tokens: (row: Outcome) => row.tokensWritten };
  };
  return movedTable(title, movedTokens(side(a), side(b)));
}

/** Every cap of either side: its limits, its usage, and whether it was kept. */
function capsDiff(a: Manifest, b: Manifest): Table {
  type Cap = Manifest['caps'][number];
  const keyed = (caps: readonly Cap[]) =>
    new Map(caps.map((cap) => [JSON.stringify([cap.capId, cap.scope, cap.kind]), cap]));
  const [before, after] = [keyed(a.caps), keyed(b.caps)];
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort(byText);
  const rows = keys.map((key) => {
    const [x, y] = [before.get(key), after.get(key)];
    const { capId, scope, kind } = (x ?? y)!;
    return [
      capId,
      scope,
      formatWord(kind),
      amount(x, 'limit'),
      amount(y, 'limit'),
      ...usedCells(x, y),
    ];
  });
  return {
    title: 'Caps',
    columns: [
      ...left('cap', 'scope', 'kind'),
      ...right('limit before', 'limit after', 'used before', 'used after'),
      ...left('kept'),
    ],
    rows,
  };
}

type Usage = Manifest['caps'][number] | undefined;

function usedCells(x: Usage, y: Usage): string[] {
  const kept = (cap: Usage) => (cap === undefined ? NONE : cap.kept ? 'kept' : 'BREACHED');
  const verdict = kept(x) === kept(y) ? kept(y) : `${kept(x)} -> ${kept(y)}`;
  return [amount(x, 'used'), amount(y, 'used'), verdict];
}

function amount(cap: Usage, field: 'limit' | 'used'): string {
  if (cap === undefined) return NONE;
  return isShareKind(cap.kind) ? formatShare(cap[field], 2) : formatCount(cap[field]);
}

/** Inputs that were added, removed or changed; unchanged ones are not listed. */
function inputsDiff(a: Manifest, b: Manifest): Table {
  type Input = Manifest['inputs'][number];
  const keyed = (inputs: readonly Input[]) =>
    new Map(inputs.map((input) => [JSON.stringify([input.source, input.path]), input]));
  const [before, after] = [keyed(a.inputs), keyed(b.inputs)];
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort(byText);
  const rows = keys.flatMap((key) => {
    const [x, y] = [before.get(key), after.get(key)];
    if (x?.sha256 === y?.sha256) return [];
    const { source, path } = (x ?? y)!;
    const what = x === undefined ? 'added' : y === undefined ? 'removed' : 'changed';
    return [[source, path, what, sizeOf(x), sizeOf(y)]];
  });
  return {
    title: 'Inputs changed',
    columns: [...left('source', 'path', 'what'), ...right('bytes before', 'bytes after')],
    rows,
  };
}

function sizeOf(input: Manifest['inputs'][number] | undefined): string {
  return input === undefined ? NONE : formatBytes(input.bytes);
}
