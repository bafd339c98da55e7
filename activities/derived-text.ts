/**
 * Text derived from a version: synthetic text of families whose models were trained on it, by the
 * register of runs and by `own_outputs` of published recipes; then text of families trained on
 * versions that hold such text, until nothing is added.
 */
import { byCode } from '../core/plan/stratum.js';
import type { Manifest } from '../core/schema/manifest.js';
import {
  type DerivedText,
  declaredOutputs,
  type RegisteredRun,
} from '../core/schema/retraction.js';

/** A family, and a version that a model of it was trained on. */
interface Training {
  readonly family: string;
  readonly mix: string;
}

function trainingsOf(
  manifests: readonly Manifest[],
  runs: readonly RegisteredRun[],
): readonly Training[] {
  const declared = manifests.flatMap(({ recipe }) => {
    const { success, data } = declaredOutputs.safeParse(recipe);
    const entries = success ? data.ownOutputs : [];
    return entries.flatMap(({ name, modelFamily, trainedOn }) => {
      const family = modelFamily.kind === 'constant' ? modelFamily.value : name;
      return trainedOn.map((mix) => ({ family, mix }));
    });
  });
  return [...declared, ...runs.map(({ family, mix }) => ({ family, mix }))];
}

function titleOf({ name, version }: Manifest): string {
  return `${name}@${version}`;
}

/** Derived text of every version, by version and family. Rows are those of the manifests' strata. */
export function derivedTextOf(
  manifests: readonly Manifest[],
  runs: readonly RegisteredRun[],
  affected: readonly string[],
): Omit<DerivedText, 'documents'>[] {
  const trainings = trainingsOf(manifests, runs);
  const tainted = new Set(affected);
  const found = new Map<string, Omit<DerivedText, 'documents'>>();
  for (let grew = true; grew; ) {
    const before = `${found.size} ${[...found.values()].flatMap((d) => d.trainedOn).length}`;
    for (const mix of manifests) {
      for (const [family, { rows, tokens }] of synthetic(mix)) {
        const on = trainings.filter((t) => t.family === family && tainted.has(t.mix));
        if (on.length === 0) continue;
        const trainedOn = [...new Set(on.map((t) => t.mix))].sort(byCode);
        const title = titleOf(mix);
        found.set(`${title}\n${family}`, {
          mix: title,
          modelFamily: family,
          trainedOn,
          rows,
          tokens,
        });
        tainted.add(title);
      }
    }
    grew = before !== `${found.size} ${[...found.values()].flatMap((d) => d.trainedOn).length}`;
  }
  return [...found.keys()].sort(byCode).map((key) => found.get(key)!);
}

/** Rows and tokens of synthetic text by family. */
function synthetic({ strata }: Manifest): Map<string, { rows: number; tokens: number }> {
  const sums = new Map<string, { rows: number; tokens: number }>();
  for (const { label, modelFamily, tokensWritten, documentsWritten } of strata) {
    if (label !== 'synthetic' || modelFamily === '' || documentsWritten === 0) continue;
    const { rows, tokens } = sums.get(modelFamily) ?? { rows: 0, tokens: 0 };
    sums.set(modelFamily, { rows: rows + documentsWritten, tokens: tokens + tokensWritten });
  }
  return sums;
}
