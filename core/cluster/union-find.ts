/**
 * Disjoint sets over the few documents that have a duplicate; others are never stored. The root of
 * a set is its smallest member, so the sets do not depend on the order of the unions.
 */
export class UnionFind {
  readonly #parents = new Map<number, number>();

  find(member: number): number {
    let root = member;
    for (
      let up = this.#parents.get(root);
      up !== undefined && up !== root;
      up = this.#parents.get(root)
    )
      root = up;
    for (let at = member; at !== root; ) {
      const up = this.#parents.get(at)!;
      this.#parents.set(at, root);
      at = up;
    }
    return root;
  }

  union(a: number, b: number): void {
    const rootA = this.find(a);
    const rootB = this.find(b);
    const [low, high] = rootA < rootB ? [rootA, rootB] : [rootB, rootA];
    this.#parents.set(low, low);
    this.#parents.set(high, low);
  }

  /** Sets of two or more, each sorted, in the order of their smallest member. */
  sets(): number[][] {
    const byRoot = new Map<number, number[]>();
    for (const member of [...this.#parents.keys()].sort((a, b) => a - b)) {
      const root = this.find(member);
      const set = byRoot.get(root);
      if (set === undefined) byRoot.set(root, [member]);
      else set.push(member);
    }
    return [...byRoot.values()];
  }
}
