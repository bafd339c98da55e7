/** Names of the workflows' messages, and the shapes that cross with them. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ApprovalInput, ApprovalOutcome, ApprovalState } from '../core/schema/approval.js';
import type { DelegationInput, DelegationOutcome } from '../core/schema/approval-lines.js';
import type {
  ArrivedFile,
  ArriveInput,
  LineFreeze,
  LineSetup,
  LineSources,
  LineStatus,
  LineTick,
} from '../core/schema/arrival.js';
import type { ReviewInput, ReviewMixInput, ReviewOutcome } from '../core/schema/review-packet.js';

/** Phases of a build in order; `ballast build` shows a bar for each. */
export const PHASES = [
  'pin',
  'profile',
  'cluster',
  'label',
  'plan',
  'simulate',
  'approve',
  'scatter',
  'gather',
  'verify',
  'publish',
] as const;
export type Phase = (typeof PHASES)[number];

export interface PhaseProgress {
  readonly phase: Phase;
  readonly done: number;
  readonly total: number;
  readonly note: string;
}

export interface BuildProgress {
  readonly phases: readonly PhaseProgress[];
  readonly current: Phase;
}

export const progressQuery = defineQuery<BuildProgress>('progress');
export const reportQuery = defineQuery<string>('report');

export interface SourceProgress {
  readonly source: string;
  readonly done: number;
  readonly total: number;
  readonly reused: number;
}

export const sourceProgressQuery = defineQuery<SourceProgress>('progress');

/** Id of the child that reads one source; a path below its parent's. */
export function sourceWorkflowId(parentId: string, source: string): string {
  return `${parentId}/source/${source}`;
}

export interface QueuedPacket {
  readonly packet: string;
  readonly sha256: string;
  readonly round: 'first' | 'second';
  readonly documents: number;
  /** Reviewers whose answers were accepted. */
  readonly answeredBy: readonly string[];
}

/** What a review waits for. */
export interface ReviewQueue {
  readonly mix: string;
  readonly state: 'open' | 'done' | 'expired';
  readonly reviewers: readonly string[];
  readonly dueAt: string;
  readonly packets: readonly QueuedPacket[];
  readonly refused: number;
}

export const queueQuery = defineQuery<ReviewQueue>('queue');

/** One packet answered by one reviewer; accepted or refused, it is in the ledger. */
export const decideUpdate = defineUpdate<ReviewOutcome, [ReviewInput]>('decide');

/** A later build of the same version asks about these packets instead. */
export type Redraft = Pick<
  ReviewMixInput,
  'index' | 'packets' | 'reviewers' | 'dueAtMs' | 'keys' | 'signatures' | 'reminderSeconds'
>;
export const redraftSignal = defineSignal<[Redraft]>('redraft');

/** What a build waits for people to approve; null where it does not. */
export const approvalQuery = defineQuery<ApprovalState | null>('approval');
/** One person's word on the packet that the build shows; taken or refused, it is in the ledger. */
export const approveUpdate = defineUpdate<ApprovalOutcome, [ApprovalInput]>('approve');
/** One who is asked hands over to another; of a review and of a build that waits for approval. */
export const delegateUpdate = defineUpdate<DelegationOutcome, [DelegationInput]>('delegate');

/** Steps of a retraction in order. */
export const RETRACT_STEPS = ['impact', 'record', 'rebuild', 'close'] as const;
export type RetractStep = (typeof RETRACT_STEPS)[number];

export interface RetractStepProgress {
  readonly step: RetractStep;
  readonly done: number;
  readonly total: number;
  readonly note: string;
}

export const retractProgressQuery = defineQuery<RetractStepProgress[]>('retraction');

/** `retract/<kind>:<grant, source or digest>/<date>`. */
export function retractWorkflowId(key: string, day: string): string {
  return `retract/${key}/${day}`;
}

/** Id of the long-lived workflow that builds the versions of a mix. */
export function lineWorkflowId(name: string): string {
  return `mix-line/${name}`;
}

/** Files came in; answers what became of each. */
export const arriveUpdate = defineUpdate<ArrivedFile[], [ArriveInput]>('arrive');
export const tickSignal = defineSignal<[LineTick]>('tick');
export const freezeSignal = defineSignal<[LineFreeze]>('freeze');
export const unfreezeSignal = defineSignal<[LineFreeze]>('unfreeze');
export const lineQuery = defineQuery<LineStatus>('line');
/** The line's next build goes by another recipe, or other settings. */
export const configureUpdate = defineUpdate<LineStatus, [LineSetup]>('configure');
/** What arrivals are matched with. */
export const sourcesQuery = defineQuery<LineSources>('sources');

/** Id of the sealing of a workflow: `build-mix/<name>@<version>` is sealed by `seal-audit/<name>@<version>`. */
export function sealWorkflowId(workflowId: string): string {
  return `seal-audit/${workflowId.replace(/^build-mix\//, '')}`;
}

/** Another run of the same workflow asks to be sealed, by its run id. */
export const sealAlsoSignal = defineSignal<[string]>('sealAlso');
