/**
 * The whole build of the five real sets beside a capped mix in SQL (`duckdb-mix.mjs`), in one run:
 * the arms take turns after a warm-up of each; median and least wall, CPU seconds, peak memory.
 * Server and worker are up before the clock starts. Both outputs must keep the caps, each counted
 * from its own Parquet file in its own measure (tokens, characters); the SQL file and our plan must be
 * the same in every round (our data files name their version: `reshard.mjs` compares those).
 *
 *   npm run build && node bench/whole-build.mjs [--copies 5] [--rounds 3]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { dataDigests, printMachine, startBallast } from './ballast.mjs';
import { median } from './corpus.mjs';
import { requireCorpus, writeCopies } from './corpus-files.mjs';

const CHARACTERS = 37_000_000;
const { values } = parseArgs({
  options: {
    copies: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
  },
});
const copies = Number(values.copies);
const rounds = Number(values.rounds);
const here = dirname(fileURLToPath(import.meta.url));

requireCorpus();
printMachine();
const ballast = await startBallast();
try {
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  await ballast.end();
}

async function measure() {
  const folder = join(ballast.folder, 'corpus');
  const recipe = writeCopies(folder, copies);
  const arms = { 'cold build': [], 'next version': [], 'same version': [], 'SQL, DuckDB': [] };
  const digests = new Map();
  for (let round = 0; round <= rounds; round++) {
    const workspace = join(ballast.folder, `workspace-${round}`);
    const day = (n) => `2026.11.23.${10 * round + n}`;
    const cold = await ballast.build({ recipe, workspace, version: day(1) });
    const sql = runSql(join(folder, 'data'), join(ballast.folder, `sql-${round}.parquet`));
    const next = await ballast.build({ recipe, workspace, version: day(2) });
    const same = await ballast.build({ recipe, workspace, version: day(2) });
    note(digests, 'SQL', sql.sha256);
    note(digests, 'plan', cold.result.plan.sha256);
    if (round === 0) {
      await checkOutputs(cold, sql);
      console.log(`peak RSS of a fresh worker's first build: ${cold.rss.toFixed(0)} MiB`);
      continue;
    }
    const all = { 'cold build': cold, 'next version': next, 'same version': same };
    for (const [arm, run] of Object.entries({ ...all, 'SQL, DuckDB': sql })) arms[arm].push(run);
    const made = `${cold.result.profilesMade}, ${next.result.profilesMade}`;
    console.log(`round ${round}: profiles made ${made}; documents ${cold.result.documents}`);
  }
  print(arms);
  return [...digests.values()].every((found) => found.size === 1);
}

function note(digests, arm, digest) {
  digests.set(arm, (digests.get(arm) ?? new Set()).add(digest));
}

function runSql(data, out) {
  const budget = String(CHARACTERS * copies);
  const done = spawnSync(process.execPath, [join(here, 'duckdb-mix.mjs'), data, out, budget], {
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`duckdb-mix: ${done.stderr}`);
  const sha256 = createHash('sha256').update(readFileSync(out)).digest('hex');
  return { ...JSON.parse(done.stdout), out, sha256 };
}

async function checkOutputs(cold, sql) {
  const ours = [...dataDigests(cold).keys()].filter((name) => name.startsWith('train'));
  const files = ours.map((name) => join(cold.result.folder, 'data', name));
  for (const [arm, paths, weight] of [
    ['ballast', files, 'tokens'],
    ['SQL', [sql.out], 'characters'],
  ]) {
    const found = await capsOf(paths, weight);
    const text = `synthetic ${found.synthetic.toFixed(4)}, unknown ${found.unknown.toFixed(4)}, family ${found.family.toFixed(4)}`;
    console.log(`${arm}: ${found.documents} documents; highest shares in a domain: ${text}`);
    if (found.synthetic > 0.3 || found.unknown > 0.1 || found.family > 0.5) {
      throw new Error(`${arm} breaks a cap`);
    }
  }
}

/** Documents, and the highest shares in any domain, counted from written files. */
async function capsOf(paths, weight) {
  const list = paths.map((path) => `'${path}'`).join(', ');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(`
    with mix as (select *, ${weight} as w from read_parquet([${list}])), shares as (
      select domain, sum(w) as whole, sum(w) filter (provenance = 'synthetic') as synthetic,
        sum(w) filter (provenance = 'unknown') as unknown from mix group by domain
    ), families as (
      select domain, model_family, sum(w) as part from mix where provenance = 'synthetic' group by all
    )
    select (select count(*)::double from mix) as documents,
      (select max(coalesce(synthetic, 0) / whole) from shares) as synthetic,
      (select max(coalesce(unknown, 0) / whole) from shares) as unknown,
      (select max(part / synthetic) from families join shares using (domain)) as family`);
  return reader.getRowObjects()[0];
}

function print(arms) {
  const numbers = (runs, key) => runs.map((run) => run[key]).filter((n) => n !== undefined);
  const cell = (runs, key, digits) => {
    const found = numbers(runs, key);
    if (found.length === 0) return '-';
    return `${median(found).toFixed(digits)} (${Math.min(...found).toFixed(digits)})`;
  };
  console.log('\nmedian (least)         wall s        work s        CPU s         peak RSS MiB');
  for (const [arm, runs] of Object.entries(arms)) {
    const cells = [cell(runs, 'wall', 2), cell(runs, 'work', 2), cell(runs, 'cpu', 2)];
    const row = [...cells, cell(runs, 'rss', 0)].map((text) => text.padEnd(14)).join('');
    console.log(`  ${arm.padEnd(20)} ${row}`);
  }
  const sql = median(numbers(arms['SQL, DuckDB'], 'wall'));
  for (const arm of ['cold build', 'next version']) {
    const ratio = median(numbers(arms[arm], 'work')) / sql;
    console.log(`  ${arm}: ${ratio.toFixed(1)} x the time of the SQL mix`);
  }
  const rest = median(numbers(arms['cold build'], 'rssBefore'));
  console.log(`  worker at rest before a build: ${rest.toFixed(0)} MiB`);
}
