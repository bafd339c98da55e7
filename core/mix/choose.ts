/**
 * Whole documents under a quota of tokens. Documents are taken by rank up to the first that no
 * longer fits; the gap that it leaves is filled with later ones that do. Documents far below the
 * cut are not listed, only summed (`base`), so memory holds a window around the cut.
 */
import type { StratumKey } from '../schema/plan.js';

/** Later documents that may fill the gap before the cut. */
const EXTRAS_MAX = 64;

export interface Ranked {
  readonly rank: number;
  readonly id: string;
  readonly tokens: number;
}

export interface StratumWindow {
  readonly key: StratumKey;
  /** Tokens of the plan, all passes. */
  readonly quota: number;
  readonly available: { readonly tokens: number; readonly documents: number };
  /** Documents of the partial pass below the window: all chosen. */
  readonly base: { readonly tokens: number; readonly documents: number };
  /** Around the cut, sorted by rank, then id. Empty when there is no partial pass. */
  readonly window: readonly Ranked[];
  /** Rank where the window ends; 1 when nothing lies beyond. */
  readonly windowEnd: number;
}

/** Whole passes before the one that is cut; a quota of exactly n passes cuts the nth at its end. */
export function fullPassesOf(quota: number, tokensAvailable: number): number {
  return tokensAvailable === 0 ? 0 : Math.max(0, Math.ceil(quota / tokensAvailable) - 1);
}

/** Choice in one stratum; documents leave it from the highest rank down. */
export class StratumChoice {
  readonly source: StratumWindow;
  fullPasses: number;
  readonly #prefix: number[] = [];
  readonly #extras: number[] = [];
  tokens: number;
  documents: number;
  tokensTrimmed = 0;
  documentsTrimmed = 0;

  constructor(source: StratumWindow) {
    this.source = source;
    const { quota, available, base } = source;
    this.fullPasses = fullPassesOf(quota, available.tokens);
    this.tokens = this.fullPasses * available.tokens + base.tokens;
    this.documents = this.fullPasses * available.documents + base.documents;
    this.#fill();
  }

  #take(list: number[], index: number): void {
    list.push(index);
    this.tokens += this.source.window[index]!.tokens;
    this.documents++;
  }

  #fill(): void {
    const { window, quota } = this.source;
    let at = 0;
    for (; at < window.length && this.tokens + window[at]!.tokens <= quota; at++)
      this.#take(this.#prefix, at);
    for (at++; at < window.length && this.#extras.length < EXTRAS_MAX; at++) {
      if (this.tokens + window[at]!.tokens <= quota) this.#take(this.#extras, at);
    }
  }

  /** Tokens of the document that would leave next; null when the window is exhausted. */
  get nextTokens(): number | null {
    const last = this.#extras.at(-1) ?? this.#prefix.at(-1);
    if (last !== undefined) return this.source.window[last]!.tokens;
    return this.#hasPassBefore ? this.source.window.at(-1)!.tokens : null;
  }

  /** Whether a whole pass stands before the cut one, and the window lists all of its documents. */
  get #hasPassBefore(): boolean {
    const { window, available } = this.source;
    return this.fullPasses > 0 && window.length > 0 && window.length === available.documents;
  }

  /** Takes out the chosen document of the highest rank. */
  dropLast(): void {
    if (this.#prefix.length + this.#extras.length === 0 && this.#hasPassBefore) {
      this.fullPasses--;
      this.#prefix.push(...this.source.window.keys());
    }
    const index = this.#extras.pop() ?? this.#prefix.pop();
    if (index === undefined) throw new Error('no document left in the window');
    const { tokens } = this.source.window[index]!;
    this.tokens -= tokens;
    this.documents--;
    this.tokensTrimmed += tokens;
    this.documentsTrimmed++;
  }

  /** Documents of the partial pass with a lower rank are chosen, and those of `extras`. */
  result(): { threshold: number; extras: string[] } {
    const { window, windowEnd } = this.source;
    const cut = window[this.#prefix.length];
    const threshold = cut === undefined ? windowEnd : cut.rank;
    return { threshold, extras: this.#extras.map((index) => window[index]!.id) };
  }
}
