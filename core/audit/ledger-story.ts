/** What the ledger says of one mix: its lines in words, and who decided what by which authority. */
import type { LedgerEntry } from '../schema/ledger.js';
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
  /** `signed`, or `self-declared`: nobody checked who it was. */
  readonly authMethod: string;
  readonly reason: string;
}

/** True where a value holds this text, however deep. */
function mentions(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value === text;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((item) => mentions(item, text));
}

/** Lines whose body names the mix, oldest first. */
function touching(subject: string, ledger: readonly LedgerEntry[]): LedgerEntry[] {
  return ledger.filter(({ body }) => mentions(body, subject));
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
    `${textAt(b, 'reviewer')} answered packet ${textAt(b, 'packet')}: ${listOf(b.decisions).length} documents`,
  'review-refused': (b) =>
    `an answer of ${textAt(b, 'reviewer')} to packet ${textAt(b, 'packet')} was refused: ${textAt(b, 'sentence')}`,
  approval: (b) => `${textAt(b, 'approver')} ${verbOf(textAt(b, 'decision'))} the plan`,
  'approval-refused': (b) =>
    `a word of ${textAt(b, 'approver')} on the plan was refused: ${textAt(b, 'sentence') || textAt(b, 'refusal')}`,
  retraction: (b) => `a retraction touches it: ${textAt(b, 'reason') || textAt(b, 'subject')}`,
};

function verbOf(decision: string): string {
  return decision === 'approve' ? 'approved' : decision === 'reject' ? 'rejected' : decision;
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

const DECIDED: readonly string[] = ['review', 'review-refused', 'approval', 'approval-refused'];

export function decisionsOf(subject: string, ledger: readonly LedgerEntry[]): StoryDecision[] {
  return touching(subject, ledger)
    .filter(({ kind }) => DECIDED.includes(kind))
    .map((entry) => {
      const { sequence, at, kind } = entry;
      const body = (entry.body ?? {}) as Attributes;
      const [decided] = listOf(body.decisions);
      const reasons = [...new Set(listOf(body.decisions).map((d) => textAt(d, 'reason')))];
      return {
        ...{ sequence, at, kind, sentence: lineSentence(entry) },
        who: textAt(body, 'reviewer') || textAt(body, 'approver'),
        authMethod: textAt(body, 'authMethod') || textAt(decided ?? {}, 'authMethod'),
        reason: textAt(body, 'reason') || reasons.filter((text) => text !== '').join('; '),
      };
    });
}
