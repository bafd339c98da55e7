/**
 * Flags that several commands share, and what citty does not do: flags that may be given more than
 * once, and refusing what no command declares. A command spreads the definitions it needs:
 * `args: { ...sharedArgs.json, ...sharedArgs.recipe }`.
 */
import type { ArgsDef } from 'citty';
import { Failure } from '../../core/schema/failure.js';
import { suggest } from '../../core/schema/nearest.js';

const json = {
  json: { type: 'boolean', description: 'Print one JSON document on stdout, nothing else' },
} as const satisfies ArgsDef;

const address = {
  address: {
    type: 'string',
    valueHint: 'host:port',
    description: 'Use this Temporal server; never start one',
  },
} as const satisfies ArgsDef;

const workspace = {
  workspace: {
    type: 'string',
    valueHint: 'folder',
    description: 'Where mixes and intermediate results are kept',
  },
} as const satisfies ArgsDef;

const config = {
  config: {
    type: 'string',
    alias: 'c',
    valueHint: 'recipe.yaml',
    description: 'The recipe file, YAML or JSON',
  },
} as const satisfies ArgsDef;

/** Read with `valuesOf(rawArgs, 'set')`: citty keeps only the last. */
const set = {
  set: {
    type: 'string',
    valueHint: 'key=value',
    description: 'Change one value of the recipe; may be repeated',
  },
} as const satisfies ArgsDef;

export const sharedArgs = { json, address, workspace, config, set } as const;

/** Flags of the commands that carry out a recipe. */
export const buildArgs = { ...json, ...address, ...workspace, ...config, ...set } as const;

/** For commands that ask about a plan: it may be read from a file instead of planned. */
export const planFileArgs = {
  plan: {
    type: 'string',
    valueHint: 'plan.json',
    description: 'Read this plan (of plan --json, or of a published version) instead of planning',
  },
} as const satisfies ArgsDef;

/** Every value of a flag that may be repeated, in order: `--set a=1 --set=b=2`. */
export function valuesOf(rawArgs: readonly string[], flag: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < rawArgs.length && rawArgs[i] !== '--'; i++) {
    const token = rawArgs[i]!;
    if (token.startsWith(`--${flag}=`)) values.push(token.slice(flag.length + 3));
    else if (token === `--${flag}` && i + 1 < rawArgs.length) values.push(rawArgs[++i]!);
  }
  return values;
}

/** Hint of a positional argument that stands for any number of words. */
export const MORE_WORDS = '...';

interface Flag {
  readonly name: string;
  readonly takesValue: boolean;
}

/** Throws a USAGE failure for a flag, a missing value or a word that the command does not take. */
export function checkArguments(
  command: string,
  args: ArgsDef,
  rawArgs: readonly string[],
  hasSubCommands = false,
): void {
  const flags = flagsOf(args);
  const words: string[] = [];
  for (let i = 0; i < rawArgs.length; i++) {
    const token = rawArgs[i]!;
    if (token === '--') {
      words.push(...rawArgs.slice(i + 1));
      break;
    }
    if (!token.startsWith('-') || token === '-') words.push(token);
    else if (checkFlag(command, flags, token, rawArgs[i + 1])) i++;
  }
  const places = Object.entries(args).filter(([, definition]) => definition.type === 'positional');
  const isOpen = places.some(([, { valueHint }]) => valueHint === MORE_WORDS);
  if (words.length > places.length && !hasSubCommands && !isOpen) {
    throw usage(command, places.length === 0 ? 'no further words' : 'fewer words', words.at(-1)!);
  }
}

/** Checks one flag; true when the next token is its value. */
function checkFlag(
  command: string,
  flags: ReadonlyMap<string, Flag>,
  token: string,
  next: string | undefined,
): boolean {
  const [written = ''] = token.split('=', 1);
  const flag = flags.get(written);
  if (flag === undefined) {
    const known = [...flags.keys()].filter((name) => name.startsWith('--'));
    throw usage(command, 'a known flag', written, suggest(written, known));
  }
  if (!flag.takesValue || token.includes('=')) return false;
  // A value that starts with a dash is almost always the next flag, after a forgotten value.
  if (next === undefined || (next.startsWith('-') && flags.has(next.split('=', 1)[0] ?? ''))) {
    throw usage(command, `a value after ${written}`, next ?? 'nothing', `write ${written} <value>`);
  }
  return true;
}

function flagsOf(args: ArgsDef): Map<string, Flag> {
  const flags = new Map<string, Flag>([['--help', { name: 'help', takesValue: false }]]);
  flags.set('-h', { name: 'help', takesValue: false });
  for (const [name, definition] of Object.entries(args)) {
    if (definition.type === 'positional') continue;
    const flag = { name, takesValue: definition.type === 'string' || definition.type === 'enum' };
    const aliases = 'alias' in definition ? [definition.alias ?? []].flat() : [];
    // A name of one letter is written out like any other (`--n`); `-n` is for aliases.
    flags.set(`--${name}`, flag);
    for (const alias of aliases) flags.set(alias.length === 1 ? `-${alias}` : `--${alias}`, flag);
    if (!flag.takesValue) flags.set(`--no-${name}`, flag);
  }
  return flags;
}

export function usage(
  command: string,
  expected: string,
  found: string,
  remedy = `see: ${command} --help`,
): Failure {
  return new Failure('USAGE', { subject: command, expected, found, where: 'command line', remedy });
}
