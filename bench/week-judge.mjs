/**
 * Whether a lived week kept what the line promises: every file in exactly one next version or set aside
 * with a reason, every document of it accounted for there, no version twice, a ledger that holds, a
 * revoked grant found and gone, every history replayable. Judged from the records, by other code.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NAME } from './week-corpus.mjs';
import { judgeHistories } from './week-histories.mjs';
import {
  groupBy,
  openRecords,
  readLedgerLines,
  versionNumber,
  versionsIn,
} from './week-records.mjs';
import { judgeRetraction } from './week-retraction.mjs';

/** Builds of the line, by version: what they were composed of and how they ended. */
function buildsOf(entries) {
  const builds = new Map();
  const refused = new Map();
  const wrong = [];
  for (const { kind, body, at, sequence } of entries) {
    if (kind !== 'arrivals' || body.name !== NAME) continue;
    for (const file of body.refused) refused.set(file.sha256, { ...file, sequence });
    if (body.event === 'composed') {
      if (builds.has(body.version)) wrong.push(`${body.version} was put together twice`);
      const digests = body.arrivals.map(({ sha256 }) => sha256);
      builds.set(body.version, { version: body.version, digests, at, sequence, outcome: null });
      for (const digest of digests) refused.delete(digest);
    }
    if (body.event !== 'ended') continue;
    const build = builds.get(body.version);
    if (build === undefined || build.outcome !== null)
      wrong.push(`${body.version} ended though it was not under way`);
    else Object.assign(build, { outcome: body.outcome, sentence: body.sentence });
  }
  for (const { version, outcome } of builds.values())
    if (outcome === null) wrong.push(`of the build of ${version} no end is on record`);
  return { builds: [...builds.values()], refused, wrong };
}

function judgeVersions(entries, workspace) {
  const wrong = [];
  const published = entries.filter(({ kind }) => kind === 'publish').map(({ body }) => body.mix);
  if (new Set(published).size !== published.length) wrong.push('a version was published twice');
  const versions = published.map((mix) => mix.slice(NAME.length + 1));
  for (const [i, version] of versions.entries())
    if (i > 0 && versionNumber(version) <= versionNumber(versions[i - 1]))
      wrong.push(`${version} was published after ${versions[i - 1]}`);
  const standing = versionsIn(workspace, NAME);
  if (standing.join() !== [...versions].sort((a, b) => versionNumber(a) - versionNumber(b)).join())
    wrong.push(`the workspace holds ${standing.join()}, its ledger ${versions.join()}`);
  return { versions, wrong };
}

/** Each file: the one version that took it, or why none did. */
function judgeFiles({ files }, { builds, refused }) {
  const wrong = [];
  const taken = new Map();
  const published = builds.filter(({ outcome }) => outcome === 'published');
  for (const build of published)
    for (const digest of build.digests) {
      if (taken.has(digest))
        wrong.push(`${digest.slice(0, 12)} is new in ${taken.get(digest)} and in ${build.version}`);
      taken.set(digest, build.version);
    }
  let waitedLonger = 0;
  for (const { sha256, shard, sent, meddled } of files.values()) {
    const what = `${shard.file} (${shard.broken ?? 'whole'})`;
    const version = taken.get(sha256);
    const why = refused.get(sha256);
    if (version === undefined && why === undefined)
      wrong.push(`${what} is in no version, and nobody says why`);
    if (version !== undefined && why !== undefined)
      wrong.push(`${what} is in ${version}, and set aside: ${why.reason}`);
    if (why !== undefined && why.reason.length < 10)
      wrong.push(`${what} is set aside for no reason`);
    if (why !== undefined && shard.broken === null)
      wrong.push(`${what} is set aside: ${why.reason}`);
    if (version !== undefined && shard.broken === 'unreadable')
      wrong.push(`${what} is in ${version}`);
    if (version !== undefined && meddled && !sent.some(({ kind }) => kind === 'return'))
      wrong.push(`${what} is in ${version} though it was meddled with`);
    wrong.push(...judgeAnswers(what, sent, meddled));
    const after = published.filter(({ at }) => Date.parse(at) > sent[0].endedMs);
    if (version !== undefined && after.length > 0 && version !== after[0].version) {
      const isLater = versionNumber(version) > versionNumber(after[0].version);
      if (isLater && !meddled) waitedLonger++;
    }
  }
  const sent = new Set([...files.values()].map(({ sha256 }) => sha256));
  for (const digest of taken.keys())
    if (!sent.has(digest)) wrong.push(`${digest} never arrived, and is in a version`);
  return { taken, wrong, waitedLonger };
}

/** What was answered once is known; what was never sent before is new. */
function judgeAnswers(what, sent, meddled) {
  const wrong = [];
  const first = Math.min(...sent.map(({ endedMs }) => endedMs));
  for (const { kind, answer, startedMs, attempts } of sent) {
    if (startedMs > first && !answer.known)
      wrong.push(`${what} came again (${kind}) and was not known`);
    const isAlone = sent.every((other) => other.startedMs >= startedMs);
    if (isAlone && kind === 'arrive' && attempts === 1 && sent.length === 1 && answer.known)
      wrong.push(`${what} was known before it came`);
    if (answer.state === 'refused' && !meddled && !what.includes('unreadable'))
      wrong.push(`${what} was answered refused: ${answer.reason}`);
  }
  return wrong;
}

/** Each document of a taken file stands once in the records of its version, written or left out for a reason. */
async function judgeDocuments({ files }, taken, versions, records) {
  const wrong = [];
  const tally = { written: 0, leftOut: 0, rejected: 0, reasons: {} };
  const byVersion = groupBy(
    [...files.values()].filter(({ sha256 }) => taken.has(sha256)),
    ({ sha256 }) => taken.get(sha256),
  );
  const inputsBefore = new Set();
  let before = null;
  for (const version of versions) {
    const { inputs } = records.manifest(version);
    const digests = inputs.map(({ sha256 }) => sha256);
    if (new Set(digests).size !== digests.length) wrong.push(`${version} reads a file twice`);
    const mine = byVersion.get(version) ?? [];
    for (const { sha256, shard } of mine) {
      if (!digests.includes(sha256))
        wrong.push(`${shard.file} is on record in ${version}, which does not read it`);
      if (inputsBefore.has(sha256))
        wrong.push(`${shard.file} is new in ${version}, but was read before`);
    }
    const lost = before === null ? [] : before.filter((digest) => !digests.includes(digest));
    if (lost.length > 0)
      wrong.push(`${version} no longer reads ${lost.length} files of the version before`);
    const strange = digests.filter((digest) => !inputsBefore.has(digest));
    const own = new Set(mine.map(({ sha256 }) => sha256));
    if (before !== null && strange.some((digest) => !own.has(digest)))
      wrong.push(`${version} reads a file that no record gives to it`);
    for (const digest of digests) inputsBefore.add(digest);
    before = digests;
    wrong.push(...(await judgeRows(version, mine, records, tally)));
  }
  return { wrong, tally };
}

async function judgeRows(version, mine, records, tally) {
  const wrong = [];
  const labels = groupBy(await records.labels(version), ({ source, id }) => `${source}/${id}`);
  const rows = groupBy(await records.written(version), ({ source, id }) => `${source}/${id}`);
  const rejected = groupBy(await records.rejects(version), ({ file }) => file);
  for (const { shard, badRows } of mine) {
    const found = (rejected.get(shard.file) ?? []).length;
    tally.rejected += found;
    if (found !== badRows)
      wrong.push(`${shard.file}: ${badRows} bad rows, ${version} rejects ${found} of it`);
  }
  for (const { ids, shard } of mine)
    for (const id of ids) {
      const name = `${shard.source}/${id}`;
      const [label, ...more] = labels.get(name) ?? [];
      if (label === undefined || more.length > 0) {
        wrong.push(
          `${name} stands ${label === undefined ? 'not' : 'twice'} in the records of ${version}`,
        );
        continue;
      }
      const isWritten = label.outcome === 'written' || label.outcome === 'holdout';
      if (isWritten !== rows.has(name))
        wrong.push(`${name}: ${version} says ${label.outcome}, its rows say otherwise`);
      if (!isWritten && (!label.outcome || !label.reason))
        wrong.push(`${name} is left out of ${version} for no reason`);
      if (isWritten) tally.written++;
      else {
        tally.leftOut++;
        tally.reasons[label.outcome] = (tally.reasons[label.outcome] ?? 0) + 1;
      }
    }
  for (const [name, found] of rows)
    if (new Set(found.map(({ pass }) => pass)).size !== found.length)
      wrong.push(`${name} is written twice in one pass of ${version}`);
  return wrong;
}

const list = (counts) =>
  Object.entries(counts)
    .sort()
    .map(([what, n]) => `${what} ${n}`)
    .join(', ') || 'none';

/** @returns figures as [what, value], and what is violated, in words */
export async function judgeWeek({ week, people, shards, seconds }) {
  const { workspace, files } = week;
  const { entries, broken } = readLedgerLines(workspace);
  const line = buildsOf(entries);
  const published = judgeVersions(entries, workspace);
  const arrived = judgeFiles(week, line);
  const records = await openRecords(workspace, NAME);
  const documents = await judgeDocuments(week, arrived.taken, published.versions, records);
  const retraction = await judgeRetraction({
    week,
    entries,
    records,
    versions: published.versions,
  });
  records.close();
  const histories = await judgeHistories(week);
  const messages = [...files.values()].flatMap(({ sent }) => sent);
  const during = messages.filter(
    ({ kind, wasBuilding }) => kind === 'arrive' && wasBuilding,
  ).length;
  const again = messages.filter(({ kind }) => kind !== 'arrive');
  const violations = [
    ...(broken === null ? [] : [broken]),
    ...[line, published, arrived, documents, retraction, histories].flatMap(({ wrong }) => wrong),
    ...people.wrong,
    ...(existsSync(join(workspace, 'tmp')) ? ['scratch is left in the workspace'] : []),
    ...(week.isFull ? asLarge(shards, during, again, week) : []),
  ];
  const outcomes = line.builds.map(({ outcome, sentence }) =>
    outcome === 'published' ? 'published' : (/: ([A-Z_]+):/.exec(sentence ?? '')?.[1] ?? 'failed'),
  );
  const tallied = {};
  for (const outcome of outcomes) tallied[outcome] = (tallied[outcome] ?? 0) + 1;
  const figures = [
    [
      'files that arrived',
      `${files.size}, ${during} while a build ran (${Math.round((100 * during) / files.size)} %)`,
    ],
    [
      'files that came again',
      `${again.length}, ${again.filter(({ answer }) => answer.known).length} known`,
    ],
    ['messages sent again', messages.reduce((sum, { attempts }) => sum + attempts - 1, 0)],
    ['files in exactly one version', arrived.taken.size],
    ['files that a later version took than the next that was composed', arrived.waitedLonger],
    ['files set aside', `${line.refused.size}: ${list(reasonsOf(line.refused))}`],
    [
      'documents of taken files',
      `${documents.tally.written} written, ${documents.tally.leftOut} left out (${list(documents.tally.reasons)}); ${documents.tally.rejected} rows rejected`,
    ],
    ['versions published', published.versions.length],
    ['builds of the line', list(tallied)],
    ['killed', list(week.killed)],
    ['words of people', list(people.counts)],
    ...retraction.figures,
    ['ledger', `${entries.length} lines: ${list(kindsOf(entries))}`],
    ...histories.figures,
    ['wall time', `${seconds} s`],
  ];
  return { figures, violations };
}

function kindsOf(entries) {
  const kinds = {};
  for (const { kind } of entries) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}

function reasonsOf(refused) {
  const kinds = {};
  for (const { reason } of refused.values()) {
    const kind = /^([A-Z_]+):/.exec(reason)?.[1] ?? reason.split(':')[0];
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

/** The week was as eventful as it is said to be. */
function asLarge(shards, during, again, { killed }) {
  const wrong = [];
  if (during < 0.1 * shards.length) wrong.push('fewer than a tenth arrived while a build ran');
  if (again.length < 0.1 * shards.length) wrong.push('fewer than a tenth came again');
  for (const part of ['worker', 'server']) if (!killed[part]) wrong.push(`no ${part} was killed`);
  return wrong;
}
