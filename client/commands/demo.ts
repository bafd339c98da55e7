/** `ballast demo`: a mix from real text that comes with the installed packages; needs no data of ours. */
import { join, relative, resolve } from 'node:path';
import { defineCommand } from 'citty';
import { runBuild, sayItGoesOn } from '../build/build-command.js';
import { printMix } from '../build/print-mix.js';
import { printTables } from '../build/print-tables.js';
import { sayReview } from '../build/say-review.js';
import { readWritten } from '../build/written-mix.js';
import { prepareDemo } from '../demo/prepare-demo.js';
import { truthRows, truthTable } from '../demo/truth-table.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

const DEMO_FOLDER = 'demo';

export default defineCommand({
  meta: {
    name: 'demo',
    description: 'Build a mix from text that comes with the installed packages',
  },
  args: {
    folder: {
      type: 'string',
      valueHint: 'folder',
      description: `Where the demo's data and workspace go (${DEMO_FOLDER})`,
    },
    ...sharedArgs.address,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const folder = resolve(args.folder ?? process.env.BALLAST_DEMO_FOLDER ?? DEMO_FOLDER);
    const demo = await prepareDemo(folder, output.progress);
    const workspace = join(folder, 'workspace');
    const outcome = await runBuild({
      config: demo.recipePath,
      set: [],
      workspace,
      address: args.address,
      until: 'publish',
      output,
    });
    const { result, recipe, url } = outcome;
    if (result === null) return sayItGoesOn(output, outcome);
    const written = await readWritten(workspace, recipe, result);
    const { manifest, folder: mix, risk } = written;
    const truth = await truthRows(mix, demo.truthPath);
    printTables(output, [truthTable(truth)]);
    if (manifest !== null) printMix(output, { ...written, manifest, url });
    const asked = `${recipe.name}@${recipe.version} --workspace ${relative('.', workspace)}`;
    sayReview(output, asked, result.review);
    output.emit({ ...result, folder: mix, url, truth, manifest, risk });
    return 0;
  },
});
