/** Runs steps over items with a bounded number under way; the first failure cancels the rest. */
import { CancellationScope } from '@temporalio/workflow';

/** Answers in the order of `items`. */
export async function fanOut<T, R>(
  items: readonly T[],
  width: number,
  step: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = new Array(items.length);
  const next = items.entries();
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const lane = async () => {
      for (const [i, item] of next) answers[i] = await step(item);
    };
    const lanes = Array.from({ length: Math.min(width, items.length) }, lane);
    try {
      await Promise.all(lanes);
    } catch (error) {
      scope.cancel();
      await Promise.allSettled(lanes);
      throw error;
    }
    return answers;
  });
}
