/**
 * A written file that is not what was gathered is refused. Each row of the table rewrites one file
 * by DuckDB, with the same metadata and layout, so that only the contents give it away.
 */
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as arrow from 'apache-arrow';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileMetadata } from '../activities/tasks/gather-shard.js';
import { run as verifyFile } from '../activities/tasks/verify-file.js';
import { withDuckDb, writeParquet } from '../engines/duckdb.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import {
  assemble,
  startBuild,
  verifyAll,
  type Written,
  type WrittenShard,
  writeMix,
} from './pipeline-run.js';
import { failureOf, makeTempFolder, removeFolder } from './source-profile.js';

let folder: string;
let written: Written;

beforeAll(async () => {
  folder = await makeTempFolder();
  await writeCorpus(folder, 2);
  written = await writeMix(await startBuild({ folder, recipe: RECIPE }));
});
afterAll(() => removeFolder(folder));

const trainFile = (n: number) =>
  `data/train-0000${n}-of-0000${written.selected.trainShards}.parquet`;
const path = (name: string) => join(written.staging, name);

/** Rewrites a written Parquet file with the rows of a query over `mix` (and `held`, the holdout). */
async function rewrite(
  name: string,
  query: string,
  metadata = fileMetadata(written.build),
): Promise<void> {
  const made = join(folder, 'made.parquet');
  await withDuckDb({ memoryMegabytes: 512, scratch: folder }, async (connection) => {
    await connection.run(
      `create view mix as select * exclude (file_row_number), file_row_number as n from read_parquet('${path(name)}', file_row_number = true)`,
    );
    await connection.run(
      `create view held as select * from read_parquet('${path('data')}/holdout-*.parquet')`,
    );
    await writeParquet(connection, { query, path: made, compression: 'zstd', metadata });
  });
  await rename(made, path(name));
}

function shardOf(name: string): WrittenShard {
  return written.shards.find(({ gathered }) => gathered.files.includes(name))!;
}

async function verify(name: string): Promise<void> {
  const { gathered, ...place } = shardOf(name);
  await verifyFile(
    { context: written.context, ...place, file: name, gathered },
    new Float64Array(2),
  );
}

/** The text with its fourth character replaced by the next. */
const ONE_BYTE = '(text[1:3] || chr(unicode(text[4]) + 1) || text[5:])';
const ALL = 'select * exclude (n) from mix';
const replaced = (value: string) => `select * exclude (n) replace (${value}) from mix order by n`;

/** What is done to the first training shard, as SQL, and what the refusal must say. */
const MUTATIONS: readonly (readonly [title: string, query: string, says: RegExp])[] = [
  ['a row is missing', `${ALL} where n <> 10 order by n`, /rows/],
  ['the last row is missing', `${ALL} where n < (select max(n) from mix) order by n`, /rows/],
  [
    'a row stands twice',
    `select * exclude (n) from (select * from mix union all select * from mix where n = 5) order by n`,
    /every document once per pass/,
  ],
  [
    'the last row stands twice',
    `select * exclude (n) from (select * from mix union all select * from mix where n = (select max(n) from mix)) order by n`,
    /every document once per pass/,
  ],
  [
    'two rows changed places',
    `${ALL} order by case n when 3 then 4 when 4 then 3 else n end`,
    /keyed order/,
  ],
  [
    'one byte of a text changed',
    replaced(`case when n = 7 then ${ONE_BYTE} else text end as text`),
    /contents/,
  ],
  [
    'a count of tokens changed',
    replaced('case when n = 7 then tokens + 1 else tokens end as tokens'),
    /contents/,
  ],
  [
    'a label changed',
    replaced(`case when n = 7 then 'human_edited' else provenance end as provenance`),
    /contents/,
  ],
  [
    'two labels of equal size were exchanged',
    replaced(
      `case provenance when 'synthetic' then 'human_authored' when 'human_authored' then 'synthetic' else provenance end as provenance`,
    ),
    /contents/,
  ],
  [
    'a domain changed',
    replaced(`case when n = 7 then 'sports' else domain end as domain`),
    /contents/,
  ],
  [
    'a grant changed',
    replaced(`case when n = 7 then 'lapsed' else grant_id end as grant_id`),
    /contents/,
  ],
  [
    'a grant is missing',
    replaced(`case when n = 7 then null else grant_id end as grant_id`),
    /grant_id/,
  ],
  [
    'a model family changed',
    replaced(`case when model_family = 'elm' then 'fir' else model_family end as model_family`),
    /contents/,
  ],
  [
    'a lineage depth changed',
    replaced('case when n = 7 then 1 else lineage_depth end as lineage_depth'),
    /contents/,
  ],
  [
    'a host was put in',
    replaced(`case when n = 7 then 'example.org' else site end as site`),
    /contents/,
  ],
  [
    'a language was put in',
    replaced(`case when n = 7 then 'es' else language end as language`),
    /contents/,
  ],
  [
    'a row is called anchored',
    replaced('case when n = 7 then 1 else anchored end as anchored'),
    /contents/,
  ],
  ['a date changed', replaced(`'1999-01-01' as created`), /contents/],
  [
    'metadata of a row changed',
    replaced(`case when metadata is null then '{}' else metadata end as metadata`),
    /contents/,
  ],
  [
    'an id changed',
    replaced(`case when n = 7 then id || 'x' else id end as id`),
    /keyed order|belongs elsewhere|holdout|contents/,
  ],
  [
    'a pass changed',
    replaced('case when n = 7 then pass + 1 else pass end as pass'),
    /keyed order|belongs elsewhere|contents/,
  ],
  [
    'a held-out row stands among the training rows',
    `select * from (${ALL} order by n) union all select * from (select * from held limit 1)`,
    /holdout|keyed order|belongs elsewhere/,
  ],
];

describe('verification', () => {
  beforeEach(async () => {
    await copyFile(path(trainFile(0)), join(folder, 'kept.parquet'));
    return async () => copyFile(join(folder, 'kept.parquet'), path(trainFile(0)));
  });

  it('passes the file as it was written, and as the same rows written again', async () => {
    await verify(trainFile(0));
    await rewrite(trainFile(0), `${ALL} order by n`);
    await verify(trainFile(0));
  });

  it.each(MUTATIONS)('refuses a Parquet file where %s', async (_title, query, says) => {
    await rewrite(trainFile(0), query);
    const failure = await failureOf(verify(trainFile(0)));
    expect(failure).toMatchObject({ code: 'VERIFICATION_FAILED' });
    expect(failure.message).toMatch(says);
    expect(failure.parts.remedy).toContain('nothing was published');
  });

  it('refuses the rows of one shard in the file of another', async () => {
    await copyFile(path(trainFile(1)), path(trainFile(0)));
    expect(await failureOf(verify(trainFile(0)))).toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  it('refuses a holdout row that its draw does not hold out', async () => {
    const { gathered, ...place } = shardOf(trainFile(0));
    const as = { ...place, split: 'holdout' as const, gathered, file: trainFile(0) };
    const verifying = verifyFile({ context: written.context, ...as }, new Float64Array(2));
    expect((await failureOf(verifying)).message).toContain('the holdout apart');
  });

  it('refuses a file that names another mix, version, recipe, seed or tokenizer', async () => {
    const metadata = fileMetadata(written.build);
    for (const key of Object.keys(metadata)) {
      await rewrite(trainFile(0), `${ALL} order by n`, { ...metadata, [key]: 'another' });
      const failure = await failureOf(verify(trainFile(0)));
      expect(failure).toMatchObject({ code: 'VERIFICATION_FAILED' });
      expect(failure.parts.expected).toContain(key);
      await copyFile(join(folder, 'kept.parquet'), path(trainFile(0)));
    }
  });

  it('refuses an Arrow file with one label changed', async () => {
    const name = trainFile(0).replace('.parquet', '.arrow');
    const bytes = await readFile(path(name));
    const at = bytes.indexOf('synthetichuman_authored');
    expect(at).toBeGreaterThan(0);
    const changed = Buffer.from(bytes);
    changed.write('human_authoredsynthetic', at);
    expect(arrow.tableFromIPC(changed).numRows).toBe(arrow.tableFromIPC(bytes).numRows);
    await writeFile(path(name), changed);
    expect(await failureOf(verify(name))).toMatchObject({ code: 'VERIFICATION_FAILED' });
    await writeFile(path(name), bytes);
    await verify(name);
  });
});

describe('the judge of the whole version', () => {
  const findings = () => join(written.staging, '../verified');

  async function edited(name: string, edit: (text: string) => string): Promise<void> {
    const file = join(findings(), `${basename(name)}.json`);
    const text = await readFile(file, 'utf8');
    const changed = edit(text);
    expect(changed).not.toBe(text);
    await writeFile(file, changed);
    const failure = await failureOf(assemble(written));
    await writeFile(file, text);
    expect(failure).toMatchObject({ code: 'VERIFICATION_FAILED' });
  }

  beforeAll(() => verifyAll(written));

  it('refuses a data file that nobody verified, and a finding without its file', async () => {
    await writeFile(path('data/train-00009-of-00009.parquet'), 'x');
    expect(await failureOf(assemble(written))).toMatchObject({ code: 'VERIFICATION_FAILED' });
    await rm(path('data/train-00009-of-00009.parquet'));
    await rename(path(trainFile(1)), join(folder, 'aside'));
    expect(await failureOf(assemble(written))).toMatchObject({ code: 'VERIFICATION_FAILED' });
    await rename(join(folder, 'aside'), path(trainFile(1)));
  });

  it('refuses findings that differ from the selection in tokens, documents, label or holdout', async () => {
    const first = (pattern: RegExp) => (text: string) =>
      text.replace(pattern, (_, head, n) => `${head}${Number(n) + 1}`);
    await edited(trainFile(0), first(/("strata":\[\{[^}]*?"documents":)(\d+)/));
    await edited(trainFile(0), first(/("strata":\[\{[^}]*?"tokens":)(\d+)/));
    await edited(trainFile(0), (text) =>
      text.replace('"label":"synthetic"', '"label":"human_edited"'),
    );
    const held = (await readdir(path('data'))).find(
      (name) => name.startsWith('holdout') && name.endsWith('parquet'),
    )!;
    await edited(held, first(/("tokens":)(\d+)/));
  });

  it('accepts them as they were', async () => {
    const { tokens } = await assemble(written);
    expect(tokens).toBe(written.selected.tokens);
  });
});
