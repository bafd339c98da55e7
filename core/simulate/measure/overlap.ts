/**
 * How alike families suppress types: rho, the mean over pairs of families of the correlation over types of
 * ln w_f = ln(rate in the family / rate in human text).
 *
 * Counts are noisy, and noise hides correlation: so each family's text and the human text are split in
 * half, and covariances are taken between halves whose noise is independent,
 *
 *   rho_fg = cov(x_fA, x_gB) / sqrt(cov(x_fA, x_fB) cov(x_gA, x_gB)),   x_fH = ln((s_fH + 1/2) / (h_H + 1/2))
 *
 * (s and h: copies in half H of the documents; covariances symmetrised over halves; clipped to [0, 1]).
 * A type takes part in a pair where people used it 20 times or more and both halves of both families
 * would hold it 5 times at the human rate: fewer, and the half added for safety decides.
 */

/** Copies of one type: people's and each family's, in both halves. */
export interface TypeHalves {
  readonly human: readonly [number, number];
  readonly families: readonly (readonly [number, number])[];
}

export const HUMAN_COPIES_LEAST = 20;
const EXPECTED_LEAST = 5;
/** Types that a correlation is computed from at least. */
const TYPES_LEAST = 50;

class Pair {
  n = 0;
  #sums = new Float64Array(4);
  #products = new Float64Array(6);

  /** x: first family in A and B; y: the second. */
  add(xA: number, xB: number, yA: number, yB: number): void {
    this.n++;
    [xA, xB, yA, yB].forEach((value, i) => {
      this.#sums[i] = this.#sums[i]! + value;
    });
    [xA * yB, xB * yA, xA * xB, yA * yB].forEach((value, i) => {
      this.#products[i] = this.#products[i]! + value;
    });
  }

  /** null where the types are few, or differ too little for a correlation. */
  correlation(): number | null {
    if (this.n < TYPES_LEAST) return null;
    const mean = (i: number) => this.#sums[i]! / this.n;
    const cov = (product: number, i: number, j: number) =>
      this.#products[product]! / this.n - mean(i) * mean(j);
    const between = (cov(0, 0, 3) + cov(1, 1, 2)) / 2;
    const [x, y] = [cov(2, 0, 1), cov(3, 2, 3)];
    return x <= 0 || y <= 0 ? null : Math.min(1, Math.max(0, between / Math.sqrt(x * y)));
  }
}

export interface Overlap {
  readonly rho: number | null;
  /** Types behind it, the mean over pairs. */
  readonly types: number;
}

/** Sums over types one by one; words by half, of people and of each family. */
export class OverlapSums {
  readonly #pairs: { readonly f: number; readonly g: number; readonly pair: Pair }[] = [];
  readonly #human: readonly [number, number];
  readonly #families: readonly (readonly [number, number])[];

  constructor(words: TypeHalves) {
    this.#human = words.human;
    this.#families = words.families;
    for (let f = 0; f < words.families.length; f++)
      for (let g = f + 1; g < words.families.length; g++)
        this.#pairs.push({ f, g, pair: new Pair() });
  }

  add({ human, families }: TypeHalves): void {
    const copies = human[0] + human[1];
    if (copies < HUMAN_COPIES_LEAST) return;
    const rate = copies / (this.#human[0] + this.#human[1]);
    const isTold = this.#families.map(([a, b]) => rate * Math.min(a, b) >= EXPECTED_LEAST);
    const x = (f: number, half: 0 | 1) =>
      Math.log((families[f]![half] + 0.5) / (human[half] + 0.5));
    for (const { f, g, pair } of this.#pairs)
      if (isTold[f] && isTold[g]) pair.add(x(f, 0), x(f, 1), x(g, 0), x(g, 1));
  }

  result(): Overlap {
    const told = this.#pairs.flatMap(({ pair }) => {
      const rho = pair.correlation();
      return rho === null ? [] : [{ rho, types: pair.n }];
    });
    if (told.length === 0) return { rho: null, types: 0 };
    const mean = (of: (one: { rho: number; types: number }) => number) =>
      told.reduce((sum, one) => sum + of(one), 0) / told.length;
    return { rho: mean(({ rho }) => rho), types: Math.round(mean(({ types }) => types)) };
  }
}
