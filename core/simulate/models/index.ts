/** Every model of `ballast simulate`, in the order in which it is listed. */
import type { Model } from '../model.js';
import { gaussian } from './gaussian.js';
import { ngram } from './ngram.js';
import { regression } from './regression.js';
import { weights } from './weights.js';

export const MODELS: readonly Model[] = [gaussian, regression, weights, ngram];

export function modelNamed(name: string): Model | null {
  return MODELS.find((model) => model.name === name) ?? null;
}
