/** Removes scratch, however its workflow ended. What cannot be removed is no reason to fail; the next run sweeps. */
import { CancellationScope, log } from '@temporalio/workflow';
import { light } from './steps.js';

export async function cleanScratch(
  title: string,
  workspace: string,
  buildId: string,
): Promise<void> {
  const summary = `${title}: scratch removed`;
  await CancellationScope.nonCancellable(async () => {
    try {
      await light.removeScratch.executeWithOptions({ summary }, [{ workspace, buildId }]);
    } catch (error) {
      log.warn('scratch was not removed', { buildId, error: String(error) });
    }
  });
}
