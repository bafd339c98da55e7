/**
 * Layout of the shards, order of the rows and how many are worked on at once change no label: one
 * corpus in one file and in five with the rows in another order, labelled shard after shard and all
 * at once, with every kind of evidence in it. Labels are compared by id, column by column.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REVIEW_LINE } from '../activities/decisions.js';
import { derive, draw } from '../core/random/draw.js';
import { sha256 } from '../storage/digest.js';
import { appendLedger } from '../storage/ledger.js';
import { credentialed, digestOf, identity, manifestStore, unstructured } from './c2pa-encoder.js';
import { reviewOf } from './label-fixture.js';
import { outputText, rewriteOf } from './own-output-texts.js';
import {
  allAtOnce,
  assemble,
  type OverShards,
  oneByOne,
  startBuild,
  verifyAll,
  writeMix,
} from './pipeline-run.js';
import { makeTempFolder, removeFolder, sql, writeInto } from './source-profile.js';
import { styleExamples, styleText } from './style-corpus.js';

const HOUSE = identity('House', 1);
const SIGNER = identity('Signer', 2, HOUSE);

const RECIPE = `name: same
version: 2026.11.23
tokenizer: bytes
token_budget: 60_000
sources:
  - {name: web, paths: ["web/*.jsonl"], domain: {field: domain}, language: en, provenance: {field: kind}, grant: {field: grant}}
  - {name: library, paths: ["library/*.jsonl"], domain: d, language: en, grant: open}
allow_lists:
  - {source: library, before: 2022-11-30, label: human_authored, reason: before chat models, expires: 2027-06-30}
own_outputs:
  - {name: logs, paths: ["own.jsonl"], model_family: {field: model}, generated: {field: day}, trained_on: [same@2026.05.01]}
benchmarks:
  - {name: exam, path: exam.jsonl, fields: [question, answer]}
labels: {trust_anchors: ["${digestOf(HOUSE.chain[0]!)}"], reason: a test}
grants:
  - {grant_id: open, spdx: CC-BY-4.0}
use: {purposes: [pretrain], territory: EU}
output: {formats: [parquet], holdout_share: 0.05}
`;

type Row = Readonly<Record<string, string>>;

const OUTPUTS: readonly Row[] = Array.from({ length: 120 }, (_, i) => ({
  ...{ id: `log-${i}`, text: outputText(i), model: i % 3 === 0 ? 'aster' : 'birch' },
  ...(i % 10 === 9 ? {} : { day: `2026-01-${String(1 + (i % 28)).padStart(2, '0')}` }),
}));

const STYLES = styleExamples('style', 260, 0.8);
const REVIEWED = 160;

const QUESTIONS = Array.from({ length: 12 }, (_, i) => ({
  question: `${styleText(`question ${i}`, 0.3, 24)}?`,
  answer: styleText(`answer ${i}`, 0.3, 18),
}));

/** A text of its own with a number that no other has. */
const plain = (name: string, i: number) => `${styleText(`${name} ${i}`, 0.2, 60)} ${name}${i}.`;
const AI = { sourceTypes: ['trainedAlgorithmicMedia'] };

/** Text with a signed, a moved, an unsigned or a broken credential. */
function withCredential(i: number): string {
  const text = plain('credential', i);
  if (i % 4 === 0) return credentialed(text, { ...AI, signer: SIGNER });
  const signed = credentialed(text, { sourceTypes: ['digitalCreation'], signer: SIGNER });
  if (i % 4 === 1) return signed.replace('credential', 'changed');
  const pasted = unstructured(manifestStore(AI));
  return text + (i % 4 === 2 ? pasted : pasted.slice(0, -60));
}

/** Copies of own outputs: the same, nearly, a rewrite, quoted, disguised; dated before, after, never. */
function fromModels(i: number): Row {
  const text = [
    outputText(i),
    `${outputText(i)} And so on.`,
    rewriteOf(i, 0.35),
    `${outputText(300 + i)} ${outputText(400 + i)} ${outputText(500 + i)} “${outputText(i)}”`,
    outputText(i).replaceAll('o', 'о'),
  ][i % 5]!;
  const created =
    ['2026-06-01', '2026-01-10', '2019-02-03', '', 'last spring'][i % 7] ?? '2026-07-01';
  return { id: `model-${i}`, text, created };
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

const kinds = ['', 'synthetic', 'human_authored'];

const WEB: readonly Row[] = [
  ...STYLES.map(({ id, text }, i) => ({
    id,
    text,
    domain: i >= REVIEWED && i % 10 === 0 ? 'e' : 'd',
  })),
  ...times(70, fromModels),
  ...times(16, (i) => ({ id: `credential-${i}`, text: withCredential(i) })),
  // Copies: undated or of one day, of two minds about who wrote them, with a grant or without.
  ...times(60, (i) => ({
    ...{ id: `copy-${i}`, text: plain('copy', Math.floor(i / 3)), kind: kinds[i % 4] ?? '' },
    created: i % 2 === 0 ? '2024-02-02' : ['', '2021-03-03'][(i >> 1) % 2]!,
    grant: i % 5 === 0 ? '' : 'open',
  })),
  ...times(40, (i) => ({
    ...{
      id: `near-${i}`,
      text: `${plain('near', Math.floor(i / 4))} ${styleText(`end ${i}`, 0, i % 4)}`,
    },
    created: `20${18 + (i % 7)}-05-05`,
  })),
  ...times(12, (i) => ({
    id: `exam-${i}`,
    text: `${plain('exam', i)} ${QUESTIONS[i]![i % 2 === 0 ? 'question' : 'answer']} And then?`,
  })),
].map((row) => ({ domain: 'd', grant: 'open', ...row }));

const LIBRARY: readonly Row[] = [
  ...times(60, (i) => ({
    ...{
      id: `old-${i}`,
      text: plain('old', i),
      created: `2015-01-${String(1 + (i % 28)).padStart(2, '0')}`,
    },
    url: i % 9 === 0 ? `https://a.example/2024/05/18/${i}` : `https://a.example/${i}`,
  })),
  ...times(12, (i) => ({
    id: `dated-${i}`,
    text: `Created: 2024-05-18\n${plain('dated', i)}`,
    created: '2016-01-01',
  })),
  ...times(12, (i) => ({ id: `also-${i}`, text: plain('copy', i), created: '2014-04-04' })),
  ...times(8, (i) => ({
    id: `phrase-${i}`,
    text: `As an AI language model, I may. ${plain('phrase', i)}`,
    created: '2017-01-01',
  })),
  ...times(8, (i) => ({ id: `own-${i}`, text: outputText(i), created: '2022-01-01' })),
];

const ORDER = derive(5, 'order of rows');

async function writeSource(folder: string, name: string, rows: readonly Row[], files: number) {
  const rank = ({ id }: Row) => draw(ORDER, id!);
  const ordered = files === 1 ? rows : [...rows].sort((a, b) => rank(a) - rank(b));
  for (let file = 0; file < files; file++) {
    const some = ordered.filter((_, i) => i % files === file);
    await writeInto(folder, `${name}/${file}.jsonl`, linesOf(some));
  }
}

const linesOf = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Two reviewers' answers, some of them apart, as the ledger keeps them. */
async function writeReviews(workspace: string): Promise<void> {
  for (const [reviewer, share] of [
    ['ada', 1],
    ['bo', 0.2],
  ] as const) {
    const decisions = STYLES.slice(0, share * REVIEWED).map(({ id, text, label }, i) =>
      reviewOf({
        ...{ source: 'web', id, reviewer, textSha256: sha256(text), inclusionProbability: 0.6 },
        label: reviewer === 'bo' && i % 8 === 0 ? 'human_edited' : label,
      }),
    );
    const body = {
      mix: 'same@2026.11.23',
      packet: reviewer,
      packetSha256: 'p',
      reviewer,
      decisions,
    };
    await appendLedger(workspace, {
      key: `review/${reviewer}`,
      kind: REVIEW_LINE,
      by: reviewer,
      body,
    });
  }
}

type LabelRows = readonly Readonly<Record<string, unknown>>[];

/** A build in a folder of its own; the rows of its label tables, less file and line. */
async function labelsOf(folder: string, files: number, over: OverShards): Promise<LabelRows> {
  await writeSource(folder, 'web', WEB, files);
  await writeSource(folder, 'library', LIBRARY, files);
  await writeInto(folder, 'own.jsonl', linesOf(OUTPUTS));
  await writeInto(folder, 'exam.jsonl', linesOf(QUESTIONS));
  await writeReviews(join(folder, 'workspace'));
  const written = await writeMix(await startBuild({ folder, recipe: RECIPE }), over);
  expect(written.made).toBe(2 * files);
  await verifyAll(written);
  await assemble(written);
  const tables = join(written.staging, 'labels', '*.parquet');
  return sql(`select * exclude (file, line) from read_parquet('${tables}') order by source, id`);
}

const folders: string[] = [];
let whole: LabelRows;
beforeAll(async () => {
  for (let i = 0; i < 3; i++) folders.push(await makeTempFolder());
  whole = await labelsOf(folders[0]!, 1, oneByOne);
}, 120_000);
afterAll(async () => {
  for (const folder of folders) await removeFolder(folder);
});

function count(column: string, value: string): number {
  return whole.filter((row) => String(row[column] ?? '').includes(value)).length;
}

describe('the labels of a build', () => {
  it('rest on every kind of evidence here', () => {
    expect(whole).toHaveLength(WEB.length + LIBRARY.length);
    for (const reason of [
      ...['same_text_as_own_output', 'near_copy_of_own_output', 'rewrite_of_own_output'],
      ...['quotes_own_output', 'output_copied_document', 'undated_match', 'loop'],
      ...['credential_signed', 'credential_of_another_text', 'credential_present_unverified'],
      ...['date_conflict_text_states_later', 'date_conflict_address_is_later', 'allow_list_date'],
      ...['older_copy_says', 'reviewed', 'model_boilerplate', 'declared_by_row', 'style'],
    ])
      expect([reason, count('evidence', `"${reason}"`) > 0]).toEqual([reason, true]);
    for (const outcome of ['written', 'duplicate', 'contaminated', 'holdout'])
      expect([outcome, count('outcome', outcome) > 0]).toEqual([outcome, true]);
    for (const why of ['conflict', 'weak', 'uncalibrated'])
      expect([why, count('unknown_reason', why) > 0]).toEqual([why, true]);
  });

  it.each<[string, number, OverShards]>([
    ['shard after shard', 1, oneByOne],
    ['all shards at once', 2, allAtOnce],
  ])(
    'are the same in five files with the rows in another order, %s',
    async (_, at, over) => {
      const found = await labelsOf(folders[at]!, 5, over);
      expect(found.length).toBe(whole.length);
      // Row by row, so that a difference shows itself and not two whole tables.
      found.forEach((row, i) => {
        expect(row).toEqual(whole[i]);
      });
    },
    120_000,
  );
});
