/**
 * `ballast worker`: a worker in the foreground, for a machine, a unit of systemd or a container. It polls
 * the server that is named (flags, `TEMPORAL_*`, a profile), or the one of this machine if it runs.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { defineCommand } from 'citty';
import { Failure } from '../../core/schema/failure.js';
import { explicitAddress, explicitNamespace, recordedServer } from '../server/dev-server.js';
import { builtFile, codeVersion } from '../server/install-folder.js';
import { reachExplicit } from '../server/reach.js';
import { stateFolder } from '../server/state.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

/** Flags that the process takes as they are, each checked here so that the error is ours. */
const PASSED: Readonly<Record<string, { expected: string; matches: RegExp }>> = {
  queues: {
    expected: 'ballast, ballast-cpu, or both with a comma',
    matches: /^ballast(-cpu)?(,ballast(-cpu)?)?$/,
  },
  threads: { expected: 'a whole number above 0', matches: /^[1-9]\d{0,3}$/ },
  health: { expected: 'host:port', matches: /^[^\s/]+:\d{1,5}$/ },
  metrics: { expected: 'host:port', matches: /^[^\s/]+:\d{1,5}$/ },
  log: { expected: 'text or json', matches: /^(text|json)$/ },
  grace: { expected: 'seconds, a whole number above 0', matches: /^[1-9]\d{0,5}$/ },
  rate: {
    expected: 'activities per second, a number above 0',
    matches: /^(?=.*[1-9])\d+(\.\d+)?$/,
  },
  deployment: { expected: 'a name', matches: /^[A-Za-z0-9._-]+$/ },
  'build-id': { expected: 'a name', matches: /^[A-Za-z0-9._-]+$/ },
};

const text = (description: string, valueHint: string) =>
  ({ type: 'string', description, valueHint }) as const;

export default defineCommand({
  meta: { name: 'worker', description: 'Run a worker here until it is stopped' },
  args: {
    ...sharedArgs.address,
    profile: text('Profile of temporal.toml that names the server, TLS and key', 'NAME'),
    queues: text('Task queues to poll: ballast, ballast-cpu or both (both)', 'LIST'),
    threads: text('Threads for work on texts (one per core)', 'N'),
    health: text('Answer /healthz and /readyz here', 'HOST:PORT'),
    metrics: text('Serve Prometheus metrics here', 'HOST:PORT'),
    log: text('Log lines on stderr: text or json (text on a terminal)', 'FORM'),
    grace: text('Seconds that running activities get after a signal to stop (30)', 'SECONDS'),
    rate: text('Activities per second of each queue, over all workers (no limit)', 'N'),
    deployment: text('Worker versioning: name of the deployment', 'NAME'),
    'build-id': text('Worker versioning: build of this worker (its code version)', 'ID'),
  },
  run: async ({ args }) => {
    const output = createOutput({ json: false });
    const given = args as Readonly<Record<string, string | undefined>>;
    if (given.profile) process.env.BALLAST_TEMPORAL_PROFILE = given.profile;
    const passed = passedFlags({
      grace: '30',
      log: process.stderr.isTTY ? 'text' : 'json',
      ...given,
    });
    const where = await serverFlags(args.address);
    output.progress(`polling ${where.shown}; code ${codeVersion().slice(0, 12)}`);
    return run([...where.flags, ...passed]);
  },
});

function passedFlags(given: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(PASSED).flatMap(([name, { expected, matches }]) => {
    const value = given[name];
    if (value === undefined || value === '') return [];
    if (matches.test(value)) return [`--${name}`, value];
    throw new Failure('USAGE', {
      subject: `option --${name}`,
      ...{ expected, found: JSON.stringify(value), where: 'command line' },
      remedy: 'ballast worker --help shows an example of each',
    });
  });
}

async function serverFlags(
  option: string | undefined,
): Promise<{ flags: readonly string[]; shown: string }> {
  const named = explicitAddress(option);
  if (named !== null) {
    const namespace = explicitNamespace();
    await reachExplicit(named, namespace);
    const flags = ['--named', '--address', named, '--namespace', namespace];
    return { flags, shown: `${named}, namespace ${namespace}` };
  }
  const server = await recordedServer(stateFolder());
  if (server === null)
    throw new Failure('SERVER_UNREACHABLE', {
      subject: 'a server for this worker',
      expected: 'one that is named, or the one of this machine',
      found: 'none',
      where: '--address, --profile, TEMPORAL_ADDRESS',
      remedy: 'name one, or run: ballast up',
    });
  const { address, namespace } = server;
  return {
    flags: ['--address', address, '--namespace', namespace],
    shown: `${address}, namespace ${namespace}, the server of this machine`,
  };
}

/** Runs the worker in the foreground; signals reach it, and its exit code is ours. */
function run(flags: readonly string[]): Promise<number> {
  const env = { ...process.env, BALLAST_CODE_VERSION: codeVersion() };
  const child = spawn(process.execPath, [builtFile('worker', 'main.js'), ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', pass);
  process.on('SIGINT', () => undefined);
  return new Promise((ended, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => {
      const stopped = signal === 'SIGTERM' || signal === 'SIGINT';
      ended(code ?? (stopped ? 0 : 128 + (signal === null ? 1 : constants.signals[signal])));
    });
  });
}
