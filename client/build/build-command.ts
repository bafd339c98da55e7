/** What `plan`, `build` and `demo` share: recipe, session, start, progress, result. */
import { join } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import type { Recipe } from '../../core/schema/recipe.js';
import type { BuildMixResult } from '../../workflows/build-mix.js';
import { type RecipeRead, readRecipe } from '../recipe/read-recipe.js';
import type { Output } from '../terminal/output.js';
import { showBuild } from './run-build.js';
import { openSession } from './session.js';
import { type StartedBuild, startBuild } from './start-build.js';

export interface BuildRequest {
  readonly config: string | undefined;
  readonly set: readonly string[];
  readonly workspace: string;
  readonly address: string | undefined;
  readonly until: 'plan' | 'publish';
  readonly output: Output;
}

export interface BuildOutcome {
  readonly recipe: Recipe;
  readonly build: StartedBuild;
  readonly url: string | null;
  /** Null where the user left before the end. */
  readonly result: BuildMixResult | null;
}

export function requireConfig(config: string | undefined, command: string): string {
  if (config !== undefined && config !== '') return config;
  throw new Failure('USAGE', {
    subject: `ballast ${command}`,
    expected: 'a recipe, -c recipe.yaml',
    found: 'none',
    where: 'command line',
    remedy: `write: ballast ${command} -c recipe.yaml (examples stand in the folder examples)`,
  });
}

async function readWanted({ config, set, until }: BuildRequest): Promise<RecipeRead> {
  return readRecipe({
    path: requireConfig(config, until === 'plan' ? 'plan' : 'build'),
    set: [...set],
  });
}

export async function runBuild(request: BuildRequest): Promise<BuildOutcome> {
  const { workspace, address, until, output } = request;
  const { recipe, fingerprint, baseFolder } = await readWanted(request);
  const session = await openSession({ address, onProgress: output.progress });
  const { client, runtime } = session;
  const { codeVersion } = runtime.worker;
  const build = await startBuild({
    client,
    recipe,
    fingerprint,
    baseFolder,
    workspace,
    until,
    codeVersion,
  });
  const url = session.runUrl(build.workflowId, build.runId);
  if (build.attached) output.progress(`${build.workflowId} is under way already; following it`);
  if (url !== null) output.progress(`follow it in the Temporal UI: ${url}`);
  const result = await showBuild({
    session,
    build,
    sources: recipe.sources.map(({ name }) => name),
    until,
  });
  return { recipe, build, url, result };
}

/** Exit code of a command that the user left with Ctrl-C. */
export const EXIT_INTERRUPTED = 130;

/** Says how to come back to a build that goes on. */
export function sayItGoesOn(output: Output, { recipe, build }: BuildOutcome): number {
  const mix = `${recipe.name}@${recipe.version}`;
  output.progress(
    `the build goes on; come back with: ballast watch ${mix}, or end it with: ballast cancel ${mix}`,
  );
  output.emit({ status: 'running', workflowId: build.workflowId, runId: build.runId });
  return EXIT_INTERRUPTED;
}

export function mixFolder(workspace: string, path: string): string {
  return join(workspace, path);
}
