/**
 * What a user would write instead: a capped mix in SQL, in one DuckDB on all cores. Domains get their
 * share of a budget in characters; within each, human text in keyed hash order, then machine text up
 * to three tenths (a third of that per family at most), then unknown text up to a tenth. Ids and order
 * depend on the key alone. No labels, duplicates, tokens, licences, second reader or history.
 *
 *   node bench/duckdb-mix.mjs <folder with one folder of .jsonl.gz per source> <out.parquet> <characters>
 */
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [folder, out, budget] = process.argv.slice(2);
const SOURCES = {
  l2r: ["if(truth = 'human', 'human', 'synthetic')", 'model_family', 'domain'],
  faid: ["if(truth = 'synthetic', 'synthetic', 'human')", 'model_family', "'academic'"],
  peps: ['dated', 'null', "'python'"],
  'rust-rfcs': ['dated', 'null', "'rust'"],
  medquad: ["'human'", 'null', "'health'"],
};
const DATED = `if(coalesce(try_strptime(created, ['%d-%b-%Y', '%Y-%m-%d']) < date '2022-11-30', false), 'human', 'unknown')`;

const documents = Object.entries(SOURCES).map(
  ([source, [label, family, domain]]) =>
    `select id, text, '${source}' as source, ${domain} as domain, ${label === 'dated' ? DATED : label} as provenance,
       ${family} as model_family, length(text) as characters
     from read_json('${folder}/${source}/*.jsonl.gz', format = 'newline_delimited')`,
);
const SHARES = { academic: 0.35, health: 0.25, python: 0.18, rust: 0.12 };
const shares = Object.entries(SHARES).map(([domain, share]) => `when '${domain}' then ${share}`);

const SQL = `
copy (
  with documents as materialized (
    select *, hash('7/' || source || '/' || id) as key from (${documents.join(' union all ')})
  ), ranked as (
    select *, sum(characters) over (
      partition by domain, provenance, if(provenance = 'synthetic', model_family, null)
      order by key, source, id rows unbounded preceding) as upto
    from documents
  ), human as (
    select domain, sum(characters) as taken from ranked
    where provenance = 'human' and upto <= ${budget} * 0.7 * case domain ${shares.join(' ')} else 0.005 end
    group by domain
  ), families as (
    select domain, count(distinct model_family) as families from documents
    where provenance = 'synthetic' group by domain
  )
  select ranked.* exclude (upto, key) from ranked join human using (domain)
    left join families using (domain)
  where upto <= case provenance
    when 'human' then ${budget} * 0.7 * case domain ${shares.join(' ')} else 0.005 end
    when 'synthetic' then taken * 3 / 7 / families
    else taken / 9 * 0.7 end
  order by key, source, id
) to '${out}' (format parquet, compression zstd)`;

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const before = process.cpuUsage();
const started = performance.now();
await connection.run(SQL);
const wall = (performance.now() - started) / 1e3;
const { user, system } = process.cpuUsage(before);
const status = readFileSync('/proc/self/status', 'utf8');
const rss = Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024;
console.log(JSON.stringify({ wall, cpu: (user + system) / 1e6, rss }));
