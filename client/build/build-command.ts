/** What `plan`, `build` and `demo` share: recipe, session, start, progress, result. */
import type { CommandContext } from 'citty';
import { Failure } from '../../core/schema/failure.js';
import type { Recipe } from '../../core/schema/recipe.js';
import type { BuildMixResult } from '../../workflows/build-mix.js';
import { type RecipeRead, readRecipe } from '../recipe/read-recipe.js';
import { type buildArgs, valuesOf } from '../terminal/arguments.js';
import { EXIT_INTERRUPTED } from '../terminal/interrupted.js';
import { createOutput, type Output } from '../terminal/output.js';
import { tellingRisk } from './print-risk.js';
import { showBuild } from './run-build.js';
import { identity, openSession } from './session.js';
import { actOf, type StartedBuild, startBuild } from './start-build.js';
import { workspaceOf } from './workspace-option.js';

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
  const { codeVersion } = session.runtime.worker;
  const build = await startBuild({
    client: session.client,
    recipe,
    fingerprint,
    baseFolder,
    workspace,
    until,
    codeVersion,
    requestedBy: identity(),
  });
  const url = session.runUrl(build.workflowId, build.runId);
  if (build.attached) output.progress(`${build.workflowId} is under way already; following it`);
  const result = await tellingRisk(output, workspace, () =>
    showBuild({ session, build, until, output }),
  );
  return { recipe, build, url, result };
}

export interface CarriedOut {
  readonly output: Output;
  readonly workspace: string;
  readonly outcome: BuildOutcome;
}

/** What `plan` and `build` do with their flags (`buildArgs`) up to the result. */
export async function carryOut(
  until: BuildRequest['until'],
  { args, rawArgs }: CommandContext<typeof buildArgs>,
): Promise<CarriedOut> {
  const output = createOutput({ json: args.json === true });
  const workspace = workspaceOf(args.workspace);
  const { config, address } = args;
  const set = valuesOf(rawArgs, 'set');
  const outcome = await runBuild({ config, address, set, workspace, until, output });
  return { output, workspace, outcome };
}

export { EXIT_INTERRUPTED };

/** Says how to come back to a build or plan that goes on. */
export function sayItGoesOn(output: Output, { recipe, build }: BuildOutcome): number {
  const mix = `${recipe.name}@${recipe.version}`;
  const act = actOf(build.workflowId);
  output.progress(
    `the ${act} goes on; come back with: ballast watch ${mix}, or end it with: ballast cancel ${mix}`,
  );
  output.emit({ status: 'running', workflowId: build.workflowId, runId: build.runId });
  return EXIT_INTERRUPTED;
}
