/**
 * Workflows that live longer than a release: under worker versioning they move on with the code, by patches,
 * where all others stay with the code that they began with. Without worker versioning nothing is said: a
 * server refuses a behaviour of a worker that has no version.
 */
import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';

export function movesOn<A extends unknown[], R>(workflow: (...args: A) => Promise<R>): void {
  const options = () =>
    workflowInfo().currentDeploymentVersion?.deploymentName
      ? { versioningBehavior: 'AUTO_UPGRADE' as const }
      : {};
  setWorkflowOptions(options, workflow as (...args: unknown[]) => Promise<R>);
}
