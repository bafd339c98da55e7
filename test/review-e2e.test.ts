/**
 * People decide, through the real command, server and worker: a build asks, packets are answered,
 * refused and corrected, a worker dies in the middle, and the next build knows what was decided.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection, WorkflowUpdateFailedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyWorkspace } from '../client/audit/verify-workspace.js';
import { decideUpdateId, reviewWorkflowId } from '../core/review/ids.js';
import type {
  MachineView,
  PacketDocument,
  PacketEntry,
  ReviewInput,
  ReviewMixInput,
  ReviewOutcome,
} from '../core/schema/review-packet.js';
import type { SealLine } from '../core/schema/sealed-history.js';
import { readLedger } from '../storage/ledger.js';
import type { ReviewQueue } from '../workflows/messages.js';
import type { ReviewMixResult } from '../workflows/review.js';
import { type Answer, Ballast } from './ballast-runner.js';
import { writeHistory } from './keep-history.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import { untilSealed } from './until-sealed.js';

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
const recipe = join(ballast.folder, 'recipe.yaml');
const MIX = 'test-mix@2026.11.23';
const REVIEW =
  'review: {documents: 18, packet_size: 6, double_share: 0.3, reviewers: [anna, ben], deadline: 72h}\n';

const run = (...args: string[]) => ballast.run(...args, '--workspace', workspace, '--json');

function json<T>({ code, stdout, stderr }: Answer, expected = 0): T {
  if (code !== expected)
    throw new Error(`exit ${code}: ${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  return JSON.parse(stdout) as T;
}

interface Failed {
  readonly error: { code: string; found: string; where: string; details: unknown };
}
interface Listed {
  readonly reviews: readonly {
    readonly state: string;
    readonly refused: number;
    readonly agreement: { pairs: number; kappa: number | null };
    readonly packets: readonly (PacketEntry & { state: string; answeredBy: string[] })[];
  }[];
}
interface Shown {
  readonly sha256: string;
  readonly documents: readonly PacketDocument[];
  readonly machine: readonly MachineView[] | null;
}
interface Decided {
  readonly ledgerSequence: number;
  readonly machine: readonly MachineView[];
}

let packets: Listed['reviews'][0]['packets'];
let client: Client;
const first = (n: number) => packets.filter(({ round }) => round === 'first')[n]!;
const seconds = () => packets.filter(({ round }) => round === 'second');
const second = () => seconds()[0]!;

const listed = async () => json<Listed>(await run('review', 'list', MIX)).reviews[0]!;
const show = async (packet: string, ...args: string[]) =>
  json<Shown>(await run('review', 'show', packet, ...args));
const ledgerKinds = async () => (await readLedger(workspace)).map(({ kind }) => kind);

/** Every document of the packet is answered with `label`. */
function decide(packet: PacketEntry, reviewer: string, label: string, ...more: string[]) {
  const answers = Array.from({ length: packet.documents }, (_, i) => [
    '--answer',
    `${i + 1}=${label}`,
  ]).flat();
  return run('review', 'decide', packet.packet, '--reviewer', reviewer, ...answers, ...more);
}

/** What starts a review of the first build's packets under another name, open to anyone. */
async function openInput(
  mix: string,
  part: Pick<ReviewMixInput, 'dueAtMs' | 'answersPerRun'>,
): Promise<ReviewMixInput> {
  const [opened] = (await readLedger(workspace)).filter(({ kind }) => kind === 'review-opened');
  const { index } = opened!.body as { index: ReviewMixInput['index'] };
  return {
    ...{ schemaVersion: 1, mix, workspace, index, reviewers: [], answeredBy: {}, refused: 0 },
    packets: packets.map(({ packet, sha256, round, documents }) => ({
      ...{ packet, sha256, round, documents },
    })),
    ...part,
  };
}

beforeAll(async () => {
  await writeCorpus(ballast.folder, 2);
  writeFileSync(recipe, `${RECIPE}${REVIEW}`);
  const built = json<{ status: string; review: { packets: number; documents: number } }>(
    await run('build', '-c', recipe),
  );
  expect(built.status).toBe('published');
  expect(built.review.packets).toBeGreaterThan(4);
  expect(built.review.documents).toBeLessThanOrEqual(18);
  ({ packets } = await listed());
  await untilSealed(workspace, 1);
  const connection = await Connection.connect({ address: ballast.address() });
  client = new Client({ connection, namespace: 'ballast' });
}, 180_000);

afterAll(async () => {
  await client?.connection.close();
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

describe('a build with review', () => {
  test('asks in packets, at least a fifth by chance, and does not wait', async () => {
    const review = await listed();
    expect(review.state).toBe('open');
    const asked = packets.filter(({ round }) => round === 'first');
    const count = (reason: string) =>
      asked.reduce(
        (sum, { reasons }) => sum + ((reasons as Record<string, number>)[reason] ?? 0),
        0,
      );
    const documents = asked.reduce((sum, packet) => sum + packet.documents, 0);
    expect(count('random')).toBeGreaterThanOrEqual(documents / 5);
    expect(await ledgerKinds()).toEqual(['review-opened', 'publish', 'seal']);
  });

  test('can be found by its attributes', async () => {
    const query = 'WorkflowType = "reviewMix" AND ReviewState = "open" AND MixName = "test-mix"';
    await expect
      .poll(async () => {
        const ids: string[] = [];
        for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
        return ids;
      })
      .toEqual([reviewWorkflowId(MIX)]);
  });

  test('shows texts and nothing of what the machine thinks', async () => {
    const shown = await show(first(0).packet, '--reviewer', 'anna');
    expect(shown.machine).toBeNull();
    expect(shown.documents.length).toBe(first(0).documents);
    for (const document of shown.documents) {
      expect(document.pieces[0]!.text.length).toBeGreaterThan(0);
      for (const hidden of ['why', 'isRandom', 'inclusionProbability', 'label', 'posterior'])
        expect(document).not.toHaveProperty(hidden);
    }
    expect((await ballast.run('review', 'list', '--workspace', workspace)).stdout).toContain(MIX);
  });
});

describe('an answer', () => {
  let accepted: Decided;

  test('to a packet in part is refused before it is sent', async () => {
    const answer = await run(
      ...['review', 'decide', first(0).packet, '--reviewer', 'anna', '--answer', '1=synthetic'],
    );
    expect(json<Failed>(answer, 2).error.found).toContain('none to 2');
  });

  test('gets its line in the ledger and sees the machine', async () => {
    accepted = json<Decided>(await decide(first(0), 'anna', 'human_edited/ai_then_human:reads so'));
    expect(accepted.machine.length).toBe(first(0).documents);
    const entry = (await readLedger(workspace)).at(-1)!;
    expect([entry.sequence, entry.kind]).toEqual([accepted.ledgerSequence, 'review']);
    expect(entry.key).toBe(`review/${MIX}/${first(0).packet}/anna`);
    const shown = await show(first(0).packet, '--reviewer', 'anna');
    expect(shown.machine?.length).toBe(first(0).documents);
    expect((await show(first(0).packet, '--reviewer', 'ben')).machine).toBeNull();
  });

  test('repeated is the first answer again, and adds no line', async () => {
    const lines = (await readLedger(workspace)).length;
    const again = json<Decided>(
      await decide(first(0), 'anna', 'human_edited/ai_then_human:reads so'),
    );
    expect(again).toEqual(accepted);
    expect((await readLedger(workspace)).length).toBe(lines);
  });

  test('that differs is not taken silently; a correction is a line of its own', async () => {
    const { error } = json<Failed>(await decide(first(0), 'anna', 'human_authored'), 4);
    expect(error.details).toEqual({
      refusal: 'answered_before',
      ledgerSequence: accepted.ledgerSequence,
    });
    const corrected = json<Decided>(await decide(first(0), 'anna', 'human_authored', '--again'));
    expect(corrected.ledgerSequence).toBe(accepted.ledgerSequence + 1);
  });

  test('of someone who is not a reviewer is refused, on record', async () => {
    const { error } = json<Failed>(await decide(first(1), 'eve', 'human_authored'), 4);
    expect([error.code, error.found]).toEqual([
      'REVIEW_REFUSED',
      'eve is not among the reviewers of the recipe',
    ]);
    const entry = (await readLedger(workspace)).at(-1)!;
    expect([entry.kind, (entry.body as { refusal: string }).refusal]).toEqual([
      'review-refused',
      'not_a_reviewer',
    ]);
    expect((await listed()).refused).toBe(1);
  });

  test('to other bytes than those that are asked about is refused, on record', async () => {
    const { packet, documents } = first(1);
    const { documents: shown } = await show(packet);
    const input: ReviewInput = {
      ...{ packet, packetSha256: 'f'.repeat(64), reviewer: 'anna', again: 0 },
      answers: shown.map(({ source, id }) => ({
        ...{ document: `${source}/${id}`, label: 'unknown', editDirection: null },
        ...{ transformedBy: [], reason: '' },
      })),
    };
    expect(input.answers.length).toBe(documents);
    const handle = client.workflow.getHandle(reviewWorkflowId(MIX));
    const send = (args: ReviewInput) =>
      handle.executeUpdate<ReviewOutcome, [ReviewInput]>('decide', {
        args: [args],
        updateId: decideUpdateId(args),
      });
    expect(await send(input)).toMatchObject({ accepted: false, refusal: 'stale_packet' });
    const fewer = { ...input, packetSha256: first(1).sha256, reviewer: 'ben', again: 7 };
    expect(await send({ ...fewer, answers: input.answers.slice(1) })).toMatchObject({
      ...{ accepted: false, refusal: 'incomplete' },
    });
    const malformed = { ...input, answers: [] };
    await expect(send({ ...malformed, again: 9 })).rejects.toBeInstanceOf(
      WorkflowUpdateFailedError,
    );
    expect((await ledgerKinds()).filter((kind) => kind === 'review-refused').length).toBe(3);
  });

  test('that is under way when the worker is killed is neither lost nor doubled', async () => {
    const lock = join(workspace, 'ledger.jsonl.lock');
    writeFileSync(lock, '');
    const answer = decide(first(1), 'anna', 'human_authored');
    const handle = client.workflow.getHandle(reviewWorkflowId(MIX));
    await expect
      .poll(async () => (await handle.describe()).raw.pendingActivities?.length, {
        timeout: 20_000,
      })
      .toBe(1);
    process.kill(ballast.pidOf('worker'), 'SIGKILL');
    rmSync(lock, { force: true });
    const { ledgerSequence } = json<Decided>(await answer);
    const lines = (await readLedger(workspace)).filter(
      ({ key }) => key === `review/${MIX}/${first(1).packet}/anna`,
    );
    expect(lines.map(({ sequence }) => sequence)).toEqual([ledgerSequence]);
  }, 120_000);
});

describe('a second look', () => {
  test('is refused to those who had the first, and open to another', async () => {
    // Anna had the first two packets; Ben shares the work, and each takes the looks of the other's.
    json<Decided>(await decide(first(2), 'ben', 'human_authored'));
    const ofAnna: number[] = [];
    for (const packet of seconds()) {
      const answer = await decide(packet, 'anna', 'human_authored');
      if (answer.code === 0) continue;
      expect(json<Failed>(answer, 4).error.details).toMatchObject({ refusal: 'seen_before' });
      json<Decided>(await decide(packet, 'ben', 'human_authored'));
      ofAnna.push(packet.documents);
    }
    expect(ofAnna.length).toBeGreaterThan(0);
    expect(ofAnna.length).toBeLessThan(seconds().length);
    const { agreement, state } = await listed();
    expect(agreement.pairs).toBe(seconds().reduce((sum, { documents }) => sum + documents, 0));
    expect(state).toBe('done');
  });
});

describe('a spreadsheet', () => {
  const file = join(ballast.folder, 'packets.csv');

  test('takes packets out and brings answers back, or nothing where a row is bad', async () => {
    json(await run('review', 'export', MIX, '--to', file));
    const rows = parse(readFileSync(file), { bom: true, columns: true }) as Record<
      string,
      string
    >[];
    const { packet } = first(0);
    for (const row of rows) if (row.packet === packet) row.label = 'human_authored';
    rows.find((row) => row.packet === packet)!.label = 'humann';
    writeFileSync(file, stringify(rows, { header: true, bom: true }));
    const before = (await readLedger(workspace)).length;
    const importing = ['review', 'import', MIX, '--from', file, '--reviewer', 'ben'];
    const { error } = json<Failed>(await run(...importing), 2);
    expect(error.found).toContain(`${file}:`);
    rows.find((row) => row.packet === packet)!.label = 'human_authored';
    // Whoever saw a document in a second packet is no judge of it in the first.
    const overlaps = json<Failed>(await importFixed(rows, importing), 4);
    expect(overlaps.error.details).toMatchObject({ refusal: 'seen_before' });
    expect((await readLedger(workspace)).slice(before).map(({ kind }) => kind)).toEqual([
      'review-refused',
    ]);
  });

  function importFixed(rows: Record<string, string>[], args: string[]): Promise<Answer> {
    writeFileSync(file, stringify(rows, { header: true, bom: true }));
    return run(...args);
  }

  test('corrects answers with --again', async () => {
    json(await run('review', 'export', MIX, '--to', file));
    const rows = parse(readFileSync(file), { bom: true, columns: true }) as Record<
      string,
      string
    >[];
    for (const row of rows) if (row.packet === second().packet) row.label = 'human_authored';
    const args = ['review', 'import', MIX, '--from', file, '--reviewer', 'ben', '--again'];
    const { packets: sent } = json<{ packets: unknown[] }>(await importFixed(rows, args));
    expect(sent.length).toBe(1);
  });
});

describe('the next build', () => {
  test('labels what people decided as they said, and asks about other documents', async () => {
    const { documents } = await show(first(0).packet);
    const built = json<{ review: { documents: number } }>(
      await run('build', '-c', recipe, '--set', 'version=2026.11.24'),
    );
    expect(built.review.documents).toBeGreaterThan(0);
    for (const { source, id } of documents) {
      const { documents: found } = json<{
        documents: { provenance: string; evidence: { family: string; tier: string }[] }[];
      }>(await run('explain', `${source}/${id}`, '--mix', 'test-mix@2026.11.24'));
      expect(found[0]!.provenance).toBe('human_authored');
      const reviews = found[0]!.evidence.filter(({ family }) => family === 'review');
      expect(reviews.map(({ tier }) => tier)).toContain('T1');
    }
    const next = json<Listed>(await run('review', 'list', 'test-mix@2026.11.24')).reviews[0]!;
    const asked = await Promise.all(
      next.packets
        .filter(({ round }) => round === 'first')
        .map(({ packet }) => run('review', 'show', 'test-mix@2026.11.24', packet)),
    );
    const ids = asked.flatMap((answer) => json<Shown>(answer).documents.map(({ id }) => id));
    expect(ids.filter((id) => documents.some((document) => document.id === id))).toEqual([]);
  }, 120_000);

  test('of which there is only a plan asks nobody and writes nothing down', async () => {
    await untilSealed(workspace, 2);
    const lines = (await readLedger(workspace)).length;
    json(await run('plan', '-c', recipe, '--set', 'version=2026.11.25'));
    expect((await readLedger(workspace)).length).toBe(lines);
    const handle = client.workflow.getHandle(reviewWorkflowId('test-mix@2026.11.25'));
    await expect(handle.describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);
  }, 120_000);

  test('of a version whose review is open already hands it the new packets', async () => {
    const mix = 'test-mix@2026.11.25';
    const dueAtMs = Date.now() + 3_600_000;
    const handle = await client.workflow.start<(input: ReviewMixInput) => Promise<ReviewMixResult>>(
      'reviewMix',
      {
        ...{ workflowId: reviewWorkflowId(mix), taskQueue: 'ballast' },
        args: [await openInput(mix, { dueAtMs, answersPerRun: 100 })],
      },
    );
    const built = json<{ review: { packets: number } }>(
      await run('build', '-c', recipe, '--set', 'version=2026.11.25'),
    );
    expect(built.review.packets).toBeGreaterThan(0);
    expect((await handle.describe()).runId).toBe(handle.firstExecutionRunId);
    const queue = await handle.query<ReviewQueue>('queue');
    expect(queue.packets.length).toBe(built.review.packets);
    expect(queue.packets.map(({ packet }) => packet)).not.toContain(first(0).packet);
    expect(Date.parse(queue.dueAt)).toBeGreaterThan(dueAtMs);
  }, 120_000);

  test('leaves a ledger and digests that hold', async () => {
    json(await run('audit', 'verify'));
  });
});

describe('the workflow', () => {
  const CAN = 'can-test@2026.11.23';
  let firstRun = '';

  test('goes on in a new run, keeps what it knows, and closes at its deadline', async () => {
    const input = await openInput(CAN, { dueAtMs: Date.now() + 8_000, answersPerRun: 1 });
    const workflowId = reviewWorkflowId(CAN);
    const handle = await client.workflow.start<(input: ReviewMixInput) => Promise<ReviewMixResult>>(
      'reviewMix',
      { workflowId, taskQueue: 'ballast', args: [input], workflowExecutionTimeout: '60s' },
    );
    firstRun = handle.firstExecutionRunId;
    const { documents } = await show(first(0).packet);
    const answer: ReviewInput = {
      ...{ packet: first(0).packet, packetSha256: first(0).sha256, reviewer: 'carl', again: 0 },
      answers: documents.map(({ source, id }) => ({
        ...{ document: `${source}/${id}`, label: 'unknown', editDirection: null },
        ...{ transformedBy: [], reason: '' },
      })),
    };
    const outcome = await client.workflow
      .getHandle(workflowId)
      .executeUpdate<ReviewOutcome, [ReviewInput]>('decide', {
        args: [answer],
        updateId: decideUpdateId(answer),
      });
    expect(outcome.accepted).toBe(true);
    await expect
      .poll(async () => (await client.workflow.getHandle(workflowId).describe()).runId)
      .not.toBe(handle.firstExecutionRunId);
    const queue = await client.workflow.getHandle(workflowId).query<ReviewQueue>('queue');
    expect(queue.packets.find(({ packet }) => packet === answer.packet)?.answeredBy).toEqual([
      'carl',
    ]);
    expect(await handle.result()).toMatchObject({
      state: 'expired',
      packets: packets.length,
      open: packets.length - 1,
      answers: 1,
    });
    // Each run has a seal of its own.
    const seals = async () =>
      (await readLedger(workspace))
        .filter(({ kind }) => kind === 'seal')
        .map(({ body }) => body as SealLine)
        .filter((seal) => seal.workflowId === workflowId)
        .map(({ path, runs }) => [path.slice(0, 13), runs]);
    const one = ['audit/review_', 1];
    await expect.poll(seals, { timeout: 30_000 }).toEqual([one, one]);
    const at = CAN.lastIndexOf('@');
    const only = { name: CAN.slice(0, at), version: CAN.slice(at + 1) };
    const audit = await verifyWorkspace(workspace, { only, replays: false });
    expect([audit.failure, audit.otherHistories]).toEqual([null, 2]);
  }, 90_000);

  test('replays without a mismatch', async () => {
    const workflowBundle = {
      codePath: join(import.meta.dirname, '../dist/worker/workflow-bundle.js'),
    };
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const runs = [
      ['answers', reviewWorkflowId(MIX), undefined],
      ['continues', reviewWorkflowId(CAN), firstRun],
      ['expires', reviewWorkflowId(CAN), undefined],
      ['redrafted', reviewWorkflowId('test-mix@2026.11.25'), undefined],
      [null, `build-mix/${MIX}`, undefined],
    ] as const;
    for (const [story, id, runId] of runs) {
      const history = await client.workflow.getHandle(id, runId).fetchHistory();
      const text = historyToJSON(history);
      expect(text.length).toBeGreaterThan(1000);
      await Worker.runReplayHistory({ workflowBundle }, history, id);
      if (story !== null) writeHistory(`review-${story}`, text);
    }
  });
});

describe('without a server', () => {
  test('packets and answers are listed and shown, and the state is unknown', async () => {
    await client.connection.close();
    json(await ballast.run('down', '--json'));
    const review = await listed();
    expect(review.state).toBe('unknown');
    expect(review.packets.every(({ state }) => state === 'answered')).toBe(true);
    expect((await show(first(0).packet)).documents.length).toBe(first(0).documents);
  });
});
