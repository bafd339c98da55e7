/**
 * Two promises, shown on the five real sets. The same rows in 1, 8 and 64 files per source (dealt out
 * by digest, so in another order too) give the same data files, byte for byte, each in a workspace of
 * its own. And a build reads back what it knows: the next version makes no profile; with one of the 8
 * files of one source changed, it makes one.
 *
 *   npm run build && node bench/reshard.mjs
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dataDigests, printMachine, startBallast } from './ballast.mjs';
import { requireCorpus, writeShard, writeShards } from './corpus-files.mjs';

const SHARDS = [1, 8, 64];
const VERSION = '2026.11.23';

requireCorpus();
printMachine();
const ballast = await startBallast();
try {
  const isSame = await reshard();
  const isReused = await rebuild();
  process.exitCode = isSame && isReused ? 0 : 1;
} finally {
  await ballast.end();
}

function place(shards) {
  const [folder, workspace] = ['corpus', 'workspace'].map((kind) => {
    return join(ballast.folder, `${kind}-${shards}`);
  });
  return { folder, workspace };
}

async function reshard() {
  const texts = new Set();
  for (const shards of SHARDS) {
    const { folder, workspace } = place(shards);
    const recipe = writeShards(folder, shards);
    const built = await ballast.build({ recipe, workspace, version: VERSION });
    const digests = dataDigests(built);
    const { documents, tokens } = built.result;
    console.log(
      `${String(shards).padStart(2)} files per source: ${documents} documents, ${tokens} tokens, work ${built.work.toFixed(2)} s`,
    );
    for (const [name, digest] of digests) console.log(`   ${digest}  ${name}`);
    texts.add(JSON.stringify([...digests]));
  }
  console.log(`data files ${texts.size === 1 ? 'identical' : 'DIFFER'}`);
  return texts.size === 1;
}

async function rebuild() {
  const shards = 8;
  const { folder, workspace } = place(shards);
  const recipe = join(folder, 'recipe.yaml');
  const next = await ballast.build({ recipe, workspace, version: `${VERSION}.1` });
  const path = join(folder, 'data', 'medquad', '003.jsonl.gz');
  const lines = gunzipSync(readFileSync(path)).toString().split('\n').slice(1);
  writeShard(folder, 'medquad', { shard: 3, lines });
  const changed = await ballast.build({ recipe, workspace, version: `${VERSION}.2` });
  const say = (what, { result, work }) =>
    console.log(
      `${what}: ${result.profilesMade} profiles made, ${result.profilesReused} read back, work ${work.toFixed(2)} s`,
    );
  say('second build', next);
  say('one of 8 files of one source changed', changed);
  return next.result.profilesMade === 0 && changed.result.profilesMade === 1;
}
