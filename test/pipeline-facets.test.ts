/**
 * Caps on sites, languages and licence tiers through the whole pipeline: kept on the written files, by a
 * count in SQL that knows nothing of strata, and binding where they should be.
 */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileMetadata } from '../activities/tasks/gather-shard.js';
import { run as verifyFile } from '../activities/tasks/verify-file.js';
import type { CapUsage } from '../core/schema/plan.js';
import { withDuckDb, writeParquet } from '../engines/duckdb.js';
import { type PublishedVersion, publish } from './anchor-corpus.js';
import { planBuild, startBuild } from './pipeline-run.js';
import { failureOf, makeTempFolder, removeFolder, sql, writeInto } from './source-profile.js';

const HOSTS = [
  'https://example.org/a',
  'https://www.example.org:8080/b',
  'http://user@BLOG.example.org./c',
  'https://notexample.org/d',
  'https://example.org.evil.net/e',
  'https://other.net/example.org',
  '',
];
const LANGUAGES = ['en', 'en-GB', 'es', 'ES-mx', 'est', ''];
const LICENCES = ['free', 'quiet', 'study', 'campus'];
const WORDS = 'bridge river copper lantern meadow signal thread harbour violin granite'.split(' ');

/** Every host with every language and licence, in two domains: 12 x 7 x 6 x 4 documents. */
function rows(): string {
  const count = 12 * HOSTS.length * LANGUAGES.length * LICENCES.length;
  const lines = Array.from({ length: count }, (_, i) => {
    const size = 10 + ((i * 31) % 23);
    const words = Array.from({ length: size }, (_w, j) => `${WORDS[j % 10]}${i * 97 + j * 7919}`);
    return JSON.stringify({
      ...{ id: `d${i}`, text: words.join(' '), url: HOSTS[i % HOSTS.length] },
      lang: LANGUAGES[Math.floor(i / 7) % LANGUAGES.length],
      licence: LICENCES[Math.floor(i / 42) % LICENCES.length],
      domain: i % 5 < 2 ? 'law' : 'health',
    });
  });
  return `${lines.join('\n')}\n`;
}

const recipeOf = (version: string, caps: string, more = '') => `name: facets
version: ${version}
tokenizer: bytes
token_budget: 200_000
sources:
  - {name: web, paths: [web.jsonl], domain: {field: domain}, language: {field: lang}, provenance: {declared: human_authored, by: publisher}, grant: {field: licence}}
grants:
  - {grant_id: free, uses: {finetune: allow, commercial: allow}}
  - {grant_id: quiet, uses: {finetune: allow}}
  - {grant_id: study, uses: {finetune: allow, commercial: deny}}
  - {grant_id: campus, uses: {finetune: allow, pretrain: conditional, commercial: deny, redistribute_text: deny}}
caps:
${caps}
use: {purposes: [finetune], territory: EU}
output: {formats: [parquet, arrow], holdout_share: 0.05}
${more}`;

const CAPS = `  - {id: blog, site: blog.example.org, max_tokens: 3_000, reason: one author}
  - {id: host, domain: each, site: example.org, max_share: 0.1, reason: one publisher}
  - {id: english, language: en, max_share: 0.2}
  - {id: british, language: en-GB, max_tokens: 8_000}
  - {id: spanish, domain: law, language: es, min_share: 0.5}
  - {id: narrow, licence_tier: [non_commercial, academic_only], max_share: 0.15}
  - {id: campus, licence_tier: [academic_only], max_share: 0.05}
  - {id: said, domain: health, licence_tier: [commercial], min_tokens: 9_000}`;

let folder: string;
let first: PublishedVersion;
beforeAll(async () => {
  folder = await makeTempFolder();
  await writeInto(folder, 'web.jsonl', rows());
  first = await publish(folder, recipeOf('2026.11.01', CAPS));
}, 60_000);
afterAll(() => removeFolder(folder));

/** What a cap counts, as SQL over the written columns. */
const COUNTED: Readonly<Record<string, string>> = {
  blog: `site = 'blog.example.org'`,
  host: `regexp_matches(site, '(^|\\.)example\\.org$')`,
  english: `regexp_matches(language, '^en(-|$)', 'i')`,
  british: `lower(language) = 'en-gb'`,
  spanish: `regexp_matches(language, '^es(-|$)', 'i')`,
  campus: `grant_id = 'campus'`,
  narrow: `grant_id in ('study', 'campus')`,
  said: `grant_id = 'free'`,
};

async function counted(place: string, { capId, scope }: CapUsage): Promise<[number, number]> {
  const where = scope === 'all' ? 'true' : `domain = '${scope}'`;
  const part = `coalesce(sum(tokens) filter (where ${COUNTED[capId]}), 0)`;
  const files = `read_parquet('${place}/data/train-*.parquet')`;
  const [row] = await sql(
    `select ${part}::int as part, sum(tokens)::int as whole from ${files} where ${where}`,
  );
  return [Number(row!.part), Number(row!.whole)];
}

describe('a cap on a site, a language or a licence tier', () => {
  it('is kept on the written files, as SQL counts them from the columns', async () => {
    const caps = first.manifest.caps.filter(({ capId }) => Object.hasOwn(COUNTED, capId));
    expect(caps.map(({ capId, scope }) => `${capId} ${scope}`)).toEqual([
      ...['blog all', 'british all', 'campus all', 'english all', 'host health', 'host law'],
      ...['narrow all', 'said health', 'spanish law'],
    ]);
    for (const cap of caps) {
      const [part, whole] = await counted(first.place, cap);
      const isShare = cap.kind.endsWith('share');
      expect([cap.part, cap.whole].slice(0, isShare ? 2 : 1)).toEqual(
        [part, whole].slice(0, isShare ? 2 : 1),
      );
      const limit = cap.limit * (isShare ? whole : 1);
      if (cap.kind.startsWith('max')) expect(part).toBeLessThanOrEqual(limit);
      else expect(part).toBeGreaterThanOrEqual(limit);
      // A cap that is far from its limit would show nothing.
      if (cap.kind.startsWith('max')) expect(part).toBeGreaterThan(0.5 * limit);
    }
  });

  it('divides strata by the names that caps use and by no others', () => {
    const names = (of: 'site' | 'language') =>
      [...new Set(first.manifest.strata.map((stratum) => stratum[of]))].sort();
    expect(names('site')).toEqual(['', 'blog.example.org', 'example.org']);
    expect(names('language')).toEqual(['', 'en', 'en-GB', 'es']);
  });

  it('leaves host and language of every row in the files, whether a cap names them or not', async () => {
    const files = `read_parquet('${first.place}/data/*.parquet')`;
    const values = async (column: string) =>
      (await sql(`select distinct coalesce(${column}, '') as v from ${files} order by v`)).map(
        ({ v }) => v,
      );
    expect(await values('language')).toEqual(['', 'ES-mx', 'en', 'en-GB', 'es', 'est']);
    expect(await values('site')).toEqual([
      ...['', 'blog.example.org', 'example.org', 'example.org.evil.net', 'notexample.org'],
      ...['other.net', 'www.example.org'],
    ]);
  });
});

describe('a written file', () => {
  it.each([
    ['host', `replace(site, 'example.org', 'example.com') as site`],
    ['language', `case lower(language) when 'es' then 'en' else language end as language`],
    ['anchor', `1 - anchored as anchored`],
  ])('is refused where its %s column is not what was gathered', async (_what, changed) => {
    const { gathered, ...place } = first.shards[0]!;
    const file = gathered.files.find((name) => name.endsWith('.parquet'))!;
    const path = join(first.staging, file);
    const rows = `select * exclude (file_row_number) replace (${changed}) from read_parquet('${path}', file_row_number = true) order by file_row_number`;
    const made = join(folder, 'made.parquet');
    await withDuckDb({ memoryMegabytes: 512, scratch: folder }, (connection) =>
      writeParquet(connection, {
        ...{ query: rows, path: made, compression: 'zstd' as const },
        metadata: fileMetadata(first.build),
      }),
    );
    await copyFile(path, join(folder, 'kept.parquet'));
    await copyFile(made, path);
    const input = { context: first.context, ...place, file, gathered };
    const failure = await failureOf(verifyFile(input, new Float64Array(2)));
    await copyFile(join(folder, 'kept.parquet'), path);
    expect(failure).toMatchObject({ code: 'VERIFICATION_FAILED' });
    expect(failure.message).toContain('contents');
    await verifyFile(input, new Float64Array(2));
  });

  it('has its strata from its own columns, host by host', async () => {
    const { gathered, ...place } = first.shards[0]!;
    const file = gathered.files.find((name) => name.endsWith('.parquet'))!;
    const files = `read_parquet('${join(first.staging, file)}')`;
    const { strata } = await verifyFile(
      { context: first.context, ...place, file, gathered },
      new Float64Array(2),
    );
    const inSite = strata.filter(({ site }) => site !== '');
    const [row] = await sql(
      `select sum(tokens)::int as tokens from ${files} where regexp_matches(site, '(^|\\.)example\\.org$')`,
    );
    expect(inSite.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(Number(row!.tokens));
  });
});

describe('the version before', () => {
  it('is divided by the sites and languages of the recipe that looks back, not by its own', async () => {
    const caps = `  - {id: other, site: other.net, max_share: 0.5}\n  - {id: spanish, language: es-MX, max_share: 0.5}`;
    const recipe = recipeOf('2026.11.02', caps, 'churn_max: 0.9\n');
    const { inventory } = await planBuild(await startBuild({ folder, recipe }));
    const strata = inventory.previous!.strata;
    const files = `read_parquet('${first.place}/data/train-*.parquet')`;
    const site = `case when site = 'other.net' then site else '' end`;
    const language = `case when lower(language) = 'es-mx' then 'es-MX' else '' end`;
    const rows = await sql(
      `select domain, grant_id, ${language} as language, ${site} as site, sum(tokens)::int as tokens from ${files} group by all order by all`,
    );
    const texts = strata.map(({ domain, grantId, language: tag, site: host, tokens }) =>
      [domain, grantId, tag, host, tokens].join(' '),
    );
    expect(texts.sort()).toEqual(rows.map((row) => Object.values(row).join(' ')).sort());
  });
});
