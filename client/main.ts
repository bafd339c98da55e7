#!/usr/bin/env node
/**
 * The `ballast` command. This file knows the commands' names only; each is a citty definition in
 * `commands/<name>.ts`, loaded when it is called, so that `ballast --help` loads nothing. Flags may
 * stand before or after the command's name. A command may return its exit code.
 */
import { stripVTControlCharacters } from 'node:util';
import { type ArgsDef, type CommandDef, renderUsage, runCommand } from 'citty';
import { suggest } from '../core/schema/nearest.js';
import { packageVersion } from './server/install-folder.js';
import { checkArguments, usage } from './terminal/arguments.js';
import { colorsFor } from './terminal/output.js';
import { reportFailure } from './terminal/report-failure.js';

/** Every command with the line that `ballast --help` shows. */
const COMMANDS: Readonly<Record<string, string>> = {
  up: 'Start the Temporal server and the worker, or find them running',
  down: 'Stop them; nothing of ours keeps running',
  worker: 'Run a worker here until it is stopped: on any machine, for any server',
  doctor: 'Check this machine, each check with its remedy',
  plan: 'Read the sources and decide how much of what goes in; write nothing',
  build: 'Plan, write, verify and publish a mix',
  advise: 'Say what to find, label or loosen, each line solved again',
  status: 'Show the builds and where they are',
  watch: 'Follow a build that is under way',
  cancel: 'Stop a build; nothing half-written stays',
  explain: 'Say why a document is in a mix, or is not',
  diff: 'Compare two mixes, or two plans',
  export: 'Write a mix or a plan for trainers and spreadsheets',
  import: 'Turn a blend of another tool into a starting recipe',
  review: 'Show what people are asked about, and take their answers',
  arrive: 'Tell the line of a mix that files came in',
  line: 'Start, show, freeze and stop the line that builds a mix again and again',
  schedule: 'Make, show, pause and run the schedules of a recipe',
  'watch-source': 'Watch the folders of a recipe and tell its line of new files',
  simulate: 'Simulate model collapse and compare with its closed forms',
  audit: 'Check and tell what was built, decided and published',
  retract: 'Withdraw a grant, a source, documents or labels; say what it costs',
  'register-run': 'Record which model was trained on which version',
  demo: 'Build a mix from text that comes with the installed packages',
};

/** Shared flags whose value may stand before the command's name. */
const VALUE_FLAGS = ['--address', '--workspace', '--config', '-c', '--set'];

async function main(argv: readonly string[]): Promise<number> {
  const { name, rawArgs } = splitCommand(argv);
  if (name === null) {
    if (rawArgs.includes('--version') || rawArgs.includes('-v')) return print(packageVersion());
    const isHelp = rawArgs.length === 0 || rawArgs.includes('--help') || rawArgs.includes('-h');
    if (isHelp) return print(overview());
    checkArguments('ballast', { version: { type: 'boolean', alias: 'v' } }, rawArgs);
    throw usage('ballast', 'a command', 'none', `use one of: ${Object.keys(COMMANDS).join(', ')}`);
  }
  if (!Object.hasOwn(COMMANDS, name)) {
    throw usage('ballast', 'a known command', name, suggest(name, Object.keys(COMMANDS)));
  }
  const command = await loadCommand(name);
  if (rawArgs.includes('--help') || rawArgs.includes('-h')) return await help(command, rawArgs);
  await checkCommand(`ballast ${name}`, command, rawArgs);
  const leaf = await leafOf(command, rawArgs);
  const { result } = await runCommand(leaf.command, { rawArgs: leaf.rawArgs });
  return typeof result === 'number' ? result : 0;
}

/** The command's name and all other tokens in their order. */
function splitCommand(argv: readonly string[]): { name: string | null; rawArgs: string[] } {
  for (let i = 0; i < argv.length && argv[i] !== '--'; i++) {
    const token = argv[i]!;
    if (VALUE_FLAGS.includes(token)) i++;
    else if (!token.startsWith('-')) {
      // What stood before the name goes behind the rest: a command's own words come first.
      return { name: token, rawArgs: [...argv.slice(i + 1), ...argv.slice(0, i)] };
    }
  }
  return { name: null, rawArgs: [...argv] };
}

async function loadCommand(name: string): Promise<CommandDef> {
  const module = (await import(`./commands/${name}.js`)) as { default: CommandDef };
  return module.default;
}

type Resolvable<T> = T | Promise<T> | (() => T) | (() => Promise<T>);

async function resolved<T>(value: Resolvable<T> | undefined): Promise<T | undefined> {
  return typeof value === 'function' ? await (value as () => T | Promise<T>)() : await value;
}

/** Refuses unknown flags and words; descends into the subcommands of a command that has some. */
async function checkCommand(
  path: string,
  command: CommandDef,
  rawArgs: readonly string[],
): Promise<void> {
  const args = (await resolved<ArgsDef>(command.args)) ?? {};
  const children = (await resolved(command.subCommands)) ?? {};
  const names = Object.keys(children);
  if (names.length === 0) return checkArguments(path, args, rawArgs);
  const at = rawArgs.findIndex((token) => !token.startsWith('-'));
  const name = rawArgs[at];
  if (name === undefined && command.run === undefined && command.default === undefined) {
    throw usage(path, 'a further command', 'none', `use one of: ${names.join(', ')}`);
  }
  if (name === undefined) return checkArguments(path, args, rawArgs, true);
  if (!names.includes(name)) {
    throw usage(path, 'a known further command', name, suggest(name, names));
  }
  const child = (await resolved(children[name] as Resolvable<CommandDef>))!;
  await checkCommand(`${path} ${name}`, child, rawArgs.slice(at + 1));
}

/** The subcommand that is meant, with its own arguments: citty would not tell its exit code. */
async function leafOf(
  command: CommandDef,
  rawArgs: string[],
): Promise<{ command: CommandDef; rawArgs: string[] }> {
  const children = (await resolved(command.subCommands)) ?? {};
  const at = rawArgs.findIndex((token) => !token.startsWith('-'));
  const child = children[rawArgs[at] ?? ''];
  if (child === undefined) return { command, rawArgs };
  return leafOf((await resolved(child as Resolvable<CommandDef>))!, rawArgs.slice(at + 1));
}

async function help(command: CommandDef, rawArgs: readonly string[]): Promise<number> {
  const children = (await resolved(command.subCommands)) ?? {};
  const name = rawArgs.find((token) => Object.hasOwn(children, token));
  if (name === undefined) return print(await usageText(command, ROOT));
  const child = (await resolved(children[name] as Resolvable<CommandDef>))!;
  const parent = (await resolved(command.meta))?.name ?? '';
  return print(await usageText(child, { meta: { name: `ballast ${parent}` } }));
}

/** citty colours by its own rules; ours are `colorsFor`. */
async function usageText(command: CommandDef, parent: CommandDef): Promise<string> {
  const text = await renderUsage(command, parent);
  return colorsFor(process.stdout).isColorSupported ? text : stripVTControlCharacters(text);
}

const ROOT: CommandDef = { meta: { name: 'ballast' } };

function overview(): string {
  const { bold, cyan, dim } = colorsFor(process.stdout);
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(
    ([name, what]) => `  ${cyan(name.padEnd(width))}  ${what}`,
  );
  return [
    `${bold('ballast')} ${packageVersion()}: plans, checks and writes training mixes`,
    '',
    `${bold('Usage')}  ballast <command> [-c recipe.yaml] [--set key=value] [--json]`,
    '',
    ...lines,
    '',
    dim(
      'ballast <command> --help describes one command. Exit codes: 0 done, 1 a check failed, 2 bad usage or recipe,',
    ),
    dim(
      '3 infeasible, 4 rejected, 5 verification failed, 6 server or storage out of reach, 7 refused.',
    ),
  ].join('\n');
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Ends the process once everything written has left it; open connections do not hold it up. */
function end(exitCode: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}

// A reader that has seen enough (`ballast explain .. | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const argv = process.argv.slice(2);
try {
  end(await main(argv));
} catch (error) {
  end(reportFailure(error, { json: argv.includes('--json') }));
}
