/** One line for each activity that ends: what, of which workflow, how long, which attempt, how it ended. */
import type { ActivityInterceptorsFactory, Logger } from '@temporalio/worker';

export function activityLog(logger: Logger): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const started = performance.now();
        const say = (outcome: string, more: object = {}) =>
          logger.info(`${info.activityType} ${outcome}`, {
            ...{ activity: info.activityType, activityId: info.activityId, outcome },
            ...{ workflowId: info.workflowExecution?.workflowId, attempt: info.attempt },
            ...{ runId: info.workflowExecution?.runId, taskQueue: info.taskQueue },
            ...{ milliseconds: Math.round(performance.now() - started), ...more },
          });
        try {
          const result = await next(input);
          say('done');
          return result;
        } catch (error) {
          const { name, message, type } = error as Error & { type?: string };
          say('failed', { failure: type ?? name, reason: message.slice(0, 500) });
          throw error;
        }
      },
    },
  });
}
