/**
 * The five real sets as files, as the example recipe names them: linked, multiplied, or split into
 * shards. A copy of a document has another id, and a letter of the copy at the end of every word, so
 * no copy is a near-duplicate of another while each keeps the duplicates that the original has.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

export const NAMES = ['l2r', 'faid', 'peps', 'rust-rfcs', 'medquad'];
const LETTERS = ['', 'q', 'z', 'x', 'j', 'w', 'k', 'v'];
const GZIP = { level: 1 };
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const dataFolder = resolve(
  process.env.BALLAST_BENCH_DATA ?? join(root, '..', 'shared', 'data'),
);

/** Says what is missing and ends the run, where it is. */
export function requireCorpus() {
  const absent = NAMES.filter((name) => !existsSync(join(dataFolder, `${name}.jsonl.gz`)));
  if (absent.length === 0) return;
  console.log(`skipped: no ${absent.join(', ')} in ${dataFolder} (set BALLAST_BENCH_DATA)`);
  process.exit(0);
}

export function linesOf(name) {
  const text = gunzipSync(readFileSync(join(dataFolder, `${name}.jsonl.gz`))).toString();
  return text.split('\n').filter((line) => line !== '');
}

function copyOf(line, copy) {
  const row = JSON.parse(line);
  const text = row.text.replace(/\p{L}+/gu, (word) => word + LETTERS[copy]);
  return JSON.stringify({ ...row, id: `${row.id}~${copy}`, text });
}

/** A folder with recipe and grants beside `data`, where source `s` is `data/s/*.jsonl.gz`. */
function recipeFolder(folder, edit) {
  mkdirSync(join(folder, 'data'), { recursive: true });
  copyFileSync(join(root, 'examples', 'grants.yaml'), join(folder, 'grants.yaml'));
  const text = readFileSync(join(root, 'examples', 'real-data.yaml'), 'utf8');
  const globbed = text.replace(/data\/([a-z0-9-]+)\.jsonl\.gz/g, 'data/$1/*.jsonl.gz');
  const recipe = join(folder, 'recipe.yaml');
  writeFileSync(recipe, edit(globbed));
  return recipe;
}

/** The corpus `copies` times over, and the example recipe with its budget as many times. */
export function writeCopies(folder, copies) {
  const recipe = recipeFolder(folder, (text) =>
    text.replace('token_budget: 8_000_000', `token_budget: ${8_000_000 * copies}`),
  );
  for (const name of NAMES) {
    mkdirSync(join(folder, 'data', name));
    symlinkSync(join(dataFolder, `${name}.jsonl.gz`), join(folder, 'data', name, '0.jsonl.gz'));
    if (copies === 1) continue;
    const lines = linesOf(name);
    for (let copy = 1; copy < copies; copy++) {
      const text = lines.map((line) => copyOf(line, copy)).join('\n');
      writeFileSync(join(folder, 'data', name, `${copy}.jsonl.gz`), gzipSync(text, GZIP));
    }
  }
  return recipe;
}

export function writeShard(folder, name, { shard, lines }) {
  const path = join(folder, 'data', name, `${String(shard).padStart(3, '0')}.jsonl.gz`);
  writeFileSync(path, gzipSync(lines.join('\n'), GZIP));
}

/** Every source in `shards` files: rows are dealt out by a digest of their line, so no order is kept. */
export function writeShards(folder, shards) {
  const recipe = recipeFolder(folder, (text) => text);
  for (const name of NAMES) {
    mkdirSync(join(folder, 'data', name));
    const dealt = Array.from({ length: shards }, () => []);
    for (const line of linesOf(name)) {
      dealt[createHash('sha256').update(line).digest().readUInt32LE(0) % shards].push(line);
    }
    dealt.forEach((lines, shard) => {
      writeShard(folder, name, { shard, lines });
    });
  }
  return recipe;
}
