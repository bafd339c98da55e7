/** Parts of a domain's measure that ask several questions of its counts: suppression, overlap, subgroups. */
import type { DomainMeasure, Subgroup } from '../../core/schema/risk.js';
import { OverlapSums, type TypeHalves } from '../../core/simulate/measure/overlap.js';
import {
  assumedRows,
  type GroupedCounts,
  suppressionRows,
} from '../../core/simulate/measure/suppression.js';
import type { TermList } from '../term-lists.js';
import { HUMAN } from '../word-counts.js';
import type { MergedCounts } from './merged-counts.js';

/** Words of a language from which it is watched by itself. */
const LANGUAGE_WORDS_LEAST = 500;
const NO_COUNTS: GroupedCounts = { copies: [[], [], [], [], []], words: [] };

async function overlapOf(
  merged: MergedCounts,
  families: readonly (GroupedCounts & { family: string })[],
): Promise<DomainMeasure['overlap']> {
  if (families.length < 2) return { rho: null, types: 0, basis: 'unknown' };
  const sums = new OverlapSums({
    human: await merged.humanHalves(),
    families: families.map(({ words }) => halvesOf(words)),
  });
  for await (const type of merged.typeHalves(families.map(({ family }) => family))) sums.add(type);
  const { rho, types } = sums.result();
  return { rho, types, basis: rho === null ? 'unknown' : 'measured' };
}

function halvesOf(words: readonly number[]): TypeHalves['human'] {
  const half = (odd: number) => words.reduce((sum, w, i) => sum + (i % 2 === odd ? w : 0), 0);
  return [half(0), half(1)];
}

export async function subgroupsOf(
  merged: MergedCounts,
  lists: readonly TermList[],
): Promise<Subgroup[]> {
  const subgroups: Subgroup[] = [];
  const [, ...rare] = await merged.languages();
  for (const { language, words } of rare.filter(({ language }) => language !== ''))
    if (words >= LANGUAGE_WORDS_LEAST)
      subgroups.push({
        ...{ name: language, kind: 'language' },
        spectrum: await merged.spectrumOfLanguage(language),
      });
  for (const { name, words, phrases } of lists)
    subgroups.push({
      ...{ name, kind: 'terms' },
      spectrum: await merged.spectrumOfTerms([...words, ...phrases]),
    });
  return subgroups;
}

export async function suppressionOf(
  merged: MergedCounts,
  spectrum: DomainMeasure['spectrum'],
  temperature: number | null,
): Promise<Pick<DomainMeasure, 'suppression' | 'overlap'>> {
  const types = await merged.typesOfBins();
  const grouped = await merged.grouped();
  const human = grouped.get(HUMAN) ?? NO_COUNTS;
  const families = [...grouped].flatMap(([family, its]) =>
    family === HUMAN ? [] : [{ family, ...its }],
  );
  const suppression =
    families.length > 0
      ? suppressionRows({ types, human, families })
      : assumedRows({ types, human, spectrum, temperature });
  return { suppression, overlap: await overlapOf(merged, families) };
}
