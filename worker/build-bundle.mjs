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
const own = [fileURLToPath(new URL('workflows/no-empty-task.js', folder))];
const options = {
  workflowsPath,
  logger: quiet,
  webpackConfigHook,
  workflowInterceptorModules: own,
};
const tracing = ['@temporalio/interceptors-opentelemetry/lib/workflow-interceptors'];
/** What runs and replays, and the same with the interceptors that trace it. */
const bundles = {
  'workflow-bundle.js': options,
  'workflow-bundle-traced.js': {
    ...options,
    workflowInterceptorModules: [
      ...own,
      ...tracing.map((name) => fileURLToPath(import.meta.resolve(name))),
    ],
  },
};
for (const [file, wanted] of Object.entries(bundles)) {
  const { code } = await bundleWorkflowCode(wanted);
  await writeFile(new URL(`worker/${file}`, folder), code);
}
