/**
 * Files of the week and the recipe of its line. Every document is unique; its id says which file it is
 * of. Text of the press stands under licences that overlap, so that a revoked grant takes some of it.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const NAME = 'week';
/** The grant that is revoked, and the licences that cannot be kept without it. */
export const REVOKED = 'cc';
const LICENCES = ['MIT', 'CC-BY-4.0', 'MIT AND CC-BY-4.0', 'CC-BY-4.0 OR MIT', 'MIT'];
const NEEDS_REVOKED = ['CC-BY-4.0', 'MIT AND CC-BY-4.0'];
const DOMAINS = ['health', 'law', 'software'];
const WORDS = 'grain river stone letter harbour winter lamp copper garden signal'.split(' ');

function textOf(id) {
  const bytes = createHash('sha512').update(id).digest();
  return Array.from({ length: 28 }, (_, i) => {
    const at = 2 * (i % 31);
    return `${WORDS[bytes[at] % WORDS.length]}${(bytes.readUInt16LE(at) * (i + 1)) % 49_999}`;
  }).join(' ');
}

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Documents of one file: id and licence; the licence only where the source has them. */
function rowsOf(prefix, source, count) {
  return Array.from({ length: count }, (_, i) => {
    const id = `${prefix}-${i}`;
    const row = { id, text: textOf(id), domain: DOMAINS[i % 3], created: '2018-03-04' };
    if (source === 'press') return { ...row, license: LICENCES[(i * 3 + count) % 5] };
    return source === 'made' ? { ...row, family: ['aster', 'birch'][i % 2] } : row;
  });
}

/** Bytes of a file as it arrives, and what stands in it. */
export function fileOf({ index, source, file, documents, isBadRow, broken }) {
  const rows = rowsOf(`s${index}`, source, documents);
  const lines = rows.map((row) => JSON.stringify(row));
  // One row among others that has no text: it is rejected, the file is not.
  if (isBadRow && documents > 8)
    lines.splice(3, 0, JSON.stringify({ id: `s${index}-bad`, text: 7 }));
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const packed = file.endsWith('.gz') ? gzipSync(text) : text;
  const bytes = broken === 'unreadable' ? Buffer.from(`no gzip ${index}`) : packed;
  const ids = broken === 'unreadable' ? [] : rows.map(({ id }) => id);
  return { bytes, sha256: sha256(bytes), ids, badRows: lines.length - rows.length };
}

export function write(folder, file, bytes) {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** Documents of the press, in `ids` of any file, that cannot be used without the grant. */
export function needsRevoked(id, count) {
  const i = Number(id.slice(id.lastIndexOf('-') + 1));
  return NEEDS_REVOKED.includes(LICENCES[(i * 3 + count) % 5]);
}

const BASE_DOCUMENTS = 40;

export function writeBase(folder) {
  for (const source of ['press', 'forum', 'made']) {
    const rows = rowsOf(`base-${source}`, source, BASE_DOCUMENTS);
    write(folder, `base/${source}.jsonl`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
}

/** `onDeadline`: what silence does to a build. */
export function recipeText({ budget, seed, onDeadline, approvalSeconds, reviewSeconds, every }) {
  const source = (name, rest) =>
    `  - {name: ${name}, paths: [base/${name}.jsonl], domain: {field: domain}, ${rest}}`;
  const human = 'provenance: {declared: human_authored, by: publisher}';
  return `name: ${NAME}
version: dev
seed: ${seed}
tokenizer: bytes
token_budget: ${budget}
target_shares: {health: 0.4, law: 0.3, software: 0.3}
rejects: {max_share: 0.3}
sources:
${source('press', `${human}, grant: {field: license}`)}
${source('forum', `${human}, grant: talk`)}
${source('made', 'provenance: {declared: synthetic, by: publisher}, model_family: {field: family}, grant: ours')}
grants:
  - {grant_id: mit, spdx: MIT, uses: {pretrain: allow}}
  - {grant_id: ${REVOKED}, spdx: CC-BY-4.0, uses: {pretrain: allow}}
  - {grant_id: talk, kind: contract, uses: {pretrain: allow}}
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow}}
caps:
  - {id: synthetic-each, domain: each, provenance: [synthetic], max_share: 0.35}
use: {purposes: [pretrain], territory: EU, training_ends: 2027-03-31}
output: {formats: [parquet], holdout_share: 0.03}
review:
  {documents: 4, packet_size: 2, reviewers: [ann, ben], deadline: ${reviewSeconds}s,
  approval: required, approvers: [cyn, dan], approvals: 2,
  approval_deadline: ${approvalSeconds}s, on_deadline: ${onDeadline}, reminders: [2s]}
line: {quiet_period: 1s, max_wait: 4s}
schedules:
  - {name: often, act: build-new, every: ${every}s, catchup_window: 30s}
  - {name: nightly, act: build-always, every: ${6 * every}s, catchup_window: 30s}
  - {name: grants, act: watch-grants, every: ${3 * every}s, catchup_window: 30s}
`;
}
