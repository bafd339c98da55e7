/** `ballast build`: plan, write, verify and publish a mix, with live progress. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { readManifest } from '../../activities/published-version.js';
import { carryOut, sayItGoesOn } from '../build/build-command.js';
import { printMix } from '../build/print-mix.js';
import { riskOfMix } from '../build/print-risk.js';
import { sayReview } from '../build/say-review.js';
import { warnOfVersion } from '../records/version-warning.js';
import { buildArgs } from '../terminal/arguments.js';

export default defineCommand({
  meta: { name: 'build', description: 'Plan, write, verify and publish a mix' },
  args: buildArgs,
  run: async (context) => {
    const { output, workspace, outcome } = await carryOut('publish', context);
    const { result, recipe, url } = outcome;
    if (result === null) return sayItGoesOn(output, outcome);
    const folder = join(workspace, result.path ?? '');
    const manifest = readManifest(workspace, recipe.name, recipe.version);
    if (result.status === 'present')
      output.line(
        `${recipe.name}@${recipe.version} was published before, from this recipe and these inputs`,
      );
    if (result.status === 'present')
      await warnOfVersion(output, workspace, `${recipe.name}@${recipe.version}`);
    if (manifest !== null) printMix(output, { manifest, folder, url });
    sayReview(output, `${recipe.name}@${recipe.version}`, result.review);
    output.emit({ ...result, folder, url, manifest, risk: riskOfMix(folder) });
    return 0;
  },
});
