/**
 * The answers to a packet before they are sent: one entry per document, kept in the browser under the
 * packet's digest, with every step of this visit to take back. Storage that is full or off loses the
 * keeping, not the answers.
 */
import type { PageAnswer } from '../page-messages.js';

/** '' where a label or a direction is not chosen yet. */
export type Draft = Omit<PageAnswer, 'document'>;

export const EMPTY: Draft = { label: '', editDirection: '', transformedBy: [], reason: '' };

function isDraft(value: unknown): value is Draft {
  const draft = value as Draft | null;
  return (
    typeof draft?.label === 'string' &&
    typeof draft.editDirection === 'string' &&
    typeof draft.reason === 'string' &&
    Array.isArray(draft.transformedBy)
  );
}

export class Drafts {
  readonly #key: string;
  readonly #answers: Map<string, Draft>;
  readonly #steps: { readonly document: string; readonly before: Draft }[] = [];

  constructor(sha256: string, person: string) {
    this.#key = `ballast-review/draft/${sha256}/${person}`;
    this.#answers = new Map(Object.entries(this.#stored()));
  }

  #stored(): Record<string, Draft> {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(this.#key) ?? '{}');
      const entries = Object.entries(value ?? {}).filter(([, draft]) => isDraft(draft));
      return Object.fromEntries(entries) as Record<string, Draft>;
    } catch {
      return {};
    }
  }

  #keep(): void {
    try {
      if (this.#answers.size === 0) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(Object.fromEntries(this.#answers)));
    } catch {
      // The answers stay on the page.
    }
  }

  of(document: string): Draft {
    return this.#answers.get(document) ?? EMPTY;
  }

  hasAnswer(document: string): boolean {
    return this.of(document).label !== '';
  }

  change(document: string, part: Partial<Draft>): void {
    this.#steps.push({ document, before: this.of(document) });
    this.#answers.set(document, { ...this.of(document), ...part });
    this.#keep();
  }

  /** A reason is kept at every letter; it is no step, and taking one back leaves it. */
  setReason(document: string, reason: string): void {
    this.#answers.set(document, { ...this.of(document), reason });
    this.#keep();
  }

  /** Takes the last step back; the document that it was about, null where there is none. */
  undo(): string | null {
    const step = this.#steps.pop();
    if (step === undefined) return null;
    const { document, before } = step;
    this.#answers.set(document, { ...before, reason: this.of(document).reason });
    this.#keep();
    return document;
  }

  /** Answers given elsewhere, for documents that have none here. */
  fill(answers: readonly (readonly [string, Draft])[]): void {
    for (const [document, draft] of answers)
      if (!this.#answers.has(document)) this.#answers.set(document, draft);
    this.#keep();
  }

  entries(): readonly (readonly [string, Draft])[] {
    return [...this.#answers];
  }

  clear(): void {
    this.#answers.clear();
    this.#steps.length = 0;
    this.#keep();
  }
}

/** Answers that this browser keeps of a packet. */
export function draftSize(sha256: string, person: string): number {
  return new Drafts(sha256, person).entries().filter(([, { label }]) => label !== '').length;
}
