/** Every model of `ballast simulate`, in the order in which it is listed. */
import type { Model } from '../model.js';
import { weights } from './weights.js';

export const MODELS: readonly Model[] = [weights];

export function modelNamed(name: string): Model | null {
  return MODELS.find((model) => model.name === name) ?? null;
}
