/**
 * Builds the newest affected version of a mix anew, by its own recipe under the next version. A build that
 * cannot keep its caps, or fails otherwise, is an answer here, not an error.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  isCancellation,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { attributeValues } from '../core/line/attribute-values.js';
import type { RebuildInput, RetractInput } from '../core/schema/retraction.js';
import { type BuildMixResult, buildMix } from './build-mix.js';
import {
  CodeVersion,
  GrantIds,
  MixName,
  MixVersion,
  SourceNames,
  TriggerKind,
} from './search-attributes.js';
import { light } from './steps.js';

export interface Rebuilt {
  readonly name: string;
  readonly newestAffected: string;
  /** `standing`: a later version stands already that the retraction does not touch. */
  readonly state: 'rebuilt' | 'standing' | 'failed';
  readonly version: string | null;
  /** Code and parts of the failure; null unless failed. */
  readonly code: string | null;
  readonly parts: unknown;
  readonly sentence: string;
}

/** Versions under way that are passed over. */
const VERSIONS_TRIED = 20;

export async function rebuildMix(wanted: RetractInput, name: string): Promise<Rebuilt> {
  const taken: string[] = [];
  for (let tried = 0; ; tried++) {
    const summary = `${name}: what is built in place of its newest affected version`;
    const planned = await planOf(wanted, { name, taken, summary });
    if ('state' in planned) return planned;
    const { newestAffected, standing, build } = planned;
    if (build === null) {
      const sentence = `${name}@${standing} stands without it`;
      const what = { name, newestAffected, version: standing, code: null, parts: null };
      return { ...what, state: 'standing', sentence };
    }
    try {
      return await follow(build, newestAffected, wanted.key);
    } catch (error) {
      const isTaken = error instanceof WorkflowExecutionAlreadyStartedError;
      if (!isTaken || tried === VERSIONS_TRIED) throw error;
      taken.push(build.recipe.version);
    }
  }
}

async function planOf(
  wanted: RetractInput,
  { name, taken, summary }: { name: string; taken: readonly string[]; summary: string },
) {
  try {
    return await light.planRebuild.executeWithOptions({ summary }, [{ wanted, name, taken }]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return failed(error, { name, newestAffected: '', version: null });
  }
}

/** The code that runs is the code that retracts. */
function codeVersion() {
  const value = workflowInfo().typedSearchAttributes.get(CodeVersion);
  return value === undefined ? [] : [{ key: CodeVersion, value }];
}

async function follow(build: RebuildInput, newestAffected: string, key: string): Promise<Rebuilt> {
  const { name, version } = build.recipe;
  const { recipeFingerprint, workspace, until, baseFolder } = build.execution;
  const child = await startChild(buildMix, {
    workflowId: `build-mix/${name}@${version}`,
    args: [build],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    typedSearchAttributes: [
      { key: MixName, value: name },
      { key: MixVersion, value: version },
      { key: TriggerKind, value: 'retraction' },
      { key: SourceNames, value: attributeValues(build.recipe.sources.map((one) => one.name)) },
      { key: GrantIds, value: attributeValues(build.recipe.grants.map((one) => one.grantId)) },
      ...codeVersion(),
    ],
    memo: { recipeFingerprint, workspace, until, baseFolder },
    staticSummary: `build ${name}@${version} · without what retraction ${key} took`.slice(0, 150),
  });
  const place = { name, newestAffected, version };
  try {
    const result: BuildMixResult = await child.result();
    const sentence = `${name}@${version}: ${result.documents} documents, ${result.tokens} tokens`;
    return { ...place, state: 'rebuilt', code: null, parts: null, sentence };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return failed(error, place);
  }
}

function failed(
  error: unknown,
  place: Pick<Rebuilt, 'name' | 'newestAffected' | 'version'>,
): Rebuilt {
  const cause = applicationFailureOf(error);
  const [first] = (cause?.details ?? []) as { parts?: unknown }[];
  const sentence = (cause?.message ?? String(error)).slice(0, 2_000);
  const code = cause?.type ?? 'INTERNAL';
  return { ...place, version: null, state: 'failed', code, parts: first?.parts ?? null, sentence };
}

function applicationFailureOf(error: unknown): ApplicationFailure | null {
  let cause = error;
  for (let depth = 0; depth < 10 && cause instanceof Error; depth++) {
    if (cause instanceof ApplicationFailure) return cause;
    cause = cause.cause;
  }
  return null;
}
