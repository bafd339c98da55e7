/** What a workspace has on record, read without the product's code: JSON lines, JSON, and Parquet by DuckDB. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Keys sorted by code unit, no spaces. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
    .join(',')}}`;
}

/** All lines; the first link that does not hold in words, or null. */
export function readLedgerLines(workspace) {
  const lines = readFileSync(join(workspace, 'ledger.jsonl'), 'utf8').split('\n').slice(0, -1);
  const entries = lines.map((line) => JSON.parse(line));
  let previous = '0'.repeat(64);
  let broken = null;
  for (const [i, { hash, ...rest }] of entries.entries()) {
    const own = createHash('sha256').update(canonical(rest)).digest('hex');
    if (rest.sequence !== i + 1 || rest.previous !== previous || own !== hash)
      broken ??= `line ${i + 1} of the ledger does not follow from the line before`;
    previous = hash;
  }
  const keys = entries.map(({ key }) => key);
  if (new Set(keys).size !== keys.length) broken ??= 'two lines of the ledger have one key';
  return { entries, broken };
}

/** [day, number] of `YYYY.MM.DD.N`, as one number that rises. */
export function versionNumber(version) {
  const [year, month, day, n = 1] = version.split('.').map(Number);
  return ((year * 100 + month) * 100 + day) * 100_000 + n;
}

export function versionsIn(workspace, name) {
  const folder = join(workspace, 'mixes', name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort((a, b) => versionNumber(a) - versionNumber(b));
}

export async function openRecords(workspace, name) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = async (query) => (await connection.runAndReadAll(query)).getRowObjectsJson();
  const at = (version, ...path) => join(workspace, 'mixes', name, version, ...path);
  const table = (version, ...path) => `read_parquet('${at(version, ...path)}')`;
  return {
    rows,
    manifest: (version) => JSON.parse(readFileSync(at(version, 'mix.json'), 'utf8')),
    /** One row per document that was read. */
    labels: (version) =>
      rows(
        `select source, id, outcome, reason, grant_id, tokens::integer as tokens, passes::integer as passes from ${table(version, 'labels', '*.parquet')}`,
      ),
    /** One row per row that was read and is no document. */
    rejects: (version) => rows(`select * from ${table(version, 'rejects', '*.parquet')}`),
    /** One row per written row of both splits. */
    written: (version) =>
      rows(
        `select source, id, domain, grant_id, tokens::integer as tokens, pass::integer as pass, filename like '%holdout%' as held from read_parquet('${at(version, 'data', '*.parquet')}', filename = true)`,
      ),
    close: () => connection.closeSync(),
  };
}

/** Lists by key, in order. */
export function groupBy(list, keyOf) {
  const groups = new Map();
  for (const each of list) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}
