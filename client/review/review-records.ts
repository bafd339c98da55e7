/**
 * Reviews as the workspace alone knows them: the ledger says which packets were asked about, who
 * answered and what was refused; the packets lie in the cache. No server is asked.
 */
import { REVIEW_LINE } from '../../activities/decisions.js';
import { REVIEW_OPENED_LINE, REVIEW_REFUSED_LINE } from '../../activities/record-review.js';
import { readPacketIndex } from '../../activities/review-packets.js';
import { Failure } from '../../core/schema/failure.js';
import { type ReviewLine, reviewLine } from '../../core/schema/review.js';
import {
  type PacketEntry,
  type PacketIndex,
  type ReviewOpenedLine,
  type ReviewRefusedLine,
  reviewOpenedLine,
  reviewRefusedLine,
} from '../../core/schema/review-packet.js';
import { readLedger } from '../../storage/ledger.js';

export interface ReviewRecord {
  readonly mix: string;
  readonly opened: ReviewOpenedLine;
  /** When its packets close, if no later build moved the deadline; ISO. */
  readonly dueAt: string;
  readonly index: PacketIndex;
  /** Accepted answers, oldest first, with their lines in the ledger. */
  readonly answers: readonly (ReviewLine & { readonly sequence: number; readonly at: string })[];
  readonly refused: readonly (ReviewRefusedLine & { readonly sequence: number })[];
}

interface LedgerReviews {
  readonly opened: Map<string, { line: ReviewOpenedLine; at: string }>;
  readonly answers: ReviewRecord['answers'][number][];
  readonly refused: ReviewRecord['refused'][number][];
}

async function readLines(workspace: string): Promise<LedgerReviews> {
  const found: LedgerReviews = { opened: new Map(), answers: [], refused: [] };
  for (const { kind, body, sequence, at } of await readLedger(workspace)) {
    if (kind === REVIEW_OPENED_LINE) {
      const line = reviewOpenedLine.parse(body);
      found.opened.set(line.mix, { line, at });
    } else if (kind === REVIEW_LINE)
      found.answers.push({ ...reviewLine.parse(body), sequence, at });
    else if (kind === REVIEW_REFUSED_LINE)
      found.refused.push({ ...reviewRefusedLine.parse(body), sequence });
  }
  return found;
}

/** The newest packets of each mix, or of one, name@version; sorted by mix. */
export async function readReviews(workspace: string, mix?: string): Promise<ReviewRecord[]> {
  const { opened, answers, refused } = await readLines(workspace);
  const mixes = [...opened.keys()].filter((name) => mix === undefined || name === mix).sort();
  if (mix !== undefined && mixes.length === 0) throw noReview(mix, workspace, [...opened.keys()]);
  const records: ReviewRecord[] = [];
  for (const name of mixes) {
    const { line, at } = opened.get(name)!;
    records.push({
      mix: name,
      opened: line,
      dueAt: new Date(Date.parse(at) + line.deadlineSeconds * 1000).toISOString(),
      index: await readPacketIndex(workspace, line.index),
      answers: answers.filter((answer) => answer.mix === name),
      refused: refused.filter((answer) => answer.mix === name),
    });
  }
  return records;
}

function noReview(mix: string, workspace: string, known: readonly string[]): Failure {
  return new Failure('USAGE', {
    subject: `review of ${mix}`,
    expected: 'a mix whose build asked for review, name@version',
    found: known.length === 0 ? 'no review in this workspace' : `reviews of ${known.join(', ')}`,
    where: workspace,
    remedy: 'give the recipe a review key and build it: ballast build -c recipe.yaml',
  });
}

export interface FoundPacket {
  readonly review: ReviewRecord;
  readonly entry: PacketEntry;
}

/** The packet of this id, or of the only id that starts so. */
export function findPacket(reviews: readonly ReviewRecord[], id: string): FoundPacket {
  const found = reviews.flatMap((review) =>
    review.index.packets
      .filter(({ packet }) => packet.startsWith(id))
      .map((entry) => ({ review, entry })),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const mixes = [...new Set(found.map(({ review }) => review.mix))];
  throw new Failure('USAGE', {
    subject: `packet ${id}`,
    expected: 'the id of one packet, or the start of it',
    found: found.length === 0 ? 'none' : `${found.length} of ${mixes.join(', ')}`,
    where: reviews.map(({ mix }) => mix).join(', ') || 'this workspace',
    remedy: 'list packets with: ballast review list; name the mix before the packet',
  });
}

export function answersTo({ answers }: ReviewRecord, packet: string): ReviewRecord['answers'] {
  return answers.filter((answer) => answer.packet === packet);
}

/** Refused answers of one reviewer to one packet. */
export function refusalsOf({ refused }: ReviewRecord, packet: string, reviewer: string): number {
  return refused.filter((line) => line.packet === packet && line.reviewer === reviewer).length;
}

/** Accepted and refused answers of one reviewer to one packet: the number of the next one. */
export function nextNumber(review: ReviewRecord, packet: string, reviewer: string): number {
  const isTheirs = (line: { packet: string; reviewer: string }) =>
    line.packet === packet && line.reviewer === reviewer;
  return review.answers.filter(isTheirs).length + review.refused.filter(isTheirs).length;
}
