/** Asks what published versions hold of a retraction, in this process: no server, and nothing is recorded. */

import type { ImpactFound } from '../../activities/tasks/find-impact.js';
import { type Impact, impact } from '../../core/schema/retraction.js';
import { createProgress as createCounters, createCpuPool } from '../../engines/cpu-pool.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import { removeScratch } from '../../storage/workspace.js';
import { createProgress } from '../terminal/progress.js';
import type { Scoped } from './scope-from.js';

const UPDATE_MS = 200;
const SCRATCH = 'retract-impact';
const TASK = new URL('../../activities/tasks/find-impact.js', import.meta.url).href;

export async function findImpact(workspace: string, { scope, key }: Scoped): Promise<Impact> {
  const pool = createCpuPool(1);
  const counters = createCounters();
  const bar = createProgress([{ name: 'impact', label: 'read versions' }]);
  const show = () => bar.update('impact', counters[0]!, counters[1]!);
  const timer = setInterval(show, UPDATE_MS);
  const { signal } = new AbortController();
  try {
    const input = { workspace, buildId: SCRATCH, scope, key };
    const found = (await pool.run(TASK, input, { progress: counters, signal })) as ImpactFound;
    show();
    return await readJsonArtifact(workspace, found.refs.summary, impact);
  } finally {
    clearInterval(timer);
    bar.stop();
    await pool.close();
    await removeScratch(workspace, SCRATCH);
  }
}
