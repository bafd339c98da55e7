/** Bundles the workflows for the worker; run by `npm run build` after the compiler. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const folder = new URL('../dist/', import.meta.url);
const workflowsPath = fileURLToPath(new URL('workflows/index.js', folder));
const quiet = {
  trace() {},
  debug() {},
  info() {},
  log() {},
  warn: console.warn,
  error: console.error,
};
/** Module names relative to the project, so that two machines make the same bundle. */
const webpackConfigHook = (config) => ({
  ...config,
  context: fileURLToPath(new URL('..', folder)),
  devtool: 'inline-nosources-source-map',
  output: { ...config.output, devtoolModuleFilenameTemplate: '[resource-path]' },
});
const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet, webpackConfigHook });
await writeFile(new URL('worker/workflow-bundle.js', folder), code);
