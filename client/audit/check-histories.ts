/**
 * Histories against the records: the lines of the ledger that steps say they wrote stand there with that
 * hash and content, the manifest that was published stands, and lines that name a sealed run are known to
 * it. Two records that were written apart must agree; who forges one has to forge both.
 */
import { join } from 'node:path';
import type { RecordedApproval } from '../../activities/record-approval.js';
import { answersDigest, answersOf } from '../../activities/record-review.js';
import { DECIDED, SAID } from '../../core/audit/decision-kinds.js';
import { isSamePerson } from '../../core/review/person.js';
import type { ApprovalAnswer, ApprovalInput } from '../../core/schema/approval.js';
import { approvalLine } from '../../core/schema/approval-lines.js';
import type { FailureParts } from '../../core/schema/failure.js';
import type { LedgerEntry } from '../../core/schema/ledger.js';
import { reviewLine } from '../../core/schema/review.js';
import type { ReviewInput, ReviewOutcome } from '../../core/schema/review-packet.js';
import { runName, type SealedRun } from '../../core/schema/sealed-history.js';
import { LEDGER_FILE } from '../../storage/ledger.js';
import { lineName } from './audited-ledger.js';
import { digestAt } from './check-published.js';
import type { AuditedSeal } from './check-seals.js';
import type { Findings } from './findings.js';
import { ledgerMentions, type RecordedStep, readRecordedSteps } from './recorded-steps.js';

const FORGED = 'restore ledger.jsonl from a copy: what it says now is not what the build recorded';

/** A finding about a line of the ledger; those of earlier lines are told first. */
interface LineFinding {
  readonly sequence: number;
  /** What a line says is told before that its hash is another. */
  readonly isContent: boolean;
  readonly parts: FailureParts;
}

interface Place {
  readonly workspace: string;
  readonly entries: ReadonlyMap<number, LedgerEntry>;
  readonly lines: number;
  readonly folder: string;
  readonly run: SealedRun;
}

/** Checks every history of the newest seal of a folder. */
export async function checkHistories(
  workspace: string,
  { index, line }: AuditedSeal,
  records: {
    readonly entries: readonly LedgerEntry[];
    /** Runs that this seal or an earlier one of the same workflow holds. */
    readonly sealed: readonly SealedRun[];
  },
  findings: Findings,
): Promise<void> {
  const { entries, sealed } = records;
  const known = new Map(entries.map((entry) => [entry.sequence, entry]));
  const found: LineFinding[] = [];
  const recorded = new Map<string, Set<number>>();
  for (const run of index.runs) {
    const place = { workspace, entries: known, lines: entries.length, folder: line.path, run };
    let steps: RecordedStep[];
    try {
      steps = readRecordedSteps(join(workspace, line.path, run.history.path));
    } catch {
      // Its digest was found wrong before.
      continue;
    }
    const isWhole = run.state !== 'open' && steps.every(({ isDone }) => isDone);
    const mentions = steps.flatMap(({ result }) => ledgerMentions(result));
    if (isWhole) recorded.set(runName(run), new Set(mentions.map(({ sequence }) => sequence)));
    for (const step of steps) found.push(...(await checkStep(place, step)));
  }
  found.push(...checkRuns(entries, { index, sealed }, recorded));
  found.sort((a, b) => Number(b.isContent) - Number(a.isContent) || a.sequence - b.sequence);
  for (const { parts } of found) findings.audit(parts);
}

async function checkStep(place: Place, step: RecordedStep): Promise<LineFinding[]> {
  if (!step.isDone) return [];
  const found: LineFinding[] = [];
  if (step.activity === 'publishMix') found.push(...(await checkPublished(place, step)));
  if (step.activity === 'recordReview') found.push(...checkReview(place, step));
  if (step.activity === 'recordApproval') found.push(...checkApproval(place, step));
  return [...found, ...ledgerMentions(step.result).flatMap((m) => checkMention(place, step, m))];
}

function whereOf({ folder, run }: Place, { event }: RecordedStep): string {
  return `${folder}/${run.history.path}, event ${event}`;
}

/** The line that a step says it wrote stands, with the hash that it had. */
function checkMention(
  place: Place,
  step: RecordedStep,
  { sequence, hash }: { sequence: number; hash: string | null },
): LineFinding[] {
  const entry = place.entries.get(sequence);
  if (entry !== undefined && (hash === null || entry.hash === hash)) return [];
  const parts = {
    subject: entry === undefined ? `line ${sequence} of the ledger` : lineName(entry),
    expected:
      hash === null
        ? `a line that "${step.summary}" wrote`
        : `hash ${hash.slice(0, 16)}.., as "${step.summary}" recorded it`,
    found:
      entry === undefined
        ? `no such line: the ledger ends at line ${place.lines}`
        : `hash ${entry.hash.slice(0, 16)}..: this line or one before it was rewritten`,
    where: `${LEDGER_FILE}:${sequence}; ${whereOf(place, step)}`,
    remedy: FORGED,
  };
  return [{ sequence, isContent: false, parts }];
}

/** The manifest that was published is the one that stands. */
async function checkPublished(place: Place, step: RecordedStep): Promise<LineFinding[]> {
  const { path, manifestSha256, ledgerSequence } = step.result as {
    path: string;
    manifestSha256: string;
    ledgerSequence: number | null;
  };
  if (ledgerSequence === null || place.folder !== `${path}/history`) return [];
  const digest = await digestAt(join(place.workspace, path, 'mix.json'));
  if (digest === manifestSha256) return [];
  const parts = {
    subject: `published version ${path}`,
    expected: `the manifest that the build published, sha256 ${manifestSha256}`,
    found: digest,
    where: `${path}/mix.json; ${whereOf(place, step)}`,
    remedy: 'restore the version from a copy: another one stands in its place',
  };
  return [{ sequence: ledgerSequence, isContent: true, parts }];
}

/** The answers that a reviewer gave are those that the ledger holds. */
function checkReview(place: Place, step: RecordedStep): LineFinding[] {
  const outcome = step.result as ReviewOutcome;
  const entry = place.entries.get(outcome.ledgerSequence);
  if (!outcome.accepted || entry === undefined) return [];
  const { answer } = step.input as { answer: ReviewInput };
  const held = reviewLine.safeParse(entry.body);
  const isSame =
    held.success &&
    held.data.packet === answer.packet &&
    held.data.reviewer === answer.reviewer &&
    answersDigest(answersOf(held.data.decisions)) === outcome.answersSha256;
  if (isSame) return [];
  const parts = {
    subject: `decision of ${answer.reviewer} on packet ${answer.packet}`,
    expected: `the answers that the review took, sha256 ${outcome.answersSha256.slice(0, 16)}..`,
    found: held.success ? changeOf(answer, held.data) : `a line of kind ${entry.kind}`,
    where: `${LEDGER_FILE}:${entry.sequence}; ${whereOf(place, step)}`,
    remedy: FORGED,
  };
  return [{ sequence: entry.sequence, isContent: true, parts }];
}

/**
 * The word of an approver on the plan is the one that the ledger holds, with reason, seat and whether it was signed. What
 * was sent may be a later repetition in other words; what stood then is in the step's answer.
 */
function checkApproval(place: Place, step: RecordedStep): LineFinding[] {
  const { outcome, answers = [] } = (step.result ?? {}) as Partial<RecordedApproval>;
  if (outcome === undefined) return [];
  const entry = place.entries.get(outcome.ledgerSequence);
  if (!outcome.accepted || entry === undefined) return [];
  const { answer } = step.input as { answer: ApprovalInput };
  const held = approvalLine.safeParse(entry.body);
  const stood = answers.find(({ ledgerSequence }) => ledgerSequence === outcome.ledgerSequence);
  const isSame =
    held.success &&
    isSamePerson(held.data.approver, answer.approver) &&
    held.data.decision === answer.decision &&
    held.data.packetSha256 === answer.packetSha256 &&
    (stood === undefined || isWord(held.data, stood));
  if (isSame) return [];
  const parts = {
    subject: `word of ${answer.approver} on the plan`,
    expected: `${answer.decision}, as the build took it`,
    found: held.success
      ? `${wordOf(held.data)}${stood === undefined ? '' : `; it was ${wordOf(stood)}`}`
      : `a line of kind ${entry.kind}`,
    where: `${LEDGER_FILE}:${entry.sequence}; ${whereOf(place, step)}`,
    remedy: FORGED,
  };
  return [{ sequence: entry.sequence, isContent: true, parts }];
}

type Word = Pick<ApprovalAnswer, 'approver' | 'decision' | 'reason' | 'authMethod' | 'onBehalfOf'>;

/** Histories of earlier releases do not say for whom and how. */
function isWord(held: Word, stood: Partial<Word>): boolean {
  const fields = ['approver', 'decision', 'reason', 'authMethod', 'onBehalfOf'] as const;
  return fields.every((field) => stood[field] === undefined || held[field] === stood[field]);
}

function wordOf({ approver, decision, reason, authMethod, onBehalfOf }: Partial<Word>): string {
  const seat = onBehalfOf == null ? '' : ` for ${onBehalfOf}`;
  return `${decision} by ${approver}${seat} (${authMethod}), "${reason}"`;
}

/** First document with another answer, in words. */
function changeOf(answer: ReviewInput, held: ReturnType<typeof reviewLine.parse>): string {
  if (held.reviewer !== answer.reviewer) return `a decision of ${held.reviewer}`;
  if (held.packet !== answer.packet) return `a decision on packet ${held.packet}`;
  const given = new Map(answer.answers.map((item) => [item.document, item]));
  for (const item of answersOf(held.decisions)) {
    const was = given.get(item.document);
    if (was === undefined) return `an answer to ${item.document}, which was not asked about`;
    if (was.label !== item.label)
      return `${item.document} is ${item.label} in the ledger, the reviewer said ${was.label}`;
    if (was.reason !== item.reason) return `another reason for ${item.document}`;
  }
  return 'other answers';
}

/** Kinds of lines whose writing a step answers with its number. */
const ANSWERED: readonly string[] = ['publish', ...SAID];

/**
 * Lines of a sealed workflow name a run that was sealed, and that knows them. So do decisions on its mix, whatever
 * workflow they name. After the head of the seal there may be runs that it could not know: of a workflow that was still
 * open, or of a build that published nothing yet.
 */
function checkRuns(
  entries: readonly LedgerEntry[],
  { index, sealed }: { index: AuditedSeal['index']; sealed: readonly SealedRun[] },
  recorded: ReadonlyMap<string, ReadonlySet<number>>,
): LineFinding[] {
  const runs = new Set([...sealed, ...index.missing].map(runName));
  const ids = new Set(index.runs.map(({ workflowId }) => workflowId));
  // Of a run that goes on, or went on in a next one, there may be lines that the seal could not know.
  const open = new Set(
    index.runs
      .filter(({ state }) => state === 'open' || state === 'continued')
      .map(({ workflowId }) => workflowId),
  );
  const mix = index.subject.replace(/^review\//, '');
  const publishedAt = entries.find(
    ({ kind, body }) => kind === 'publish' && mixOf(body) === mix,
  )?.sequence;
  return entries.flatMap((entry) => {
    const { sequence, by, kind, body } = entry;
    const workflowId = by.slice(0, Math.max(0, by.lastIndexOf('/')));
    const isOfMix = DECIDED.includes(kind) && mixOf(body) === mix;
    const isDecision = isOfMix && mix === index.subject;
    const isOwn = ids.has(workflowId) && ANSWERED.includes(kind);
    if (!isDecision && !isOwn) return [];
    const isUnknown = !runs.has(by);
    const isAfter = sequence > index.ledgerHead.sequence;
    const isLate = publishedAt !== undefined && publishedAt < sequence && isOfMix;
    if (isUnknown && isAfter && (open.has(workflowId) || !isLate)) return [];
    if (!isUnknown && (!ANSWERED.includes(kind) || recorded.get(by)?.has(sequence) !== false))
      return [];
    const parts = {
      subject: lineName(entry),
      expected: isUnknown
        ? `a run of ${index.workflowId}, or of what belongs to it, that was sealed`
        : `a step of ${by} that wrote it`,
      found: isUnknown ? by : 'none: no step of that run wrote this line',
      where: `${LEDGER_FILE}:${sequence}`,
      remedy: FORGED,
    };
    return [{ sequence, isContent: true, parts }];
  });
}

function mixOf(body: unknown): unknown {
  return (body as { mix?: unknown } | null)?.mix;
}
