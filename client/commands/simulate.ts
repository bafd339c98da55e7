/**
 * `ballast simulate`: models of collapse, simulated and compared with their closed forms; the table of
 * synthetic shares on text of one's own; the self-test of the simulators. Needs no server.
 */
import { type ArgsDef, defineCommand } from 'citty';
import { MODELS } from '../../core/simulate/models/index.js';
import { runModel } from '../simulate/model-command.js';
import { printListing } from '../simulate/model-listing.js';
import { oneValue, parseModel, refuseUnused } from '../simulate/parse-parameters.js';
import { RUN_OPTIONS } from '../simulate/run-options.js';
import { runSelfTest } from '../simulate/self-test-command.js';
import { runTableCommand } from '../simulate/table-command.js';
import { sharedArgs, usage } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

const MODES = ['model', 'list', 'self-test', 'table'] as const;

/** Each parameter of each model once; which of them a model takes is checked when it is known. */
function parameterArgs(): ArgsDef {
  const args: Record<string, ArgsDef[string]> = {};
  for (const { name, describe } of RUN_OPTIONS) {
    args[name] = { type: 'string', valueHint: 'value', description: describe };
  }
  for (const model of MODELS) {
    for (const { name } of model.parameters) {
      const owners = MODELS.filter(({ parameters }) => parameters.some((p) => p.name === name));
      const description = `Parameter of ${owners.map((owner) => owner.name).join(', ')}`;
      args[name] ??= { type: 'string', valueHint: 'value', description };
    }
  }
  return args;
}

const textArgs = {
  file: {
    type: 'string',
    valueHint: 'path',
    description:
      'With --table, --self-test or --model ngram: text, .jsonl(.gz|.zst), .parquet or .arrow',
  },
  where: {
    type: 'string',
    valueHint: 'field=value',
    description: 'With --file: only rows with this value; several with commas',
  },
  field: {
    type: 'string',
    valueHint: 'name',
    description: 'With --file: the field of the text (default: text)',
  },
  mix: {
    type: 'string',
    valueHint: 'name@version',
    description: 'With --table or --self-test: human text of a published mix',
  },
  'max-tokens': {
    type: 'string',
    valueHint: 'words',
    description: 'Words of text that are used, whole documents in an order drawn by the seed',
  },
  out: {
    type: 'string',
    valueHint: 'table.svg',
    description: 'With --table: draw it too, .svg or .html',
  },
} as const satisfies ArgsDef;

export default defineCommand({
  meta: {
    name: 'simulate',
    description: 'Simulate model collapse and compare with its closed forms',
  },
  args: {
    model: { type: 'string', valueHint: 'name', description: 'What to simulate; see --list' },
    list: { type: 'boolean', description: 'Describe every model, or the one of --model' },
    'self-test': { type: 'boolean', description: 'Run the twelve acceptance tests' },
    table: { type: 'boolean', description: 'Synthetic share by generation, on text of your own' },
    ...textArgs,
    ...parameterArgs(),
    ...sharedArgs.json,
    ...sharedArgs.workspace,
  },
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const asked = MODES.filter((mode) =>
      mode === 'model' ? oneValue(rawArgs, mode) !== null : args[mode] === true,
    );
    if (args.list === true) {
      refuseSecond(asked.filter((mode) => mode !== 'model'));
      refuseUnused('list', rawArgs, []);
      printListing(output, asked.includes('model') ? parseModel(rawArgs) : null);
      return 0;
    }
    refuseSecond(asked);
    if (args['self-test'] === true) return runSelfTest(output, rawArgs);
    if (args.table === true) return runTableCommand(output, rawArgs, args.workspace);
    return runModel(output, rawArgs);
  },
});

function refuseSecond(asked: readonly string[]): void {
  if (asked.length < 2) return;
  const shown = asked.map((mode) => `--${mode}`);
  throw usage(
    'ballast simulate',
    `one of ${shown.join(', ')}`,
    shown.join(' and '),
    'ask for one at a time',
  );
}
