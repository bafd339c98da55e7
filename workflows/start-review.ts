/**
 * Starts the review of a build's packets beside the build, which does not wait for it: decisions
 * relabel on the next build. Where a review of this version is open already, it gets the new packets.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import type { Pinned } from '../activities/index.js';
import type { Drafted } from '../activities/tasks/draft-review.js';
import { reviewWorkflowId } from '../core/review/ids.js';
import { LIMITS } from '../core/schema/limits.js';
import type { Recipe, ReviewPolicy } from '../core/schema/recipe.js';
import type { ReviewMixInput } from '../core/schema/review-packet.js';
import type { BuildStory } from './build-story.js';
import { childAttributes } from './child-attributes.js';
import { type Redraft, redraftSignal } from './messages.js';
import { reviewMix } from './review.js';
import { heavy } from './steps.js';

export interface ReviewStarted {
  readonly packets: number;
  /** Distinct documents in them. */
  readonly documents: number;
}

/** Null where the recipe asks nobody. */
export async function startReview(
  recipe: Recipe,
  { context }: Pinned,
  story: BuildStory,
): Promise<ReviewStarted | null> {
  const { review } = recipe;
  if (review === null) return null;
  const mix = `${recipe.name}@${recipe.version}`;
  const summary = 'draw the documents that people are asked about';
  const drafted = await heavy.draftReview.executeWithOptions({ summary }, [{ context, mix }]);
  const { documents } = drafted;
  const packets = drafted.packets.length;
  if (packets > 0) await open(recipe, review, drafted, context.workspace);
  story.note('label', `${documents} documents in ${packets} packets wait for review`);
  return { packets, documents };
}

async function open(
  recipe: Recipe,
  { reviewers, deadlineSeconds, keys, signatures, reminderSeconds }: ReviewPolicy,
  drafted: Drafted,
  workspace: string,
): Promise<void> {
  const mix = `${recipe.name}@${recipe.version}`;
  const draft: Redraft = {
    index: drafted.index,
    packets: drafted.packets.map(({ packet, sha256, round, documents }) => ({
      ...{ packet, sha256, round, documents },
    })),
    reviewers,
    dueAtMs: Date.now() + deadlineSeconds * 1000,
    ...{ keys, signatures, reminderSeconds },
  };
  const { reviewAnswersPerRun: answersPerRun } = LIMITS;
  const state = { answeredBy: {}, refused: 0, answersPerRun };
  const input: ReviewMixInput = { schemaVersion: 1, mix, workspace, ...draft, ...state };
  const { documents, packets } = drafted;
  const staticSummary = `review of ${mix} · ${documents} documents in ${packets.length} packets`;
  if (await started(input, { recipe, staticSummary })) return;
  try {
    await getExternalWorkflowHandle(reviewWorkflowId(mix)).signal(redraftSignal, draft);
  } catch (error) {
    if (isCancellation(error)) throw error;
    // It closed in between: then its id is free.
    await started(input, { recipe, staticSummary });
  }
}

/** False where a review of this version is open. */
async function started(
  input: ReviewMixInput,
  { recipe, staticSummary }: { recipe: Recipe; staticSummary: string },
): Promise<boolean> {
  try {
    await startChild(reviewMix, {
      workflowId: reviewWorkflowId(input.mix),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      typedSearchAttributes: childAttributes(recipe),
      memo: { index: input.index, workspace: input.workspace },
      staticSummary,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
