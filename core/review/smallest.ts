/**
 * Keeps the k entries of smallest rank of a stream, in memory for k: a simple random sample where
 * ranks are uniform draws (bottom-k; E. Cohen and H. Kaplan, PODC 2007). Ties fall to the smaller key,
 * so the order of the stream does not matter. Cost per entry: O(log k) where it is kept, O(1) else.
 */

export interface Ranked<T> {
  readonly rank: number;
  /** Unique; decides between equal ranks. */
  readonly key: string;
  readonly value: T;
}

function isBefore(a: Ranked<unknown>, b: Ranked<unknown>): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.key < b.key);
}

export class Smallest<T> {
  readonly #capacity: number;
  /** A heap whose root is the largest entry kept. */
  readonly #heap: Ranked<T>[] = [];
  /** Entries offered so far. */
  offered = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  offer(entry: Ranked<T>): void {
    this.offered++;
    if (this.#heap.length < this.#capacity) this.#rise(this.#heap.push(entry) - 1);
    else if (this.#capacity > 0 && isBefore(entry, this.#heap[0]!)) {
      this.#heap[0] = entry;
      this.#sink();
    }
  }

  /** The entries kept, smallest first. */
  sorted(): Ranked<T>[] {
    return [...this.#heap].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #rise(start: number): void {
    const heap = this.#heap;
    for (let i = start; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!isBefore(heap[parent]!, heap[i]!)) return;
      [heap[parent], heap[i]] = [heap[i]!, heap[parent]!];
      i = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    for (let i = 0; ; ) {
      let largest = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && isBefore(heap[largest]!, heap[child]!)) largest = child;
      }
      if (largest === i) return;
      [heap[largest], heap[i]] = [heap[i]!, heap[largest]!];
      i = largest;
    }
  }
}
