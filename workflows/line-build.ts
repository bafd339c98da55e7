/** Starts a build of a line as a child that outlives it, and brings its end into one shape. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { type ChildWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { Composed } from '../activities/compose-build.js';
import { attributeValues } from '../core/line/attribute-values.js';
import { type BuildEnd, endOfError, endOfResult } from '../core/line/build-end.js';
import { nextRecipe } from '../core/line/next-recipe.js';
import type { LineSetup } from '../core/schema/arrival.js';
import { buildMix } from './build-mix.js';
import {
  CodeVersion,
  GrantIds,
  MixName,
  MixVersion,
  SourceNames,
  TriggerKind,
} from './search-attributes.js';

export type LineBuildHandle = ChildWorkflowHandle<typeof buildMix>;

interface StartOptions {
  readonly setup: LineSetup;
  readonly build: NonNullable<Composed['build']>;
  readonly day: string;
  readonly trigger: 'arrival' | 'schedule';
}

/** Null where a build of that version is under way, or was, on this server. */
export async function startLineBuild(options: StartOptions): Promise<LineBuildHandle | null> {
  const { setup, build, day, trigger } = options;
  const { version, recipeFingerprint } = build;
  const recipe = nextRecipe(setup.recipe, {
    ...{ version, list: build.listSha256, sources: build.sources },
  });
  const execution = {
    ...setup.execution,
    ...{ recipeFingerprint, asOf: day, requestedBy: 'line', until: 'publish' as const },
  };
  const { workspace, baseFolder } = execution;
  const title = `${recipe.name}@${version}`;
  try {
    return await startChild(buildMix, {
      workflowId: `build-mix/${title}`,
      args: [{ recipe, execution }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      memo: { recipeFingerprint, workspace, until: 'publish', baseFolder },
      staticSummary: `build ${title} · ${recipe.sources.length} sources · ${build.arrivals} new files · recipe ${recipeFingerprint.slice(0, 8)}`,
      typedSearchAttributes: [
        { key: MixName, value: recipe.name },
        { key: MixVersion, value: version },
        { key: TriggerKind, value: trigger },
        { key: CodeVersion, value: build.codeVersion },
        { key: SourceNames, value: attributeValues(recipe.sources.map(({ name }) => name)) },
        { key: GrantIds, value: attributeValues(recipe.grants.map(({ grantId }) => grantId)) },
      ],
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

/** Never rejects: how a build failed is an answer. */
export async function endOf(handle: LineBuildHandle): Promise<BuildEnd> {
  try {
    return endOfResult(await handle.result());
  } catch (error) {
    return endOfError(error);
  }
}
