/** `ballast line`: the workflow that keeps a mix going: started, asked, frozen, stopped. */
import { defineCommand } from 'citty';
import type { LineSetup, LineStatus } from '../../core/schema/arrival.js';
import {
  configureUpdate,
  freezeSignal,
  lineQuery,
  unfreezeSignal,
} from '../../workflows/messages.js';
import { identity, openSession, type Session } from '../build/session.js';
import { askLine, handleOf, noLine, startOf } from '../line/find-line.js';
import { startFrom } from '../line/line-args.js';
import { lineInput } from '../line/line-start.js';
import { printLine } from '../line/print-line.js';
import { asFailure } from '../line/send-arrivals.js';
import { buildArgs, sharedArgs, usage, valuesOf } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';

const mix = {
  mix: { type: 'positional', required: true, description: 'Name of the mix' },
} as const;
const common = { ...mix, ...sharedArgs.address, ...sharedArgs.json } as const;

function show(output: Output, status: LineStatus): number {
  printLine(output, status);
  output.emit(status);
  return 0;
}

interface CommonArgs {
  readonly mix: string;
  readonly address?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Does something to the line that runs, and shows what it is like then. */
async function withLine(
  args: CommonArgs,
  act: (session: Session, name: string) => Promise<void>,
): Promise<number> {
  const output = createOutput({ json: args.json === true });
  const session = await openSession({ address: args.address, onProgress: output.progress });
  if ((await askLine(session, args.mix, async () => true)) === null) throw noLine(args.mix);
  await act(session, args.mix);
  const status = await askLine(session, args.mix, (handle) => handle.query(lineQuery));
  if (status === null) throw noLine(args.mix);
  return show(output, status);
}

/** Starts the line, or gives the one that runs this recipe and these settings for its next build. */
const start = defineCommand({
  meta: {
    name: 'start',
    description: 'Start the line of a recipe, or give a running one that recipe',
  },
  args: buildArgs,
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const wanted = await startFrom({ ...args, set: valuesOf(rawArgs, 'set') });
    if (wanted === null) throw usage('ballast line start', 'a recipe, -c recipe.yaml', 'none');
    const session = await openSession({ address: args.address, onProgress: output.progress });
    const input = lineInput(wanted);
    const { recipe, execution, settings } = input;
    const setup: [LineSetup] = [{ recipe, execution, settings }];
    try {
      const status = await session.client.workflow.executeUpdateWithStart(configureUpdate, {
        args: setup,
        startWorkflowOperation: startOf(recipe.name, input),
      });
      return show(output, status);
    } catch (error) {
      throw asFailure(error);
    }
  },
});

const configure = defineCommand({
  ...start,
  meta: { name: 'configure', description: 'The same: the next build goes by this recipe' },
});

const status = defineCommand({
  meta: { name: 'status', description: 'What waits, what is built, when the next build is due' },
  args: common,
  run: ({ args }) => withLine(args, async () => undefined),
});

const stop = defineCommand({
  meta: { name: 'stop', description: 'Stop a line after the build that runs; what waits is kept' },
  args: common,
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const session = await openSession({ address: args.address, onProgress: output.progress });
    const before = await askLine(session, args.mix, (handle) => handle.query(lineQuery));
    if (before === null) throw noLine(args.mix);
    if (before.building !== null)
      output.progress(
        `waits for the build of ${args.mix}@${before.building}; Ctrl-C leaves it to that`,
      );
    const handle = handleOf(session, args.mix);
    await handle.cancel();
    const result = await handle.result();
    output.line(`line of ${args.mix} stopped; ${result.waiting} files wait for its next start`);
    output.emit({ mix: args.mix, ...result });
    return 0;
  },
});

const freeze = defineCommand({
  meta: { name: 'freeze', description: 'Take arrivals but build nothing' },
  args: {
    ...mix,
    reason: { type: 'string', valueHint: 'text', description: 'Why' },
    ...sharedArgs.address,
    ...sharedArgs.json,
  },
  run: ({ args }) => {
    const { reason } = args;
    if (reason === undefined || reason === '')
      throw usage('ballast line freeze', 'a reason, --reason "why"', 'none');
    return withLine(args, (session, name) =>
      handleOf(session, name).signal(freezeSignal, { reason, by: identity() }),
    );
  },
});

const unfreeze = defineCommand({
  meta: { name: 'unfreeze', description: 'Lift your own freeze; --all lifts those of others too' },
  args: {
    ...mix,
    all: { type: 'boolean', description: "Lift everybody's" },
    ...sharedArgs.address,
    ...sharedArgs.json,
  },
  run: ({ args }) =>
    withLine(args, (session, name) => {
      const by = args.all === true ? '*' : identity();
      return handleOf(session, name).signal(unfreezeSignal, { reason: '', by });
    }),
});

export default defineCommand({
  meta: { name: 'line', description: 'The line that builds the versions of a mix' },
  subCommands: { start, configure, status, stop, freeze, unfreeze },
});
