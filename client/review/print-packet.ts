/** A packet on the terminal: texts and what is known of them, blind; the machine's view afterwards. */
import { formatCount, formatWord } from '../../core/report/format.js';
import type {
  MachineView,
  MachineViews,
  Packet,
  PacketDocument,
} from '../../core/schema/review-packet.js';
import type { Output } from '../terminal/output.js';
import { visible } from '../terminal/visible.js';
import { textShown } from './packet-text.js';

export function describeDocument(document: PacketDocument, place: number, length: number): string {
  const { source, id, domain, created, url, language, tokens, characters } = document;
  const facts = [
    `domain ${domain}`,
    ...(created === null ? [] : [`created ${created}`]),
    ...(url === null ? [] : [url]),
    ...(language === null ? [] : [`language ${language}`]),
    `${formatCount(tokens)} tokens, ${formatCount(characters)} characters`,
  ];
  const head = `${place + 1} of ${length}  ${source}/${id}`;
  return visible(`\n${head}\n${facts.join(' · ')}\n\n${textShown(document)}\n`);
}

export function printPacket(output: Output, packet: Packet): void {
  const { documents } = packet;
  documents.forEach((document, place) => {
    output.line(describeDocument(document, place, documents.length));
  });
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export function printMachine(output: Output, views: readonly MachineView[]): void {
  const rows = views.map(({ source, id, label, unknownReason, posterior, conflict }, i) => [
    ...[i + 1, `${source}/${id}`, formatWord(label), formatWord(unknownReason ?? '')],
    ...[...posterior.map(percent), conflict.toFixed(2)],
  ]);
  output.table(
    'what the machine made of them',
    ['', 'document', 'label', 'why unknown', 'human', 'edited', 'synthetic', 'conflict'],
    rows,
  );
}

/** Evidence of each document, for those who have answered. */
export function printEvidence(output: Output, { views }: MachineViews): void {
  const rows = views.flatMap(({ source, id, evidence }) =>
    evidence.map((item) => [
      ...[`${source}/${id}`, item.family, item.tier, `${item.direction} ${item.supports}`],
      ...[item.strength.toFixed(1), item.reason, item.detail],
    ]),
  );
  if (rows.length > 0)
    output.table(
      'evidence',
      ['document', 'family', 'tier', 'says', 'weight', 'reason', 'detail'],
      rows,
    );
}
