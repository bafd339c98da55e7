/**
 * A plan from a file: what `ballast plan --json` printed, the plan.json of a version, or the plan alone.
 */
import { basename } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import { problemsOf, valueAt } from '../../core/schema/file-problems.js';
import { type OptimalPlan, plan as planSchema } from '../../core/schema/plan.js';
import { failWithProblems } from '../recipe/fail-with-problems.js';
import { readText, type WrittenFile } from '../recipe/read-text.js';
import { readTree } from '../recipe/read-tree.js';

export interface PlanFile {
  readonly plan: OptimalPlan;
  /** Name of its mix where the file says it, else of the file. */
  readonly name: string;
}

/** Throws USAGE for what is no plan, CAP_INFEASIBLE for a plan without an allocation. */
export async function readPlanFile(path: string): Promise<PlanFile> {
  const file: WrittenFile = { path, subject: 'plan file', code: 'USAGE', missingCode: 'USAGE' };
  const tree = readTree(await readText(file), file);
  const inside = valueAt(tree.root, ['plan']);
  const parsed = planSchema.safeParse(inside ?? tree.root, { reportInput: true });
  if (!parsed.success) {
    const problems = problemsOf(parsed.error, inside ?? tree.root);
    const base = inside === undefined ? [] : ['plan'];
    const where = (key: readonly (string | number)[]) => tree.where([...base, ...key]);
    failWithProblems({ code: 'USAGE', subject: 'plan file', problems, where });
    throw parsed.error;
  }
  if (parsed.data.status === 'infeasible') {
    throw new Failure('CAP_INFEASIBLE', {
      subject: 'plan file',
      expected: 'a plan with an allocation',
      found: 'an infeasible one',
      where: path,
      remedy: 'loosen one of the caps in its conflict, plan again, and export that plan',
    });
  }
  return { plan: parsed.data, name: nameOf(tree.root, path) };
}

function nameOf(root: unknown, path: string): string {
  const id = valueAt(root, ['workflowId']);
  const mix = typeof id === 'string' ? /^build-mix\/(.+)$/.exec(id)?.[1] : undefined;
  return mix ?? basename(path).replace(/\.json$/, '');
}
