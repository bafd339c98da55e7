/** A map from strata to values, filled on first sight, listed in the one order of strata. */
import { byKey, keyText } from '../plan/stratum.js';
import type { StratumKey } from '../schema/plan.js';

export { stratumKeyFrom } from '../plan/stratum.js';

export class StratumTable<T> {
  readonly #values = new Map<string, { key: StratumKey; value: T }>();
  readonly #make: (key: StratumKey) => T;

  constructor(make: (key: StratumKey) => T) {
    this.#make = make;
  }

  at(key: StratumKey): T {
    const text = keyText(key);
    const known = this.#values.get(text);
    if (known !== undefined) return known.value;
    const value = this.#make(key);
    this.#values.set(text, { key, value });
    return value;
  }

  find(key: StratumKey): T | undefined {
    return this.#values.get(keyText(key))?.value;
  }

  /** Sorted by key. */
  entries(): { key: StratumKey; value: T }[] {
    return [...this.#values.values()].sort((a, b) => byKey(a.key, b.key));
  }
}
