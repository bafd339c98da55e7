/** Whose word on a plan counts: the rules as tables, and what holds for any sequence of words. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approvalsIn } from '../activities/approval-lines.js';
import {
  type ApprovalCase,
  approvalsMissing,
  judgeApproval,
  type SignatureState,
  settledBy,
} from '../core/review/judge-approval.js';
import { judgeDelegation } from '../core/review/judge-delegation.js';
import { isRequester, isSamePerson } from '../core/review/person.js';
import { type Delegation, seatsOf, whoAnswersFor } from '../core/review/seats.js';
import type { ApprovalInput } from '../core/schema/approval.js';
import type { ApprovalLine } from '../core/schema/approval-lines.js';
import type { LedgerEntry } from '../core/schema/ledger.js';

const PACKET = 'ab'.repeat(32);

const POLICY: ApprovalCase['policy'] = {
  ...{ approvers: ['ann', 'ben', 'cleo'], approvals: 2, requesterApproves: false },
  ...{ deadlineSeconds: 60, onDeadline: 'reject' },
};

const CASE: ApprovalCase = {
  policy: POLICY,
  ...{ signatures: 'optional', requestedBy: 'cli:rita@host', packetSha256: PACKET },
  ...{ answers: [], delegations: [], atMs: 1_000, dueAtMs: 2_000 },
};

const said = (approver: string, change: Partial<ApprovalInput> = {}): ApprovalInput => ({
  ...{ packetSha256: PACKET, approver, decision: 'approve', reason: '', signature: null },
  ...change,
});

const line = (approver: string, change: Partial<ApprovalLine> = {}): ApprovalLine => ({
  ...{ mix: 'm@1', packetSha256: PACKET, approver, onBehalfOf: null, decision: 'approve' },
  ...{ reason: '', authMethod: 'self-declared', signature: null },
  ...change,
});

const handed = (from: string, to: string, untilMs: number | null = null): Delegation => ({
  ...{ from, to, untilMs },
});

const signed = (publicKey: string) => ({ publicKey, signature: 'x' });

interface Row {
  readonly title: string;
  readonly given?: Partial<ApprovalCase>;
  readonly policy?: Partial<ApprovalCase['policy']>;
  readonly answer: ApprovalInput;
  readonly signature?: SignatureState;
  /** A refusal, or whose seat it counts from. */
  readonly comes: string;
}

const ROWS: readonly Row[] = [
  { title: 'an approver approves', answer: said('ann'), comes: 'seat ann' },
  { title: 'in another spelling', answer: said(' ANN '), comes: 'seat ann' },
  { title: 'somebody else does not', answer: said('mallory'), comes: 'not_an_approver' },
  {
    title: 'anyone may where nobody is named',
    ...{ policy: { approvers: [] }, answer: said('zoe'), comes: 'seat zoe' },
  },
  {
    title: 'who asked may not approve',
    ...{ given: { requestedBy: 'cli:ann@host' }, answer: said('ann'), comes: 'requester' },
  },
  {
    title: 'nor under the address of another machine',
    ...{ given: { requestedBy: 'cli:ann@host' }, policy: { approvers: [] } },
    ...{ answer: said('Ann@corp.example'), comes: 'requester' },
  },
  {
    title: 'nor through a delegate',
    given: { requestedBy: 'cli:ann@host', delegations: [handed('ann', 'dan')] },
    ...{ answer: said('dan'), comes: 'requester' },
  },
  {
    title: 'unless the recipe allows it',
    ...{ given: { requestedBy: 'cli:ann@host' }, policy: { requesterApproves: true } },
    ...{ answer: said('ann'), comes: 'seat ann' },
  },
  {
    title: 'who asked may reject',
    given: { requestedBy: 'cli:ann@host' },
    ...{ answer: said('ann', { decision: 'reject' }), comes: 'seat ann' },
  },
  {
    title: 'a line is no person',
    ...{ given: { requestedBy: 'line' }, answer: said('ann'), comes: 'seat ann' },
  },
  {
    title: 'another packet is stale',
    answer: said('ann', { packetSha256: 'cd'.repeat(32) }),
    comes: 'stale_packet',
  },
  {
    title: 'nothing is approved before there is a packet',
    ...{ given: { packetSha256: null }, answer: said('ann'), comes: 'closed' },
  },
  { title: 'nor after the deadline', given: { atMs: 2_001 }, answer: said('ann'), comes: 'closed' },
  {
    title: 'nor after a rejection',
    given: { answers: [line('ben', { decision: 'reject' })] },
    ...{ answer: said('ann'), comes: 'closed' },
  },
  {
    title: 'nor when enough have approved',
    given: { answers: [line('ben'), line('cleo')] },
    ...{ answer: said('ann'), comes: 'closed' },
  },
  {
    title: 'an approver may turn approval into rejection',
    given: { answers: [line('ann')] },
    ...{ answer: said('ann', { decision: 'reject' }), comes: 'seat ann' },
  },
  {
    title: 'a delegate answers from the seat they were handed',
    ...{ given: { delegations: [handed('ann', 'dan')] }, answer: said('dan'), comes: 'seat ann' },
  },
  {
    title: 'until the day is over',
    given: { delegations: [handed('ann', 'dan', 999)] },
    ...{ answer: said('dan'), comes: 'not_an_approver' },
  },
  {
    title: 'or it is taken back',
    given: { delegations: [handed('ann', 'dan'), handed('ann', 'ann')] },
    ...{ answer: said('dan'), comes: 'not_an_approver' },
  },
  {
    title: 'a seat answers once: not its owner after the delegate',
    given: {
      delegations: [handed('ann', 'dan')],
      answers: [line('dan', { onBehalfOf: 'ann' })],
    },
    ...{ answer: said('ann'), comes: 'decided_already' },
  },
  {
    title: 'nor the delegate after its owner',
    given: { delegations: [handed('ann', 'dan')], answers: [line('ann')] },
    ...{ answer: said('dan'), comes: 'decided_already' },
  },
  {
    title: 'a person answers once, whatever seats they hold',
    given: { delegations: [handed('ann', 'ben')], answers: [line('ben')] },
    policy: { approvals: 3 },
    ...{ answer: said('ben'), comes: 'seat ben' },
  },
  {
    title: 'nobody hands on what they were handed',
    given: { delegations: [handed('ann', 'dan'), handed('dan', 'eve')] },
    ...{ answer: said('eve'), comes: 'not_an_approver' },
  },
  {
    title: 'unsigned where signatures are required',
    ...{ given: { signatures: 'required' }, answer: said('ann'), comes: 'unsigned' },
  },
  {
    title: 'a bad signature is worse than none',
    ...{ answer: said('ann', { signature: signed('k') }), signature: 'bad' },
    comes: 'bad_signature',
  },
  {
    title: 'one key is one person',
    given: { answers: [line('ben', { signature: signed('k') })] },
    ...{ answer: said('ann', { signature: signed('k') }), signature: 'good' },
    comes: 'decided_already',
  },
];

function judged({ given = {}, policy = {}, answer, signature = 'none' }: Row): string {
  const whole = { ...CASE, ...given, policy: { ...CASE.policy, ...policy } };
  const found = judgeApproval(whole, answer, signature);
  return found.accepted ? `seat ${found.seat.owner}` : found.refusal;
}

describe('one word on a plan', () => {
  test.each(ROWS)('$title', (row) => {
    expect(judged(row)).toBe(row.comes);
  });
});

describe('a person', () => {
  test.each([
    ['ann', 'cli:ann@host', true],
    ['Ann', 'cli:ann@host', true],
    ['ann@other', 'cli:ann@host', true],
    ['cli:ann@other', 'cli:ann@host', true],
    ['anna', 'cli:ann@host', false],
    ['host', 'cli:ann@host', false],
    ['line', 'line', true],
    ['ann', 'line', false],
  ])('%s behind %s: %s', (who, requestedBy, is) => {
    expect(isRequester(who, requestedBy)).toBe(is);
  });

  test('is the same in any spelling of the name', () => {
    expect(isSamePerson('Ａｎｎ  Lee', ' ann lee')).toBe(true);
    expect(isSamePerson('ann', 'anne')).toBe(false);
  });
});

describe('a delegation', () => {
  const given = {
    ...({ scope: 'approval', earlier: 2, people: ['ann', 'ben'] } as const),
    ...({ signatures: 'optional', signature: 'none' } as const),
  };
  const input = {
    ...{ scope: 'approval' as const, ordinal: 2 },
    from: 'ann',
    to: 'dan',
    untilMs: null,
    reason: '',
    signature: null,
  };
  test.each([
    ['holds', input, {}, null],
    ['of one who is not asked', { ...input, from: 'dan' }, {}, 'not_asked'],
    ['where anyone may answer', input, { people: [] }, 'not_asked'],
    ['until yesterday', { ...input, untilMs: 5 }, {}, 'past'],
    ['unsigned where it must be', input, { signatures: 'required' }, 'unsigned'],
    ['with a bad signature', input, { signature: 'bad' }, 'bad_signature'],
    ['of the packets, sent to the plan', { ...input, scope: 'review' }, {}, 'other_scope'],
    ['of a number that was used', { ...input, ordinal: 1 }, { signature: 'good' }, 'not_next'],
    ['of a number to come', { ...input, ordinal: 3 }, { signature: 'good' }, 'not_next'],
  ] as const)('%s', (_title, delegation, change, refusal) => {
    const found = judgeDelegation(delegation, {
      ...{ ...given, people: [...given.people], atMs: 10 },
      ...(change as object),
    });
    expect(found?.refusal ?? null).toBe(refusal);
  });

  test('moves the reminder to the delegate', () => {
    const delegations = [handed('ann', 'dan', 50)];
    expect(whoAnswersFor('ann', delegations, 50)).toBe('dan');
    expect(whoAnswersFor('ann', delegations, 51)).toBe('ann');
  });
});

test('a rejection stands for the same plan and recipe, whoever asks for it; an approval for its packet', () => {
  const sha = (letter: string) => letter.repeat(64);
  const entry = (kind: string, body: object) =>
    ({ kind, body: { mix: 'm@1', ...body } }) as unknown as LedgerEntry;
  const opened = (packet: string, plan: string, requestedBy: string) =>
    entry('approval-opened', {
      ...{ packet: { path: 'p', sha256: sha(packet), bytes: 1, rows: 1 }, requestedBy },
      ...{ planSha256: sha(plan), recipeFingerprint: sha('e'), dueAt: '', policy: POLICY },
    });
  const line = (approver: string, decision: string) =>
    entry('approval', {
      ...{ packetSha256: sha('a'), approver, decision, reason: '', onBehalfOf: null },
      ...{ authMethod: 'self-declared', signature: null },
    });
  const entries = [
    ...[opened('a', '1', 'cli:rita@host'), line('ann', 'approve'), line('ben', 'reject')],
    ...[opened('b', '1', 'cli:sam@other'), opened('c', '2', 'cli:rita@host')],
  ];
  const who = (packet: string) =>
    approvalsIn(entries, 'm@1', sha(packet)).map(({ line: { approver } }) => approver);
  expect(who('a')).toEqual(['ann', 'ben']);
  expect(who('b')).toEqual(['ben']);
  expect(who('c')).toEqual([]);
});

/** Few names, so that collisions are common: approvers, delegates, strangers, the requester, spellings. */
const name = fc.constantFrom('ann', 'Ann', 'ben', 'cleo', 'dan', 'eve', 'rita');
const word = fc.record({
  who: name,
  decision: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
});
const delegation = fc.record({ from: name, to: name, untilMs: fc.constant(null) });

describe('any sequence of words', () => {
  test('approves only by so many different people from so many different seats, none of them who asked', () => {
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 12 }),
        fc.array(delegation, { maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom<string[]>([], ['ann', 'ben', 'cleo']),
        (words, delegations, approvals, approvers) => {
          const policy = { ...CASE.policy, approvals, approvers };
          const answers: ApprovalLine[] = [];
          for (const { who, decision } of words) {
            const given = { ...CASE, policy, delegations, answers: [...answers] };
            const found = judgeApproval(given, said(who, { decision }), 'none');
            if (!found.accepted) continue;
            const { onBehalfOf } = found.seat;
            answers.push(line(who, { decision, onBehalfOf }));
          }
          const settled = settledBy(policy, answers);
          const rejected = answers.some(({ decision }) => decision === 'reject');
          expect(settled === 'rejected').toBe(rejected);
          if (settled !== 'approved') return;
          const fold = (text: string) => text.toLowerCase();
          const people = new Set(answers.map(({ approver }) => fold(approver)));
          const seats = new Set(answers.map((a) => fold(a.onBehalfOf ?? a.approver)));
          expect(people.size).toBe(approvals);
          expect(seats.size).toBe(approvals);
          expect(people.has('rita') || seats.has('rita')).toBe(false);
          if (approvers.length > 0) for (const seat of seats) expect(approvers).toContain(seat);
          expect(approvalsMissing(policy, answers)).toBe(0);
        },
      ),
      { numRuns: 2_000, seed: 20261126 },
    );
  });

  test('seats of a person are theirs or handed to them, each once', () => {
    fc.assert(
      fc.property(name, fc.array(delegation, { maxLength: 6 }), (who, delegations) => {
        const owners = seatsOf(['ann', 'ben', 'cleo'], delegations, who, 0);
        expect(new Set(owners.map(({ owner }) => owner)).size).toBe(owners.length);
        for (const { owner, onBehalfOf } of owners) {
          if (onBehalfOf === null) expect(isSamePerson(owner, who)).toBe(true);
          else
            expect(
              delegations.some(
                ({ from, to }) => isSamePerson(from, owner) && isSamePerson(to, who),
              ),
            ).toBe(true);
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
