/** The `line` and `schedules` parts of recipe.yaml. Read by `recipe-file.ts`. */
import {
  duration,
  leaf,
  listOf,
  mapping,
  oneOf,
  pattern,
  text,
  wholeNumber,
} from './file-values.js';
import { LIMITS } from './limits.js';
import {
  type LineSettings,
  SCHEDULE_ACTS,
  SCHEDULE_OVERLAPS,
  type ScheduleSettings,
} from './operations.js';

/** As `duration`, and 0s for none. */
function wait() {
  const length = duration();
  return leaf('a length of time such as 30s, 10m or 6h, or 0s for none', (value) => {
    if (value === '0s' || value === 0) return 0;
    const read = length.safeParse(value);
    return read.success ? read.data : undefined;
  });
}

export const lineFile = mapping({
  quiet_period: wait().prefault('10m').describe('A build starts after so long without an arrival.'),
  max_wait: wait()
    .prefault('6h')
    .describe('The first arrival that waits waits no longer than this.'),
  min_new_tokens: wholeNumber(0, LIMITS.tokenBudget)
    .prefault(0)
    .describe('Fewer new tokens wait for more, but never beyond `max_wait`.'),
}).transform(
  (l): LineSettings => ({
    quietSeconds: l.quiet_period,
    maxWaitSeconds: l.max_wait,
    minNewTokens: l.min_new_tokens,
  }),
);

const cronText = () =>
  pattern(
    'five fields of cron, such as "0 2 * * *"',
    /^\s*\S+(\s+\S+){4}\s*$/,
    () => 'minute, hour, day of month, month, day of week; in quotes',
  );

export const ZONE_EXPECTED = 'an IANA time zone such as UTC or Europe/Berlin';

export const scheduleFile = mapping({
  name: pattern(
    'a name of lower-case letters, digits and . _ -',
    /^[a-z0-9][a-z0-9._-]*$/,
  ).describe('Its name; its id is `<mix>/<name>`.'),
  act: oneOf(SCHEDULE_ACTS)
    .prefault('build-new')
    .describe(
      '`build-new`: a build where something arrived; `build-always`: a build in any case; `watch-grants`: a look at grants that end soon.',
    ),
  cron: cronText().nullable().prefault(null).describe('When, as five fields of cron.'),
  every: duration().nullable().prefault(null).describe('Or: how often, such as 24h.'),
  timezone: text(ZONE_EXPECTED)
    .prefault('UTC')
    .describe('Zone of `cron`. Daylight saving skips or doubles a time of night; UTC does not.'),
  jitter: wait().prefault('0s').describe('Spread of the start.'),
  overlap: oneOf(SCHEDULE_OVERLAPS)
    .prefault('skip')
    .describe('What happens where the last trigger still runs; it takes seconds, not the build.'),
  catchup_window: duration()
    .prefault('6h')
    .describe('Runs that were missed longer ago than this are not made up.'),
  note: text('a note')
    .nullable()
    .prefault(null)
    .describe('For people; shown by `ballast schedule`.'),
});

export const schedulesFile = listOf(scheduleFile, 'schedules', 0, 100).transform((list, context) =>
  list.map((s, i): ScheduleSettings => {
    if ((s.cron === null) === (s.every === null)) {
      context.addIssue({
        code: 'custom',
        path: [i, s.cron === null ? 'cron' : 'every'],
        message: 'either `cron` or `every`',
        params: { found: s.cron === null ? 'neither' : 'both', remedy: 'write one of the two' },
      });
    }
    if (list.findIndex(({ name }) => name === s.name) !== i) {
      context.addIssue({
        code: 'custom',
        path: [i, 'name'],
        message: 'a name of its own',
        params: { found: s.name, remedy: 'name each schedule once' },
      });
    }
    return {
      name: s.name,
      act: s.act,
      cron: s.cron,
      everySeconds: s.every,
      timezone: s.timezone,
      jitterSeconds: s.jitter,
      overlap: s.overlap,
      catchupSeconds: s.catchup_window,
      note: s.note,
    };
  }),
);
