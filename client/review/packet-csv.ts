/**
 * Packets as CSV (RFC 4180, UTF-8 with a byte order mark, CRLF): a row per document, the last four
 * columns for the answer. It opens in spreadsheets and comes back with commas, semicolons or tabs.
 * Nothing of the machine's view is in it.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { documentName } from '../../activities/record-review.js';
import { guardCell, guardShownText, unguardCell } from '../../core/report/formula-guard.js';
import { Failure } from '../../core/schema/failure.js';
import type { Packet, ReviewAnswer } from '../../core/schema/review-packet.js';
import { visible } from '../terminal/visible.js';
import { answerOf, isProblem } from './answers.js';
import { textShown } from './packet-text.js';

export const COLUMNS = [
  ...['packet', 'packet_sha256', 'document', 'source', 'id', 'domain', 'created', 'url'],
  ...['language', 'tokens', 'characters', 'text'],
  ...['label', 'edit_direction', 'transformed_by', 'reason'],
] as const;

const ANSWER_COLUMNS = ['label', 'edit_direction', 'transformed_by', 'reason'];
/** Columns without which no row can be read. */
const NEEDED = ['packet', 'packet_sha256', 'source', 'id', ...ANSWER_COLUMNS];
const PROBLEMS_SHOWN = 50;

export interface ShownPacket {
  readonly sha256: string;
  readonly packet: Packet;
}

export function writeCsv(packets: readonly ShownPacket[]): string {
  const rows = packets.flatMap(({ sha256, packet }) =>
    packet.documents.map((document, i) => {
      const { source, id, domain, created, url, language, tokens, characters } = document;
      return [
        ...[packet.packet, sha256, String(i + 1), source, id, domain, created ?? '', url ?? ''].map(
          guardCell,
        ),
        ...[guardCell(language ?? ''), String(tokens), String(characters)],
        guardShownText(visible(textShown(document))),
        ...ANSWER_COLUMNS.map(() => ''),
      ];
    }),
  );
  // A lone line feed is no record delimiter here, but it ends a record for other readers; so for
  // semicolons and tabs, which end a cell for some.
  const format = { bom: true, record_delimiter: 'windows', quoted_match: /[\r\n;\t]/ } as const;
  return stringify([[...COLUMNS], ...rows], format);
}

/** One row of the file with the line that it starts at. */
interface Row {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface CsvProblem {
  readonly line: number;
  readonly sentence: string;
}

export interface ReadAnswers {
  /** Answers by packet; a packet without any answer in the file is not among them. */
  readonly answered: ReadonlyMap<string, readonly ReviewAnswer[]>;
  readonly problems: readonly CsvProblem[];
}

/** Spreadsheets of other countries write semicolons; the head says which. */
function delimiterOf(text: string): string {
  const [head = ''] = text.split('\n', 1);
  const counts = [',', ';', '\t'].map((sign) => [sign, head.split(sign).length] as const);
  return counts.reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

function rowsOf(text: string): Row[] {
  const records = parse(text, {
    ...{ bom: true, info: true, skip_empty_lines: true, delimiter: delimiterOf(text) },
    // A spreadsheet leaves out empty cells at the end of a row.
    relax_column_count_less: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  const [head, ...rest] = records;
  if (head === undefined) throw new CsvFileProblem(1, 'the file is empty');
  const names = head.record.map((name) => name.trim());
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new CsvFileProblem(1, `no column ${missing.join(', ')}`);
  let line = head.info.lines + 1;
  return rest.map(({ record, info }) => {
    const cells = Object.fromEntries(names.map((name, i) => [name, unguardCell(record[i] ?? '')]));
    const row = { line, cells };
    line = info.lines + 1;
    return row;
  });
}

class CsvFileProblem extends Error {
  readonly line: number;
  constructor(line: number, sentence: string) {
    super(sentence);
    this.line = line;
  }
}

/** Rows of the file, or what makes the file as a whole unreadable. */
function readRows(text: string): Row[] | CsvProblem {
  try {
    return rowsOf(text);
  } catch (error) {
    if (error instanceof CsvFileProblem) return { line: error.line, sentence: error.message };
    if (!(error instanceof CsvError)) throw error;
    return { line: Number(error.lines ?? 1), sentence: error.message };
  }
}

function wasAnswered({ cells }: Row): boolean {
  return ANSWER_COLUMNS.some((name) => cells[name] !== '');
}

/** The answers of one packet's rows; problems are added to `problems`. */
function readPacketRows(
  rows: readonly Row[],
  { sha256, packet }: ShownPacket,
  problems: CsvProblem[],
): ReviewAnswer[] {
  const answers = new Map<string, ReviewAnswer>();
  const names = new Set(packet.documents.map(documentName));
  const bad = (line: number, sentence: string) => problems.push({ line, sentence });
  for (const { line, cells } of rows) {
    const name = `${cells.source}/${cells.id}`;
    if (cells.packet_sha256 !== sha256) bad(line, 'the packet was drafted anew since the export');
    else if (!names.has(name)) bad(line, `${name} is not in packet ${packet.packet}`);
    else if (answers.has(name)) bad(line, `${name} is answered twice`);
    else {
      const answer = answerOf(name, {
        label: cells.label!.trim(),
        editDirection: cells.edit_direction!.trim(),
        transformedBy: cells.transformed_by!.split(/[\s,+;]+/).filter((part) => part !== ''),
        reason: cells.reason!,
      });
      if (isProblem(answer)) bad(line, `expected ${answer.expected}; found ${answer.found}`);
      else answers.set(name, answer);
    }
  }
  const rowsOfNames = new Set(rows.map(({ cells }) => `${cells.source}/${cells.id}`));
  for (const name of names)
    if (!rowsOfNames.has(name))
      bad(rows[0]!.line, `packet ${packet.packet} has no row for ${name}`);
  return packet.documents.flatMap((document) => answers.get(documentName(document)) ?? []);
}

/** Every row is looked at; answers count only where there is no problem at all. */
export function readCsv(text: string, packets: readonly ShownPacket[]): ReadAnswers {
  const rows = readRows(text);
  if (!Array.isArray(rows)) return { answered: new Map(), problems: [rows as CsvProblem] };
  const problems: CsvProblem[] = [];
  const known = new Map(packets.map((shown) => [shown.packet.packet, shown]));
  const grouped = new Map<string, Row[]>();
  for (const row of rows) {
    const id = row.cells.packet!;
    if (!known.has(id))
      problems.push({ line: row.line, sentence: `packet "${id}" is not asked about` });
    else grouped.set(id, [...(grouped.get(id) ?? []), row]);
  }
  const answered = new Map<string, ReviewAnswer[]>();
  for (const [id, own] of grouped) {
    if (own.some(wasAnswered)) answered.set(id, readPacketRows(own, known.get(id)!, problems));
  }
  return { answered, problems: [...problems].sort((a, b) => a.line - b.line) };
}

export function badRows(file: string, problems: readonly CsvProblem[]): Failure {
  const lines = problems.map(({ line, sentence }) => `${file}:${line}: ${sentence}`);
  const more =
    lines.length > PROBLEMS_SHOWN ? [`.. and ${lines.length - PROBLEMS_SHOWN} more`] : [];
  return new Failure(
    'REVIEW_ANSWERS_INVALID',
    {
      subject: file,
      expected: 'a good row for every document of a packet that is answered',
      found: [...lines.slice(0, PROBLEMS_SHOWN), ...more].join('\n'),
      where: `${file}:${problems[0]?.line ?? 1}`,
      remedy: 'correct these rows and import the file again; nothing was imported',
    },
    problems,
  );
}
