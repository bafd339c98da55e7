/**
 * Synthetic text: each family is trained per domain on the held-in half of the documents that it is
 * given, and writes more than the caps will let in.
 */
import { derive, draw } from '../../core/random/draw.js';
import { trainCharNgram } from './char-ngram.js';
import type { DemoDocument, DemoDomain } from './demo-document.js';
import type { DemoFamily, LanguageModel } from './language-model.js';
import { trainNeuralModel } from './neural-model.js';
import { uniformStream } from './uniform-stream.js';
import { trainWordTrigram } from './word-trigram.js';

/** One model's work: what it reads and how much it writes. Plain data, fit for a thread. */
export interface WritingTask {
  readonly family: DemoFamily;
  readonly domain: DemoDomain;
  readonly seed: number;
  readonly texts: readonly string[];
  /** Characters that it writes as declared synthetic text, and undeclared (for the mirror). */
  readonly characters: number;
  readonly undeclaredDocuments: number;
}

export interface WrittenDocuments {
  readonly declared: DemoDocument[];
  readonly undeclared: DemoDocument[];
  readonly trainingCharacters: number;
  readonly durationMs: number;
}

/** Characters that a family writes in a domain; unequal, so that the family cap has work to do. */
const CHARACTERS: Record<DemoFamily, Record<DemoDomain, number>> = {
  'word-trigram-kn': { government: 640_000, literature: 520_000, software: 240_000 },
  'char-witten-bell': { government: 420_000, literature: 340_000, software: 150_000 },
  'neural-hlbl': { government: 340_000, literature: 280_000, software: 130_000 },
};
const TRAINING_CHARACTERS = 700_000;
/** The rest of a long README is tables and links. */
const TEXT_CHARACTERS = 4_000;
const UNDECLARED_DOCUMENTS = 8;

/** Held-in half of the documents: the models see it; the other half stays unseen. */
export function isHeldIn(seed: number, id: string): boolean {
  return draw(derive(seed, 'demo-held-in'), id) < 0.5;
}

export function writingTasks(documents: readonly DemoDocument[], seed: number): WritingTask[] {
  const tasks: WritingTask[] = [];
  for (const domain of ['government', 'literature', 'software'] as const) {
    const texts = trainingTexts(documents, domain, seed);
    for (const family of ['neural-hlbl', 'char-witten-bell', 'word-trigram-kn'] as const) {
      tasks.push({
        family,
        domain,
        seed,
        texts,
        characters: CHARACTERS[family][domain],
        undeclaredDocuments: domain === 'software' ? 0 : UNDECLARED_DOCUMENTS,
      });
    }
  }
  return tasks;
}

/** Held-in texts of a domain in drawn order, up to `TRAINING_CHARACTERS`. */
export function trainingTexts(
  documents: readonly DemoDocument[],
  domain: DemoDomain,
  seed: number,
): string[] {
  const key = derive(seed, 'demo-training-order');
  const texts = documents
    .filter((document) => document.domain === domain && isHeldIn(seed, document.id))
    .map(({ id, text }) => ({ rank: draw(key, id), text: text.slice(0, TEXT_CHARACTERS) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ text }) => text);
  let count = 0;
  for (let characters = 0; count < texts.length; count++) {
    characters += texts[count]!.length;
    if (characters > TRAINING_CHARACTERS) break;
  }
  return texts.slice(0, count);
}

export function trainModel(
  family: DemoFamily,
  texts: readonly string[],
  seed: number,
): LanguageModel {
  switch (family) {
    case 'word-trigram-kn':
      return trainWordTrigram(texts);
    case 'char-witten-bell':
      return trainCharNgram(texts);
    case 'neural-hlbl':
      return trainNeuralModel(texts, seed);
  }
}

/** Trains one model and lets it write. Deterministic in the task. */
export function carryOut(task: WritingTask): WrittenDocuments {
  const startedMs = performance.now();
  const model = trainModel(task.family, task.texts, task.seed);
  const declared: DemoDocument[] = [];
  for (let written = 0; written < task.characters; ) {
    const document = writeDocument(model, task, 'gen', declared.length + 1);
    declared.push(document);
    written += document.text.length;
  }
  const undeclared = Array.from({ length: task.undeclaredDocuments }, (_, i) =>
    writeDocument(model, task, 'undeclared', i + 1),
  );
  return {
    declared,
    undeclared,
    trainingCharacters: task.texts.reduce((sum, text) => sum + text.length, 0),
    durationMs: performance.now() - startedMs,
  };
}

function writeDocument(
  model: LanguageModel,
  { family, domain, seed }: WritingTask,
  prefix: string,
  number: number,
): DemoDocument {
  const id = `${prefix}-${family}-${domain}-${String(number).padStart(4, '0')}`;
  const uniform = uniformStream(seed, 'demo-write', id);
  const characters = 1_400 + Math.floor(uniform() * 1_800);
  return {
    id,
    text: model.write(uniform, characters).trim(),
    source: 'generated',
    domain,
    truth: 'synthetic',
    modelFamily: family,
  };
}
