/** The page: its head, the view that the address names, and one listener for keys. */
import type { About, PacketPage } from '../page-types.js';
import { approvalsView, approvalView } from './approval-view.js';
import { button, element, route } from './element.js';
import { help, toggleHelp } from './help.js';
import { errorNotice, spoken } from './notices.js';
import { PacketView } from './packet-view.js';
import { fixPerson, isFixed, person, personForm } from './person.js';
import { queueView } from './queue-view.js';
import { keepKey, read } from './server.js';
import type { View } from './view.js';

const place = element('div', { id: 'view' });
const who = button('', () => askPerson(), { class: 'plain' });
let about: About;
let shown: View | null = null;
/** Number of the last change of view: an answer that comes late is not shown. */
let turn = 0;

function askPerson(): void {
  if (!isFixed())
    show({
      title: 'Who are you?',
      node: element(
        'main',
        {},
        element('h1', {}, 'Who decides?'),
        personForm(() => void draw()),
      ),
      focus: () => document.getElementById('person')?.focus(),
    });
}

function show(view: View): void {
  shown = view;
  document.title = `${view.title} · Ballast review`;
  who.textContent = person() === '' ? 'Who are you?' : person();
  place.replaceChildren(view.node);
  view.focus?.();
}

async function viewOf(path: string): Promise<View> {
  const [kind = '', first = '', second = ''] = path.split('/').slice(1).map(decodeURIComponent);
  const reload = () => void draw();
  const { reasonCharactersMax } = about;
  if (kind === 'packet') {
    const asked = { mix: first, packet: second, reviewer: person() };
    return new PacketView(await read<PacketPage>('packet', asked), { reasonCharactersMax, reload });
  }
  if (kind === 'approvals') return approvalsView();
  if (kind === 'approval') return approvalView(first, reasonCharactersMax, reload);
  return queueView(Math.max(0, Number.parseInt(first, 10) || 0));
}

async function draw(): Promise<void> {
  const mine = ++turn;
  const path = location.hash.slice(1);
  if (person() === '' && /^\/(packet|approval)\//.test(path)) return askPerson();
  place.setAttribute('aria-busy', 'true');
  const view = await viewOf(path).catch(
    (error: unknown): View => ({ title: 'Refused', node: element('main', {}, errorNotice(error)) }),
  );
  place.removeAttribute('aria-busy');
  if (mine === turn) show(view);
}

function onKey(event: KeyboardEvent): void {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (isField) return;
  const isControl = target instanceof Element && target.closest('button, a, summary') !== null;
  if (isControl && (key === 'Enter' || key === ' ')) return;
  if (key === '?') toggleHelp();
  else if (shown?.key?.(event) !== true) return;
  event.preventDefault();
}

async function start(): Promise<void> {
  keepKey();
  const head = element(
    'header',
    { class: 'top' },
    element('span', { class: 'brand' }, 'Ballast review'),
    element(
      'nav',
      { 'aria-label': 'parts of the page' },
      route('Queue', '/queue/0'),
      route('Approvals', '/approvals'),
    ),
    element('span', { class: 'grow' }),
    who,
    button('Keys (?)', toggleHelp, { class: 'plain', 'aria-keyshortcuts': '?' }),
  );
  const foot = element('footer', {});
  document.body.replaceChildren(head, place, foot, spoken, help);
  try {
    about = await read<About>('about');
  } catch (error) {
    place.replaceChildren(element('main', {}, errorNotice(error)));
    return;
  }
  fixPerson(about.as);
  foot.textContent = `workspace ${about.workspace}`;
  addEventListener('keydown', onKey);
  addEventListener('hashchange', () => void draw());
  await draw();
}

void start();
