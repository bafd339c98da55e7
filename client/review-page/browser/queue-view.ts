/** The queue: packets of all reviews, fifty on a page, those without an answer first. */
import type { QueuePage, QueueRow } from '../page-types.js';
import { draftSize } from './draft.js';
import { count, element, route, table, when } from './element.js';
import { silentServer } from './notices.js';
import { person } from './person.js';
import { read } from './server.js';
import type { View } from './view.js';

export function packetHash({ mix, packet }: Pick<QueueRow, 'mix' | 'packet'>): string {
  return `/packet/${encodeURIComponent(mix)}/${packet}`;
}

function badgeOf(row: QueueRow): HTMLElement {
  if (row.answeredBy.includes(person()))
    return element('span', { class: 'badge good' }, 'answered by you');
  if (row.answeredBy.length > 0) return element('span', { class: 'badge good' }, 'answered');
  if (row.state === 'expired') return element('span', { class: 'badge bad' }, 'closed');
  const drafted = draftSize(row.sha256, person());
  if (drafted > 0)
    return element('span', { class: 'badge draft' }, `draft: ${drafted} of ${row.documents}`);
  return element('span', { class: 'badge' }, 'open');
}

function lineOf(row: QueueRow) {
  return [
    row.mix,
    route(row.packet, packetHash(row), { class: 'code' }),
    badgeOf(row),
    row.documents.toLocaleString('en-US'),
    row.round === 'second' ? 'second look' : 'first look',
    row.why,
    when(row.dueAt),
    row.answeredBy.join(', ') || '-',
  ];
}

const COLUMNS = (
  ['mix', 'packet', 'state', 'documents', 'round', 'why', 'due', 'answered by'] as const
).map((name) => ({ name, align: name === 'documents' ? ('right' as const) : ('left' as const) }));

function turner({ page, pages }: QueuePage): HTMLElement | null {
  if (pages === 1) return null;
  const turn = (text: string, to: number) =>
    to < 0 || to >= pages ? element('span', { class: 'off' }, text) : route(text, `/queue/${to}`);
  return element(
    'nav',
    { class: 'row turner', 'aria-label': 'pages of the queue' },
    turn('Earlier', page - 1),
    element('span', {}, `page ${page + 1} of ${pages}`),
    turn('Further', page + 1),
  );
}

export async function queueView(page: number): Promise<View> {
  const queue = await read<QueuePage>('queue', { page: String(page) });
  const { rows, packets, open } = queue;
  const first = rows.find(
    ({ answeredBy, state }) => answeredBy.length === 0 && state !== 'expired',
  );
  const node = element(
    'main',
    {},
    element('h1', {}, 'Packets to review'),
    silentServer(queue.isServerThere),
    packets === 0
      ? element('p', { class: 'lead' }, 'Nobody is asked about anything in this workspace.')
      : element(
          'p',
          { class: 'lead' },
          `${count(packets, 'packet')}, ${open.toLocaleString('en-US')} without an answer. `,
          first === undefined ? null : route('Begin with the first', packetHash(first)),
        ),
    rows.length === 0 ? null : table('Packets', COLUMNS, rows.map(lineOf)),
    turner(queue),
  );
  return {
    title: 'Queue',
    node,
    key: ({ key }) => {
      if (key !== 'Enter' || first === undefined) return false;
      location.hash = packetHash(first);
      return true;
    },
  };
}
