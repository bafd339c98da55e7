/**
 * How a plan within the licence budget is looked for once whole tokens and documents of the program's optimum
 * cost more than it. First the program states documents as integers, where there are few enough strata
 * under a fee per document: then it costs what the plan costs, but for cents. What remains is a margin kept free of the budget:
 * doubled while a plan overspends, halved back where the margin left no mix. A margin that leaves no mix
 * says nothing about the rules themselves.
 */
import type { Instance } from './instance.js';
import { type MoneyOptions, strataByDocument } from './licence-rows.js';

/** Doublings and halvings of a margin of up to 2^53 minor units, for both programs. */
export const MONEY_ROUNDS_MAX = 2 * 2 * 53;

export class MoneySearch {
  private inDocuments = false;
  /** Whether documents can be stated as integers. */
  readonly canCount: boolean;
  /** Largest margin that overspent, and smallest that left no mix. */
  private low = -1;
  private high = Infinity;
  private margin = 0;
  private firstOver = 0;

  constructor(instance: Instance) {
    this.canCount = strataByDocument(instance).size > 0;
  }

  get options(): MoneyOptions {
    return { marginMinor: this.margin, inDocuments: this.inDocuments };
  }

  /** True where no plan overspent yet: what the program says, it says of the rules. */
  get isFirst(): boolean {
    return this.margin === 0 && !this.inDocuments;
  }

  /** The plan cost too much by so many minor units. False where nothing is left to try. */
  overspent(minor: number): boolean {
    if (this.isFirst) {
      this.firstOver = minor;
      this.inDocuments = this.canCount;
      if (this.inDocuments) return true;
    }
    this.low = this.margin;
    if (this.high === Infinity) this.margin = 2 * this.margin + minor + 1;
    else this.margin = Math.floor((this.low + this.high) / 2);
    return this.margin > this.low;
  }

  /** There is no plan with these options; `isProven`: by the program. False where nothing is left to try. */
  failed(isProven: boolean): boolean {
    if (this.isFirst) return false;
    if (this.margin === 0) {
      // In documents, without a margin: the program left out no mix.
      if (isProven) return false;
      this.inDocuments = false;
      this.margin = this.firstOver + 1;
      this.low = 0;
      return true;
    }
    this.high = this.margin;
    this.margin = Math.floor((Math.max(0, this.low) + this.high) / 2);
    return this.margin > this.low && this.margin > 0;
  }
}
