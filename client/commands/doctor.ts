/** `ballast doctor`: every check is a row, every failing one has its remedy. It changes nothing. */
import { defineCommand } from 'citty';
import { EXIT } from '../../core/schema/failure.js';
import { type Check, checkMachine } from '../server/check-machine.js';
import { checkRuntime } from '../server/check-runtime.js';
import { stateFolder } from '../server/state.js';
import { sharedArgs } from '../terminal/arguments.js';
import { type Colors, createOutput, type Painted } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'doctor', description: 'Check this machine, each check with its remedy' },
  args: { ...sharedArgs.json, ...sharedArgs.address, ...sharedArgs.workspace },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const state = stateFolder();
    const [machine, runtime] = await Promise.all([
      checkMachine(state, args.workspace ?? process.cwd()),
      checkRuntime(state, args.address),
    ]);
    const checks = [...machine, ...runtime];
    output.table(
      '',
      ['', 'check', 'found'],
      checks.map((check) => [mark(check, output.colors), check.name, check.found]),
    );
    const open = checks.filter((check) => check.remedy !== null);
    if (open.length > 0) output.line();
    for (const check of open) {
      const { text, paint } = mark(check, output.colors);
      output.line(`${paint(text)} ${check.name}: ${check.remedy}`);
    }
    const failed = checks.filter((check) => check.state === 'fail').length;
    output.emit({ ok: failed === 0, checks });
    return failed === 0 ? EXIT.done : EXIT.unreachable;
  },
});

function mark({ state }: Check, colors: Colors): Painted {
  const paint = { ok: colors.green, note: colors.yellow, fail: colors.red }[state];
  return { text: state, paint };
}
