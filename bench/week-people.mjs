/**
 * People of the week: two who approve, two who review, and strangers. What each does with a plan or a
 * packet is drawn from the seed by its name: at once, late, twice, otherwise than before, with another
 * digest, or never. Every word goes the way that the product's commands send it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPacket } from '../dist/activities/review-packets.js';
import { readReviews } from '../dist/client/review/review-records.js';
import { sendAnswers } from '../dist/client/review/send-answers.js';
import { askApproval, sendApproval } from '../dist/client/review/send-approval.js';
import { derive, draw } from '../dist/core/random/draw.js';

const LOOK_MS = 400;
const ATTEMPTS = 6;
const STALE = 'f'.repeat(64);

/** By cumulated share. */
const APPROVER_WAYS = [
  ['at once', 0.55],
  ['twice', 0.65],
  ['stale', 0.75],
  ['late', 0.84],
  ['never', 0.95],
  ['reject', 1],
];
const REVIEWER_WAYS = [
  ['at once', 0.4],
  ['twice', 0.5],
  ['otherwise', 0.6],
  ['stale', 0.7],
  ['late', 0.82],
  ['never', 1],
];

const wayOf = (ways, share) => ways.find(([, below]) => share < below)[0];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class People {
  /** @param world session (asked each time: a revived one has another client), workspace, seed */
  constructor(world) {
    this.world = world;
    this.seen = new Set();
    /** Deadlines of each version's approvals. */
    this.openings = new Map();
    this.acts = [];
    this.isOver = false;
    this.mayReject = true;
    /** What became of each word, by kind. */
    this.counts = {};
    /** Sentences of what should not have been answered so. */
    this.wrong = [];
  }

  count(what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  draw(purpose, id) {
    return draw(derive(this.world.seed, purpose), id);
  }

  /** Looks for what is asked until `end`. */
  async live() {
    while (!this.isOver) {
      await this.look().catch(() => undefined);
      await pause(LOOK_MS);
    }
    await Promise.all(this.acts);
  }

  end() {
    this.isOver = true;
  }

  async look() {
    const { client } = this.world.session;
    const query = 'WorkflowType = "buildMix" AND ExecutionStatus = "Running"';
    for await (const { workflowId } of client.workflow.list({ query })) {
      const mix = workflowId.slice('build-mix/'.length);
      const state = await askApproval(this.world.session, mix).catch(() => null);
      if (state?.state === 'open') this.approvers(mix, state);
    }
    const reviews = await readReviews(this.world.workspace);
    for (const review of reviews)
      for (const entry of review.index.packets) this.reviewers(review, entry);
  }

  /** Once for each of `id`; what it does is waited for at the end. */
  once(id, act) {
    if (this.seen.has(id)) return;
    this.seen.add(id);
    this.acts.push(act().catch((error) => this.count(`left: ${error.code ?? error.name}`)));
  }

  approvers(mix, { packet, dueAtMs }) {
    const { requestedBy } = JSON.parse(
      readFileSync(join(this.world.workspace, packet.path), 'utf8'),
    );
    const isRebuild = requestedBy !== 'line';
    const asked = this.timesAsked(mix, dueAtMs);
    for (const who of ['cyn', 'dan'])
      this.once(`${mix}/${packet.sha256}/${asked}/${who}`, () =>
        this.approve({ mix, who, asked, sha256: packet.sha256, dueAtMs, isRebuild }),
      );
    if (this.draw('stranger', mix) < 0.2)
      this.once(`${mix}/${packet.sha256}/mallory`, async () => {
        const said = await this.say(mix, 'mallory', packet.sha256);
        this.expect(said, ['not_an_approver', 'closed', 'gone'], 'a stranger approved');
      });
  }

  /** How often this version was put before people; one that was not approved in time comes again. */
  timesAsked(mix, dueAtMs) {
    const known = this.openings.get(mix) ?? new Set();
    this.openings.set(mix, known.add(dueAtMs));
    return known.size;
  }

  async approve({ mix, who, asked, sha256, dueAtMs, isRebuild }) {
    const share = this.draw('approver', `${mix}/${who}/${asked}`);
    let way = wayOf(APPROVER_WAYS, share);
    if (way === 'reject' && (isRebuild || !this.mayReject)) way = 'at once';
    this.count(`approver ${way}`);
    if (way === 'never') return;
    if (way === 'late') await pause(dueAtMs - Date.now() + 1_200);
    else await pause(200 + this.draw('approver waits', `${mix}/${who}`) * 1_800);
    if (way === 'stale') {
      const said = await this.say(mix, who, STALE);
      this.expect(said, ['stale_packet', 'closed', 'gone'], 'a stale plan was approved');
    }
    const decision = way === 'reject' ? 'reject' : 'approve';
    const said = await this.say(mix, who, sha256, decision);
    if (way === 'late') this.expect(said, ['closed', 'gone'], 'a word after the deadline counted');
    if (way !== 'twice' || typeof said !== 'number') return;
    const again = await this.say(mix, who, sha256, decision);
    if (typeof again === 'number' && again !== said)
      this.wrong.push(`${who} approved ${mix} twice: lines ${said} and ${again} of the ledger`);
  }

  expect(said, allowed, what) {
    if (!allowed.includes(said)) this.wrong.push(`${what}: ${said}`);
  }

  /** Line of the ledger, or why it was refused; `gone` where no build waits any more. */
  async say(mix, approver, packetSha256, decision = 'approve') {
    const reason = decision === 'reject' ? 'too much of one voice' : '';
    const said = { mix, approver, packetSha256, decision, reason, key: null };
    const found = await this.send(async () => {
      const { ledgerSequence } = await sendApproval(this.world.session, said);
      return ledgerSequence;
    });
    this.count(typeof found === 'number' ? `${decision} taken` : `approval refused: ${found}`);
    return found;
  }

  /** Tries again where the server or its worker was killed; the product makes a repeated word one. */
  async send(act) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.world.inTime(act());
      } catch (error) {
        const { code, details } = error;
        if (code === 'APPROVAL_REFUSED' || code === 'REVIEW_REFUSED' || code === 'REVIEW_CLOSED')
          return details?.refusal ?? 'gone';
        if (attempt === ATTEMPTS) throw error;
        await this.world.session.revive();
        await pause(300);
      }
    }
  }

  reviewers(review, entry) {
    for (const who of ['ann', 'ben']) {
      const id = `${review.mix}/${entry.packet}/${who}`;
      this.once(id, () => this.answer({ review, entry, who, id }));
    }
    if (this.draw('eve', entry.packet) < 0.1)
      this.once(`${review.mix}/${entry.packet}/eve`, async () => {
        const said = await this.decide({ review, entry, reviewer: 'eve', reason: '' });
        this.expect(said, ['not_a_reviewer', 'gone'], 'a stranger reviewed');
      });
  }

  async answer({ review, entry, who, id }) {
    const way = wayOf(REVIEWER_WAYS, this.draw('reviewer', id));
    this.count(`reviewer ${way}`);
    if (way === 'never') return;
    if (way === 'late') await pause(Date.parse(review.dueAt) - Date.now() + 1_500);
    else await pause(300 + this.draw('reviewer waits', id) * 4_000);
    if (way === 'stale') {
      const stale = { ...entry, sha256: STALE };
      const said = await this.decide({
        review,
        entry: stale,
        reviewer: who,
        reason: '',
        of: entry,
      });
      this.expect(said, ['stale_packet', 'unknown_packet', 'gone'], 'a stale packet was answered');
    }
    const said = await this.decide({ review, entry, reviewer: who, reason: '' });
    if (typeof said !== 'number') return;
    if (way === 'twice') {
      const again = await this.decide({ review, entry, reviewer: who, reason: '' });
      if (typeof again === 'number' && again !== said)
        this.wrong.push(`${who} answered ${entry.packet} twice: lines ${said} and ${again}`);
    }
    if (way === 'otherwise') {
      const other = await this.decide({
        review,
        entry,
        reviewer: who,
        reason: 'on second thought',
      });
      this.expect(other, ['answered_before', 'gone'], 'another answer replaced the first silently');
    }
  }

  async decide({ review, entry, reviewer, reason, of = entry }) {
    const { documents } = await readPacket(this.world.workspace, review.opened.index, of);
    const answers = documents.map(({ source, id }) => ({
      ...{ document: `${source}/${id}`, editDirection: null, transformedBy: [], reason },
      label: source === 'made' ? 'synthetic' : 'human_authored',
    }));
    const sending = { review, entry, reviewer, answers, again: false, key: null };
    const found = await this.send(async () => {
      const { ledgerSequence } = await sendAnswers(this.world.session, sending);
      return ledgerSequence;
    });
    this.count(typeof found === 'number' ? 'review taken' : `review refused: ${found}`);
    return found;
  }
}
