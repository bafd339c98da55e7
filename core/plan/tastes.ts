/** Wishes that choose among mixes as near to the targets: value, evenness, diversity. */
import { groupBy } from './group-by.js';
import { addSum, type MixModel } from './mix-model.js';
import type { Objective } from './model.js';
import { familyOf } from './stratum.js';
import { addLargest, evenTerms, maximise, minimise, type Terms } from './wish.js';

/** value x tokens, scaled so the largest value is 1; null when nothing that varies has two values. */
export function valueObjective(model: MixModel, movesDomains: boolean): Objective | null {
  const { strata, recipe } = model.instance;
  const values = new Map(recipe.sources.map((source) => [source.name, source.value]));
  const valueAt = (i: number) => values.get(strata[i]!.source)!;
  const groups = groupBy(strata, (s) => (movesDomains ? '' : s.domain));
  const differs = [...groups.values()].some((group) => new Set(group.map(valueAt)).size > 1);
  if (!differs) return null;
  const most = Math.max(...strata.map((_, i) => valueAt(i)));
  return maximise(model.x.map((x, i) => [x, valueAt(i) / most]));
}

/** Even fill of the labels of each domain. */
export function labelsObjective(model: MixModel): Objective {
  const { draft, instance, x } = model;
  const { strata } = instance;
  const terms: (readonly [number, number])[] = [];
  for (const group of groupBy(strata, (s) => s.domain).values()) {
    const labels = groupBy(group, (i) => strata[i]!.label);
    if (labels.size < 2) continue;
    const members = [...labels.values()].map((places) => {
      const list = places.map((k) => group[k]!);
      const columns = list.map((i) => x[i]!);
      return { column: addSum(draft, 'label', columns), size: sizeOf(model, list) };
    });
    terms.push(...evenTerms(model, members));
  }
  return minimise(terms);
}

/** Even fill of the strata of each domain, label and family. */
export function strataObjective(model: MixModel): Objective {
  const { instance, x } = model;
  const groups = groupBy(instance.strata, (s) => [s.domain, s.label, familyOf(s)].join('\u001f'));
  const members = (group: readonly number[]) =>
    group.map((i) => ({ column: x[i]!, size: sizeOf(model, [i]) }));
  return minimise([...groups.values()].flatMap((group) => evenTerms(model, members(group))));
}

const sizeOf = ({ instance }: MixModel, list: readonly number[]) =>
  list.reduce((sum, i) => sum + instance.strata[i]!.tokens, 0);

/** Sum over domains of the tokens of the largest family. */
export function familiesObjective(model: MixModel): Objective | null {
  const { families, recipe } = model.instance;
  if (!recipe.diversity.includes('families')) return null;
  const domains = groupBy(families, (row) => (row.scope === 'all' ? null : row.scope));
  return largestObjective(
    model,
    [...domains].map(([domain, rows]) => [domain, rows.map((r) => families[r]!.part)]),
  );
}

/** Sum over domains of the tokens of the largest source. */
export function sourcesObjective(model: MixModel): Objective | null {
  const { strata, recipe } = model.instance;
  if (!recipe.diversity.includes('sources')) return null;
  const domains = groupBy(strata, (s) => s.domain);
  return largestObjective(
    model,
    [...domains].map(([domain, places]) => {
      const sources = groupBy(places, (i) => strata[i]!.source);
      return [domain, [...sources.values()].map((at) => at.map((k) => places[k]!))];
    }),
  );
}

type Parts = readonly (readonly number[])[];

function largestObjective(
  model: MixModel,
  domains: readonly (readonly [domain: string, parts: Parts])[],
): Objective {
  const sumOf = (part: readonly number[]): Terms => part.map((i) => [model.x[i]!, 1]);
  return minimise(
    domains
      .filter(([, parts]) => parts.length > 1)
      .map(([domain, parts]) => [addLargest(model, `largest:${domain}`, parts.map(sumOf)), 1]),
  );
}
