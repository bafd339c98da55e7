/**
 * All documents of the demo, in memory: gather the human text, train the models on its held-in
 * half, let them write, plant the mirror. The same packages give the same documents.
 */
import { derive, draw } from '../../core/random/draw.js';
import type { DemoDocument, DemoDomain } from './demo-document.js';
import { PERMISSIVE_LICENCES } from './demo-grants.js';
import { readAddresses, readBook } from './human-text.js';
import { modulesFolder } from './installed-package.js';
import type { DemoFamily } from './language-model.js';
import { plantMirror } from './mirror-text.js';
import { readReadmes } from './readme-text.js';
import { carryOut, writingTasks } from './synthetic-text.js';

/** One trained model, for the demo's report. */
export interface TrainedModel {
  readonly family: DemoFamily;
  readonly domain: DemoDomain;
  readonly trainingCharacters: number;
  readonly documents: number;
  readonly bytes: number;
  readonly durationMs: number;
}

export interface GatheredDocuments {
  readonly documents: DemoDocument[];
  readonly models: TrainedModel[];
  /** What the models wrote and nobody declared, as it was written. */
  readonly undeclared: DemoDocument[];
}

/** Every fourth address, three novels; the mirror has addresses and a novel of its own. */
const NOVELS = ['austen-persuasion', 'carroll-alice', 'melville-moby_dick'];
const ARCHIVED_NOVEL = 'chesterton-thursday';
const MIRRORED_NOVEL = 'austen-sense';
const MIRRORED_SHARE = 0.6;

export async function gatherDocuments(
  seed: number,
  onProgress: (line: string) => void,
): Promise<GatheredDocuments> {
  const human = [
    ...readAddresses((year) => year % 4 === 2),
    ...NOVELS.flatMap((book) => readBook(book, 'novels')),
  ];
  const readmes = readReadmes(modulesFolder());
  onProgress(`read ${human.length} human documents and ${readmes.length} READMEs`);
  const licensed = readmes.filter(({ license }) =>
    PERMISSIVE_LICENCES.some((permissive) => permissive === license),
  );
  const written: DemoDocument[] = [];
  const undeclared: DemoDocument[] = [];
  const models: TrainedModel[] = [];
  for (const task of writingTasks([...human, ...licensed], seed)) {
    const result = carryOut(task);
    written.push(...result.declared);
    undeclared.push(...result.undeclared);
    models.push(trainedModel(task, result));
    const seconds = (result.durationMs / 1000).toFixed(1);
    onProgress(
      `trained ${task.family} on ${task.domain}; it wrote ${result.declared.length} documents (${seconds} s)`,
    );
    await new Promise((resolve) => setImmediate(resolve));
  }
  const mirror = plantMirror(human, [...readMirrored(seed), ...undeclared], seed);
  const archive = readBook(ARCHIVED_NOVEL, 'archive');
  const documents = [...human, ...archive, ...readmes, ...mirror, ...written];
  return { documents, models, undeclared };
}

/** Human text that only the mirror has. */
function readMirrored(seed: number): DemoDocument[] {
  const key = derive(seed, 'demo-mirrored');
  return [
    ...readAddresses((year) => year % 16 === 5),
    ...readBook(MIRRORED_NOVEL, 'novels').filter(({ id }) => draw(key, id) < MIRRORED_SHARE),
  ];
}

function trainedModel(
  { family, domain }: { family: DemoFamily; domain: DemoDomain },
  result: ReturnType<typeof carryOut>,
): TrainedModel {
  return {
    family,
    domain,
    trainingCharacters: result.trainingCharacters,
    documents: result.declared.length,
    bytes: result.declared.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    durationMs: result.durationMs,
  };
}
