/** Activities of schedules: the look at grants that end. */
import { guardActivity } from './run-task.js';
import { type WatchGrantsInput, watchGrants } from './watch-grants.js';

export function createScheduleActivities() {
  return {
    /** Which grants end soon or have ended; a line of the ledger for each that nobody was told of. */
    watchGrants: (input: WatchGrantsInput) =>
      guardActivity(input.workspace, () => watchGrants(input)),
  };
}
