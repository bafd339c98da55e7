/** What `ballast diff` compares: a published version by name, or a plan in a file. */
import { join } from 'node:path';
import type { PlanSide } from '../../core/report/plan-diff.js';
import { haveFile } from '../../storage/remote/mirror.js';
import { mixPath } from '../../storage/workspace.js';
import { parseReference } from '../records/mix-reference.js';
import { readPlanFile } from './plan-file.js';

/** Whether an argument names a file: a name of a mix has no such ending and no slash. */
export function isPlanFile(argument: string): boolean {
  return /\.json$/i.test(argument) || /[/\\]/.test(argument);
}

/** The plan that an argument names: of a file, or of a published version. */
export async function planSideOf(argument: string, workspace: string): Promise<PlanSide> {
  if (isPlanFile(argument)) return sideOfFile(argument, argument);
  const { name, version } = parseReference(argument, workspace);
  const folder = join(workspace, mixPath(name, version));
  await haveFile(join(folder, 'plan.json'));
  return sideOfFile(`${name}@${version}`, join(folder, 'plan.json'));
}

async function sideOfFile(name: string, path: string): Promise<PlanSide> {
  const { plan, recipe } = await readPlanFile(path);
  return { name, plan, recipe };
}
