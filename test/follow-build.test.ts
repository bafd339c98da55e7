/** Following a build: what is said when nothing answers, when it ends, and what the bars show. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { followBuild } from '../client/build/follow-build.js';
import { livePhases, stalledPhases } from '../client/build/live-phases.js';
import { REVIVALS_FAILED_MAX, SILENCE_MS_MAX, Trouble } from '../client/build/trouble.js';
import { Failure } from '../core/schema/failure.js';
import type { BuildProgress, Phase, SourceProgress } from '../workflows/messages.js';

/** A Trouble whose clock stands still until told. */
function troubled(revive: () => Promise<Error | null>) {
  const said: string[] = [];
  const clock = { now: 0 };
  const say = (line: string) => said.push(line);
  return { trouble: new Trouble({ say, revive, now: () => clock.now }), said, clock };
}

const refused = (port: number) =>
  new Error('Failed to describe', { cause: new Error(`14 UNAVAILABLE: ECONNREFUSED :${port}`) });

describe('a build that does not answer', () => {
  test('is said once for each distinct reason', async () => {
    const { trouble, said } = troubled(async () => null);
    for (const port of [7233, 7234, 7233]) await trouble.met(refused(port));
    for (const stage of ['0.001s,name resolution: 0.001s', '5.002s,LB pick'])
      await trouble.met(new Error(`4 DEADLINE_EXCEEDED: Deadline exceeded after ${stage}\nmore`));
    expect(said).toEqual([
      'waiting: 14 UNAVAILABLE: ECONNREFUSED :7233',
      'waiting: 4 DEADLINE_EXCEEDED: Deadline exceeded',
    ]);
  });

  test('is left after twenty restarts that failed, with the reason and the next command', async () => {
    let revivals = 0;
    const { trouble, said, clock } = troubled(async () => {
      revivals++;
      return new Error('no free port');
    });
    const meet = async () => {
      for (;;) {
        clock.now += 4_000;
        trouble.serverAnswered();
        await trouble.met(refused(7233));
      }
    };
    const failure = await meet().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    const { code, parts } = failure as Failure;
    expect([code, parts.found]).toEqual(['SERVER_UNREACHABLE', 'no free port']);
    expect(parts.remedy).toContain('ballast doctor');
    expect(revivals).toBe(REVIVALS_FAILED_MAX);
    expect(said).toContain('cannot bring it back yet: no free port');
  });

  test('is left after three minutes of silence, though every restart says it worked', async () => {
    const { trouble, clock } = troubled(async () => null);
    clock.now = SILENCE_MS_MAX;
    await trouble.met(refused(7233));
    clock.now++;
    await expect(trouble.met(refused(7233))).rejects.toThrow('14 UNAVAILABLE');
  });

  test('is not given up while restarts bring it back in between', async () => {
    const answers = Array.from({ length: 60 }, (_, i) => (i % 19 === 0 ? null : new Error('busy')));
    const { trouble, clock } = troubled(async () => answers.pop() ?? null);
    while (answers.length > 0) {
      clock.now += 4_000;
      trouble.serverAnswered();
      await trouble.met(refused(7233));
    }
    expect(answers).toEqual([]);
  });
});

interface Faked {
  readonly current: Phase;
  readonly total: number;
  /** Children that the parent lists as open, with what they answer. */
  readonly open: Readonly<Record<string, SourceProgress>>;
}

const BUILD = { workflowId: 'build-mix/m@1', runId: 'r', attached: true };

function described(children: readonly string[]): WorkflowExecutionDescription {
  const pendingChildren = children.map((workflowId) => ({ workflowId, runId: 'of its first run' }));
  const raw = { pendingChildren, pendingActivities: [] };
  return { raw, status: { name: 'RUNNING' } } as unknown as WorkflowExecutionDescription;
}

/** A client that knows one build and its open children, and notes whom it was asked for. */
function fakeClient({ current, total, open }: Faked): { client: Client; asked: string[] } {
  const asked: string[] = [];
  const phases = [{ phase: current, done: 1, total, note: 'before' }];
  const answer = (id: string): BuildProgress | SourceProgress | undefined =>
    id === BUILD.workflowId ? { phases, current } : open[id];
  const getHandle = (id: string) => ({
    query: async () => {
      asked.push(id);
      return answer(id);
    },
    describe: async () => described([]),
  });
  return { client: { workflow: { getHandle } } as unknown as Client, asked };
}

async function shown(faked: Faked) {
  const { client, asked } = fakeClient(faked);
  const { phases } = await livePhases(client, BUILD, described(Object.keys(faked.open)));
  return { phase: phases[0], asked };
}

describe('the bars of a running build', () => {
  test('count sources that ended and tell the files of those that are open', async () => {
    const open = {
      'build-mix/m@1/source/a': { source: 'a', done: 3, total: 10, reused: 0 },
      'build-mix/m@1/source/b': { source: 'b', done: 4, total: 5, reused: 2 },
    };
    const { phase, asked } = await shown({ current: 'profile', total: 3, open });
    expect(phase).toMatchObject({ done: 1, total: 3, note: '7 of 15 files, 2 read back' });
    expect(asked).toEqual([BUILD.workflowId, ...Object.keys(open)]);
  });

  test.each(['label', 'scatter'] as const)(
    'add how far the child is that does %s over very many shards to what the phase counted before',
    async (step) => {
      const open = {
        [`build-mix/m@1/${step}`]: { source: step, done: 640, total: 1000, reused: 0 },
      };
      const { phase } = await shown({ current: step, total: 1000, open });
      expect(phase).toMatchObject({ done: 1 + 640, total: 1000 });
    },
  );

  test('ask no child where none is open', async () => {
    const { phase, asked } = await shown({ current: 'label', total: 9, open: {} });
    expect(phase).toMatchObject({ done: 1, total: 9, note: 'before' });
    expect(asked).toEqual([BUILD.workflowId]);
  });

  test('say why a workflow does not answer, and how often its task failed', () => {
    const seen: BuildProgress = {
      phases: [{ phase: 'plan', done: 0, total: 1, note: '' }],
      current: 'plan',
    };
    const description = { raw: { pendingWorkflowTask: { attempt: 4 } } };
    const [phase] = stalledPhases(seen, description as WorkflowExecutionDescription, 'no handler');
    expect(phase?.note).toBe('the workflow does not answer (its task failed 3 times): no handler');
  });
});

describe('a watch', () => {
  test('goes on at the address where the server came back, and brings the result', async () => {
    const dead = clientOf(async () => {
      throw new Error('14 UNAVAILABLE');
    });
    const alive = clientOf(async () => ({ ...described([]), closeTime: new Date(0) }));
    const clients = [dead, alive];
    let looks = 0;
    const session = {
      get client() {
        return clients[Math.min(1, Math.floor(looks++ / 3))]!;
      },
      revive: async () => null,
    };
    const said: string[] = [];
    const result = await followBuild({
      session,
      build: BUILD,
      onProgress: () => undefined,
      say: (line) => said.push(line),
      signal: new AbortController().signal,
    });
    expect(result).toEqual({ status: 'published' });
    expect(said).toEqual(['waiting: 14 UNAVAILABLE']);
  });
});

function clientOf(describeIt: () => Promise<unknown>): Client {
  const handle = {
    describe: describeIt,
    query: async () => {
      throw new Error('no worker');
    },
    result: async () => ({ status: 'published' }),
  };
  const workflow = { getHandle: () => handle, result: () => new Promise(() => undefined) };
  const withDeadline = (_: number, act: () => Promise<unknown>) => act();
  return { workflow, withDeadline } as unknown as Client;
}
