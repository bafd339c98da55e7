/**
 * The workflow bundle: what Temporal's sandbox runs and replays. Imports alone do not prove that it
 * is clean: the bundler accepts a value import of an activities file that uses no Node module.
 */
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { bundleWorkflowCode } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './tree-files.js';

/** Measured: 1.34 MB of code (zod 0.47) with the lines, retractions and seals, 3.8 MB with the map of its sources. */
const BUNDLE_BYTES_MAX = 4_500_000;
const CODE_BYTES_MAX = 1_600_000;

const quiet = { trace() {}, debug() {}, info() {}, log() {}, warn() {}, error() {} };

/** Modules in the bundle are named relative to the root, wherever the test runs. */
const bundle = (path: string) =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(path, import.meta.url)),
    logger: quiet,
    webpackConfigHook: (config) => ({ ...config, context: ROOT }),
  });

/** Names of the modules in a bundle, ours as `./workflows/index.ts`. */
function modulesOf(code: string): string[] {
  return [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"\s*$/gm)].map(([, name]) => name!);
}

const KNOWN = [
  /^\.\/(core|workflows)\//,
  /^\.\/node_modules\/(@temporalio\/(workflow|common)|zod|long|ms|nexus-rpc)\//,
  // A Node module that the SDK replaced by nothing.
  /^\?[0-9a-f]+$/,
];
const isForeign = (name: string) => !KNOWN.some((known) => known.test(name));

describe('the workflow bundle', () => {
  let code: string;
  let modules: string[];

  beforeAll(async () => {
    ({ code } = await bundle('../workflows/index.ts'));
    modules = modulesOf(code);
  });

  it('is read module by module: it holds our workflows and the schemas they parse with', () => {
    const ours = modules.filter((path) => /^\.\/(workflows|core)\//.test(path));
    expect(ours).toEqual(
      expect.arrayContaining(['./workflows/index.ts', './workflows/build-mix.ts']),
    );
    expect(ours).toContain('./core/schema/recipe.ts');
  });

  it('holds no engine, no storage, no activity and no Node module', () => {
    expect(modules.filter(isForeign)).toEqual([]);
  });

  it('would be refused with any of these in it', () => {
    const foreign = [
      './engines/highs.ts',
      './storage/digest.ts',
      './activities/index.ts',
      './client/main.ts',
      './node_modules/@duckdb/node-api/lib/index.js',
      './node_modules/@temporalio/client/lib/index.js',
      '../elsewhere/core/plan.ts',
      'node:crypto',
    ];
    expect(foreign.filter(isForeign)).toEqual(foreign);
  });

  it('stays small enough to load for every cached workflow', () => {
    const mapAt = code.lastIndexOf('//# sourceMappingURL=');
    expect(code.length).toBeLessThan(BUNDLE_BYTES_MAX);
    expect(mapAt === -1 ? code.length : mapAt).toBeLessThan(CODE_BYTES_MAX);
  });

  it('parses with zod inside a bare context, as the sandbox does', async () => {
    const probe = await bundle('./bundle-probe.ts');
    const context = createContext({ __webpack_module_cache__: {}, exports: {}, Buffer: undefined });
    new Script(probe.code).runInContext(context);
    const api = new Script('__TEMPORAL__.importWorkflows()').runInContext(context);
    expect(api.probeGood()).toEqual({ path: 'mixes/a', sha256: 'a'.repeat(64), rows: 1, bytes: 2 });
    expect(api.probeBad()).toEqual({ type: 'RECIPE_INVALID', nonRetryable: true });
  });
});
