/**
 * One packet as its reviewer sees it: texts and what is known of them, blind. What the machine thinks,
 * with the places that its evidence points at and why each document was asked about, comes with the
 * answer, as on the terminal.
 */
import { delegationsIn } from '../../activities/approval-lines.js';
import { answersOf, documentName } from '../../activities/record-review.js';
import { readMachineViews, readPacket } from '../../activities/review-packets.js';
import { formatCount, formatWord } from '../../core/report/format.js';
import { isSamePerson } from '../../core/review/person.js';
import { seatsOf } from '../../core/review/seats.js';
import { assert } from '../../core/schema/failure.js';
import type { MachineViews, Packet, PacketDocument } from '../../core/schema/review-packet.js';
import { readLedger } from '../../storage/ledger.js';
import { askQueues } from '../review/review-queue.js';
import {
  answersTo,
  type FoundPacket,
  findPacket,
  type ReviewRecord,
  readReviews,
} from '../review/review-records.js';
import { visible } from '../terminal/visible.js';
import type { PacketPage, ShownDocument } from './page-types.js';
import { textSegments } from './text-segments.js';

/** Only addresses of the web are links; any other is text. */
export function linkOf(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? href : null;
}

function shownDocument(
  document: PacketDocument,
  spans: readonly (readonly [number, number] | null)[],
): ShownDocument {
  const { source, id, domain, created, url, language, tokens, characters } = document;
  const facts: (readonly [string, string | null])[] = [
    ['source', source],
    ['id', id],
    ['domain', domain],
    ['created', created],
    ['language', language],
    ['address', url],
    ['size', `${formatCount(tokens)} tokens, ${formatCount(characters)} characters`],
  ];
  return {
    name: documentName(document),
    title: visible(documentName(document)),
    link: linkOf(url),
    facts: facts.flatMap(([name, value]) => (value === null ? [] : [[name, visible(value)]])),
    segments: textSegments(document, spans),
  };
}

interface Judging extends FoundPacket {
  readonly workspace: string;
  readonly reviews: readonly ReviewRecord[];
  readonly packet: Packet;
  readonly reviewer: string;
}

/** Why the review would refuse this person's answer to the packet, as far as the ledger tells. */
async function warningOf(judging: Judging): Promise<string | null> {
  const { workspace, reviews, review, entry, packet, reviewer } = judging;
  if (reviewer === '') return null;
  const { reviewers } = review.opened;
  const delegations = delegationsIn(await readLedger(workspace), review.mix, 'review');
  if (seatsOf(reviewers, delegations, reviewer, Date.now()).length === 0)
    return `${reviewer} is not among the reviewers of the recipe: ${reviewers.join(', ')}`;
  const seen = new Set(
    reviews
      .flatMap(({ answers }) => answers)
      .filter((line) => isSamePerson(line.reviewer, reviewer) && line.packet !== entry.packet)
      .flatMap(({ decisions }) => decisions.map(({ textSha256 }) => textSha256)),
  );
  const known = packet.documents.find(({ textSha256 }) => seen.has(textSha256));
  if (known === undefined) return null;
  return `${reviewer} decided on ${visible(documentName(known))} in another packet; a second look needs another person`;
}

export interface AskedPacket {
  readonly mix: string;
  readonly packet: string;
  /** '' where nobody has said who they are. */
  readonly reviewer: string;
}

export async function packetPage(
  workspace: string,
  asked: AskedPacket,
  address: string | undefined,
): Promise<PacketPage> {
  const reviews = await readReviews(workspace);
  const ofMix = reviews.filter(({ mix }) => mix === asked.mix);
  // Where there is none, this says which there are.
  if (ofMix.length === 0) await readReviews(workspace, asked.mix);
  const { review, entry } = findPacket(ofMix, asked.packet);
  const { packet: id, sha256, round } = entry;
  const packet = await readPacket(workspace, review.opened.index, entry);
  const answers = answersTo(review, id);
  const given = answers.filter(({ reviewer }) => reviewer === asked.reviewer).at(-1) ?? null;
  const machine =
    given === null
      ? null
      : inOrder(packet, await readMachineViews(workspace, review.opened.index, id));
  const queue = (await askQueues([review.mix], address)).queues.get(review.mix);
  return {
    ...{ mix: review.mix, packet: id, sha256, round, dueAt: queue?.dueAt ?? review.dueAt },
    state: queue?.state ?? 'unknown',
    reviewers: review.opened.reviewers,
    answeredBy: [...new Set(answers.map(({ reviewer }) => reviewer))].sort(),
    warning: await warningOf({
      workspace,
      reviews,
      review,
      entry,
      packet,
      reviewer: asked.reviewer,
    }),
    documents: packet.documents.map((document, i) =>
      shownDocument(document, machine?.[i]?.evidence.map(({ span }) => span) ?? []),
    ),
    given:
      given === null
        ? null
        : { sequence: given.sequence, at: given.at, answers: answersOf(given.decisions) },
    machine: machine === null ? null : shownMachine(machine, packet),
  };
}

type View = MachineViews['views'][number];

/** The machine's view of each document, in the packet's order. */
function inOrder({ documents }: Packet, { views }: MachineViews): View[] {
  const byName = new Map(views.map((view) => [documentName(view), view]));
  return documents.map((document) => {
    const view = byName.get(documentName(document));
    assert(view !== undefined, `the machine has a view of ${documentName(document)}`);
    return view;
  });
}

function shownMachine(
  views: readonly View[],
  { documents }: Packet,
): NonNullable<PacketPage['machine']> {
  return views.map((view, i) => ({
    ...view,
    why: formatWord(documents[i]!.why),
    evidence: view.evidence.map((item) => ({ ...item, detail: visible(item.detail) })),
    contamination: visible(view.contamination),
  }));
}
