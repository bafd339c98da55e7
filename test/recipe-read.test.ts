/** A recipe from file to resolved form: defaults, spellings, --set, identity. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../client/recipe/fingerprint.js';
import { readRecipe } from '../client/recipe/read-recipe.js';
import type { RecipeFile } from '../core/schema/index.js';
import { recipe, recipeFile, recipeOfFile } from '../core/schema/index.js';
import { POLICY } from './label-fixture.js';

const SMALL = `name: small
version: 2026.11.23
token_budget: 1_000
sources:
  - {name: a.b, paths: [a.jsonl], domain: health, grant: mit}
grants: [{grant_id: mit, spdx: MIT}]
caps: [{id: half, source: a.b, max_share: 0.5}]
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballast-recipe-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(text: string, set: readonly string[] = [], name = 'recipe.yaml') {
  await writeFile(join(folder, name), text);
  return await readRecipe({ path: join(folder, name), set });
}

describe('a recipe that is read', () => {
  it('gets every default, once', async () => {
    const { recipe: r, baseFolder } = await read(SMALL);
    expect(baseFolder).toBe(folder);
    expect(r.seed).toBe(0);
    expect(r.tokenizer).toEqual({ kind: 'o200k_base' });
    expect(r.tokenBudget).toBe(1000);
    expect(r.targetShares).toEqual({});
    expect(r.sources[0]).toEqual({
      name: 'a.b',
      paths: ['a.jsonl'],
      fields: { id: 'id', text: 'text', created: 'created', url: 'url' },
      domain: { kind: 'constant', value: 'health' },
      provenance: { kind: 'none' },
      modelFamily: null,
      language: null,
      platform: { wellKnown: true, fields: {} },
      grant: { kind: 'constant', value: 'mit' },
      value: 1,
      maxRepetitionFactor: null,
      metadata: [],
    });
    expect(r.use).toEqual({ purposes: ['pretrain'], territory: 'WORLD', trainingEnds: null });
    expect(r.output).toEqual({
      formats: ['parquet'],
      compression: 'zstd',
      shardMegabytes: 256,
      holdoutShare: 0,
    });
    expect([r.maxRepetitionFactor, r.nearDuplicates, r.rejects]).toEqual([
      1,
      { jaccard: 0.8 },
      { maxShare: 0.01 },
    ]);
    expect([r.modelFamilies, r.licenceBudget, r.risk, r.review]).toEqual([null, null, null, null]);
    expect([r.ownOutputs, r.benchmarks, r.labels]).toEqual([[], [], POLICY]);
  });

  it('gets every default of the parts about evidence', async () => {
    const text = `${SMALL.replace('grant: mit', 'grant: mit, provenance: {declared: synthetic}')}
own_outputs: [{name: logs, paths: [o.jsonl], model_family: clinic-1}]
benchmarks: [{name: quiz, path: q.jsonl, fields: [question]}]
allow_lists: [{source: a.b, before: 2020-01-01, label: synthetic, reason: r, expires: 2030-01-01}]
review: {}
`;
    const { recipe: r } = await read(text);
    expect(r.sources[0]!.provenance).toEqual({
      ...{ kind: 'declared', label: 'synthetic', by: 'collector' },
    });
    expect(r.allowLists[0]).toMatchObject({ url: null, author: null, auditRate: 0.02 });
    expect(r.ownOutputs).toEqual([
      {
        name: 'logs',
        paths: ['o.jsonl'],
        fields: { id: 'id', text: 'text' },
        modelFamily: { kind: 'constant', value: 'clinic-1' },
        generated: null,
        trainedOn: [],
      },
    ]);
    expect(r.benchmarks).toEqual([
      { name: 'quiz', path: 'q.jsonl', fields: ['question'], version: null, action: 'drop' },
    ]);
    expect(r.review).toEqual({
      ...{ conflicts: 'sample', randomShare: 0.2, doubleShare: 0.1, documents: 200 },
      ...{ packetSize: 20, reviewers: [], deadlineSeconds: 259_200 },
      ...{ reminderSeconds: [], keys: {}, signatures: 'optional', approval: null },
    });
  });

  it('carries every key that is written', async () => {
    const { recipe: r } = await read(`name: every
version: 2026.11.23.4
seed: 9
tokenizer: {file: t/tokenizer.json}
token_budget: 77
target_shares: {health: 1}
sources:
  - name: s
    paths: [a.jsonl, b/*.parquet]
    fields: {id: i, text: t, created: c, url: u}
    domain: {field: topic}
    provenance: {field: kind, map: {h: human_edited}, by: publisher}
    model_family: {field: m}
    language: {field: lang}
    platform: {well_known: false, generator: gen, tags: labels}
    grant: {field: l}
    value: 2.5
    max_repetition_factor: 3
    metadata: [x, y]
allow_lists:
  - {source: s, after: 2001-02-03, url: "*.org/*", author: "Ada *", audit_rate: 0.1, label: synthetic, reason: why, expires: 2030-01-01}
own_outputs:
  - name: logs
    paths: [o/*.jsonl]
    fields: {id: key, text: answer}
    model_family: {field: model}
    generated: {field: day}
    trained_on: [every@2026.01.01, other@2025.12.31.2]
  - {name: older, paths: [p.jsonl], model_family: clinic-0, generated: 2025-01-31}
benchmarks: [{name: quiz, path: q.jsonl, fields: [question, answer], version: "1.1", action: flag}]
labels:
  policy: labels-v2
  thresholds: {human_authored: 0.9, human_edited: 0.97, synthetic: 0.99}
  review_conflict: 0.4
  text_statistics: off
  trust_anchors: [${'ab'.repeat(32)}]
  reason: err to unknown
review:
  conflicts: all
  random_share: 0.5
  double_share: 0.25
  documents: 40
  packet_size: 5
  reviewers: [ada, ben]
  reminders: [1h, 24h]
  keys: {ada: "ed25519:${'A'.repeat(43)}="}
  signatures: required
  approval: required
  approvers: [cleo, dan]
  approvals: 2
  requester_approves: 'yes'
  approval_deadline: 48h
  on_deadline: approve
  deadline: 3d
grants: [{grant_id: press, uses: {pretrain: allow}, valid_until: 2031-01-01}]
caps:
  - {id: a, domain: health, provenance: [unknown], source: s, model_family: gpt, licensed: true, lineage_depth: 2, site: example.org, language: pt-BR, licence_tier: [unspecified, academic_only], confidence: 0.95, min_share: 0.1, reason: r}
  - {id: b, min_tokens: 5}
  - {id: c, max_tokens: 6}
model_families: {min_count: 2, max_share: 0.6}
max_repetition_factor: 1.5
target_tolerance: {health: 0.02}
min_budget_share: 0.9
diversity: [sources]
anchor: {keep_human_of: 2026.05.01, min_share: 0.5}
churn_max: 0.25
licence_budget: {currency: EUR, amount: "1.5", rates: {USD: "0.92"}}
use: {purposes: [rag, eval], territory: US-CA, training_ends: 2028-01-01}
near_duplicates: {jaccard: 0.9}
rejects: {max_share: 0.2}
output: {formats: [arrow, parquet], compression: gzip, shard_megabytes: 8, holdout_share: 0.25}
`);
    const { grants, ...others } = r;
    expect(grants).toMatchObject([
      { grantId: 'press', kind: 'contract', validUntil: '2031-01-01' },
    ]);
    const all = {
      ...{ provenance: null, source: null, modelFamily: null, licensed: null },
      ...{ lineageDepth: null, site: null, language: null, licenceTier: null, confidence: null },
    };
    expect(others).toEqual({
      schemaVersion: 1,
      name: 'every',
      version: '2026.11.23.4',
      seed: 9,
      tokenizer: { kind: 'file', path: 't/tokenizer.json' },
      tokenBudget: 77,
      targetShares: { health: 1 },
      targetTolerances: { health: 0.02 },
      minBudgetShare: 0.9,
      diversity: ['sources'],
      anchor: { keepHumanOf: '2026.05.01', minShare: 0.5 },
      churnMax: 0.25,
      sources: [
        {
          name: 's',
          paths: ['a.jsonl', 'b/*.parquet'],
          fields: { id: 'i', text: 't', created: 'c', url: 'u' },
          domain: { kind: 'field', field: 'topic' },
          provenance: {
            ...{ kind: 'field', field: 'kind', map: { h: 'human_edited' }, by: 'publisher' },
          },
          modelFamily: { kind: 'field', field: 'm' },
          language: { kind: 'field', field: 'lang' },
          platform: { wellKnown: false, fields: { generator: 'gen', tags: 'labels' } },
          grant: { kind: 'field', field: 'l' },
          value: 2.5,
          maxRepetitionFactor: 3,
          metadata: ['x', 'y'],
        },
      ],
      allowLists: [
        {
          source: 's',
          before: null,
          after: '2001-02-03',
          url: '*.org/*',
          author: 'Ada *',
          auditRate: 0.1,
          label: 'synthetic',
          reason: 'why',
          expires: '2030-01-01',
        },
      ],
      ownOutputs: [
        {
          name: 'logs',
          paths: ['o/*.jsonl'],
          fields: { id: 'key', text: 'answer' },
          modelFamily: { kind: 'field', field: 'model' },
          generated: { kind: 'field', field: 'day' },
          trainedOn: ['every@2026.01.01', 'other@2025.12.31.2'],
        },
        {
          name: 'older',
          paths: ['p.jsonl'],
          fields: { id: 'id', text: 'text' },
          modelFamily: { kind: 'constant', value: 'clinic-0' },
          generated: { kind: 'constant', day: '2025-01-31' },
          trainedOn: [],
        },
      ],
      benchmarks: [
        {
          ...{ name: 'quiz', path: 'q.jsonl', fields: ['question', 'answer'] },
          ...{ version: '1.1', action: 'flag' },
        },
      ],
      labels: {
        policy: 'labels-v2',
        thresholds: { human_authored: 0.9, human_edited: 0.97, synthetic: 0.99 },
        reviewConflict: 0.4,
        textStatistics: 'off',
        trustAnchors: ['ab'.repeat(32)],
        reason: 'err to unknown',
      },
      caps: [
        {
          id: 'a',
          domain: 'health',
          provenance: ['unknown'],
          source: 's',
          modelFamily: 'gpt',
          licensed: true,
          lineageDepth: 2,
          site: 'example.org',
          language: 'pt-BR',
          licenceTier: ['unspecified', 'academic_only'],
          confidence: 0.95,
          limit: { kind: 'min_share', share: 0.1 },
          reason: 'r',
        },
        { ...all, id: 'b', domain: 'all', limit: { kind: 'min_tokens', tokens: 5 }, reason: '' },
        { ...all, id: 'c', domain: 'all', limit: { kind: 'max_tokens', tokens: 6 }, reason: '' },
      ],
      modelFamilies: { minCount: 2, maxShare: 0.6 },
      maxRepetitionFactor: 1.5,
      licenceBudget: { currency: 'EUR', amount: '1.5', rates: { USD: '0.92' } },
      use: { purposes: ['rag', 'eval'], territory: 'US-CA', trainingEnds: '2028-01-01' },
      nearDuplicates: { jaccard: 0.9 },
      rejects: { maxShare: 0.2 },
      risk: null,
      review: {
        ...{ conflicts: 'all', randomShare: 0.5, doubleShare: 0.25, documents: 40 },
        ...{ packetSize: 5, reviewers: ['ada', 'ben'], deadlineSeconds: 259_200 },
        ...{
          reminderSeconds: [86_400, 3_600],
          keys: { ada: `ed25519:${'A'.repeat(43)}=` },
          signatures: 'required',
        },
        approval: {
          ...{ approvers: ['cleo', 'dan'], approvals: 2, requesterApproves: true },
          ...{ deadlineSeconds: 172_800, onDeadline: 'approve' },
        },
      },
      output: {
        formats: ['arrow', 'parquet'],
        compression: 'gzip',
        shardMegabytes: 8,
        holdoutShare: 0.25,
      },
    });
  });

  it('takes the word of a warranty where the grant is a contract', async () => {
    const warranted = 'grant: mit, provenance: {declared: human_authored, by: warranty}';
    const text = SMALL.replace('grant: mit', warranted).replace(
      '{grant_id: mit, spdx: MIT}',
      '{grant_id: mit, kind: contract, uses: {pretrain: allow}}',
    );
    const { recipe: r } = await read(text);
    expect(r.sources[0]!.provenance).toMatchObject({ label: 'human_authored', by: 'warranty' });
  });

  it('is the same from YAML, from JSON and from a grants file beside it', async () => {
    const yaml = await read(SMALL);
    const json = await read(
      JSON.stringify(
        {
          name: 'small',
          version: '2026.11.23',
          token_budget: 1000,
          sources: [{ name: 'a.b', paths: ['a.jsonl'], domain: 'health', grant: 'mit' }],
          grants: [{ grant_id: 'mit', spdx: 'MIT' }],
          caps: [{ id: 'half', source: 'a.b', max_share: 0.5 }],
        },
        null,
        '\t',
      ),
      [],
      'recipe.json',
    );
    await writeFile(join(folder, 'licences.yaml'), 'grants:\n  - {grant_id: mit, spdx: MIT}\n');
    const apart = await read(SMALL.replace(/grants: .*/, 'grants: licences.yaml'));
    expect(json.recipe).toEqual(yaml.recipe);
    expect(apart.recipe).toEqual(yaml.recipe);
    expect(new Set([yaml.fingerprint, json.fingerprint, apart.fingerprint]).size).toBe(1);
  });

  it('keeps its fingerprint under another name, version, comment or spelling of a default', async () => {
    const { fingerprint } = await read(SMALL);
    const renamed = SMALL.replace('small', 'other').replace('2026.11.23', 'dev');
    expect((await read(renamed)).fingerprint).toBe(fingerprint);
    expect((await read(`# note\n${SMALL}seed: 0\n`)).fingerprint).toBe(fingerprint);
    expect((await read(`${SMALL}seed: 1\n`)).fingerprint).not.toBe(fingerprint);
  });

  it('is edited by --set before the parse, by position, by name and by a name with dots', async () => {
    const { recipe: r } = await read(SMALL, [
      'caps.half.max_share=0.3',
      'caps.0.reason=policy 12',
      'sources.a.b.value=2',
      'grants.mit.status=expiring',
      'output.compression=snappy',
      'target_shares.health=1',
      'seed=20_000',
    ]);
    expect(r.caps[0]).toMatchObject({ limit: { share: 0.3 }, reason: 'policy 12' });
    expect(r.sources[0]!.value).toBe(2);
    expect(r.grants[0]!.status).toBe('expiring');
    expect(r.output.compression).toBe('snappy');
    expect(r.targetShares).toEqual({ health: 1 });
    expect(r.seed).toBe(20_000);
  });

  it('has the fingerprint of the file that says the same as its --set', async () => {
    const set = await read(SMALL, ['caps.half.max_share=0.3']);
    const written = await read(SMALL.replace('0.5', '0.3'));
    expect(set.fingerprint).toBe(written.fingerprint);
  });

  it('takes timestamps for their day and shares that sum to 1 within rounding', async () => {
    const tenths = Array.from({ length: 10 }, (_, i) => `d${i}: 0.1`).join(', ');
    const text = SMALL.replace('domain: health', 'domain: {field: topic}');
    const { recipe: r } = await read(
      `${text}target_shares: {${tenths}}\nuse: {training_ends: 2027-03-31T00:00:00Z}\n`,
    );
    expect(r.use.trainingEnds).toBe('2027-03-31');
    expect(Object.keys(r.targetShares)).toHaveLength(10);
  });
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const written = fc.record({
  name: word,
  version: fc.constantFrom('dev', '2026.11.23', '2024.02.29.3'),
  seed: fc.nat(),
  tokenizer: fc.constantFrom('bytes', 'cl100k_base', { file: 'tokenizer.json' }),
  token_budget: fc.oneof(fc.integer({ min: 1 }), fc.constant('1_000_000')),
  sources: fc.uniqueArray(
    fc.record({
      name: word,
      paths: fc.array(word, { minLength: 1, maxLength: 3 }),
      domain: fc.oneof(word, fc.record({ field: word })),
      provenance: fc.constantFrom(
        null,
        { declared: 'synthetic', by: 'publisher' },
        { field: 'kind', map: { h: 'human_edited' } },
      ),
      value: share,
    }),
    { selector: (s) => s.name, minLength: 1, maxLength: 5 },
  ),
  caps: fc.array(
    fc.oneof(
      fc.record({ id: word, provenance: fc.constant(['unknown']), max_share: share }),
      fc.record({ id: word, domain: word, min_tokens: fc.nat() }),
    ),
    { maxLength: 5 },
  ),
  licence_budget: fc.constantFrom(null, { currency: 'EUR', amount: '12.50' }),
  output: fc.record({ holdout_share: fc.double({ min: 0, max: 0.5, noNaN: true }) }),
});

describe('the resolved recipe', () => {
  it('survives JSON and parses to itself, with the same fingerprint', () => {
    fc.assert(
      fc.property(written, (file) => {
        const resolved = recipeOfFile(recipeFile.parse(file) as RecipeFile, []);
        const again = recipe.parse(JSON.parse(JSON.stringify(resolved)));
        expect(again).toEqual(resolved);
        expect(fingerprintOf(again)).toBe(fingerprintOf(resolved));
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
