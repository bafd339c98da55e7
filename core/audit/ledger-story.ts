/** What the ledger says of one mix: its lines in words, and who decided what by which authority. */
import type { LedgerEntry } from '../schema/ledger.js';
import { SAID } from './decision-kinds.js';
import type { Attributes } from './event-sentence.js';
import { textAt } from './event-sentence.js';

export interface StoryLine {
  readonly sequence: number;
  readonly at: string;
  readonly kind: string;
  readonly by: string;
  readonly sentence: string;
  readonly hash: string;
}

export interface StoryDecision {
  readonly sequence: number;
  readonly at: string;
  readonly who: string;
  readonly kind: string;
  readonly sentence: string;
  /** Who handed over to them; '' where they answered for themselves. */
  readonly onBehalfOf: string;
  /** `signed`, where the signature holds; `signature does not hold`; or `self-declared`: nobody checked who it was. */
  readonly authMethod: string;
  readonly reason: string;
}

/** Whether the signature of a line holds. */
export type Signatures = (entry: LedgerEntry) => 'good' | 'bad' | 'none';

/** True where a value holds this text, however deep. */
function mentions(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value === text;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((item) => mentions(item, text));
}

/** Lines whose body names the mix, oldest first. */
function touching(subject: string, ledger: readonly LedgerEntry[]): LedgerEntry[] {
  const at = subject.lastIndexOf('@');
  const [name, version] = [subject.slice(0, at), subject.slice(at + 1)];
  return ledger.filter(({ kind, body }) => {
    if (mentions(body, subject)) return true;
    // Lines of these kinds name mix and version apart.
    const own = (body ?? {}) as Attributes;
    if (kind === 'arrivals') return own.name === name && own.version === version;
    if (kind !== 'grant-notice' || own.mix !== name) return false;
    return listOf(own.versions).some((one) => one.version === version);
  });
}

const short = (digest: string) => digest.slice(0, 12);

const SENTENCES: Readonly<Record<string, (body: Attributes) => string>> = {
  publish: (b) =>
    `published at ${textAt(b, 'path')}: ${textAt(b, 'documents')} documents, ${textAt(b, 'tokens')} tokens, manifest ${short(textAt(b, 'manifestSha256'))}`,
  seal: (b) =>
    `${textAt(b, 'runs')} histories sealed in ${textAt(b, 'path')}, index ${short(textAt(b, 'indexSha256'))}, after line ${textAt(b, 'ledgerHead', 'sequence')}`,
  'review-opened': (b) =>
    `${textAt(b, 'documents')} documents in ${textAt(b, 'packets')} packets given to reviewers`,
  review: (b) =>
    `${textAt(b, 'reviewer')}${seatOf(b)} answered packet ${textAt(b, 'packet')}: ${listOf(b.decisions).length} documents`,
  'review-refused': (b) =>
    `an answer of ${textAt(b, 'reviewer')} to packet ${textAt(b, 'packet')} was refused: ${textAt(b, 'sentence')}`,
  'approval-opened': (b) =>
    `${textAt(b, 'requestedBy')} asks ${namesOf((b.policy as Attributes | undefined)?.approvers)} to approve the plan, packet ${short(textAt(b, 'packet', 'sha256'))}, until ${textAt(b, 'dueAt')}`,
  'approval-closed': (b) =>
    `the approval of packet ${short(textAt(b, 'packetSha256'))} ended: ${textAt(b, 'end').replaceAll('_', ' ')}, ${listOf(b.answers).length} answers`,
  delegation: (b) =>
    textAt(b, 'from') === textAt(b, 'to')
      ? `${textAt(b, 'from')} answers in person again (${textAt(b, 'scope')})`
      : `${textAt(b, 'from')} handed over to ${textAt(b, 'to')} (${textAt(b, 'scope')})`,
  'delegation-refused': (b) =>
    `${textAt(b, 'from')} could not hand over to ${textAt(b, 'to')}: ${textAt(b, 'sentence') || textAt(b, 'refusal')}`,
  reminder: (b) =>
    `reminded ${namesOf(b.owes)} ${textAt(b, 'secondsBefore')} s before ${textAt(b, 'dueAt')}: ${textAt(b, 'sentence')}`,
  'register-run': (b) =>
    `model ${textAt(b, 'model')} was trained on it, manifest ${short(textAt(b, 'manifestSha256'))}`,
  tombstones: (b) =>
    `retraction ${textAt(b, 'key')} is carried out: certificate ${short(textAt(b, 'certificateSha256'))} in ${textAt(b, 'folder')}`,
  'grant-notice': (b) => textAt(b, 'sentence'),
  arrivals: (b) =>
    `arrivals, ${textAt(b, 'event')}: ${listOf(b.arrivals).length} files, ${listOf(b.refused).length} set aside${textAt(b, 'sentence') === '' ? '' : `; ${textAt(b, 'sentence')}`}`,
  approval: (b) => `${textAt(b, 'approver')}${seatOf(b)} ${verbOf(textAt(b, 'decision'))} the plan`,
  'approval-refused': (b) =>
    `a word of ${textAt(b, 'approver')} on the plan was refused: ${textAt(b, 'sentence') || textAt(b, 'refusal')}`,
  retraction: (b) =>
    `retraction ${textAt(b, 'key')} of ${textAt(b, 'requestedBy')} touches it, from ${textAt(b, 'effective')}: ${textAt(b, 'reason')}`,
};

function verbOf(decision: string): string {
  return decision === 'approve' ? 'approved' : decision === 'reject' ? 'rejected' : decision;
}

function seatOf(body: Attributes): string {
  const seat = textAt(body, 'onBehalfOf');
  return seat === '' ? '' : ` for ${seat}`;
}

function namesOf(value: unknown): string {
  const names = Array.isArray(value) ? value.map(String) : [];
  return names.length === 0 ? 'everybody' : names.join(', ');
}

function listOf(value: unknown): readonly Attributes[] {
  return Array.isArray(value) ? (value as Attributes[]) : [];
}

export function lineSentence({ kind, body }: LedgerEntry): string {
  const own = (body ?? {}) as Attributes;
  return SENTENCES[kind]?.(own) ?? kind.replaceAll('-', ' ');
}

export function ledgerLinesOf(subject: string, ledger: readonly LedgerEntry[]): StoryLine[] {
  return touching(subject, ledger).map((entry) => {
    const { sequence, at, kind, by, hash } = entry;
    return { sequence, at, kind, by, hash, sentence: lineSentence(entry) };
  });
}

const WAYS = { good: 'signed', bad: 'signature does not hold', none: 'self-declared' } as const;

export function decisionsOf(
  subject: string,
  ledger: readonly LedgerEntry[],
  signatures: Signatures,
): StoryDecision[] {
  return touching(subject, ledger)
    .filter(({ kind }) => SAID.includes(kind))
    .map((entry) => {
      const { sequence, at, kind } = entry;
      const body = (entry.body ?? {}) as Attributes;
      const reasons = [...new Set(listOf(body.decisions).map((d) => textAt(d, 'reason')))];
      return {
        ...{ sequence, at, kind, sentence: lineSentence(entry) },
        who: textAt(body, 'reviewer') || textAt(body, 'approver') || textAt(body, 'from'),
        onBehalfOf: textAt(body, 'onBehalfOf'),
        authMethod: kind.endsWith('-refused') ? '' : WAYS[signatures(entry)],
        reason: textAt(body, 'reason') || reasons.filter((text) => text !== '').join('; '),
      };
    });
}
