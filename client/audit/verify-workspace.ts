/**
 * The audit of a workspace, with no server: chain of the ledger, anchors, every file of every published
 * version, sealed histories, the histories against the records, signatures, and a replay. It goes on after
 * a broken link; the first one is told first.
 */
import { join } from 'node:path';
import { headOf } from '../../activities/seal-history.js';
import { versionStatesOf } from '../../activities/version-states.js';
import { Failure } from '../../core/schema/failure.js';
import type { LedgerEntry } from '../../core/schema/ledger.js';
import type { LedgerHead } from '../../core/schema/sealed-history.js';
import { auditedLedger, checkHead } from './audited-ledger.js';
import { checkApproved, keysByRecipe } from './check-approved.js';
import { checkHistories } from './check-histories.js';
import {
  type AuditedMix,
  checkListed,
  checkMix,
  HISTORY_FOLDER,
  publishedMixes,
} from './check-published.js';
import { type AuditedSeal, checkSeals, checkUnsealed, sealLines } from './check-seals.js';
import { checkSignatures } from './check-signatures.js';
import { Findings } from './findings.js';
import { replayHistories } from './replay.js';

export interface VerifyOptions {
  /** Only mixes of this name, or this one version; null for all. */
  readonly only: { readonly name: string; readonly version: string | null } | null;
  readonly replays: boolean;
  /** A head that was kept elsewhere. */
  readonly head: LedgerHead | null;
  readonly onFile: (path: string) => void;
  readonly onReplayed: (done: number, total: number, path: string) => void;
}

export interface AuditedMixSeal extends AuditedMix {
  /** Sealed runs; 0 where the history was not sealed (yet). */
  readonly histories: number;
}

export interface AuditResult {
  readonly ledgerEntries: number;
  readonly head: LedgerHead;
  readonly mixes: readonly AuditedMixSeal[];
  /** Sealed histories of lines, reviews, retractions, and builds that published nothing. */
  readonly otherHistories: number;
  readonly replayed: number;
  /** Decisions with a signature that holds. */
  readonly signatures: number;
  /** Null where all holds. */
  readonly failure: Failure | null;
}

const EVERYTHING: VerifyOptions = {
  ...{ only: null, replays: true, head: null },
  onFile: () => undefined,
  onReplayed: () => undefined,
};

/** @param subject name@version, or the id of its review, or of the line of a name */
function isWanted(subject: string, { only }: VerifyOptions): boolean {
  if (only === null) return true;
  const mix = subject.replace(/^(review|mix-line)\//, '');
  const at = mix.lastIndexOf('@');
  if ((at < 0 ? mix : mix.slice(0, at)) !== only.name) return false;
  return only.version === null || (at >= 0 && mix.slice(at + 1) === only.version);
}

export async function verifyWorkspace(
  workspace: string,
  part: Partial<VerifyOptions> = {},
): Promise<AuditResult> {
  const options = { ...EVERYTHING, ...part };
  const findings = new Findings();
  const entries = await auditedLedger(workspace, findings);
  if (options.head !== null)
    checkHead(entries, options.head, 'the head that was kept elsewhere', findings);
  const published = publishedMixes(entries);
  await findings.guard('mixes', () => checkListed(workspace, published, findings));
  const states =
    (await findings.guard('ledger.jsonl', () => versionStatesOf(entries))) ?? new Map();
  const mixes: AuditedMix[] = [];
  for (const body of published.values()) {
    if (!isWanted(body.mix, options)) continue;
    await findings.guard(body.path, async () => {
      const removed = states.get(body.mix)?.removed ?? new Map();
      mixes.push(await checkMix(workspace, body, { removed, onFile: options.onFile }, findings));
    });
  }
  const keys = await keysByRecipe(workspace, entries, () => true);
  const signatures = checkSignatures(entries, keys, findings);
  await findings.guard('ledger.jsonl', () => checkApproved(workspace, entries, findings));
  const seals = await checkAllSeals(workspace, entries, options, findings);
  if (options.only !== null && mixes.length + seals.length === 0)
    throw nothingOf(options.only, workspace);
  const replayed = options.replays ? await replayAll(workspace, seals, options, findings) : 0;
  const runsAt = (path: string) =>
    seals.find(({ line, isNewest }) => isNewest && line.path === path)?.index.runs.length ?? 0;
  const others = seals.filter(({ line, isNewest }) => isNewest && line.path.startsWith('audit/'));
  return {
    ...{ ledgerEntries: entries.length, head: headOf(entries), replayed, signatures },
    mixes: mixes.map((mix) => {
      const histories = runsAt(`${published.get(mix.mix)!.path}/${HISTORY_FOLDER}`);
      return { ...mix, histories };
    }),
    otherHistories: others.reduce((sum, { index }) => sum + index.runs.length, 0),
    failure: findings.failure(),
  };
}

async function checkAllSeals(
  workspace: string,
  entries: readonly LedgerEntry[],
  options: VerifyOptions,
  findings: Findings,
): Promise<AuditedSeal[]> {
  const lines = sealLines(entries);
  await checkUnsealed(workspace, new Set(lines.keys()), findings);
  const seals: AuditedSeal[] = [];
  for (const [path, own] of [...lines].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!isWanted(own[0]!.line.subject, options)) continue;
    const found = await findings.guard(path, () =>
      checkSeals(workspace, path, own, options.onFile, findings),
    );
    seals.push(...(found ?? []));
  }
  for (const seal of seals)
    if (seal.isNewest)
      await findings.guard(`${seal.line.path}/index.json`, () =>
        checkHistories(workspace, seal, { entries, ...sealedBefore(seals, seal) }, findings),
      );
  for (const { index, line } of seals)
    checkHead(entries, index.ledgerHead, `${line.path}/index.json`, findings);
  return seals;
}

/** Every run that any seal of this workflow names; servers forget the earlier ones. */
function sealedBefore(seals: readonly AuditedSeal[], { index }: AuditedSeal) {
  const own = seals.filter((seal) => seal.index.workflowId === index.workflowId);
  return { sealed: own.flatMap((seal) => seal.index.runs) };
}

function nothingOf({ name, version }: NonNullable<VerifyOptions['only']>, where: string): Failure {
  const subject = version === null ? name : `${name}@${version}`;
  return new Failure('USAGE', {
    subject: `mix ${subject}`,
    expected: 'a published version, or a sealed history',
    found: 'neither',
    where,
    remedy: 'check the name; ballast audit verify without one checks all',
  });
}

/** Every sealed history against the workflows of this release. */
async function replayAll(
  workspace: string,
  seals: readonly AuditedSeal[],
  { onReplayed }: VerifyOptions,
  findings: Findings,
): Promise<number> {
  const wanted = seals
    .filter(({ isNewest }) => isNewest)
    .flatMap(({ index, line }) =>
      index.runs.map(({ workflowId, runId, history }) => ({
        ...{ workflowId, runId, where: `${line.path}/${history.path}` },
        path: join(workspace, line.path, history.path),
        code: index.codeVersion,
      })),
    );
  const broken = new Set(findings.all.map(({ where }) => where));
  const whole = wanted.filter(({ where }) => !broken.has(where));
  let done = 0;
  const results = await replayHistories(
    whole.map(({ path, workflowId, runId }) => ({ path, workflowId, runId })),
    (path) => onReplayed(++done, whole.length, path),
  );
  for (const { path, where, workflowId, code } of whole) {
    const error = results.get(path) ?? null;
    if (error === null) continue;
    findings.audit({
      subject: `history of ${workflowId}`,
      expected: 'a history that the workflows of this release replay',
      found: error.split('\n')[0]!.slice(0, 400),
      where,
      remedy: `replay it with the release that wrote it (code ${code.slice(0, 12)}); a release that changes a workflow keeps the old way with patched()`,
    });
  }
  return whole.length;
}
