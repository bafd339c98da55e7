/** How far the activities under way are, from their heartbeats: long work shows that it moves. */
import type { Client } from '@temporalio/client';

interface Beat {
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

async function beatsOf(client: Client, workflowId: string): Promise<Beat[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const beats = (raw.pendingActivities ?? []).map(({ heartbeatDetails }) =>
    beatOf(heartbeatDetails?.payloads?.[0]?.data),
  );
  return beats.filter((beat) => beat !== null);
}

/** A note such as `2 under way, 41 %`; '' where nothing has told yet how far it is. */
export async function underWay(client: Client, workflowIds: readonly string[]): Promise<string> {
  const settled = await Promise.allSettled(workflowIds.map((id) => beatsOf(client, id)));
  const beats = settled.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (beats.length === 0) return '';
  const share =
    beats.reduce((sum, { done, total }) => sum + Math.min(1, done / total), 0) / beats.length;
  return `${beats.length} under way, ${Math.floor(share * 100)} %`;
}
