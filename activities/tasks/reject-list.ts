/** Rows that are no documents: counted by reason, and every one listed, batch by batch, on disk. */

import { ColumnWriter } from '../../storage/columns.js';
import type { RejectReason } from '../../storage/source/rows.js';

const BATCH_ROWS = 4096;

export class RejectList {
  readonly byReason: Record<string, number> = {};
  readonly #writer: ColumnWriter;
  #places: number[] = [];
  #reasons: string[] = [];
  #details: string[] = [];
  count = 0;

  constructor(path: string) {
    this.#writer = new ColumnWriter(path);
  }

  add(place: number, reason: RejectReason, detail: string): void {
    this.count++;
    this.byReason[reason] = (this.byReason[reason] ?? 0) + 1;
    this.#places.push(place);
    this.#reasons.push(reason);
    this.#details.push(detail);
    if (this.#places.length === BATCH_ROWS) this.#flush();
  }

  #flush(): void {
    this.#writer.write({
      place: Uint32Array.from(this.#places),
      reason: this.#reasons,
      detail: this.#details,
    });
    this.#places = [];
    this.#reasons = [];
    this.#details = [];
  }

  /** Lets go of the file where the shard cannot be read to its end. */
  async abandon(): Promise<void> {
    await this.#writer.abandon();
  }

  /** Ends the file; returns the rows listed. */
  async close(): Promise<number> {
    if (this.#places.length > 0 || this.#writer.rows === 0) this.#flush();
    await this.#writer.close();
    return this.#writer.rows;
  }
}
