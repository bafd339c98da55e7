/**
 * Prepares the demo: real text from installed packages and text of models trained here, written as
 * sources, grants and a recipe that `ballast build` takes like any other. Needs no network and no
 * data of ours. `demo-truth.jsonl` says what each document really is; no step of a build reads it.
 */
import { join } from 'node:path';
import { assert } from '../../core/schema/failure.js';
import { type DemoDocument, type DemoSource, dataLine, truthLine } from './demo-document.js';
import { demoGrants } from './demo-grants.js';
import { DEMO_SEED, demoRecipe } from './demo-recipe.js';
import { gatherDocuments, type TrainedModel } from './gather-documents.js';
import { ownLog } from './own-log.js';
import { quiz } from './quiz.js';
import { writeWhole } from './write-files.js';

/** The novel that the evaluation set quotes. */
const QUIZ_BOOK = 'carroll-alice';

/** One file of a source. */
export interface DemoFile {
  /** Relative to the demo's folder, with forward slashes. */
  readonly path: string;
  readonly source: DemoSource;
  readonly documents: number;
  readonly bytes: number;
}

export interface DemoFiles {
  readonly folder: string;
  readonly recipePath: string;
  readonly grantsPath: string;
  readonly truthPath: string;
  readonly files: readonly DemoFile[];
  readonly models: readonly TrainedModel[];
  readonly documents: number;
  readonly durationMs: number;
}

/** Writes the demo into `folder`; the same installed packages give the same bytes. About 8 s. */
export async function prepareDemo(
  folder: string,
  onProgress: (line: string) => void = () => {},
): Promise<DemoFiles> {
  const startedMs = performance.now();
  const { documents, models, undeclared } = await gatherDocuments(DEMO_SEED, onProgress);
  assert(new Set(documents.map(({ id }) => id)).size === documents.length, 'demo ids are unique');
  const files = [...groupByFile(documents)].map(([path, members]) => ({
    path,
    source: members[0]!.source,
    documents: members.length,
    bytes: writeWhole(join(folder, path), members.map(dataLine).join('')),
  }));
  const truthPath = join(folder, 'demo-truth.jsonl');
  const grantsPath = join(folder, 'grants.yaml');
  const recipePath = join(folder, 'recipe.yaml');
  writeWhole(truthPath, documents.map(truthLine).join(''));
  writeWhole(join(folder, 'own/outputs.jsonl'), ownLog(undeclared));
  writeWhole(join(folder, 'benchmarks/quiz.jsonl'), quiz(documents, QUIZ_BOOK));
  writeWhole(grantsPath, demoGrants());
  writeWhole(recipePath, demoRecipe());
  const durationMs = performance.now() - startedMs;
  onProgress(`wrote ${documents.length} documents in ${files.length} files`);
  return {
    folder,
    recipePath,
    grantsPath,
    truthPath,
    files,
    models,
    documents: documents.length,
    durationMs,
  };
}

function groupByFile(documents: readonly DemoDocument[]): Map<string, DemoDocument[]> {
  const groups = new Map<string, DemoDocument[]>();
  for (const document of documents) {
    const path = filePath(document);
    const members = groups.get(path);
    if (members === undefined) groups.set(path, [document]);
    else members.push(document);
  }
  return groups;
}

/** Addresses by century, generated text by family, one file for every other source. */
function filePath({ source, created, modelFamily }: DemoDocument): string {
  if (source === 'sotu') return `data/sotu-${created!.slice(0, 2)}00s.jsonl`;
  if (source === 'generated') return `data/generated-${modelFamily}.jsonl`;
  return `data/${source}.jsonl`;
}
