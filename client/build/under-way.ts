/** How far the activities under way are, from their heartbeats: long work shows that it moves. */
import type { WorkflowExecutionDescription } from '@temporalio/client';

export interface Beat {
  readonly done: number;
  readonly total: number;
}

function beatOf(data: Uint8Array | null | undefined): Beat | null {
  if (data === null || data === undefined) return null;
  const value: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
  if (typeof value !== 'object' || value === null || !('done' in value) || !('total' in value))
    return null;
  const { done, total } = value;
  return typeof done === 'number' && typeof total === 'number' && total > 0
    ? { done, total }
    : null;
}

/** The last heartbeats of a workflow's running activities. */
export function beatsOf({ raw }: WorkflowExecutionDescription): Beat[] {
  const beats = (raw.pendingActivities ?? []).map(({ heartbeatDetails }) =>
    beatOf(heartbeatDetails?.payloads?.[0]?.data),
  );
  return beats.filter((beat) => beat !== null);
}

/** A note such as `2 under way, 41 %`; '' where nothing has told yet how far it is. */
export function underWay(beats: readonly Beat[]): string {
  if (beats.length === 0) return '';
  const share =
    beats.reduce((sum, { done, total }) => sum + Math.min(1, done / total), 0) / beats.length;
  return `${beats.length} under way, ${Math.floor(share * 100)} %`;
}
