/** `ballast build`: plan, write, verify and publish a mix, with live progress. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { readManifest } from '../../activities/published-version.js';
import { runBuild, sayItGoesOn } from '../build/build-command.js';
import { printMix } from '../build/print-mix.js';
import { workspaceOf } from '../build/workspace-option.js';
import { buildArgs, valuesOf } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'build', description: 'Plan, write, verify and publish a mix' },
  args: buildArgs,
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = workspaceOf(args.workspace);
    const outcome = await runBuild({
      workspace,
      set: valuesOf(rawArgs, 'set'),
      until: 'publish',
      output,
      config: args.config,
      address: args.address,
    });
    const { result, recipe, url } = outcome;
    if (result === null) return sayItGoesOn(output, outcome);
    const folder = join(workspace, result.path ?? '');
    const manifest = readManifest(workspace, recipe.name, recipe.version);
    if (result.status === 'present')
      output.line(
        `${recipe.name}@${recipe.version} was published before, from this recipe and these inputs`,
      );
    if (manifest !== null) printMix(output, { manifest, folder, url });
    output.emit({ ...result, folder, url, manifest });
    return 0;
  },
});
