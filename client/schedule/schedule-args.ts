/** What the schedule commands share: the recipe, the names, the connection. */
import { Failure } from '../../core/schema/failure.js';
import { suggest } from '../../core/schema/nearest.js';
import { openSession, type Session } from '../build/session.js';
import { startFrom } from '../line/line-args.js';
import { lineInput } from '../line/line-start.js';
import { sharedArgs, usage, valuesOf } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';
import { scheduleIdOf, type WantedSchedule, wantedSchedule } from './schedule-options.js';

export const scheduleArgs = {
  ...{ ...sharedArgs.config, ...sharedArgs.set, ...sharedArgs.workspace },
  ...{ ...sharedArgs.address, ...sharedArgs.json },
} as const;

export const nameArg = {
  name: {
    type: 'positional',
    required: false,
    description: 'Name of the schedule, or <mix>/<name> without a recipe',
  },
} as const;

interface Given {
  readonly config?: string | undefined;
  readonly workspace?: string | undefined;
  readonly address?: string | undefined;
  readonly json?: boolean | undefined;
  readonly name?: string | undefined;
}

export interface RecipeSchedules {
  readonly mix: string;
  readonly wanted: readonly WantedSchedule[];
}

/** Null where no recipe is named. */
export async function schedulesOf(
  { config, workspace }: Given,
  rawArgs: readonly string[],
): Promise<RecipeSchedules | null> {
  const start = await startFrom({ config, workspace, set: valuesOf([...rawArgs], 'set') });
  if (start === null) return null;
  const line = lineInput(start);
  const wanted = start.read.operations.schedules.map((each) => wantedSchedule(each, line));
  return { mix: line.recipe.name, wanted };
}

/** As `schedulesOf`, for commands that need a recipe. */
export async function neededSchedules(
  command: string,
  given: Given,
  rawArgs: readonly string[],
): Promise<RecipeSchedules> {
  const found = await schedulesOf(given, rawArgs);
  if (found === null)
    throw usage(`ballast schedule ${command}`, 'a recipe, -c recipe.yaml', 'none');
  return found;
}

export function noSchedules({ mix }: RecipeSchedules, where: string): Failure {
  return new Failure('SCHEDULE_MISSING', {
    subject: `recipe of ${mix}`,
    expected: 'at least one schedule',
    found: 'none',
    where: `${where}, schedules`,
    remedy: 'add for example: schedules: [{name: nightly, cron: "0 2 * * *", timezone: UTC}]',
  });
}

/** Those that are named; all where none is. */
export function chosen({ mix, wanted }: RecipeSchedules, name: string | undefined) {
  if (name === undefined || name === '') return wanted;
  const found = wanted.filter(({ id, settings }) => settings.name === name || id === name);
  if (found.length > 0) return found;
  const known = wanted.map(({ settings }) => settings.name);
  throw new Failure('SCHEDULE_MISSING', {
    subject: `schedule ${name}`,
    expected: `a schedule of the recipe of ${mix}`,
    found: known.length === 0 ? 'a recipe without any' : `others: ${known.join(', ')}`,
    where: 'command line',
    remedy: suggest(name, known),
  });
}

/** Id of the schedule that a command is about. */
export async function idOf(
  command: string,
  given: Given,
  rawArgs: readonly string[],
): Promise<string> {
  const { name = '' } = given;
  if (name === '')
    throw usage(
      `ballast schedule ${command}`,
      'a schedule',
      'none',
      'name it: <mix>/<name>, or <name> with -c recipe.yaml',
    );
  if (name.includes('/')) return name;
  const found = await schedulesOf(given, rawArgs);
  if (found === null)
    throw usage(
      `ballast schedule ${command}`,
      'a mix before the name, or a recipe',
      name,
      `write <mix>/${name}, or add -c recipe.yaml`,
    );
  return scheduleIdOf(found.mix, name);
}

export async function openFor(given: Given): Promise<{ output: Output; session: Session }> {
  const output = createOutput({ json: given.json === true });
  const session = await openSession({ address: given.address, onProgress: output.progress });
  return { output, session };
}
