/**
 * Activities see a folder. Where the workspace is a URL they get its mirror on this machine, and in what
 * they answer the URL stands again: nothing that crosses Temporal, and no line of the ledger, names a
 * folder of one machine. Before an activity that looks at versions, their manifests are fetched.
 */
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import {
  haveFolder,
  isRemote,
  localFolder,
  refreshManifests,
  sweepMirror,
} from '../storage/remote/mirror.js';
import { MANIFEST_FILE } from './published-version.js';
import { guardActivity } from './run-task.js';

const HEARTBEAT_MS = 1_000;

/** Fields of an activity's input or answer that hold a workspace, or something that does. */
const HOLDERS = ['context', 'execution'] as const;

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same value with another workspace wherever one stands. */
export function withWorkspace(value: unknown, rename: (workspace: string) => string): unknown {
  if (!isFields(value)) return value;
  const { workspace } = value;
  const own = typeof workspace === 'string' ? { workspace: rename(workspace) } : {};
  const held = HOLDERS.filter((name) => isFields(value[name])).map(
    (name) => [name, withWorkspace(value[name], rename)] as const,
  );
  return { ...value, ...own, ...Object.fromEntries(held) };
}

/** The workspace of an activity's input; null where it has none. */
function workspaceIn(input: unknown): string | null {
  if (!isFields(input)) return null;
  if (typeof input.workspace === 'string') return input.workspace;
  return HOLDERS.map((name) => workspaceIn(input[name])).find((found) => found != null) ?? null;
}

/** Work on content-addressed files alone: no manifest decides what it does. */
const BY_CONTENT = new Set([
  ...['profileShard', 'checkSource', 'matchOwnOutputs', 'screenShard', 'labelShard', 'matchHeld'],
  ...['sampleShard', 'measureDomain', 'simulateCollapse', 'scatterShard', 'gatherShard'],
  ...['verifyFile', 'writeLabels', 'removeScratch', 'findArrivals', 'keepArrivals'],
  ...['countArrivals', 'recordReview', 'recordApproval', 'recordDelegation', 'notify', 'remind'],
]);

/** Folders that an activity reads as a whole: it looks for what it does not know by name. */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  findImpact: ['mixes'],
  findCopies: ['mixes', 'cache/profile', 'cache/packets', 'cache/impact'],
  closeRetraction: ['mixes', 'cache/impact', 'retractions'],
};

type Activity = (...inputs: never[]) => Promise<unknown>;

/** The same activities, at work in a local folder. */
export function inLocalWorkspace<T extends Record<string, unknown>>(activities: T): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => {
    const run = activity as Activity;
    const local = async (...inputs: unknown[]) => {
      const workspace = workspaceIn(inputs[0]);
      if (workspace === null || !isRemote(workspace)) return run(...(inputs as never[]));
      const { heartbeat } = Context.current();
      const beating = setInterval(() => heartbeat(), HEARTBEAT_MS);
      const folder = await guardActivity(workspace, async () => {
        const mirror = localFolder(workspace);
        if (!BY_CONTENT.has(name)) await refreshManifests(mirror, MANIFEST_FILE);
        for (const part of WHOLE[name] ?? []) await haveFolder(join(mirror, part));
        if (name === 'pinSources') await sweepMirror(mirror);
        return mirror;
      }).finally(() => clearInterval(beating));
      const [first, ...rest] = inputs;
      const answer = await run(...([withWorkspace(first, () => folder), ...rest] as never[]));
      return withWorkspace(answer, (known) => (known === folder ? workspace : known));
    };
    return [name, local];
  });
  return Object.fromEntries(wrapped) as T;
}
