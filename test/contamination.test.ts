/**
 * Benchmark items in documents: what is a hit and what is none, the same hits as plain code finds,
 * whole builds that drop and flag, labels of the benchmarks themselves, and the audit of a version.
 */
import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBuild } from '../activities/build-context.js';
import { contaminationKeys } from '../activities/contamination.js';
import { run as labelBenchmark } from '../activities/tasks/label-benchmark.js';
import { run as screenShard } from '../activities/tasks/screen-shard.js';
import { hitKey, plainScreen } from '../bench/plain-screen.mjs';
import { builtFile } from '../client/server/install-folder.js';
import { isTelling } from '../core/label/contamination-rule.js';
import { syntheticShareOf } from '../core/label/evaluation-rot.js';
import { planMix } from '../core/plan/plan-mix.js';
import { derive, draw } from '../core/random/draw.js';
import type { ContaminationHit } from '../core/schema/contamination.js';
import type { Manifest } from '../core/schema/manifest.js';
import { createHighs } from '../engines/highs.js';
import { GramTable } from '../engines/ngram/gram-table.js';
import { type BenchmarkItem, createScreen } from '../engines/ngram/ngram-screen.js';
import { Words } from '../engines/ngram/words.js';
import { writeJsonArtifact } from '../storage/artifact.js';
import { sha256 } from '../storage/digest.js';
import { readJson } from '../storage/workspace.js';
import { buildMix, planBuild, startBuild } from './pipeline-run.js';
import { cap, inventoryOf, recipeOf } from './plan-fixture.js';
import { failureOf, makeTempFolder, removeFolder, sql, writeInto } from './source-profile.js';

const FISH =
  'Janet sells three speckled trout at the harbour market every morning before the ferry leaves for Oban';
const SHORT = 'Which harbour does the ferry leave from?';
const ZEROS = Array(40).fill('0').join(' ');

const itemOf = (text: string, item = 1, benchmark = 'exam'): BenchmarkItem => ({
  benchmark,
  item,
  fields: [{ field: 'question', text }],
});
const hitsOf = (document: string, ...items: string[]): ContaminationHit[] =>
  createScreen(items.map((text, i) => itemOf(text, i + 1))).hitsIn(document);
const kindsOf = (document: string, ...items: string[]) =>
  hitsOf(document, ...items).map(({ kind, ratio }) => `${kind} ${ratio.toFixed(2)}`);
const wordsOf = (text: string, from: number, to: number) =>
  text.split(' ').slice(from, to).join(' ');

/** [what, document, item, kinds with ratios] */
const TABLE: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['a whole item', FISH, FISH, ['13-gram 1.00']],
  [
    'case and punctuation',
    `"${FISH.toUpperCase().replaceAll(' ', ' - ')}!"`,
    FISH,
    ['13-gram 1.00'],
  ],
  ['13 of 17 words', wordsOf(FISH, 2, 15), FISH, ['13-gram 0.20']],
  ['12 of 17 words', wordsOf(FISH, 2, 14), FISH, ['8-gram 0.50']],
  ['8 words', wordsOf(FISH, 0, 8), FISH, ['8-gram 0.10']],
  ['7 words', wordsOf(FISH, 0, 7), FISH, []],
  ['13 words, one changed', wordsOf(FISH, 0, 13).replace('harbour', 'fish'), FISH, []],
  ['a short item, whole', `He asked: ${SHORT} Nobody knew.`, SHORT, ['item 1.00']],
  ['a short item less a word', 'Which harbour does the ferry leave', SHORT, []],
  ['zeros in both', ZEROS, ZEROS, []],
  ['zeros within an item of words', ZEROS, `${FISH} ${ZEROS}`, []],
  [
    'one word again and again',
    Array(30).fill('buffalo').join(' '),
    Array(20).fill('buffalo').join(' '),
    [],
  ],
  [
    'single letters and numbers',
    'a 1 b 2 c 3 d 4 e 5 f 6 g 7',
    '{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7}',
    [],
  ],
  ['an answer that is a word', 'yes', 'yes', []],
  ['an answer that is a number', '#### 18', '18', []],
  ['an option', 'the answer is (A)', '(A)', []],
  [
    'five words that tell little',
    'not ( True ) and ( True ) is',
    'not ( True ) and ( True ) is',
    [],
  ],
  ['no words', '...', '...', []],
  [
    'Cyrillic',
    `СЕГОДНЯ ${'утром мы видели три больших корабля у старого причала возле рынка и маяка'.toUpperCase()}`,
    'утром мы видели три больших корабля у старого причала возле рынка и маяка',
    ['13-gram 1.00'],
  ],
  [
    'Chinese, a character a word',
    '他说：早上三条大船停在旧码头的市场旁边。',
    '早上三条大船停在旧码头的市场旁边',
    ['13-gram 1.00'],
  ],
  [
    'Vietnamese',
    'Sáng nay chúng tôi thấy ba con tàu lớn gần bến cảng cũ bên chợ cá',
    'sáng nay chúng tôi thấy ba con tàu lớn gần bến cảng cũ bên chợ cá',
    ['13-gram 1.00'],
  ],
  ['letters beyond the first plane', '𐐨𐐩 𐐪𐐫 𐐬𐐭 𐐮𐐯 𐐰𐐱 x', '𐐨𐐩 𐐪𐐫 𐐬𐐭 𐐮𐐯 𐐰𐐱', ['item 1.00']],
  [
    'half a pair ends a word',
    'which \ud800harbour does the ferry leave from',
    SHORT,
    ['item 1.00'],
  ],
];

describe('a screen', () => {
  it.each(TABLE)('%s', (_what, document, item, expected) => {
    expect(kindsOf(document, item)).toEqual(expected);
    expect(hitsOf(document, item).map(hitKey)).toEqual(plainScreen([itemOf(item)])(document));
  });

  it('says where: the longest run of what it found, in code units of the document', () => {
    const document = `📎 ${wordsOf(FISH, 0, 8)} -- then: ${FISH}. End`;
    const [hit] = hitsOf(document, FISH);
    expect(document.slice(...hit!.span)).toBe(FISH);
    const whole = `“${SHORT}”`;
    expect(whole.slice(...hitsOf(whole, SHORT)[0]!.span)).toBe(SHORT.slice(0, -1));
  });

  it('reports a preamble that many items share for each, by its small share, and at most 32', () => {
    const preamble = wordsOf(FISH, 0, 14);
    const tail = (i: number) => Array.from({ length: 14 }, (_, k) => `word${i}x${k}`).join(' ');
    const items = Array.from({ length: 40 }, (_, i) => itemOf(`${preamble} ${tail(i)}`, i + 1));
    const screen = createScreen(items);
    const hits = screen.hitsIn(`${preamble} ${tail(33)}`);
    expect(hits).toHaveLength(32);
    expect([hits[0]!.item, hits[0]!.ratio]).toEqual([34, 1]);
    expect(hits[1]).toMatchObject({ item: 1, kind: '13-gram', ratio: 2 / 16 });
    expect(hits.map(({ item }) => item).slice(1)).toEqual(
      Array.from({ length: 31 }, (_, i) => i + 1),
    );
  });

  it('finds for each benchmark what it finds where that one is alone', () => {
    const others = [itemOf(FISH, 1, 'other'), itemOf(SHORT, 2, 'other')];
    const ours = [itemOf(wordsOf(FISH, 3, 17), 1)];
    const document = `${SHORT} ${FISH}`;
    const together = createScreen([...ours, ...others]).hitsIn(document);
    const apart = [ours, others].flatMap((items) => createScreen(items).hitsIn(document));
    expect(together).toEqual(apart);
  });

  it('forgets a document before the next', () => {
    const screen = createScreen([itemOf(FISH), itemOf(SHORT, 2)]);
    const before = screen.hitsIn(`${FISH} ${SHORT}`);
    expect(screen.hitsIn('nothing of it')).toEqual([]);
    expect(screen.hitsIn(`${FISH} ${SHORT}`)).toEqual(before);
  });

  it('counts what it looks for, and what it cannot', () => {
    const items = [FISH, SHORT, 'yes', ZEROS].map((text, i) => itemOf(text, i + 1));
    expect(createScreen(items).coverage.get('exam')).toEqual({
      ...{ items: 4, fieldsByGram: 1, fieldsWhole: 1, fieldsUnsearched: 2, itemsUnsearched: 2 },
    });
  });

  it('takes as telling: words of two characters that are no number, or one of a script without spaces', () => {
    expect(['ferry', 'x1', '早', 'é́a'].filter(isTelling)).toHaveLength(4);
    expect(['a', '18', '²', '٣٤', ''].filter(isTelling)).toEqual([]);
  });

  it('compares words where hashes are equal', () => {
    const table = new GramTable();
    const texts = ['one', 'two'];
    for (const _ of texts) table.add(7, 9);
    table.seal();
    const find = (text: string) => table.find(7, 9, (gram) => texts[gram] === text, 0);
    expect([find('one'), find('two'), find('three')]).toEqual([0, 1, -1]);
    expect([table.mayHold(7), table.find(7, 8, () => true, 0)]).toEqual([true, -1]);
  });

  it('cuts words as the runs of [a-z0-9] on ASCII text', () => {
    const text = Array.from({ length: 4000 }, (_, i) =>
      String.fromCharCode((i * 7 + (i >> 5)) % 128),
    ).join('');
    const words = new Words().cut(text);
    const cut = Array.from({ length: words.count }, (_, i) => words.word(i));
    expect(cut).toEqual(text.toLowerCase().match(/[a-z0-9]+/g));
  });

  it('finds what plain code finds, in 600 documents mixed of items and other words', () => {
    const key = derive(4, 'contamination test');
    const pick = <T>(list: readonly T[], name: string): T =>
      list[Math.floor(draw(key, name) * list.length)]!;
    const vocabulary =
      'the of and harbour ferry 0 1 12 a b é über СУДНО маяк 早 船 x9 İstanbul ς'.split(' ');
    const text = (name: string, size: number) =>
      Array.from({ length: size }, (_, i) => pick(vocabulary, `${name}/${i}`)).join(' ');
    const items = Array.from({ length: 120 }, (_, i) =>
      itemOf(text(`item ${i}`, 3 + (i % 30)), i + 1),
    );
    const [screen, plain] = [createScreen(items), plainScreen(items)];
    let found = 0;
    for (let i = 0; i < 600; i++) {
      const source = items[i % 120]!.fields[0]!.text.split(' ');
      const from = Math.floor(draw(key, `from ${i}`) * source.length);
      const part = source.slice(from, from + 1 + Math.floor(draw(key, `size ${i}`) * 30)).join(' ');
      const document = [text(`before ${i}`, i % 40), part, text(`after ${i}`, i % 7)].join('\n');
      const hits = screen.hitsIn(document);
      found += hits.length;
      expect(hits.map(hitKey).sort()).toEqual(plain(document));
    }
    expect(found).toBeGreaterThan(100);
  });
});

const HUMAN = (i: number) => `Field notes ${i}: ${words(`human ${i}`)}`;
const MODEL = (i: number) => `Answer ${i}: ${words(`model ${i}`)}`;

function words(seed: string): string {
  const key = derive(9, 'contamination words');
  return Array.from(
    { length: 60 },
    (_, i) => `w${Math.floor(draw(key, `${seed}/${i}`) * 5000)}k`,
  ).join(' ');
}

const EXAM = [
  { question: FISH, answer: 'yes' },
  { question: SHORT, answer: 18 },
  {
    question: ZEROS,
    answer: { steps: ['row the boat', 'ask the man at the old pier for a rope and a lamp'] },
  },
];

const RECIPE = (extra = '') => `name: exam-mix
version: 2026.11.23
seed: 7
tokenizer: bytes
token_budget: 20_000
sources:
  - {name: notes, paths: ["notes*.jsonl"], domain: {field: domain}, provenance: {declared: human_authored, by: publisher}, grant: ours}
  - {name: model, paths: [model.jsonl], domain: {field: domain}, provenance: {declared: synthetic}, grant: ours}
grants:
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow}}
benchmarks:
  - {name: exam, path: exam.jsonl, fields: [question, answer], version: "1.2"}
${extra}
use: {purposes: [pretrain], territory: EU}
output: {formats: [parquet], holdout_share: 0}
`;

const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Domain `code`: all human text holds an item, one in three of the model's texts does. */
function noteRows() {
  const plain = Array.from({ length: 30 }, (_, i) => ({
    id: `n${i}`,
    domain: 'prose',
    text: HUMAN(i),
  }));
  const code = Array.from({ length: 10 }, (_, i) => ({
    ...{ id: `c${i}`, domain: 'code' },
    text: `${HUMAN(100 + i)}\n${i % 2 === 0 ? FISH : SHORT}`,
  }));
  const weak = { id: 'weak', domain: 'prose', text: `${HUMAN(50)} ${wordsOf(FISH, 0, 9)}` };
  const zeros = { id: 'zeros', domain: 'prose', text: `${HUMAN(51)} ${ZEROS}` };
  return [...plain, ...code, weak, zeros];
}

async function writeSources(noteFiles = 1): Promise<string> {
  const folder = await makeTempFolder();
  const notes = noteRows();
  for (let file = 0; file < noteFiles; file++) {
    const part = notes.filter((_, i) => i % noteFiles === file);
    await writeInto(folder, `notes-${file}.jsonl`, lines(part));
  }
  const model = Array.from({ length: 12 }, (_, i) => ({
    ...{ id: `m${i}`, domain: 'code' },
    text: i % 3 === 0 ? `${MODEL(i)} ${FISH}` : MODEL(i),
  }));
  await writeInto(folder, 'model.jsonl', lines(model));
  await writeInto(folder, 'exam.jsonl', lines(EXAM));
  return folder;
}

describe('a build', () => {
  const folders: string[] = [];
  let folder: string;
  let built: Awaited<ReturnType<typeof buildMix>>;
  let manifest: Manifest;

  beforeAll(async () => {
    folder = await writeSources();
    folders.push(folder);
    built = await buildMix({ folder, recipe: RECIPE() });
    manifest = readJson(join(built.staging, 'mix.json')) as Manifest;
  });
  afterAll(async () => {
    for (const each of folders) await removeFolder(each);
  });

  it('leaves out documents with 13 words or a whole item, and says so row by row', async () => {
    const labels = `read_parquet('${built.staging}/labels/*.parquet')`;
    const rows = await sql(
      `select id, outcome, contamination from ${labels} where contamination is not null order by id`,
    );
    const dropped = rows.filter(({ outcome }) => outcome === 'contaminated').map(({ id }) => id);
    const expected = [...Array.from({ length: 10 }, (_, i) => `c${i}`), 'm0', 'm3', 'm6', 'm9'];
    expect(dropped).toEqual(expected.sort());
    const weak = rows.find(({ id }) => id === 'weak')!;
    expect(weak.outcome).not.toBe('contaminated');
    expect(JSON.parse(String(weak.contamination))).toMatchObject([
      { benchmark: 'exam', item: 1, kind: '8-gram' },
    ]);
    expect(rows.map(({ id }) => id)).not.toContain('zeros');
    const written = await sql(`select id from read_parquet('${built.staging}/data/*.parquet')`);
    expect(written.filter(({ id }) => expected.includes(String(id)))).toEqual([]);
  });

  it('has name, version, digest and counts of the benchmark in the manifest', () => {
    expect(manifest.benchmarks).toHaveLength(1);
    expect(manifest.benchmarks[0]).toMatchObject({
      ...{ name: 'exam', version: '1.2', path: 'exam.jsonl', fields: ['question', 'answer'] },
      ...{ action: 'drop', items: 3, itemsUnsearched: 0 },
      ...{ documentsDropped: 14, documentsFlagged: 1 },
    });
    const { byDomain, tokensDropped, sha256 } = manifest.benchmarks[0]!;
    expect(byDomain.code).toMatchObject({ documentsDropped: 14, documentsFlagged: 0 });
    expect(byDomain.prose).toMatchObject({ documentsDropped: 0, documentsFlagged: 1 });
    expect(byDomain.code!.tokensDropped).toBe(tokensDropped);
    const left = manifest.leftOut.filter(({ reason }) => reason === 'contaminated');
    expect(left.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(tokensDropped);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('says in the plan that a domain is left without human text', () => {
    const { notes } = (readJson(join(built.staging, 'plan.json')) as { plan: { notes: string[] } })
      .plan;
    expect(notes.join('\n')).toMatch(
      /code: no human text is left, synthetic remains: 14 documents with benchmark items/,
    );
  });

  it('reports what is known of the items themselves: here nothing, so 0 to 1', () => {
    expect(manifest.evaluation).toMatchObject([
      {
        ...{ name: 'exam', items: 3, byLabel: { unknown: 3 } },
        syntheticShare: { low: 0, high: 1, basis: 'unknown' },
      },
    ]);
  });

  it('shows both in report and card', async () => {
    const report = await readFile(join(built.staging, 'report.html'), 'utf8');
    expect(report).toMatch(/<h2>Benchmarks<\/h2>/);
    expect(report).toMatch(/Are the benchmarks human\?/);
    const card = await readFile(join(built.staging, 'README.md'), 'utf8');
    expect(card).toMatch(/\| exam \| 1\.2 \| [0-9a-f]{12} \| drop \| 3 \| 0 \| 14 \|/);
    expect(card).toMatch(/\| exam \| 3 \| .*0.* to 100/);
  });

  it('flags and drops nothing where the action is `flag`; the hits are read back', async () => {
    const recipe = RECIPE().replace('version: "1.2"', 'version: "1.2", action: flag');
    const context = await startBuild({ folder, recipe, workspace: built.context.workspace });
    const { inventory, build } = await planBuild(context);
    expect(inventory.leftOut.filter(({ reason }) => reason === 'contaminated')).toEqual([]);
    const screened = await screenShard({ context, shard: 0 }, new Float64Array(2));
    expect(screened).toMatchObject({ made: 0, reused: 1, documentsContaminated: 10 });
    expect(contaminationKeys(build)).toEqual(contaminationKeys(built.build));
  });

  it('searches for a new benchmark alone, and reads no profile again', async () => {
    await writeInto(folder, 'new.jsonl', lines([{ text: HUMAN(3) }]));
    const recipe = RECIPE('  - {name: new, path: new.jsonl, fields: [text], action: flag}');
    const context = await startBuild({ folder, recipe, workspace: built.context.workspace });
    const screened = await screenShard({ context, shard: 0 }, new Float64Array(2));
    expect([screened.made, screened.reused]).toEqual([1, 1]);
    const { build, made, reused, inventory } = await planBuild(context);
    expect([made, reused]).toEqual([0, build.shards.length]);
    expect(contaminationKeys(build)).not.toEqual(contaminationKeys(built.build));
    const dropped = inventory.leftOut.filter(({ reason }) => reason === 'contaminated');
    expect(dropped.reduce((sum, { documents }) => sum + documents, 0)).toBe(14);
  });

  it('drops the same documents in any layout of the files', async () => {
    const split = await writeSources(4);
    folders.push(split);
    const other = await buildMix({ folder: split, recipe: RECIPE() });
    const outcomes = (staging: string) =>
      sql(
        `select source, id, outcome, contamination from read_parquet('${staging}/labels/*.parquet') order by all`,
      );
    expect(await outcomes(other.staging)).toEqual(await outcomes(built.staging));
    const { benchmarks } = readJson(join(other.staging, 'mix.json')) as Manifest;
    expect(benchmarks).toEqual(manifest.benchmarks);
  });

  it('refuses a field that no item has, with the nearest one', async () => {
    const recipe = RECIPE().replace('[question, answer]', '[questoin]');
    const context = await startBuild({ folder, recipe });
    const failure = await failureOf(planBuild(context));
    expect(failure.message).toMatch(
      /benchmark "exam": expected items with a field "questoin".*did you mean "question"/,
    );
  });

  it('refuses an item that cannot be read: it would not be looked for', async () => {
    await writeInto(folder, 'broken.jsonl', `${JSON.stringify(EXAM[0])}\n{"question": \n`);
    const recipe = RECIPE().replace('exam.jsonl', 'broken.jsonl');
    const context = await startBuild({ folder, recipe });
    const failure = await failureOf(planBuild(context));
    expect([failure.code, failure.parts.where]).toEqual(['SOURCE_UNREADABLE', 'broken.jsonl:2']);
  });

  it('labels the items of a benchmark by itself too', async () => {
    const labels = await labelBenchmark(
      { context: built.context, benchmark: 0 },
      new Float64Array(2),
    );
    expect(labels).toEqual(manifest.evaluation[0]);
    expect((await openBuild(built.context)).recipe.benchmarks).toHaveLength(1);
  });

  it('labels an item that a reviewer decided, and narrows the interval by it', async () => {
    const text = `${FISH}\n\nyes`;
    const decision = {
      ...{ source: 'exam', id: '1', textSha256: sha256(text), domain: 'evaluation' },
      ...{ label: 'synthetic', editDirection: null, transformedBy: [], reason: 'its log says so' },
      ...{ reviewer: 'ada', authMethod: 'self-declared', mix: 'exam-mix', packet: 'p1' },
      ...{ why: 'random', inclusionProbability: 1, isRandom: true },
    };
    const { workspace } = built.context;
    const decisions = await writeJsonArtifact(
      { workspace, kind: 'decisions', buildId: 'test', rows: 1 },
      { schemaVersion: 1, decisions: [decision] },
    );
    const context = { ...built.context, decisions };
    const labels = await labelBenchmark({ context, benchmark: 0 }, new Float64Array(2));
    expect(labels.byLabel).toMatchObject({ synthetic: 1, unknown: 2 });
    expect(labels.syntheticShare).toMatchObject({ high: 1, basis: 'assumed' });
    expect(labels.syntheticShare.low).toBeCloseTo(0.95 / 3, 12);
  });

  describe('ballast audit contamination', () => {
    const audit = async (file: string, fields: string, ...flags: string[]) => {
      const workspace = join(folder, 'published');
      await cp(built.staging, join(workspace, 'mixes/exam-mix/2026.11.23'), { recursive: true });
      const command = ['audit', 'contamination', 'exam-mix@2026.11.23', '--workspace', workspace];
      const args = [...command, '--benchmark', join(folder, file), '--fields', fields, ...flags];
      return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
        execFile(
          process.execPath,
          [builtFile('client', 'main.js'), ...args],
          (error, stdout, stderr) =>
            done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
        );
      });
    };

    it('ends with 0 where the version is clean: what was dropped is not in it', async () => {
      const { code, stdout } = await audit('exam.jsonl', 'question,answer');
      expect(stdout).toMatch(
        /exam-mix@2026.11.23 is clean of exam; 1 with 8 words in a row, to review/,
      );
      expect(code).toBe(0);
    });

    it('ends with 5 and names the documents where a new benchmark stands in it', async () => {
      await writeInto(folder, 'fresh.jsonl', lines([{ q: HUMAN(3) }, { q: HUMAN(4) }]));
      const { code, stdout } = await audit('fresh.jsonl', 'q');
      expect(stdout).toMatch(/notes\/n3 +1 +q +13-gram +1\.000/);
      expect(stdout).toMatch(/is contaminated: 2 documents with items of fresh/);
      expect(code).toBe(5);
    });

    it('prints one JSON document with --json, every hit with its place', async () => {
      const { code, stdout } = await audit('fresh.jsonl', 'q', '--json');
      const report = JSON.parse(stdout);
      expect(code).toBe(5);
      expect(report.contaminated.map(({ id }: { id: string }) => id).sort()).toEqual(['n3', 'n4']);
      expect(report.contaminated[0].hits[0]).toMatchObject({
        kind: '13-gram',
        ratio: 1,
        field: 'q',
      });
    });

    it('refuses a missing file and a missing field, with code 2', async () => {
      const gone = await audit('gone.jsonl', 'q');
      expect([gone.code, /no such file/.test(gone.stderr)]).toEqual([2, true]);
      const field = await audit('fresh.jsonl', 'question');
      expect([field.code, /items with a field "question"/.test(field.stderr)]).toEqual([2, true]);
    });
  });
});

describe('a plan', () => {
  it('names contamination where a floor of human text cannot be kept for it', async () => {
    const inventory = {
      ...inventoryOf('a code s 5000'),
      leftOut: [
        { source: 'a', domain: 'code', reason: 'contaminated', documents: 164, tokens: 8200 },
      ],
    };
    const human = cap('human', { domain: 'code', provenance: ['human_authored'], min: 0.5 });
    const plan = await planMix(
      recipeOf(inventory, { caps: [human] }),
      inventory,
      'f',
      await createHighs(),
    );
    expect(plan.status).toBe('infeasible');
    const said =
      plan.status === 'infeasible' ? plan.conflict.map(({ statement }) => statement) : [];
    expect(said.join()).toMatch(
      /usable: 0 of 5,000 tokens; 164 documents with benchmark items \(8,200 tokens\) were left out as contaminated/,
    );
  });
});

describe('the synthetic share of an evaluation set', () => {
  const thresholds = { human_authored: 0.95, human_edited: 0.95, synthetic: 0.9 };
  const counts = (a: number, e: number, s: number, u: number) =>
    syntheticShareOf({ human_authored: a, human_edited: e, synthetic: s, unknown: u }, thresholds);

  it('is 0 to 1 where nothing is known, or there are no items', () => {
    for (const share of [counts(0, 0, 0, 10), counts(0, 0, 0, 0)])
      expect(share).toMatchObject({ low: 0, high: 1, basis: 'unknown', reviews: 0 });
  });

  it('lies between what is labelled synthetic and what is not labelled human, as sure as the labels are', () => {
    const share = counts(40, 10, 20, 30);
    expect(share.low).toBeCloseTo(0.18, 12);
    expect(share.high).toBeCloseTo(0.525, 12);
    expect([share.basis, share.point]).toEqual(['assumed', (share.low + share.high) / 2]);
  });

  it('keeps low <= high for every count of up to 6 items', () => {
    for (let a = 0; a <= 6; a++)
      for (let e = 0; e + a <= 6; e++)
        for (let s = 0; a + e + s <= 6; s++) {
          const { low, high } = counts(a, e, s, 6 - a - e - s);
          expect(low >= 0 && high <= 1 && low <= high).toBe(true);
        }
  });
});
