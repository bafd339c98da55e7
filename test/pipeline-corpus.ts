/**
 * A corpus of about 3,000 documents: three sources, four domains, five model families, exact and
 * near duplicates, grants that hold, have ended or are missing. Every document is a function of its
 * number, so it can be split into any number of files.
 */
import { gzipSync } from 'node:zlib';
import { derive, draw } from '../core/random/draw.js';
import { writeInto } from './source-profile.js';

const KEY = derive(11, 'test corpus');
const chance = (...parts: (string | number)[]) => draw(KEY, parts.join('/'));
const pick = <T>(list: readonly T[], ...parts: (string | number)[]): T =>
  list[Math.floor(chance(...parts) * list.length)]!;

const DOMAINS = ['health', 'law', 'software', 'academic'] as const;
const FAMILIES = ['aster', 'birch', 'cedar', 'dahlia', 'elm'] as const;
const SYLLABLES = 'ka lo mi ren tu sa vel dor pin qua zhe ñan öst 漢 字'.split(' ');

function words(seed: string, count: number): string[] {
  const word = (i: number) =>
    Array.from({ length: 1 + Math.floor(chance(seed, i, 'n') * 3) }, (_, j) =>
      pick(SYLLABLES, seed, i, j),
    ).join('');
  return Array.from({ length: count }, (_, i) => word(i));
}

/** Mostly short, now and then long, as real text is. */
function textOf(seed: string): string {
  const size =
    50 + Math.floor(500 * chance(seed, 'size') ** 3 * (chance(seed, 'long') < 0.03 ? 8 : 1));
  return `${words(seed, size).join(' ')}.\u0000 "${seed}" \u{1f600}`;
}

export type CorpusRow = Record<string, string | number>;

/** Human text, 1,400 documents; every 40th is a near copy of the one before, every 55th an exact one. */
function library(i: number): CorpusRow {
  const base = {
    id: `lib-${i}`,
    domain: pick(DOMAINS, 'library', i),
    created: `2019-${String(1 + (i % 12)).padStart(2, '0')}-07`,
  };
  if (i > 0 && i % 40 === 0)
    return {
      ...base,
      created: '2021-05-05',
      text: `${textOf(`lib-${i - 1}`)} the end`,
      license: 'open',
    };
  if (i > 0 && i % 55 === 0)
    return { ...base, created: '2021-06-06', text: textOf(`lib-${i - 1}`), license: 'open' };
  const license = chance('license', i);
  return {
    ...base,
    text: textOf(`lib-${i}`),
    license:
      license < 0.8 ? 'open' : license < 0.9 ? 'lapsed' : license < 0.95 ? 'nobody-knows' : '',
  };
}

/** Generated text, 1,000 documents of five families. */
function generated(i: number): CorpusRow {
  return {
    id: `gen-${i}`,
    domain: pick(DOMAINS, 'generated', i),
    family: pick(FAMILIES, 'family', i),
    text: textOf(`gen-${i}`),
  };
}

/** Text that nobody declared anything about, 600 documents; some copied from the library. */
function found(i: number): CorpusRow {
  const copied = i % 50 === 3;
  return {
    key: i,
    topic: pick(DOMAINS, 'found', i),
    body: copied ? textOf(`lib-${i}`) : textOf(`found-${i}`),
    page: `p${i}`,
  };
}

export const SOURCES: Readonly<Record<string, { count: number; row: (i: number) => CorpusRow }>> = {
  library: { count: 1400, row: library },
  generated: { count: 1000, row: generated },
  found: { count: 600, row: found },
};

/** A few lines that are not documents, for the library: they stand behind these rows. */
const BROKEN: Readonly<Record<number, string>> = {
  17: '{"id": "half',
  600: '{"id":"x","text":""}',
  1200: '[]',
};

/** Writes each source as `shards` files of about equal size under `data/`. */
export async function writeCorpus(
  folder: string,
  shards: number,
  spelling = 'part',
): Promise<string[]> {
  const files: string[] = [];
  for (const [name, { count, row }] of Object.entries(SOURCES)) {
    for (let shard = 0; shard < shards; shard++) {
      const lines: string[] = [];
      for (
        let i = Math.floor((count * shard) / shards);
        i < Math.floor((count * (shard + 1)) / shards);
        i++
      ) {
        lines.push(JSON.stringify(row(i)));
        const broken = name === 'library' ? BROKEN[i] : undefined;
        if (broken !== undefined) lines.push(broken);
      }
      const text = `${lines.join('\n')}\n`;
      const zipped = shard % 2 === 1;
      const file = `data/${name}-${spelling}-${shard}.jsonl${zipped ? '.gz' : ''}`;
      await writeInto(folder, file, zipped ? gzipSync(text) : text);
      files.push(file);
    }
  }
  return files;
}

export const RECIPE = `name: test-mix
version: 2026.11.23
seed: 7
tokenizer: bytes
token_budget: 2_700_000
target_shares: {health: 0.3, law: 0.3, software: 0.2, academic: 0.2}
sources:
  - name: library
    paths: ["data/library-*.jsonl*"]
    domain: {field: domain}
    provenance: {declared: human_authored, by: publisher}
    grant: {field: license}
    max_repetition_factor: 2
  - name: generated
    paths: ["data/generated-*"]
    domain: {field: domain}
    provenance: {declared: synthetic, by: publisher}
    model_family: {field: family}
    grant: ours
  - name: found
    paths: ["data/found-*"]
    fields: {id: key, text: body}
    domain: {field: topic}
    grant: ours
    metadata: [page]
grants:
  - {grant_id: open, spdx: CC-BY-4.0}
  - {grant_id: lapsed, valid_until: 2025-01-01, uses: {pretrain: allow}}
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow, commercial: allow}}
caps:
  - {id: synthetic-each, domain: each, provenance: [synthetic], max_share: 0.30}
  - {id: unknown-each, domain: each, provenance: [unknown], max_share: 0.10}
  - {id: human-health, domain: health, provenance: [human_authored, human_edited], licensed: true, min_share: 0.65}
  - {id: found-all, source: found, max_tokens: 160_000}
model_families: {min_count: 3, max_share: 0.4}
use: {purposes: [pretrain], territory: EU, training_ends: 2027-03-31}
output: {formats: [parquet, arrow], shard_megabytes: 1, holdout_share: 0.01}
`;
