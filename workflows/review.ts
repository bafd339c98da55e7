/**
 * The review of a build's packets: waits for people, for days if need be, beside the builds. Each
 * answer is an update: judged and written to the ledger by one activity, one at a time, accepted or
 * refused. It stays open until its deadline, so that answers can be corrected, and then says what
 * was left open. A later build of the same version redrafts the packets.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type DelegationInput,
  type DelegationOutcome,
  delegationInput,
} from '../core/schema/approval-lines.js';
import {
  type ReviewInput,
  type ReviewMixInput,
  type ReviewOutcome,
  reviewInput,
  reviewMixInput,
} from '../core/schema/review-packet.js';
import {
  decideUpdate,
  delegateUpdate,
  type QueuedPacket,
  queueQuery,
  type Redraft,
  type ReviewQueue,
  redraftSignal,
} from './messages.js';
import { movesOn } from './moves-on.js';
import { parseOrFail } from './parse-or-fail.js';
import { sendReminder, untilDue } from './remind.js';
import { MixPhase, ReviewDueAt, ReviewState } from './search-attributes.js';
import { startSeal } from './start-seal.js';
import { brief } from './steps.js';

export interface ReviewMixResult {
  readonly state: 'done' | 'expired';
  readonly packets: number;
  /** Packets that nobody answered before the deadline. */
  readonly open: number;
  readonly answers: number;
  readonly refused: number;
  readonly sentence: string;
}

movesOn(reviewMix);

export async function reviewMix(input: ReviewMixInput): Promise<ReviewMixResult> {
  const review = new Review(parseOrFail(reviewMixInput, input, 'review input'));
  setHandler(queueQuery, () => review.queue());
  setHandler(redraftSignal, (draft) => review.redraft(draft), {
    description: 'a later build of this version drafted packets',
  });
  setHandler(decideUpdate, (answer) => review.decide(answer), {
    validator: assertReadable,
    description: 'one packet, answered whole by one reviewer',
  });
  setHandler(delegateUpdate, (given) => review.delegate(given), {
    validator: (given) => {
      parseOrFail(delegationInput, given, 'delegation');
    },
    description: 'a reviewer hands over to another person',
  });
  review.publish();
  let isFull = false;
  try {
    isFull = await review.untilDueOrFull();
  } finally {
    const { workspace } = input;
    await CancellationScope.nonCancellable(() => startSeal({ workspace, mix: null }));
  }
  await condition(allHandlersFinished);
  if (isFull || review.isDueLater) return continueAsNew<typeof reviewMix>(review.next());
  return review.close();
}

/** A value of another shape was not sent by this program; anything else is judged, on record. */
function assertReadable(answer: ReviewInput): void {
  parseOrFail(reviewInput, answer, 'answer to a packet');
}

/** What a run of the review knows; every change comes from a message. */
class Review {
  readonly #input: ReviewMixInput;
  #draft: Redraft;
  readonly #answeredBy: Map<string, string[]>;
  #refused: number;
  /** Answers taken in this run, accepted or refused. */
  #taken = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #reminded = '';

  constructor(input: ReviewMixInput) {
    this.#input = input;
    this.#draft = input;
    this.#answeredBy = new Map(Object.entries(input.answeredBy));
    this.#refused = input.refused;
  }

  queue(): ReviewQueue {
    const { mix } = this.#input;
    const { reviewers, dueAtMs } = this.#draft;
    const packets = this.#packets();
    const isDone = packets.every(({ answeredBy }) => answeredBy.length > 0);
    const state = isDone ? 'done' : this.#isClosed ? 'expired' : 'open';
    const dueAt = new Date(dueAtMs).toISOString();
    return { mix, state, reviewers, dueAt, packets, refused: this.#refused };
  }

  #packets(): QueuedPacket[] {
    return this.#draft.packets.map((entry) => ({
      ...entry,
      answeredBy: this.#answeredBy.get(entry.packet) ?? [],
    }));
  }

  redraft(draft: Redraft): void {
    this.#draft = draft;
    this.publish();
  }

  /** One answer after another: whether a reviewer saw a document is asked of the ledger. */
  decide(answer: ReviewInput): Promise<ReviewOutcome> {
    return this.#takeTurn((atMs) => this.#record(answer, atMs));
  }

  delegate(delegation: DelegationInput): Promise<DelegationOutcome> {
    return this.#takeTurn((atMs) => this.#delegate(delegation, atMs));
  }

  #takeTurn<T>(act: (atMs: number) => Promise<T>): Promise<T> {
    this.#taken++;
    const atMs = Date.now();
    const turn = this.#lastTurn.then(() => act(atMs));
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async #delegate(delegation: DelegationInput, atMs: number): Promise<DelegationOutcome> {
    const { mix, workspace } = this.#input;
    const { reviewers: people, keys = {}, signatures = 'optional' } = this.#draft;
    const { workflowId, runId } = workflowInfo();
    const summary =
      `judge the handing over of packets by ${delegation.from} to ${delegation.to}`.slice(0, 150);
    const by = `${workflowId}/${runId}`;
    const asked = { workspace, mix, scope: 'review', people, keys, signatures } as const;
    return brief.recordDelegation.executeWithOptions({ summary }, [
      { ...asked, delegation, atMs, by },
    ]);
  }

  async #record(answer: ReviewInput, atMs: number): Promise<ReviewOutcome> {
    const { mix, workspace } = this.#input;
    const { index, packets, reviewers, keys = {}, signatures = 'optional' } = this.#draft;
    const { workflowId, runId } = workflowInfo();
    const entry = packets.find(({ packet }) => packet === answer.packet) ?? null;
    const what = answer.again === 0 ? 'answers' : 'corrections';
    const summary = `judge the ${what} of ${answer.reviewer} to packet ${answer.packet}: ${answer.answers.length} documents`;
    const outcome = await brief.recordReview.executeWithOptions(
      { summary: summary.slice(0, 150) },
      [
        {
          ...{ workspace, mix, index, entry, reviewers, answer, keys, signatures },
          ...{ atMs, by: `${workflowId}/${runId}` },
        },
      ],
    );
    if (outcome.accepted) this.#accept(answer);
    else this.#refused++;
    this.publish();
    return outcome;
  }

  #accept({ packet, reviewer }: ReviewInput): void {
    const known = this.#answeredBy.get(packet) ?? [];
    if (!known.includes(reviewer)) this.#answeredBy.set(packet, [...known, reviewer].sort());
  }

  /** Attributes to find it by, and what it waits for, in words. */
  publish(): void {
    const { state, dueAt } = this.queue();
    upsertSearchAttributes([
      { key: MixPhase, value: 'review' },
      { key: ReviewState, value: state },
      { key: ReviewDueAt, value: this.#isClosed ? null : new Date(this.#draft.dueAtMs) },
    ]);
    setCurrentDetails(`${this.#sentence()}\n\nAnswers are taken until ${dueAt}.${this.#reminded}`);
  }

  #sentence(): string {
    const packets = this.#packets();
    const open = packets.filter(({ answeredBy }) => answeredBy.length === 0);
    const documents = open.reduce((sum, packet) => sum + packet.documents, 0);
    const refused = this.#refused === 0 ? '' : `; ${this.#refused} answers were refused`;
    return open.length === 0
      ? `All ${packets.length} packets of ${this.#input.mix} have an answer${refused}.`
      : `${open.length} of ${packets.length} packets of ${this.#input.mix} have no answer (${documents} documents)${refused}.`;
  }

  /** Waits for the deadline; true where this run's history has become long before it. */
  async untilDueOrFull(): Promise<boolean> {
    const isFull = () =>
      workflowInfo().continueAsNewSuggested || this.#taken >= this.#input.answersPerRun;
    for (;;) {
      const { dueAtMs, reminderSeconds = [] } = this.#draft;
      if (dueAtMs <= Date.now()) break;
      await untilDue({
        ...{ what: 'the review', dueAtMs, reminderSeconds },
        isOver: () => isFull() || this.#draft.dueAtMs !== dueAtMs,
        remind: (secondsBefore) => this.#remind(secondsBefore),
      });
      if (isFull()) return true;
    }
    this.#isClosed = true;
    return false;
  }

  /** Packets that a later build drafted, maybe while this run was about to close. */
  get isDueLater(): boolean {
    return this.#draft.dueAtMs > Date.now();
  }

  /** Nobody owes anything where every packet has an answer. */
  async #remind(secondsBefore: number): Promise<void> {
    if (this.queue().state !== 'open') return;
    const { mix, workspace } = this.#input;
    const { dueAtMs, reviewers: owners } = this.#draft;
    const sentence = `${this.#sentence()} ballast review list ${mix}`;
    await sendReminder({
      workspace,
      mix,
      scope: 'review',
      owners,
      sentence,
      dueAtMs,
      secondsBefore,
    });
    this.#reminded = `\n\nReminded ${owners.join(', ') || 'everybody'} ${secondsBefore} s before.`;
    this.publish();
  }

  /** What the next run starts with. */
  next(): ReviewMixInput {
    return {
      ...this.#input,
      ...this.#draft,
      answeredBy: Object.fromEntries(this.#answeredBy),
      refused: this.#refused,
    };
  }

  close(): ReviewMixResult {
    this.publish();
    const packets = this.#packets();
    const open = packets.filter(({ answeredBy }) => answeredBy.length === 0).length;
    const answers = packets.reduce((sum, { answeredBy }) => sum + answeredBy.length, 0);
    const state = open === 0 ? 'done' : 'expired';
    const refused = this.#refused;
    return { state, packets: packets.length, open, answers, refused, sentence: this.#sentence() };
  }
}
