/** Texts for the simulators out of a file of people's own, or out of a published mix. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FieldPlan } from '../../activities/profile-columns.js';
import { shardRows } from '../../activities/tasks/source-rows.js';
import { Failure } from '../../core/schema/failure.js';
import { suggest } from '../../core/schema/nearest.js';
import { FORMATS, formatOf } from '../../storage/source/format.js';
import type { RawRow } from '../../storage/source/rows.js';
import { digestStream, localStore } from '../../storage/source/store.js';
import { openMix } from '../records/mix-reference.js';
import { usage } from '../terminal/arguments.js';
import type { Condition } from './text-conditions.js';

const COMMAND = 'ballast simulate';
const HUMAN = ['human_authored', 'human_edited'];

export interface TextRow {
  readonly id: string;
  readonly domain: string;
  readonly language: string;
  readonly text: string;
}

interface FileText {
  readonly path: string;
  readonly field: string;
  readonly conditions: readonly Condition[];
}

/** Rows of a file that fulfil every condition, in the order of the file. Blank lines are left out. */
export async function textRowsOf({ path, field, conditions }: FileText): Promise<TextRow[]> {
  const seen = new Map(conditions.map((condition) => [condition.field, new Set<string>()]));
  const rows: TextRow[] = [];
  let [all, withText] = [0, 0];
  for await (const { place, fields } of objectsOf(path, field, [...seen.keys()])) {
    all += 1;
    for (const [name, values] of seen) if (name in fields) values.add(String(fields[name]));
    if (conditions.some(({ field: name, value }) => String(fields[name]) !== value)) continue;
    const text = fields[field];
    if (typeof text !== 'string') continue;
    withText += 1;
    rows.push({
      id: textOf(fields.id) ?? `#${place}`,
      domain: textOf(fields.domain) ?? '',
      language: textOf(fields.language) ?? '',
      text,
    });
  }
  if (withText === 0) throw noRows({ path, field, conditions }, all, seen);
  return rows;
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}

function noRows(
  { path, field, conditions }: FileText,
  rows: number,
  seen: ReadonlyMap<string, ReadonlySet<string>>,
): Failure {
  const wanted = conditions.map(({ field: name, value }) => `${name}=${value}`).join(', ');
  const unmet = conditions.find(({ field: name, value }) => !seen.get(name)!.has(value));
  const known = unmet === undefined ? [] : [...seen.get(unmet.field)!].sort();
  const remedy =
    unmet === undefined
      ? `name the field of the text with --field (it is "${field}" now)`
      : known.length === 0
        ? `no row has a field "${unmet.field}"`
        : suggest(unmet.value, known);
  return new Failure('SOURCE_UNREADABLE', {
    subject: `file ${path}`,
    expected: `rows with a text in "${field}"${wanted === '' ? '' : ` where ${wanted}`}`,
    found: `none among ${rows} rows`,
    where: path,
    remedy,
  });
}

interface PlacedObject {
  readonly place: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

async function* objectsOf(
  path: string,
  text: string,
  others: readonly string[],
): AsyncGenerator<PlacedObject> {
  const store = localStore(process.cwd());
  const format = formatOf(path);
  if (format === null) {
    throw usage(
      `${COMMAND} --file`,
      `a file that ends in ${FORMATS.join(', ')}`,
      path,
      'convert it',
    );
  }
  const bytes = await store.sizeOf(path);
  if (bytes === null) throw missing(path);
  const { sha256 } = await digestStream(store.stream(path));
  const fields: FieldPlan = {
    ...{ id: 'id', text, created: 'created', url: 'url', domain: 'domain' },
    ...{ provenance: null, modelFamily: null, grant: null, language: 'language' },
    metadata: others,
    platform: [],
  };
  const scratch = mkdtempSync(join(tmpdir(), 'ballast-simulate-'));
  try {
    const options = { store, fields, scratch, onBytes: () => undefined };
    for await (const batch of shardRows({ file: path, sha256, bytes, format }, options)) {
      for (const row of batch) {
        if ('fields' in row) yield row;
        else if (row.reason !== 'blank_line') throw broken(path, row);
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A simulation of part of a file would pass for one of the whole. */
function broken(path: string, row: Extract<RawRow, { reason: unknown }>): Failure {
  return new Failure('SOURCE_REJECTS', {
    subject: `file ${path}`,
    expected: 'a JSON object in every line',
    found: `${row.reason}: ${row.detail}`,
    where: `${path}:${row.place}`,
    remedy: 'mend or take out the line',
  });
}

function missing(path: string): Failure {
  return new Failure('SOURCE_MISSING', {
    subject: 'the text of the simulation',
    expected: 'a file',
    found: `none at ${path}`,
    where: '--file',
    remedy: 'check the path; it starts from the current folder',
  });
}

/** Human documents of a published mix's training files, each once. */
export async function textRowsOfMix(mix: string, workspace: string): Promise<TextRow[]> {
  const { manifest, path } = await openMix(mix, workspace);
  const train = manifest.files.filter(({ split }) => split === 'train');
  const format = train.some((file) => file.format === 'parquet') ? 'parquet' : 'arrow';
  const byId = new Map<string, TextRow>();
  for (const file of train.filter((one) => one.format === format)) {
    const full = join(workspace, path, file.path);
    for await (const { fields } of objectsOf(full, 'text', ['provenance'])) {
      if (!HUMAN.includes(String(fields.provenance)) || typeof fields.text !== 'string') continue;
      const id = String(fields.id);
      byId.set(id, { id, domain: String(fields.domain ?? ''), language: '', text: fields.text });
    }
  }
  if (byId.size > 0) return [...byId.values()];
  throw new Failure('USAGE', {
    subject: `mix ${mix}`,
    expected: `documents labelled ${HUMAN.join(' or ')}`,
    found: 'none',
    where: path,
    remedy: 'name a mix with human text, or a file with --file',
  });
}
