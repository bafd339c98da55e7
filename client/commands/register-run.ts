/** `ballast register-run`: records which model was trained on which published version. */
import { defineCommand } from 'citty';
import { readRuns, registerRun } from '../../activities/registered-runs.js';
import { isIsoDate } from '../../core/schema/calendar.js';
import { identity } from '../build/session.js';
import { openWorkspace } from '../build/workspace-option.js';
import { sharedArgs, usage } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';

const COMMAND = 'ballast register-run';

async function list(output: Output, workspace: string): Promise<number> {
  const runs = await readRuns(workspace);
  if (runs.length === 0) output.line(`no model is registered in ${workspace}`);
  else
    output.table(
      '',
      ['version', 'model', 'family', 'started', 'ended', 'note', 'registered (UTC)'],
      runs.map(({ mix, model, family, started, ended, note, at }) => [
        ...[mix, model, family, started ?? '', ended ?? '', note ?? ''],
        at.slice(0, 19).replace('T', ' '),
      ]),
    );
  output.emit({ workspace, runs });
  return 0;
}

function dayOrNull(day: string | undefined, name: string): string | null {
  if (day === undefined || day === '') return null;
  if (isIsoDate(day)) return day;
  throw usage(COMMAND, `a day such as 2026-12-31 after --${name}`, day);
}

const text = (valueHint: string, description: string) =>
  ({ type: 'string', valueHint, description }) as const;

export default defineCommand({
  meta: { name: 'register-run', description: 'Record which model was trained on which version' },
  args: {
    mix: { type: 'positional', required: false, description: 'name@version' },
    model: text('name', 'The model'),
    family: text('name', 'Family under which its outputs stand in a mix; its name where absent'),
    started: text('day', 'First day of training'),
    ended: text('day', 'Last day of training'),
    note: text('text', 'A note'),
    list: { type: 'boolean', description: 'Show what is registered' },
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    if (args.list === true) return list(output, workspace);
    const { mix, model } = args;
    if (!mix?.includes('@'))
      throw usage(COMMAND, 'a published version, name@version', mix || 'none');
    if (!model) throw usage(COMMAND, '--model <name>', 'none');
    const wanted = {
      ...{ mix, model, family: args.family || model, note: args.note || null },
      started: dayOrNull(args.started, 'started'),
      ended: dayOrNull(args.ended, 'ended'),
    };
    const { run, ledgerSequence } = await registerRun(workspace, wanted, identity());
    output.line(`${run.model} was trained on ${run.mix}: line ${ledgerSequence} of the ledger`);
    output.emit({ ...run, ledgerSequence });
    return 0;
  },
});
