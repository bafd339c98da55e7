/** The command line as users meet it: help, wrong words, flags, errors, exit codes, JSON. */
import { execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { ActivityFailure, ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { describe, expect, test, vi } from 'vitest';
import { builtFile, packageVersion } from '../client/server/install-folder.js';
import { checkArguments, sharedArgs, valuesOf } from '../client/terminal/arguments.js';
import { createOutput } from '../client/terminal/output.js';
import { createProgress } from '../client/terminal/progress.js';
import { asFailure, reportFailure } from '../client/terminal/report-failure.js';
import { Failure } from '../core/schema/failure.js';

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function ballast(...args: string[]): Promise<Run> {
  const main = builtFile('client', 'main.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** What `work` writes to stdout. */
function stdoutOf(work: () => void): string {
  const chunks: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    chunks.push(String(chunk));
    return true;
  });
  try {
    work();
  } finally {
    spy.mockRestore();
  }
  return chunks.join('');
}

describe('ballast', () => {
  test('alone and with --help shows every command; --version the version', async () => {
    const [alone, help, version] = await Promise.all([
      ballast(),
      ballast('--help'),
      ballast('--version'),
    ]);
    expect(alone).toEqual(help);
    expect(help.exitCode).toBe(0);
    const names = ['up', 'down', 'doctor', 'plan', 'build', 'status', 'watch', 'cancel'];
    for (const name of [...names, 'explain', 'diff', 'audit', 'demo']) {
      expect(help.stdout).toMatch(new RegExp(`^  ${name} +[A-Z]`, 'm'));
    }
    expect(version.stdout).toBe(`${packageVersion()}\n`);
  });

  test('every command that is a file has help without colours in a pipe', async () => {
    const { exitCode, stdout } = await ballast('up', '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('--address=<host:port>');
    expect(stdout).not.toContain('\u001b');
  });

  test.each([
    [['upp'], 'upp', 'did you mean "up"?'],
    [['--jsn'], '--jsn', 'use one of: --help'],
    [['up', '--adress', 'x'], '--adress', 'did you mean "--address"?'],
    [['up', '--address'], 'nothing', 'write --address <value>'],
    [['up', 'now'], 'now', 'see: ballast up --help'],
    [['--address', 'x'], '--address', 'use one of'],
  ])('%j is exit 2 and names what is wrong and what is near', async (args, found, remedy) => {
    const { exitCode, stdout, stderr } = await ballast(...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`found     ${found}`);
    expect(stderr).toContain(remedy);
  });

  test('with --json an error is the one document on stdout', async () => {
    const { exitCode, stdout, stderr } = await ballast('--json', 'up', '--nope');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'USAGE', found: '--nope' });
    expect(stderr).toBe('');
  });
});

describe('flags', () => {
  test('a flag that is repeated keeps every value in order', () => {
    const argv = [
      '-c',
      'r.yaml',
      '--set',
      'seed=1',
      '--set=caps.0.max_share=0.2',
      '--',
      '--set',
      'x',
    ];
    expect(valuesOf(argv, 'set')).toEqual(['seed=1', 'caps.0.max_share=0.2']);
  });

  test('shared flags are accepted in every spelling', () => {
    const args = { ...sharedArgs.config, ...sharedArgs.set, ...sharedArgs.json };
    const argv = ['-c', 'r.yaml', '--config=r.yaml', '--set', 'a=-1', '--set', '-1', '--json'];
    expect(() => checkArguments('ballast plan', args, argv)).not.toThrow();
  });
});

describe('output', () => {
  test('for people: tables with numbers to the right, and no JSON', () => {
    const text = stdoutOf(() => {
      const output = createOutput({ json: false });
      output.table(
        'Caps',
        ['cap', 'tokens'],
        [
          ['a', 1_234_567],
          ['long name', 5],
        ],
      );
      output.emit({ ignored: true });
    });
    expect(text).toBe(
      ['Caps', 'cap           tokens', 'a          1,234,567', 'long name          5', ''].join(
        '\n',
      ),
    );
  });

  test('for programs: one document, and a second one is a bug', () => {
    const text = stdoutOf(() => {
      const output = createOutput({ json: true });
      output.line('not shown');
      output.table('t', ['c'], [['not shown']]);
      output.emit({ a: 1 });
      expect(() => output.emit({ b: 2 })).toThrow('assertion failed');
    });
    expect(JSON.parse(text)).toEqual({ a: 1 });
  });

  test('progress off a terminal is one line per finished phase', () => {
    const stream = new PassThrough();
    const progress = createProgress([{ name: 'profile', label: 'Profile shards' }, 'label'], {
      stream: stream as unknown as NodeJS.WriteStream,
      bars: false,
    });
    progress.update('profile', 0, 0);
    progress.update('profile', 1, 2);
    progress.update('profile', 2, 2, '10 documents');
    progress.update('profile', 2, 2, '10 documents');
    progress.update('label', 1, 2);
    progress.stop();
    expect(String(stream.read())).toBe('Profile shards: 2 of 2, 10 documents\n');
  });
});

describe('errors', () => {
  const parts = {
    subject: 'cap "x"',
    expected: 'room for 5 tokens',
    found: '3',
    where: 'recipe.yaml:7',
    remedy: 'raise max_share',
  };

  test('a failure wrapped by activity and workflow comes out whole', () => {
    const details = { parts, details: { conflict: ['x'] } };
    const application = ApplicationFailure.nonRetryable('m', 'CAP_INFEASIBLE', details);
    const activity = new ActivityFailure(
      'm',
      'solvePlan',
      '1',
      'NON_RETRYABLE_FAILURE',
      'w',
      application,
    );
    const failure = asFailure(new WorkflowFailedError('m', activity, 'NON_RETRYABLE_FAILURE'));
    expect(failure).toMatchObject({ code: 'CAP_INFEASIBLE', parts, details: { conflict: ['x'] } });
  });

  test.each([
    [Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'no connection' }), 6],
    [Object.assign(new Error('9'), { code: 9, details: 'Workflow Task in failed state.' }), 6],
    [Object.assign(new Error('m'), { type: 'AcceptedUpdateCompletedWorkflow' }), 4],
    [Object.assign(new Error('9'), { code: 9, details: 'another precondition' }), 1],
    [Object.assign(new Error('no space left'), { code: 'ENOSPC', path: '/w' }), 6],
    [new Failure('VERSION_EXISTS', parts), 7],
    [new Error('a bug'), 1],
    ['not even an error', 1],
  ])('%s leads to exit code %i', (error, exitCode) => {
    let code = 0;
    const text = stdoutOf(() => {
      code = reportFailure(error, { json: true });
    });
    expect(code).toBe(exitCode);
    expect(JSON.parse(text).error.exitCode).toBe(exitCode);
  });
});
