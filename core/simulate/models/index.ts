/** Every model of `ballast simulate`, in the order in which it is listed. */
import type { Model } from '../model.js';
import { accumulate } from './accumulate.js';
import { branching } from './branching.js';
import { curation } from './curation.js';
import { depth } from './depth.js';
import { families } from './families.js';
import { gaussian } from './gaussian.js';
import { immigration } from './immigration.js';
import { ngram } from './ngram.js';
import { regression } from './regression.js';
import { repetition } from './repetition.js';
import { temperature } from './temperature.js';
import { topP } from './top-p.js';
import { verification } from './verification.js';
import { weights } from './weights.js';
import { wrightFisher } from './wright-fisher.js';
import { zipf } from './zipf.js';

export const MODELS: readonly Model[] = [
  ...[gaussian, regression, wrightFisher, branching, immigration, accumulate, zipf],
  ...[temperature, topP, curation, verification, weights, repetition, families, depth, ngram],
];

export function modelNamed(name: string): Model | null {
  return MODELS.find((model) => model.name === name) ?? null;
}
