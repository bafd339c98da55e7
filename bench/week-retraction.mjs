/** The revoked grant, against a scan of every row: which versions held it, what was rebuilt, what it cost. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NAME, REVOKED } from './week-corpus.mjs';
import { groupBy } from './week-records.mjs';

const holds = ({ grant_id: grant }) => (grant ?? '').split(' AND ').includes(REVOKED);
/** Documents with how often each was repeated, as the impact counts them. */
function namesOf(rows) {
  const found = groupBy(
    rows,
    ({ source, id, held }) => `${source}/${id} ${held ? 'holdout' : 'train'}`,
  );
  return [...found].map(([name, passes]) => `${name} ${passes.length}`).sort();
}

/** Rows of each version under the grant, by a scan. */
async function scan(versions, records) {
  const found = new Map();
  for (const version of versions)
    found.set(version, (await records.written(version)).filter(holds));
  return found;
}

export async function judgeRetraction({ week, entries, records, versions }) {
  const { retracted, workspace, retractions } = week;
  if (retracted === undefined) return { wrong: ['the grant was not retracted'], figures: [] };
  const wrong = [];
  const key = `grant:${REVOKED}`;
  const lines = entries.filter(
    ({ kind, body }) => kind === 'retraction' && body.scope.grant === REVOKED,
  );
  const { sequence } = lines.at(-1);
  const atLine = new Map(
    entries
      .filter(({ kind }) => kind === 'publish')
      .map(({ body, sequence: at }) => [body.mix.slice(NAME.length + 1), at]),
  );
  const scanned = await scan(versions, records);
  const before = versions.filter((version) => atLine.get(version) < sequence);
  const affected = before.filter((version) => scanned.get(version).length > 0);
  for (const version of versions)
    if (atLine.get(version) > lines[0].sequence && scanned.get(version).length > 0)
      wrong.push(
        `${version} was published after the retraction and holds ${scanned.get(version).length} rows of it`,
      );
  const said = [...new Set(lines.flatMap(({ body }) => body.versions))].sort();
  const expected = affected.map((version) => `${NAME}@${version}`).sort();
  if (said.join() !== expected.join())
    wrong.push(`impact says ${said.join()}; a scan finds ${expected.join()}`);
  wrong.push(...(await judgeRows({ workspace, lines, records, scanned, affected })));
  const [rebuild] = retracted.rebuilds;
  if (affected.length > 0 && (rebuild === undefined || rebuild.state === 'failed'))
    wrong.push('no version stands without the grant');
  const cost = await judgeCost(week, rebuild, records, wrong);
  const rows = affected.reduce((sum, version) => sum + scanned.get(version).length, 0);
  return {
    wrong,
    figures: [
      [
        'retraction',
        `${key}: ${affected.length} of ${before.length} versions, ${rows} rows; asked for ${retractions.length} times; ${rebuild?.state} as ${rebuild?.version}`,
      ],
      ['what it cost', cost],
    ],
  };
}

/** The rows that the impact names, against the scan, version by version. */
async function judgeRows({ workspace, lines, records, scanned, affected }) {
  const wrong = [];
  const { impact } = lines.at(-1).body;
  const summary = JSON.parse(readFileSync(join(workspace, impact.summary.path), 'utf8'));
  const rows = await records.rows(
    `select * from read_parquet('${join(workspace, impact.rows.path)}')`,
  );
  const named = groupBy(rows, ({ mix }) => mix.slice(NAME.length + 1));
  for (const version of affected) {
    const mine = scanned.get(version);
    const found = (named.get(version) ?? [])
      .map(({ source, id, split, passes }) => `${source}/${id} ${split} ${passes}`)
      .sort();
    if (found.join() !== namesOf(mine).join())
      wrong.push(
        `${version}: impact names ${found.length} documents, a scan finds ${namesOf(mine).length}, not the same`,
      );
    const train = mine.filter(({ held }) => !held);
    const tokens = train.reduce((sum, row) => sum + row.tokens, 0);
    const told = summary.versions.find(({ mix }) => mix === `${NAME}@${version}`);
    if (told?.rows !== train.length || told?.tokens !== tokens)
      wrong.push(
        `${version}: impact says ${told?.rows} rows and ${told?.tokens} tokens, a scan ${train.length} and ${tokens}`,
      );
  }
  return wrong;
}

/** `ballast diff` against sums over both versions. */
async function judgeCost(week, rebuild, records, wrong) {
  if (!rebuild?.version) return 'unknown';
  const { newestAffected, version } = rebuild;
  const words = ['diff', `${NAME}@${newestAffected}`, `${NAME}@${version}`];
  const { cost } = await week.json(...words, '--workspace', week.workspace);
  const sums = async (of) => {
    const byDomain = {};
    for (const { domain, tokens, held } of await records.written(of))
      if (!held) byDomain[domain] = (byDomain[domain] ?? 0) + tokens;
    return byDomain;
  };
  const [then, now] = [await sums(newestAffected), await sums(version)];
  if (!cost) wrong.push('diff does not say what the retraction cost');
  for (const { domain, tokensNet } of cost?.domains ?? [])
    if (tokensNet !== (now[domain] ?? 0) - (then[domain] ?? 0))
      wrong.push(
        `diff says ${tokensNet} tokens of ${domain}; the rows say ${(now[domain] ?? 0) - (then[domain] ?? 0)}`,
      );
  return (cost?.domains ?? [])
    .map(
      ({ domain, tokensWithdrawn, tokensAdded, tokensNet }) =>
        `${domain} -${tokensWithdrawn} +${tokensAdded} (net ${tokensNet})`,
    )
    .join('; ');
}
