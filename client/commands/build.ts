/** `ballast build`: plan, write, verify and publish a mix, with live progress. */
import { defineCommand } from 'citty';
import { carryOut, sayItGoesOn } from '../build/build-command.js';
import { printMix } from '../build/print-mix.js';
import { sayReview } from '../build/say-review.js';
import { readableFolder } from '../build/workspace-option.js';
import { readWritten } from '../build/written-mix.js';
import { warnOfVersion } from '../records/version-warning.js';
import { buildArgs } from '../terminal/arguments.js';

export default defineCommand({
  meta: { name: 'build', description: 'Plan, write, verify and publish a mix' },
  args: buildArgs,
  run: async (context) => {
    const { output, workspace, outcome } = await carryOut('publish', context);
    const { result, recipe, url } = outcome;
    if (result === null) return sayItGoesOn(output, outcome);
    const written = await readWritten(workspace, recipe, result);
    const { manifest, folder, risk } = written;
    if (result.status === 'present')
      output.line(
        `${recipe.name}@${recipe.version} was published before, from this recipe and these inputs`,
      );
    if (result.status === 'present')
      await warnOfVersion(
        output,
        await readableFolder(workspace),
        `${recipe.name}@${recipe.version}`,
      );
    if (manifest !== null) printMix(output, { ...written, manifest, url });
    sayReview(output, `${recipe.name}@${recipe.version}`, result.review);
    output.emit({ ...result, folder, url, manifest, risk });
    return 0;
  },
});
