/**
 * A build that waits for people: early, late, double, wrong, stale, never, by delegates and under signatures. A real
 * server and the real workflow; what people say is judged by the real activities, in a ledger of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecipe } from '../client/recipe/read-recipe.js';
import { approvalPayload, delegationPayload } from '../core/review/signed-payload.js';
import type { ApprovalInput, ApprovalOutcome, ApprovalState } from '../core/schema/approval.js';
import type {
  DelegationInput,
  DelegationOutcome,
  ManifestApproval,
  ReminderLine,
} from '../core/schema/approval-lines.js';
import type { FailureParts } from '../core/schema/failure.js';
import type { ApprovalPolicy, Recipe, ReviewPolicy } from '../core/schema/recipe.js';
import type { ReviewMixInput } from '../core/schema/review-packet.js';
import { makeKeyPair, signText } from '../engines/signature.js';
import { readLedger } from '../storage/ledger.js';
import type { BuildProgress } from '../workflows/messages.js';
import { keepHistory } from './keep-history.js';
import { RECIPE } from './pipeline-corpus.js';
import { ref, type Script, ScriptedBuilds } from './scripted-build.js';
import { writeInto } from './source-profile.js';

const builds = new ScriptedBuilds();
let recipe: Recipe;
let versions = 0;

beforeAll(async () => {
  const path = await writeInto(
    builds.folder,
    'recipe.yaml',
    `${RECIPE}review: {approval: required, approvers: [ann, ben, cleo], approvals: 2}\n`,
  );
  recipe = (await readRecipe({ path, set: [] })).recipe;
  await builds.start();
}, 120_000);

afterAll(() => builds.stop(), 60_000);

interface Change {
  readonly approval?: Partial<ApprovalPolicy>;
  readonly review?: Partial<ReviewPolicy>;
  readonly requestedBy?: string;
  /** Built before; else a version of its own. */
  readonly version?: string;
}

/** The test's own time limit ends a wait for what never comes. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100);
}

/** A build under way, and what a person may do to it. */
class Waiting {
  readonly handle: WorkflowHandle;
  readonly version: string;

  constructor(handle: WorkflowHandle, version: string) {
    this.handle = handle;
    this.version = version;
  }

  get mix(): string {
    return `${recipe.name}@${this.version}`;
  }

  state = () => this.handle.query<ApprovalState | null>('approval');

  async open(): Promise<this> {
    await until(async () => (await this.state())?.state === 'open');
    return this;
  }

  say(approver: string, change: Partial<ApprovalInput> = {}): Promise<ApprovalOutcome> {
    const answer: ApprovalInput = {
      ...{ packetSha256: ref('packet').sha256, approver, decision: 'approve', reason: '' },
      ...{ signature: null, ...change },
    };
    return this.handle.executeUpdate<ApprovalOutcome, [ApprovalInput]>('approve', {
      args: [answer],
    });
  }

  reject = (who: string, reason: string) => this.say(who, { decision: 'reject', reason });

  async delegate(
    from: string,
    to: string,
    change: Partial<DelegationInput> = {},
  ): Promise<DelegationOutcome> {
    const before = await this.lines<DelegationInput>('delegation');
    const input: DelegationInput = {
      ...{ scope: 'approval', ordinal: before.filter((line) => line.from === from).length },
      ...{ from, to, untilMs: null, reason: 'on leave', signature: null, ...change },
    };
    return this.handle.executeUpdate<DelegationOutcome, [DelegationInput]>('delegate', {
      args: [input],
    });
  }

  calls = (activity?: string) => builds.calls(this.handle.workflowId, activity);

  /** What the manifest was told. */
  approval(): ManifestApproval {
    return (this.calls('verifyMix')[0]!.input as { approval: ManifestApproval }).approval;
  }

  async failure(): Promise<{ code: string; parts: FailureParts }> {
    const error = await this.handle.result().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof WorkflowFailedError)) throw error ?? new Error('it was published');
    const { type = '', details } = error.cause as { type?: string; details?: unknown[] };
    return { code: type, parts: (details![0] as { parts: FailureParts }).parts };
  }

  async lines<T = Record<string, unknown>>(kind: string): Promise<T[]> {
    const entries = (await readLedger(builds.folder)).filter((entry) => entry.kind === kind);
    const bodies = entries.map(({ body }) => body as T & { mix: string });
    return bodies.filter(({ mix }) => mix === this.mix);
  }
}

async function build(change: Change = {}, script: Script = {}): Promise<Waiting> {
  versions++;
  const { approval = {}, review = {}, requestedBy, version = `2026.11.23.${versions}` } = change;
  const policy = { ...recipe.review!.approval!, ...approval };
  const whole = { ...recipe.review!, documents: 1, ...review, approval: policy };
  const changed = { ...recipe, version, review: whole };
  return new Waiting(await builds.build(changed, script, requestedBy), version);
}

/** A gate for a script: it waits until it is opened. */
function barrier(): { wait: () => Promise<void>; open: () => void } {
  const opened = new AbortController();
  const { signal } = opened;
  const wait = () =>
    new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
  return { wait, open: () => opened.abort() };
}

describe.concurrent('a build that waits for two approvers', () => {
  test('refuses others on record, goes on with two, and says who they were', async () => {
    const waiting = await (await build()).open();
    const { phases, current } = await waiting.handle.query<BuildProgress>('progress');
    expect(current).toBe('approve');
    expect(phases.find(({ phase }) => phase === 'approve')!.note).toMatch(
      /^waits for 2 approvals \(ann, ben, cleo\) until .* UTC: ballast review approve /,
    );
    expect(await waiting.say('mallory')).toMatchObject({ refusal: 'not_an_approver' });
    expect(await waiting.say('ann')).toMatchObject({ accepted: true, missing: 1 });
    expect(await waiting.say('cleo', { reason: 'fine' })).toMatchObject({ missing: 0 });
    expect(await waiting.handle.result()).toMatchObject({ status: 'published' });
    expect(waiting.approval()).toMatchObject({
      ...{ end: 'approved', approvals: 2, packetSha256: ref('packet').sha256 },
      answers: [{ approver: 'ann' }, { approver: 'cleo', reason: 'fine' }],
    });
    expect(await waiting.lines('approval')).toHaveLength(2);
    expect(await waiting.lines('approval-refused')).toMatchObject([{ approver: 'mallory' }]);
    expect(await waiting.lines('approval-closed')).toMatchObject([{ end: 'approved' }]);
    await keepHistory(builds.client, waiting.handle.workflowId, 'build-mix-approved');
  });

  test('can be found by its attributes', async () => {
    const waiting = await (await build()).open();
    const query = `WorkflowType = "buildMix" AND MixPhase = "approve" AND ReviewState = "open"`;
    await until(async () => {
      const ids: string[] = [];
      for await (const { workflowId } of builds.client.workflow.list({ query }))
        ids.push(workflowId);
      return ids.includes(waiting.handle.workflowId);
    });
    await waiting.handle.cancel();
    await expect(waiting.handle.result()).rejects.toThrow();
    expect(waiting.calls('removeScratch')).toHaveLength(1);
  });

  test('takes the same word once, however often and at once it is said', async () => {
    const waiting = await (await build()).open();
    const outcomes = await Promise.all(
      ['ann', 'Ann', ' ann', 'ann', 'ann'].map((name) => waiting.say(name)),
    );
    const sequences = outcomes.map(({ ledgerSequence }) => ledgerSequence);
    expect(new Set(sequences).size).toBe(1);
    expect(outcomes.every(({ accepted }) => accepted)).toBe(true);
    expect((await waiting.state())!.answers).toHaveLength(1);
    await waiting.say('ben');
    await waiting.handle.result();
  });

  test('ends with one rejection, also of a person who had approved, saying who and why', async () => {
    const waiting = await (await build()).open();
    await waiting.say('ann');
    expect(await waiting.reject('ann', 'the risk page is empty')).toMatchObject({ accepted: true });
    const { code, parts } = await waiting.failure();
    expect(code).toBe('APPROVAL_REJECTED');
    expect(parts.found).toBe('rejected by ann: the risk page is empty');
    expect(waiting.calls('selectDocuments')).toHaveLength(0);
    await keepHistory(builds.client, waiting.handle.workflowId, 'build-mix-rejected');
  });

  test('that was rejected is not asked again when the same plan is built again', async () => {
    const first = await (await build()).open();
    await first.reject('ben', 'no');
    await first.failure();
    const again = await build({ version: first.version });
    expect((await again.failure()).code).toBe('APPROVAL_REJECTED');
    const other = await (await build({ version: first.version }, { packet: 'other' })).open();
    expect((await other.state())!.answers).toEqual([]);
    await other.handle.terminate();
  });
});

describe.concurrent('an answer', () => {
  test('before there is a plan, and after it was decided, is refused on record', async () => {
    const drafting = barrier();
    const selecting = barrier();
    const waiting = await build({}, { draft: drafting.wait, select: selecting.wait });
    expect(await waiting.say('ann')).toMatchObject({ refusal: 'closed' });
    expect(await waiting.state()).toBe(null);
    drafting.open();
    await waiting.open();
    const first = await waiting.say('ann');
    await waiting.say('ben');
    expect(await waiting.say('cleo')).toMatchObject({ refusal: 'closed' });
    expect(await waiting.say('ann')).toEqual({ ...first, missing: 0 });
    await until(async () => (await waiting.state())?.state === 'approved');
    expect(await waiting.state()).toMatchObject({ refused: 2 });
    selecting.open();
    await waiting.handle.result();
    expect(await waiting.lines('approval-refused')).toHaveLength(2);
  });

  test('to another plan than the one that waits is stale', async () => {
    const waiting = await (await build()).open();
    const outcome = await waiting.say('ann', { packetSha256: ref('older').sha256 });
    expect(outcome).toMatchObject({ refusal: 'stale_packet' });
    expect(await waiting.lines('approval')).toEqual([]);
    await waiting.handle.terminate();
  });

  test('of the person who asked for the build does not count, unless the recipe allows it', async () => {
    const waiting = await (await build({ requestedBy: 'cli:ann@laptop' })).open();
    expect(await waiting.say('ann')).toMatchObject({ refusal: 'requester' });
    await waiting.handle.terminate();
    const approval = { requesterApproves: true, approvals: 1 };
    const allowed = await (await build({ requestedBy: 'cli:ann@laptop', approval })).open();
    expect(await allowed.say('ann')).toMatchObject({ accepted: true, missing: 0 });
    await allowed.handle.result();
  });

  test('of another shape never reaches the build; one where nobody is asked is refused', async () => {
    const waiting = await (await build()).open();
    const asked = waiting.handle.executeUpdate('approve', { args: [{ approver: 'ann' }] });
    await expect(asked).rejects.toThrow();
    await waiting.handle.terminate();
    const selecting = barrier();
    const version = '2026.11.24';
    const unasked = { ...recipe, version, review: null };
    const handle = await builds.build(unasked, { select: selecting.wait });
    const alone = new Waiting(handle, version);
    expect(await alone.say('ann')).toMatchObject({ refusal: 'closed' });
    selecting.open();
    expect(await handle.result()).toMatchObject({ status: 'published' });
    expect(alone.calls('draftApproval')).toEqual([]);
    expect(alone.approval()).toBe(null);
  });

  test('is taken signed alone where the recipe says so, by the key that it names', async () => {
    const [ann, ben, other] = [makeKeyPair(), makeKeyPair(), makeKeyPair()];
    const keys = { ann: ann.publicKey, ben: ben.publicKey };
    const review = { signatures: 'required', keys } as const;
    const waiting = await (await build({ review })).open();
    const word = {
      packetSha256: ref('packet').sha256,
      approver: 'ann',
      decision: 'approve',
    } as const;
    const payload = approvalPayload(waiting.mix, { ...word, reason: '' });
    const by = ({ privateKeyPem }: typeof ann) => signText(payload, privateKeyPem, 'test');
    expect(await waiting.say('ann')).toMatchObject({ refusal: 'unsigned' });
    expect(await waiting.say('ann', { signature: by(other) })).toMatchObject({
      refusal: 'bad_signature',
    });
    expect(await waiting.say('ann', { signature: by(ann), reason: 'other words' })).toMatchObject({
      refusal: 'bad_signature',
    });
    expect(await waiting.say('ann', { signature: by(ann) })).toMatchObject({ accepted: true });
    // The same word again is looked at again: nobody is told that what they did not sign was taken.
    expect(await waiting.say('ann')).toMatchObject({ refusal: 'unsigned' });
    expect(await waiting.say('ann', { signature: by(other) })).toMatchObject({
      refusal: 'bad_signature',
    });
    expect(await waiting.say('ann', { signature: by(ann) })).toMatchObject({ accepted: true });
    const benSays = { ...word, approver: 'ben', reason: '' };
    const benSigns = signText(approvalPayload(waiting.mix, benSays), ben.privateKeyPem, 'test');
    await waiting.say('ben', { signature: benSigns });
    await waiting.handle.result();
    expect(waiting.approval().answers).toMatchObject([
      { authMethod: 'signed', publicKey: ann.publicKey },
      { authMethod: 'signed', publicKey: ben.publicKey },
    ]);
  });
});

describe('a delegation', () => {
  test('lets another person answer for one seat, and both are named', async () => {
    const waiting = await (await build()).open();
    expect(await waiting.say('dan')).toMatchObject({ refusal: 'not_an_approver' });
    expect(await waiting.delegate('eve', 'dan')).toMatchObject({ refusal: 'not_asked' });
    expect(await waiting.delegate('ann', 'dan')).toMatchObject({ accepted: true });
    expect(await waiting.delegate('dan', 'eve')).toMatchObject({ refusal: 'not_asked' });
    expect(await waiting.say('dan')).toMatchObject({ accepted: true, missing: 1 });
    expect(await waiting.say('ann')).toMatchObject({ refusal: 'decided_already' });
    await waiting.say('ben');
    await waiting.handle.result();
    expect(waiting.approval().answers).toMatchObject([
      { approver: 'dan', onBehalfOf: 'ann' },
      { approver: 'ben', onBehalfOf: null },
    ]);
    expect(await waiting.lines('delegation')).toMatchObject([
      { from: 'ann', to: 'dan', scope: 'approval', authMethod: 'self-declared' },
    ]);
    expect(await waiting.lines('delegation-refused')).toMatchObject([
      { from: 'eve', refusal: 'not_asked', scope: 'approval', ordinal: 0 },
      { from: 'dan', refusal: 'not_asked' },
    ]);
    await keepHistory(builds.client, waiting.handle.workflowId, 'build-mix-delegated');
  });

  test('that was signed is not taken again after it was taken back, nor for the packets', async () => {
    const ann = makeKeyPair();
    const review = { signatures: 'required', keys: { ann: ann.publicKey } } as const;
    const waiting = await (await build({ review })).open();
    const signed = (to: string, ordinal: number) => {
      const said = { from: 'ann', to, ordinal, untilMs: null, reason: 'on leave' };
      const payload = delegationPayload(waiting.mix, { scope: 'approval', ...said });
      return { ordinal, signature: signText(payload, ann.privateKeyPem, 'test') };
    };
    const handed = signed('dan', 0);
    expect(await waiting.delegate('ann', 'dan', handed)).toMatchObject({ accepted: true });
    expect(await waiting.delegate('ann', 'ann', signed('ann', 1))).toMatchObject({
      accepted: true,
    });
    expect(await waiting.delegate('ann', 'dan', handed)).toMatchObject({ refusal: 'not_next' });
    const renumbered = { ...handed, ordinal: 2 };
    expect(await waiting.delegate('ann', 'dan', renumbered)).toMatchObject({
      refusal: 'bad_signature',
    });
    expect(await waiting.delegate('ann', 'dan', { ...handed, scope: 'review' })).toMatchObject({
      refusal: 'other_scope',
    });
    expect(await waiting.say('dan')).toMatchObject({ refusal: 'not_an_approver' });
    expect(await waiting.lines('delegation')).toHaveLength(2);
    expect(await waiting.lines('delegation-refused')).toHaveLength(3);
    await waiting.handle.terminate();
  });
});

describe('a deadline', () => {
  test('is kept by a word that came in before it and waited for its turn', async () => {
    const judging = barrier();
    const change = { approval: { deadlineSeconds: 3 } };
    const waiting = await (await build(change, { judgeWord: judging.wait })).open();
    const { dueAtMs } = (await waiting.state())!;
    const words = Promise.all([waiting.say('ann'), waiting.say('ben')]);
    await until(async () => Date.now() > dueAtMs + 500);
    judging.open();
    // which of the two the server took first is not known
    const missing = (await words).map((word) => (word.accepted ? word.missing : null));
    expect(missing.sort()).toEqual([0, 1]);
    expect(await waiting.handle.result()).toMatchObject({ status: 'published' });
  });

  test('ends a build that too few approved, after reminders; a later build still knows who did', async () => {
    const change = { approval: { deadlineSeconds: 4 }, review: { reminderSeconds: [2, 1, 600] } };
    const waiting = await (await build(change)).open();
    await waiting.say('ann');
    const { code, parts } = await waiting.failure();
    expect(code).toBe('APPROVAL_EXPIRED');
    expect(parts.found).toBe('1 before the deadline');
    const reminders = await waiting.lines<ReminderLine>('reminder');
    expect(reminders.map(({ owes, secondsBefore }) => ({ owes, secondsBefore }))).toEqual([
      { owes: ['ben', 'cleo'], secondsBefore: 2 },
      { owes: ['ben', 'cleo'], secondsBefore: 1 },
    ]);
    expect(waiting.calls('notify').map(({ input }) => input)).toMatchObject([
      { kind: 'approval-opened', mix: waiting.mix, details: { missing: 2 } },
      { kind: 'reminder', details: { owes: ['ben', 'cleo'], secondsBefore: 2 } },
      { kind: 'reminder', details: { owes: ['ben', 'cleo'], secondsBefore: 1 } },
    ]);
    expect(await waiting.lines('approval-closed')).toMatchObject([{ end: 'expired' }]);
    const again = await (await build({ version: waiting.version })).open();
    expect((await again.state())!.answers).toMatchObject([{ approver: 'ann' }]);
    expect(await again.say('ben')).toMatchObject({ missing: 0 });
    await again.handle.result();
    await keepHistory(builds.client, waiting.handle.workflowId, 'build-mix-expired');
  });

  test('goes on where the recipe lets silence approve, and says so', async () => {
    const approval = { deadlineSeconds: 1, onDeadline: 'approve' } as const;
    const waiting = await build({ approval });
    expect(await waiting.handle.result()).toMatchObject({ status: 'published' });
    expect(waiting.approval()).toMatchObject({ end: 'approved_by_deadline', answers: [] });
    expect(await waiting.lines('approval-closed')).toMatchObject([{ end: 'approved_by_deadline' }]);
  });

  test('of packets reminds reviewers who owe an answer, and their delegates', async () => {
    const mix = `${recipe.name}@2026.11.25`;
    const workflowId = `review/${mix}`;
    builds.script(workflowId, {});
    const input: ReviewMixInput = {
      ...{ schemaVersion: 1, mix, workspace: builds.folder, index: ref('index') },
      packets: [{ packet: 'p1', sha256: ref('p1').sha256, round: 'first', documents: 3 }],
      ...{ reviewers: ['ann', 'ben'], answeredBy: {}, refused: 0, answersPerRun: 10 },
      ...{ dueAtMs: Date.now() + 4_000, reminderSeconds: [1], keys: {}, signatures: 'optional' },
    };
    const handle = await builds.client.workflow.start('reviewMix', {
      ...{ workflowId, taskQueue: 'ballast', args: [input], workflowExecutionTimeout: '60s' },
    });
    const waiting = new Waiting(handle, '2026.11.25');
    expect(await waiting.delegate('ben', 'dan', { scope: 'review' })).toMatchObject({
      accepted: true,
    });
    expect(await handle.result()).toMatchObject({ state: 'expired', open: 1 });
    expect(await waiting.lines<ReminderLine>('reminder')).toMatchObject([
      { scope: 'review', owes: ['ann', 'dan'], secondsBefore: 1 },
    ]);
    await keepHistory(builds.client, workflowId, 'review-reminds');
  });
});
