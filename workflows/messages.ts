/** Names of the workflows' messages, and the shapes that cross with them. */
import { defineQuery } from '@temporalio/workflow';

/** Phases of a build in order; `ballast build` shows a bar for each. */
export const PHASES = [
  'pin',
  'profile',
  'cluster',
  'label',
  'plan',
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
