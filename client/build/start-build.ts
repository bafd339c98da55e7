/** Starts a build or a plan as a workflow, or attaches to the one that is under way. */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { attributeValues } from '../../core/line/attribute-values.js';
import { Failure } from '../../core/schema/failure.js';
import type { Execution, Recipe } from '../../core/schema/recipe.js';
import type { BuildMixInput, BuildMixResult } from '../../workflows/build-mix.js';
import {
  CodeVersion,
  GrantIds,
  MixName,
  MixVersion,
  SourceNames,
  TriggerKind,
} from './search-attribute-keys.js';

export interface StartOptions {
  readonly client: Client;
  readonly recipe: Recipe;
  readonly fingerprint: string;
  readonly baseFolder: string;
  readonly workspace: string;
  readonly until: Execution['until'];
  readonly codeVersion: string;
  /** `cli:<user>@<host>`. */
  readonly requestedBy: string;
}

export interface StartedBuild {
  readonly workflowId: string;
  readonly runId: string;
  /** True where the build was under way already. */
  readonly attached: boolean;
}

export function buildWorkflowId(name: string, version: string): string {
  return `build-mix/${name}@${version}`;
}

const PLAN_ID = 'plan-mix/';

export type Act = 'build' | 'plan';

/** Whether a workflow of `buildMix` builds or only plans. */
export function actOf(workflowId: string): Act {
  return workflowId.startsWith(PLAN_ID) ? 'plan' : 'build';
}

function workflowIdOf({ recipe, fingerprint, until }: StartOptions): string {
  const { name, version } = recipe;
  return until === 'publish'
    ? buildWorkflowId(name, version)
    : `${PLAN_ID}${name}@${version}/${fingerprint.slice(0, 12)}`;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function storyOf({ recipe, fingerprint, until }: StartOptions): {
  staticSummary: string;
  staticDetails: string;
} {
  const { name, version, sources, caps, tokenBudget } = recipe;
  const act = until === 'plan' ? 'plan' : 'build';
  const staticSummary = `${act} ${name}@${version} · ${sources.length} sources · ${caps.length} caps · recipe ${fingerprint.slice(0, 8)}`;
  const lines = [
    `**${name}@${version}**: ${tokenBudget.toLocaleString('en')} tokens wanted`,
    '',
    ...sources.map((source) => `- source \`${source.name}\`: ${source.paths.join(', ')}`),
    ...caps.map((cap) => `- cap \`${cap.id}\`: ${cap.reason}`),
  ];
  return {
    staticSummary: staticSummary.slice(0, 150),
    staticDetails: lines.join('\n').slice(0, 15_000),
  };
}

function otherRecipe(options: StartOptions, found: string): Failure {
  const { name, version } = options.recipe;
  return new Failure('VERSION_EXISTS', {
    subject: `${name}@${version}`,
    expected: `recipe ${options.fingerprint.slice(0, 12)} in ${options.workspace}`,
    found,
    where: buildWorkflowId(name, version),
    remedy: 'wait for that build or cancel it, or choose a new version',
  });
}

/** The memo tells whether a running build is the wanted one. */
async function attach(options: StartOptions, workflowId: string): Promise<StartedBuild> {
  const { client, fingerprint, workspace } = options;
  const { memo, runId } = await client.workflow.getHandle(workflowId).describe();
  const running = {
    fingerprint: String(memo?.recipeFingerprint),
    workspace: String(memo?.workspace),
  };
  if (running.fingerprint !== fingerprint || running.workspace !== workspace) {
    throw otherRecipe(
      options,
      `a running build of recipe ${running.fingerprint.slice(0, 12)} in ${running.workspace}`,
    );
  }
  return { workflowId, runId, attached: true };
}

export async function startBuild(options: StartOptions): Promise<StartedBuild> {
  const { client, recipe, fingerprint, baseFolder, workspace, until } = options;
  const workflowId = workflowIdOf(options);
  const execution: Execution = {
    workspace,
    baseFolder,
    until,
    recipeFingerprint: fingerprint,
    asOf: today(),
    requestedBy: options.requestedBy,
  };
  const input: BuildMixInput = { recipe, execution };
  try {
    const handle = await client.workflow.start<(input: BuildMixInput) => Promise<BuildMixResult>>(
      'buildMix',
      {
        workflowId,
        taskQueue: 'ballast',
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        memo: { recipeFingerprint: fingerprint, workspace, until, baseFolder },
        typedSearchAttributes: [
          { key: MixName, value: recipe.name },
          { key: MixVersion, value: recipe.version },
          { key: TriggerKind, value: 'command' },
          { key: CodeVersion, value: options.codeVersion.slice(0, 12) },
          { key: SourceNames, value: attributeValues(recipe.sources.map(({ name }) => name)) },
          { key: GrantIds, value: attributeValues(recipe.grants.map(({ grantId }) => grantId)) },
        ],
        ...storyOf(options),
      },
    );
    return { workflowId, runId: handle.firstExecutionRunId, attached: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return attach(options, workflowId);
  }
}
