/**
 * Inputs that are wrong in one way each, and the one error that each must give: code, what was
 * found, where, and what to do about it. A row edits the good recipe, the good files or the command
 * in one place; the control of the test shows that without the edit the build succeeds.
 */
import { appendFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureCode } from '../core/schema/failure.js';
import {
  arrowFile,
  type Bytes,
  cutShort,
  damagedParquet,
  goodParquet,
  gzip,
  gzipWithBadChecksum,
  jsonl,
  lines,
  type Maker,
  parquet,
  withBad,
  zstd,
} from './bad-inputs-files.js';

export const GOOD = `name: NAME
version: 2026.11.23
tokenizer: bytes
token_budget: 4_000
target_shares: {health: 0.5, law: 0.5}
sources:
  - name: notes
    paths: [notes.jsonl]
    domain: health
    provenance: {declared: human_authored, by: publisher}
    grant: open
  - name: letters
    paths: [letters.jsonl]
    domain: law
    provenance: {declared: synthetic, by: publisher}
    grant: open
grants: [{grant_id: open, spdx: CC0-1.0}]
caps:
  - {id: synthetic, domain: all, provenance: [synthetic], max_share: 0.60}
allow_lists:
  - {source: notes, before: 2022-11-30, label: human_authored, reason: early, expires: 2027-06-30}
use: {purposes: [pretrain], territory: EU, training_ends: 2027-03-31}
`;

export const GOOD_FILES: Readonly<Record<string, Maker>> = {
  'notes.jsonl': () => jsonl(lines('notes', 60)),
  'letters.jsonl': () => jsonl(lines('letters', 60)),
};

/** Where a row happens: its folder, its workspace, and the name of its mix. */
export interface Place {
  readonly folder: string;
  readonly workspace: string;
  /** A workspace with the control's mix, to be copied where a row needs a published one. */
  readonly published: string;
}

type Edit = readonly [from: string, to: string];

export interface BadInput {
  /** What is wrong, as the end of "refuses ..". */
  readonly title: string;
  readonly edit?: Edit | readonly Edit[];
  /** Files beside the recipe that differ from the good ones. */
  readonly files?: Readonly<Record<string, Maker>>;
  readonly prepare?: (place: Place) => void;
  /** The command; `build` of the recipe where absent. `WORKSPACE` stands for the row's. */
  readonly args?: readonly string[];
  readonly code: FailureCode;
  readonly found: string | RegExp;
  readonly where: string | RegExp;
  readonly remedy: string | RegExp;
  /** Paths of the recipe that the details must name as changed. */
  readonly changed?: readonly string[];
}

/** The name that the control publishes; rows that meet it again use the same. */
export const CONTROL = 'control';

const NOTES = 'notes.jsonl';
const R = 'RECIPE_INVALID';

/** The good recipe with another file for its first source. */
function source(path: string, make: Maker): Pick<BadInput, 'edit' | 'files'> {
  return { edit: [`paths: [${NOTES}]`, `paths: [${path}]`], files: { [path]: make } };
}

function notes(bytes: () => Bytes): Pick<BadInput, 'files'> {
  return { files: { [NOTES]: bytes } };
}

function withGrant(grant: string): Edit {
  return ['[{grant_id: open, spdx: CC0-1.0}]', `[${grant}]`];
}

/** Refused while the command line or the recipe is read: not even the workspace is made. */
export const BAD_RECIPES: readonly BadInput[] = [
  {
    title: 'a recipe that is not there',
    args: ['build', '-c', 'receipt.yaml', '--workspace', 'WORKSPACE'],
    code: 'USAGE',
    found: 'no such file',
    where: 'receipt.yaml',
    remedy: 'check the path',
  },
  {
    title: 'a recipe that is a folder',
    args: ['build', '-c', '.', '--workspace', 'WORKSPACE'],
    code: 'USAGE',
    found: 'a folder',
    where: '.',
    remedy: 'name the file in it',
  },
  {
    title: 'a bracket that is not closed',
    edit: [`[${NOTES}]`, `[${NOTES}`],
    code: R,
    found: /flow|sequence|:/i,
    where: /^recipe\.yaml:\d+:\d+$/,
    remedy: 'mend the syntax',
  },
  {
    title: 'a key with a typing error',
    edit: ['token_budget', 'token_buget'],
    code: R,
    found: '"token_buget"',
    where: 'recipe.yaml:4:1, token_buget',
    remedy: 'did you mean "token_budget"?',
  },
  {
    title: 'an unknown key deep inside',
    edit: ['domain: law', 'domian: law'],
    code: R,
    found: '"domian"',
    where: 'recipe.yaml:14:5, sources[1].domian',
    remedy: 'did you mean "domain"?',
  },
  {
    title: 'target shares of more than the whole',
    edit: ['health: 0.5', 'health: 0.7'],
    code: R,
    found: 'a sum of 1.2',
    where: 'recipe.yaml:5:1, target_shares',
    remedy: 'sum to 1',
  },
  {
    title: 'a share that is not a number',
    edit: ['max_share: 0.60', 'max_share: .nan'],
    code: R,
    found: 'NaN',
    where: 'recipe.yaml:19:59, caps[0].max_share',
    remedy: 'mend',
  },
  {
    title: 'a negative cap',
    edit: ['max_share: 0.60', 'max_share: -0.1'],
    code: R,
    found: '-0.1',
    where: 'recipe.yaml:19:59, caps[0].max_share',
    remedy: 'mend',
  },
  {
    title: 'a day that no calendar has',
    edit: ['expires: 2027-06-30', 'expires: 2027-02-30'],
    code: R,
    found: '2027-02-30',
    where: 'recipe.yaml:21:79, allow_lists[0].expires',
    remedy: 'year-month-day',
  },
  {
    title: 'two sources with one name',
    edit: ['name: letters', 'name: notes'],
    code: R,
    found: '"notes" in sources[0] and sources[1]',
    where: 'recipe.yaml:12:5, sources[1].name',
    remedy: 'rename one of the two',
  },
  {
    title: 'a cap on a source that is none',
    edit: ['provenance: [synthetic], max_share', 'source: leters, max_share'],
    code: R,
    found: '"leters"',
    where: 'caps[0].source',
    remedy: 'did you mean "letters"?',
  },
  {
    title: 'a grant that nobody wrote',
    edit: ['grant: open', 'grant: opne'],
    code: R,
    found: '"opne"',
    where: 'recipe.yaml:11:5, sources[0].grant',
    remedy: 'did you mean "open"?',
  },
  {
    title: 'a grants file that is not there',
    edit: withGrant('').map((text) => (text === '[]' ? 'rights.yaml' : text)) as unknown as Edit,
    code: 'GRANTS_INVALID',
    found: 'no such file',
    where: 'rights.yaml',
    remedy: 'check the path',
  },
  {
    title: 'a licence that is none',
    edit: ['spdx: CC0-1.0', 'spdx: CC0-9.9'],
    code: 'GRANTS_INVALID',
    found: 'CC0-9.9',
    where: 'recipe.yaml:17:',
    remedy: /SPDX|spdx|did you mean|CC0-1.0/,
  },
  {
    title: 'a name that leads out of the workspace',
    edit: ['name: NAME', 'name: ../../NAME'],
    code: R,
    found: '"../../',
    where: 'recipe.yaml:1:1, name',
    remedy: 'small letters',
  },
  {
    title: 'a source name that leads out of the workspace',
    edit: ['name: letters', 'name: ../letters'],
    code: R,
    found: '"../letters"',
    where: 'sources[1].name',
    remedy: 'mend',
  },
  {
    title: 'own outputs with a typing error in a key',
    edit: ['use:', 'own_outputs: [{name: logs, paths: [o.jsonl], model_famly: c1}]\nuse:'],
    code: R,
    found: '"model_famly"',
    where: /recipe\.yaml:22:\d+, own_outputs\[0\]\.model_famly/,
    remedy: 'did you mean "model_family"?',
  },
  {
    title: 'own outputs that were trained on no mix version',
    edit: [
      'use:',
      'own_outputs: [{name: l, paths: [o.jsonl], model_family: c, trained_on: [x]}]\nuse:',
    ],
    code: R,
    found: '"x"',
    where: 'own_outputs[0].trained_on[0]',
    remedy: 'write name@version of the mix',
  },
  {
    title: 'a warranty without a contract',
    edit: ['by: publisher}', 'by: warranty}'],
    code: R,
    found: 'warranty without one',
    where: 'sources[0].provenance.by',
    remedy: 'name the contract under grant, or write by: publisher',
  },
  {
    title: 'two benchmarks of one name',
    edit: [
      'use:',
      'benchmarks: [{name: q, path: a.jsonl, fields: [x]}, {name: q, path: b.jsonl, fields: [x]}]\nuse:',
    ],
    code: R,
    found: '"q" in benchmarks[0] and benchmarks[1]',
    where: 'benchmarks[1].name',
    remedy: 'rename one of the two',
  },
  {
    title: 'a review of too little by chance',
    edit: ['use:', 'review: {random_share: 0.1}\nuse:'],
    code: R,
    found: '0.1',
    where: 'review.random_share',
    remedy: /\S/,
  },
  {
    title: 'a review with a deadline that is no length of time',
    edit: ['use:', 'review: {deadline: tomorrow}\nuse:'],
    code: R,
    found: '"tomorrow"',
    where: 'review.deadline',
    remedy: 'write a whole number and s, m, h or d',
  },
  {
    title: 'a public key that is none',
    edit: ['use:', 'review: {keys: {ada: "ssh-rsa AAAA"}}\nuse:'],
    code: R,
    found: '"ssh-rsa AAAA"',
    where: 'recipe.yaml:22:17, review.keys.ada',
    remedy: 'mend review.keys.ada',
  },
  {
    title: 'a schedule with cron and every',
    edit: ['use:', 'schedules: [{name: nightly, cron: "0 2 * * *", every: 24h}]\nuse:'],
    code: R,
    found: 'both',
    where: 'schedules[0].every',
    remedy: 'write one of the two',
  },
  {
    title: 'a confidence on a cap that limits no label',
    edit: ['max_share: 0.60}', 'max_share: 0.60}\n  - {id: big, max_tokens: 900, confidence: 0.9}'],
    code: R,
    found: 'none',
    where: 'caps[1].confidence',
    remedy: 'leave confidence out',
  },
  {
    title: 'a simulation of no generations',
    edit: ['use:', 'risk: {horizon_generations: 0}\nuse:'],
    code: 'RECIPE_INVALID',
    found: '0',
    where: 'risk.horizon_generations',
    remedy: '',
  },
];

const BUILD = ['build', '-c', 'recipe.yaml', '--workspace', 'WORKSPACE'];

export const BAD_COMMANDS: readonly BadInput[] = [
  {
    title: 'an unknown command',
    args: ['biuld', '-c', 'recipe.yaml'],
    code: 'USAGE',
    found: 'biuld',
    where: 'command line',
    remedy: '"build"',
  },
  {
    title: 'an unknown flag',
    args: [...BUILD, '--jsno'],
    code: 'USAGE',
    found: '--jsno',
    where: 'command line',
    remedy: '--json',
  },
  {
    title: 'a build without a recipe',
    args: ['build', '--workspace', 'WORKSPACE'],
    code: 'USAGE',
    found: 'none',
    where: 'command line',
    remedy: '-c recipe.yaml',
  },
  {
    title: 'a flag without its value',
    args: ['build', '--workspace', 'WORKSPACE', '-c'],
    code: 'USAGE',
    found: 'nothing',
    where: 'command line',
    remedy: '-c <value>',
  },
  {
    title: 'a setting without a value',
    args: [...BUILD, '--set', 'token_budget'],
    code: 'USAGE',
    found: 'token_budget',
    where: '--set token_budget',
    remedy: '--set token_budget=1000000',
  },
  {
    title: 'a setting of a key that is none',
    args: [...BUILD, '--set', 'caps.synthetics.max_share=0.3'],
    code: 'USAGE',
    found: '"synthetics"',
    where: '--set caps.synthetics.max_share=0.3',
    remedy: '"synthetic"',
  },
  {
    title: 'a setting that the recipe does not allow',
    args: [...BUILD, '--set', 'caps.synthetic.max_share=7'],
    code: R,
    found: '7',
    where: '--set caps.synthetic.max_share=7',
    remedy: 'write 0.07 for 7 %',
  },
  {
    title: 'a workspace in a store that does not speak S3',
    args: ['build', '-c', 'recipe.yaml', '--workspace', 'gs://bucket/mixes'],
    code: 'USAGE',
    found: 'gs://bucket/mixes',
    where: '--workspace',
    remedy: 'give a folder or an S3 URL',
  },
  {
    title: 'an explanation without a mix',
    args: ['explain', 'notes-1', '--workspace', 'WORKSPACE'],
    code: 'USAGE',
    found: 'none',
    where: 'command line',
    remedy: '--mix name@version',
  },
  {
    title: 'an explanation out of another folder',
    args: ['explain', 'notes-1', '--mix', '../../elsewhere@2026.11.23', '--workspace', 'WORKSPACE'],
    code: 'USAGE',
    found: 'none',
    where: 'workspace',
    remedy: '--workspace',
  },
  {
    title: 'a comparison with an unknown mix',
    args: ['diff', 'nobody@2026.11.23', 'nobody@2026.11.24', '--workspace', 'WORKSPACE'],
    code: 'USAGE',
    found: 'none',
    where: 'workspace',
    remedy: '--workspace',
  },
  {
    title: 'the status of an unknown build',
    args: ['status', 'nobody@2026.11.23'],
    code: 'USAGE',
    found: 'none',
    where: 'build-mix/nobody@2026.11.23',
    remedy: 'ballast status',
  },
  {
    title: 'the end of an unknown build',
    args: ['cancel', 'nobody@2026.11.23'],
    code: 'USAGE',
    found: 'none',
    where: 'build-mix/nobody@2026.11.23',
    remedy: 'ballast status',
  },
  {
    title: 'a status without a version',
    args: ['status', 'nobody'],
    code: 'USAGE',
    found: 'none',
    where: 'command line',
    remedy: 'ballast status',
  },
  {
    title: 'an address where no server answers',
    args: [...BUILD, '--address', '127.0.0.1:1'],
    code: 'SERVER_UNREACHABLE',
    found: /\S/,
    where: '127.0.0.1:1',
    remedy: 'start that server or correct the address',
  },
];

/** Refused while the sources are pinned, read, checked or planned. */
export const BAD_DATA: readonly BadInput[] = [
  {
    title: 'a missing file',
    edit: [`[${NOTES}]`, '[nots.jsonl]'],
    code: 'SOURCE_MISSING',
    found: 'none',
    where: 'sources.notes.paths[0]',
    remedy: 'correct the path',
  },
  {
    title: 'a glob that names nothing',
    edit: [`[${NOTES}]`, '["parts/*.jsonl"]'],
    code: 'SOURCE_MISSING',
    found: 'none',
    where: 'sources.notes.paths[0]',
    remedy: 'correct the path or glob',
  },
  {
    title: 'own outputs that are not there',
    edit: ['use:', 'own_outputs: [{name: logs, paths: [logs.jsonl], model_family: c1}]\nuse:'],
    code: 'SOURCE_MISSING',
    found: 'none',
    where: 'own_outputs.logs.paths[0]',
    remedy: 'correct the path',
  },
  {
    title: 'a benchmark that is not there',
    edit: ['use:', 'benchmarks: [{name: quiz, path: quiz.jsonl, fields: [question]}]\nuse:'],
    code: 'SOURCE_MISSING',
    found: 'none',
    where: 'benchmarks.quiz.path[0]',
    remedy: 'correct the path',
  },
  {
    title: 'a folder in place of a file',
    edit: [`[${NOTES}]`, '[parts]'],
    prepare: ({ folder }) => mkdirSync(join(folder, 'parts')),
    code: 'SOURCE_MISSING',
    found: 'a folder',
    where: 'sources.notes.paths[0]',
    remedy: 'parts/*',
  },
  {
    title: 'a file of a format that is none',
    ...source('notes.csv', () => 'id,text\n1,a\n'),
    code: 'SOURCE_UNREADABLE',
    found: 'notes.csv',
    where: 'sources.notes.paths',
    remedy: 'convert the file',
  },
  {
    title: 'a path in a store that does not speak S3',
    edit: [`[${NOTES}]`, '["gs://bucket/notes.jsonl"]'],
    code: 'NOT_SUPPORTED_YET',
    found: 'gs://',
    where: 'sources.notes.paths[0]',
    remedy: 'copy the files to a local folder',
  },
  {
    title: 'a bucket by a name that none has',
    edit: [`[${NOTES}]`, '["s3://My_Bucket/notes.jsonl"]'],
    code: 'USAGE',
    found: 's3://My_Bucket',
    where: 'sources.notes.paths[0]',
    remedy: 'lower-case letters',
  },
  {
    title: 'a file that the system does not let us read',
    // Reading a process's memory at its address 0 fails, for root too.
    prepare: ({ folder }) => symlinkSync('/proc/self/mem', join(folder, 'locked.jsonl')),
    edit: [`[${NOTES}]`, '[locked.jsonl]'],
    code: 'SOURCE_UNREADABLE',
    found: 'EIO',
    where: 'locked.jsonl',
    remedy: 'permissions',
  },
  {
    title: 'a tokenizer file that is not there',
    edit: ['tokenizer: bytes', 'tokenizer: {file: tokens.json}'],
    code: 'TOKENIZER_INVALID',
    found: 'no such file',
    where: 'tokenizer.file: tokens.json',
    remedy: 'correct the path',
  },
  {
    title: 'a tokenizer file that is not JSON',
    edit: ['tokenizer: bytes', 'tokenizer: {file: tokens.json}'],
    files: { 'tokens.json': () => '{"model": ' },
    code: 'TOKENIZER_INVALID',
    found: 'JSON',
    where: 'tokens.json',
    remedy: 'o200k_base',
  },
  {
    title: 'a tokenizer file of something else',
    edit: ['tokenizer: bytes', 'tokenizer: {file: tokens.json}'],
    files: { 'tokens.json': () => '{"model": {"type": "Quantum"}}' },
    code: 'TOKENIZER_INVALID',
    found: /\S/,
    where: 'tokens.json',
    remedy: 'o200k_base',
  },
  {
    title: 'random bytes called Parquet',
    ...source('notes.parquet', () => Buffer.from(lines('noise', 40).join(''))),
    code: 'SOURCE_UNREADABLE',
    found: /magic bytes|not a parquet/i,
    where: 'notes.parquet',
    remedy: 'write the file again',
  },
  {
    title: 'a Parquet file cut short',
    ...source('notes.parquet', async () => cutShort(await goodParquet())),
    code: 'SOURCE_UNREADABLE',
    found: /magic bytes|not a parquet|footer/i,
    where: 'notes.parquet',
    remedy: 'cut short',
  },
  {
    title: 'a Parquet file with damaged pages',
    ...source('notes.parquet', damagedParquet),
    code: 'SOURCE_UNREADABLE',
    found: /\S/,
    where: 'notes.parquet',
    remedy: 'damaged',
  },
  {
    title: 'a Parquet file without the text column',
    ...source('notes.parquet', () => parquet("select 'a' as id, 'hello' as body")),
    code: 'SOURCE_UNREADABLE',
    found: 'columns id, body',
    where: 'notes.parquet, fields.text',
    remedy: 'name the text column',
  },
  {
    title: 'a Parquet file whose text is a number',
    ...source('notes.parquet', () =>
      parquet("select 'a' || i as id, i::integer as text from range(9) t(i)"),
    ),
    code: 'SOURCE_REJECTS',
    found: 'missing_text 9',
    where: 'notes.parquet:1',
    remedy: 'correct `fields`',
  },
  {
    title: 'an Arrow file cut short',
    ...source('notes.arrow', () => cutShort(arrowFile())),
    code: 'SOURCE_UNREADABLE',
    found: 'ARROW1',
    where: 'notes.arrow',
    remedy: 'cut short',
  },
  {
    title: 'random bytes called Arrow',
    ...source('notes.arrow', () => Buffer.from(lines('noise', 40).join(''))),
    code: 'SOURCE_UNREADABLE',
    found: 'neither an Arrow file nor a stream',
    where: 'notes.arrow',
    remedy: 'not Arrow IPC',
  },
  {
    title: 'a gzip file cut short',
    ...source('notes.jsonl.gz', () => cutShort(gzip())),
    code: 'SOURCE_UNREADABLE',
    found: 'unexpected end of file',
    where: 'notes.jsonl.gz',
    remedy: 'cut short or damaged',
  },
  {
    title: 'a gzip file with a wrong checksum',
    ...source('notes.jsonl.gz', gzipWithBadChecksum),
    code: 'SOURCE_UNREADABLE',
    found: 'incorrect data check',
    where: 'notes.jsonl.gz',
    remedy: 'cut short or damaged',
  },
  {
    title: 'plain text called gzip',
    ...source('notes.jsonl.gz', () => jsonl(lines('notes', 20))),
    code: 'SOURCE_UNREADABLE',
    found: 'incorrect header check',
    where: 'notes.jsonl.gz',
    remedy: 'cut short or damaged',
  },
  {
    title: 'a zstd file cut short',
    ...source('notes.jsonl.zst', () => cutShort(zstd(jsonl(lines('n', 1))), 0.5)),
    code: 'SOURCE_UNREADABLE',
    found: /\S/,
    where: 'notes.jsonl.zst',
    remedy: 'cut short or damaged',
  },
  {
    title: 'plain text called zstd',
    ...source('notes.jsonl.zst', () => jsonl(lines('notes', 20))),
    code: 'SOURCE_UNREADABLE',
    found: 'no zstd frame',
    where: 'notes.jsonl.zst',
    remedy: 'cut short or damaged',
  },
  {
    title: 'an empty file',
    ...notes(() => ''),
    code: 'SOURCE_REJECTS',
    found: '1 of 1 (empty_file 1)',
    where: /^notes\.jsonl empty_file$/,
    remedy: 'mend these rows',
  },
  {
    title: 'a file of blank lines',
    ...notes(() => '\n  \n\n'),
    code: 'SOURCE_REJECTS',
    found: '3 of 3 (blank_line 3)',
    where: 'notes.jsonl:1 blank_line; notes.jsonl:2 blank_line; notes.jsonl:3',
    remedy: 'mend these rows',
  },
  {
    title: 'too many lines of broken JSON',
    ...notes(() => withBad('{"id":"x","text":"half', '{"id":"y"')),
    code: 'SOURCE_REJECTS',
    found: '2 of 22 (broken_json 2)',
    where: 'notes.jsonl:11 broken_json; notes.jsonl:12 broken_json',
    remedy: 'rejects.max_share',
  },
  {
    title: 'NaN in a line, which JSON does not know',
    ...notes(() => withBad('{"id":"x","text":"a","score":NaN}')),
    code: 'SOURCE_REJECTS',
    found: 'broken_json 1',
    where: 'notes.jsonl:11 broken_json',
    remedy: 'mend these rows',
  },
  {
    title: 'a line that is not UTF-8',
    ...notes(() => withBad(Buffer.from([123, 34, 0xc3, 0x28, 34, 125]))),
    code: 'SOURCE_REJECTS',
    found: 'invalid_utf8 1',
    where: 'notes.jsonl:11 invalid_utf8',
    remedy: 'mend these rows',
  },
  {
    title: 'rows without text',
    ...notes(() => withBad('{"id":"x"}', '{"id":"y","text":null}', '{"id":"z","text":""}')),
    code: 'SOURCE_REJECTS',
    found: '3 of 23 (empty_text 1, missing_text 2)',
    where: 'notes.jsonl:11 missing_text; notes.jsonl:12 missing_text; notes.jsonl:13 empty_text',
    remedy: 'correct `fields`',
  },
  {
    title: 'an id twice in one file',
    ...notes(() => withBad(lines('notes', 3)[2]!)),
    code: 'DUPLICATE_ID',
    found: 'id "notes-2" twice',
    where: 'notes.jsonl:3 and notes.jsonl:11',
    remedy: 'make ids unique',
  },
  {
    title: 'an id in two files of a source',
    edit: [`[${NOTES}]`, `[${NOTES}, more.jsonl]`],
    files: { 'more.jsonl': () => jsonl([...lines('more', 5), lines('notes', 8)[7]!]) },
    code: 'DUPLICATE_ID',
    found: 'id "notes-7" twice',
    where: 'more.jsonl:6 and notes.jsonl:8',
    remedy: 'make ids unique',
  },
  {
    title: 'grants that all have expired',
    edit: withGrant('{grant_id: open, spdx: CC0-1.0, valid_until: 2024-01-31}'),
    code: 'NOTHING_USABLE',
    found: /^none: grant_expired 120$/,
    where: 'sources.notes, sources.letters',
    remedy: 'grant',
  },
  {
    title: 'sources without any grant',
    edit: [
      ['    grant: open\n  - name: letters', '  - name: letters'],
      ['    grant: open\ngrants', 'grants'],
    ],
    code: 'NOTHING_USABLE',
    found: /^none: no_grant 120$/,
    where: 'sources.notes, sources.letters',
    remedy: 'grant',
  },
  {
    title: 'a grant for another territory',
    edit: withGrant('{grant_id: open, uses: {pretrain: allow}, territory: {include: [US]}}'),
    code: 'NOTHING_USABLE',
    found: /^none: territory_excluded 120$/,
    where: 'sources',
    remedy: 'grant',
  },
  {
    title: 'a grant for another use',
    edit: withGrant('{grant_id: open, uses: {eval: allow, pretrain: deny}}'),
    code: 'NOTHING_USABLE',
    found: /^none: use_denied 120$/,
    where: 'sources',
    remedy: 'grant',
  },
  {
    title: 'caps that cannot hold together',
    edit: [
      'max_share: 0.60}',
      'max_share: 0.20}\n  - {id: human, domain: all, provenance: [human_authored], max_share: 0.6}',
    ],
    code: 'CAP_INFEASIBLE',
    found: /human.*synthetic|synthetic.*human/,
    where: 'caps',
    remedy: '--set caps.',
  },
];

/** Refused because the disk of the workspace takes nothing, or not enough. `mount` makes the disk. */
export const BAD_DISKS: readonly (BadInput & { readonly mount: readonly string[] })[] = [
  {
    title: 'a workspace that cannot be written',
    mount: ['size=16m', 'remount,ro'],
    code: 'STORAGE_UNREACHABLE',
    found: 'EROFS',
    where: '/workspace',
    remedy: 'choose another --workspace',
  },
  {
    title: 'a workspace on a full disk',
    mount: ['size=64k'],
    code: 'STORAGE_FULL',
    found: 'no space left',
    where: '/workspace',
    remedy: 'free space',
  },
];

/** Refused because of what stands in the workspace. */
export const BAD_WORKSPACES: readonly BadInput[] = [
  {
    title: 'a workspace below a file',
    prepare: ({ folder }) => writeFileSync(join(folder, 'taken'), 'no folder\n'),
    args: ['build', '-c', 'recipe.yaml', '--workspace', 'taken/workspace'],
    code: 'STORAGE_UNREACHABLE',
    found: 'ENOTDIR',
    where: 'taken/workspace',
    remedy: '--workspace',
  },
  {
    title: 'a workspace that is a file',
    prepare: ({ workspace }) => writeFileSync(workspace, 'no folder\n'),
    code: 'STORAGE_UNREACHABLE',
    found: 'a file',
    where: /\/workspace$/,
    remedy: '--workspace',
  },
  {
    title: 'a published version with another recipe',
    prepare: usePublished,
    edit: [
      ['NAME', CONTROL],
      ['max_share: 0.60', 'max_share: 0.55'],
    ],
    code: 'VERSION_EXISTS',
    found: 'caps.0.limit.share: 0.6 -> 0.55',
    where: `mixes/${CONTROL}/2026.11.23`,
    remedy: 'choose a new version',
    changed: ['caps.0.limit.share'],
  },
  {
    title: 'a published version with other input bytes',
    prepare: usePublished,
    edit: ['NAME', CONTROL],
    files: { 'letters.jsonl': () => jsonl(lines('letters', 61)) },
    code: 'VERSION_EXISTS',
    found: 'letters letters.jsonl',
    where: `mixes/${CONTROL}/2026.11.23`,
    remedy: 'choose a new version',
    changed: ['letters letters.jsonl'],
  },
  {
    title: 'an audit of a ledger with a changed line',
    prepare: (place) => {
      usePublished(place);
      appendFileSync(join(place.workspace, 'ledger.jsonl'), '{"sequence":2}\n');
    },
    args: ['audit', 'verify', '--workspace', 'WORKSPACE'],
    code: 'LEDGER_BROKEN',
    found: 'previous: Invalid input',
    where: 'ledger.jsonl:3',
    remedy: 'restore ledger.jsonl from a copy',
  },
  {
    title: 'an audit of a mix with a changed file',
    prepare: (place) => {
      usePublished(place);
      const version = join(place.workspace, 'mixes', CONTROL, '2026.11.23');
      appendFileSync(join(version, 'README.md'), 'one more line\n');
    },
    args: ['audit', 'verify', '--workspace', 'WORKSPACE'],
    code: 'LEDGER_BROKEN',
    found: /^[0-9a-f]{64}$/,
    where: `mixes/${CONTROL}/2026.11.23/README.md`,
    remedy: 'restore the file from a copy',
  },
  {
    title: 'a build into a workspace with a broken ledger',
    prepare: (place) => {
      usePublished(place);
      appendFileSync(join(place.workspace, 'ledger.jsonl'), '{"sequence":2}\n');
    },
    code: 'LEDGER_BROKEN',
    found: 'previous: Invalid input',
    where: 'ledger.jsonl:3',
    remedy: 'restore ledger.jsonl from a copy',
  },
];

function usePublished({ published, workspace }: Place): void {
  cpSync(published, workspace, { recursive: true });
}
