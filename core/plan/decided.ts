/**
 * What is decided of sets of rules. Rules only ever take mixes away, so a set with a conflict inside has one, and a
 * part of a set that holds does hold. A question that this answers needs no solve.
 */
export class Decided {
  private readonly conflicts: (readonly number[])[] = [];
  private readonly holding: ReadonlySet<number>[] = [];

  /** Whether the set conflicts; null where that is open. */
  answer(active: readonly number[]): boolean | null {
    const set = new Set(active);
    if (this.conflicts.some((conflict) => conflict.every((g) => set.has(g)))) return true;
    if (this.holding.some((held) => active.every((g) => held.has(g)))) return false;
    return null;
  }

  /** The set conflicts. */
  conflicting(active: readonly number[]): void {
    this.conflicts.push([...active]);
  }

  /** A mix keeps the whole set. */
  held(active: ReadonlySet<number>): void {
    this.holding.push(active);
  }
}
