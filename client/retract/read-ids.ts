/**
 * Documents and texts that a person lists in files: `source/id` a line, or CSV with the columns `source` and
 * `id`; digests of texts a line, in hex. The list becomes an artifact without text.
 */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { byCode } from '../../core/plan/stratum.js';
import { Failure } from '../../core/schema/failure.js';
import { LIMITS } from '../../core/schema/limits.js';
import type { WithdrawnDocuments } from '../../core/schema/retraction.js';
import { errorCode } from '../../storage/io-failure.js';

function invalid(where: string, expected: string, found: string): Failure {
  return new Failure('RETRACTION_INVALID', {
    subject: 'list of documents',
    ...{ expected, found, where },
    remedy: 'write source/id a line, or CSV with the columns source and id',
  });
}

async function textOf(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const code = errorCode(error);
    const found = code === 'ENOENT' ? 'no such file' : code || 'bytes that are not UTF-8';
    throw invalid(path, 'a text file in UTF-8', found);
  }
}

type Pair = [source: string, id: string];

/** `source/id`: no name of a source holds a slash, an id may. */
function pairOf(line: string, where: string): Pair {
  const at = line.indexOf('/');
  if (at > 0 && at < line.length - 1) return [line.slice(0, at), line.slice(at + 1)];
  throw invalid(where, 'source/id', JSON.stringify(line.slice(0, 80)));
}

/** A first line with these two columns makes it CSV. */
function isCsv(text: string): boolean {
  const [head = ''] = text.split('\n', 1);
  const columns = head
    .replace(/^\ufeff/, '')
    .trim()
    .toLowerCase()
    .split(/[,;\t]/);
  const names = columns.map((name) => name.replaceAll('"', '').trim());
  return names.includes('source') && names.includes('id');
}

function csvPairs(text: string, path: string): Pair[] {
  const [head = ''] = text.split('\n', 1);
  const delimiter = [',', ';', '\t'].find((sign) => head.includes(sign)) ?? ',';
  try {
    const rows = parse(text, {
      ...{ bom: true, delimiter, skip_empty_lines: true, trim: true },
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
    }) as unknown as Record<string, string>[];
    return rows.map(({ source = '', id = '' }, i) => {
      if (source !== '' && id !== '') return [source, id];
      throw invalid(`${path}:${i + 2}`, 'a source and an id', `"${source}", "${id}"`);
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw invalid(path, 'rows of CSV', (error as Error).message.split('\n')[0]!);
  }
}

function linesOf(text: string): { line: string; number: number }[] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
}

async function readPairs(path: string): Promise<Pair[]> {
  const text = await textOf(path);
  if (isCsv(text)) return csvPairs(text, path);
  return linesOf(text).map(({ line, number }) => pairOf(line, `${path}:${number}`));
}

async function readDigests(path: string): Promise<string[]> {
  return linesOf(await textOf(path)).map(({ line, number }) => {
    const digest = line.toLowerCase();
    if (/^[0-9a-f]{64}$/.test(digest)) return digest;
    throw invalid(`${path}:${number}`, 'SHA-256 of a text, 64 hex digits', line.slice(0, 80));
  });
}

/** Sorted and each once; refuses an empty list. */
export async function readListed(files: {
  readonly ids: string | undefined;
  readonly textSha256: string | undefined;
}): Promise<WithdrawnDocuments> {
  const pairs = files.ids === undefined ? [] : await readPairs(files.ids);
  const digests = files.textSha256 === undefined ? [] : await readDigests(files.textSha256);
  const where = files.ids ?? files.textSha256 ?? '';
  const count = pairs.length + digests.length;
  if (count === 0) throw invalid(where, 'at least one document', 'none');
  if (count > LIMITS.retractedDocuments)
    throw invalid(where, `at most ${LIMITS.retractedDocuments} lines`, String(count));
  const byPair = new Map(pairs.map((pair) => [JSON.stringify(pair), pair]));
  return {
    schemaVersion: 1,
    documents: [...byPair.values()].sort((a, b) => byCode(a[0], b[0]) || byCode(a[1], b[1])),
    textSha256: [...new Set(digests)].sort(byCode),
  };
}
