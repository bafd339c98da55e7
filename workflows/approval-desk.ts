/**
 * Where people's words on a plan come in: handlers that stand before a build's first step, and a queue that
 * judges one word after another. What the desk knows is what the ledger says; it is told after each word.
 */
import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import type { OpenedApproval } from '../activities/approval-activities.js';
import type { StandingApproval } from '../activities/record-approval.js';
import { isSamePerson } from '../core/review/person.js';
import {
  type ApprovalInput,
  type ApprovalOutcome,
  type ApprovalState,
  approvalInput,
} from '../core/schema/approval.js';
import {
  type ApprovalEnd,
  type DelegationInput,
  type DelegationOutcome,
  delegationInput,
} from '../core/schema/approval-lines.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { BuildMixInput } from '../core/schema/build.js';
import type { ApprovalPolicy } from '../core/schema/recipe.js';
import { approvalQuery, approveUpdate, delegateUpdate } from './messages.js';
import { parseOrFail } from './parse-or-fail.js';
import { brief } from './steps.js';

const STATE_OF = {
  ...{ approved: 'approved', approved_by_deadline: 'approved' },
  ...{ rejected: 'rejected', expired: 'expired' },
} as const satisfies Record<ApprovalEnd, ApprovalState['state']>;

export class ApprovalDesk {
  readonly #wanted: BuildMixInput;
  readonly #by: string;
  readonly mix: string;
  readonly policy: ApprovalPolicy | null;
  #packet: ArtifactRef | null = null;
  #dueAtMs = 0;
  #standing: StandingApproval = { answers: [], settled: 'open', missing: 0 };
  #end: ApprovalEnd | null = null;
  #refused = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();
  /** Told of every change. */
  onChange: () => void = () => undefined;

  constructor(wanted: BuildMixInput, by: string) {
    const { name, version, review } = wanted.recipe;
    this.#wanted = wanted;
    this.#by = by;
    this.mix = `${name}@${version}`;
    this.policy = review?.approval ?? null;
  }

  /** Before the first await: what comes in early is refused on record, not lost. */
  listen(): void {
    setHandler(approvalQuery, () => this.state(), { description: 'what people are to approve' });
    setHandler(approveUpdate, (answer) => this.#takeTurn((atMs) => this.#record(answer, atMs)), {
      validator: (answer) => {
        parseOrFail(approvalInput, answer, 'answer to a plan');
      },
      description: "one person's word on the plan",
    });
    setHandler(delegateUpdate, (given) => this.#takeTurn((atMs) => this.#delegate(given, atMs)), {
      validator: (given) => {
        parseOrFail(delegationInput, given, 'delegation');
      },
      description: 'an approver hands over to another person',
    });
  }

  state(): ApprovalState | null {
    if (this.policy === null || this.#packet === null) return null;
    return {
      ...{ mix: this.mix, packet: this.#packet, policy: this.policy },
      state: this.#end === null ? 'open' : STATE_OF[this.#end],
      ...{ dueAtMs: this.#dueAtMs, answers: [...this.#standing.answers], refused: this.#refused },
    };
  }

  get standing(): StandingApproval {
    return this.#standing;
  }

  get isSettled(): boolean {
    return this.#standing.settled !== 'open';
  }

  /** Approvers whose own answer is missing; empty where anyone may answer. */
  get owners(): readonly string[] {
    const answered = this.#standing.answers.map(
      ({ approver, onBehalfOf }) => onBehalfOf ?? approver,
    );
    const approvers = this.policy?.approvers ?? [];
    return approvers.filter((name) => !answered.some((other) => isSamePerson(name, other)));
  }

  open({ packet, ...standing }: OpenedApproval, dueAtMs: number): void {
    this.#packet = packet;
    this.#dueAtMs = dueAtMs;
    this.#standing = standing;
    this.onChange();
  }

  close(end: ApprovalEnd): void {
    this.#end = end;
    this.onChange();
  }

  /** Until every word that came in is judged. */
  async idle(): Promise<void> {
    let turn: Promise<unknown>;
    do {
      turn = this.#lastTurn;
      await turn;
    } while (turn !== this.#lastTurn);
  }

  /** Nobody who asked is left without an answer when the build ends. */
  async drain(): Promise<void> {
    await condition(allHandlersFinished);
  }

  /**
   * One after another: whether a person answered before is asked of the ledger. In time is what came in in
   * time, however long it waits for its turn.
   */
  #takeTurn<T>(act: (atMs: number) => Promise<T>): Promise<T> {
    const atMs = Date.now();
    const turn = this.#lastTurn.then(() => act(atMs));
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async #record(answer: ApprovalInput, atMs: number): Promise<ApprovalOutcome> {
    const { recipe, execution } = this.#wanted;
    const { approver, decision, packetSha256 } = answer;
    const summary = `judge the word of ${approver} (${decision}) on plan ${packetSha256.slice(0, 12)}`;
    const { outcome, ...standing } = await brief.recordApproval.executeWithOptions(
      { summary: summary.slice(0, 150) },
      [
        {
          ...{ workspace: execution.workspace, mix: this.mix, packet: this.#packet },
          ...{ policy: this.policy, requestedBy: execution.requestedBy, dueAtMs: this.#dueAtMs },
          keys: recipe.review?.keys ?? {},
          signatures: recipe.review?.signatures ?? 'optional',
          ...{ answer, atMs, by: this.#by },
        },
      ],
    );
    if (!outcome.accepted) this.#refused++;
    this.#standing = standing;
    this.onChange();
    return outcome;
  }

  async #delegate(delegation: DelegationInput, atMs: number): Promise<DelegationOutcome> {
    const { recipe, execution } = this.#wanted;
    const summary = `judge the handing over of the approval by ${delegation.from} to ${delegation.to}`;
    return brief.recordDelegation.executeWithOptions({ summary: summary.slice(0, 150) }, [
      {
        ...{ workspace: execution.workspace, mix: this.mix, scope: 'approval' },
        people: this.policy?.approvers ?? [],
        keys: recipe.review?.keys ?? {},
        signatures: recipe.review?.signatures ?? 'optional',
        ...{ delegation, atMs, by: this.#by },
      },
    ]);
  }
}
