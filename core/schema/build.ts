/** What starts a build: the whole recipe, and where and how to run it. */
import { z } from 'zod';
import { execution, recipe } from './recipe.js';

export const buildMixInput = z.strictObject({ recipe, execution });
export type BuildMixInput = z.infer<typeof buildMixInput>;
