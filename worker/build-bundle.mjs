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
const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet });
await writeFile(new URL('worker/workflow-bundle.js', folder), code);
