/** The keys, in a dialog; the browser keeps the focus in it and Escape closes it. */
import { button, element } from './element.js';
import { PACKET_HELP } from './packet-keys.js';

export const help = element('dialog', { id: 'help', 'aria-labelledby': 'help-title' });
help.append(
  element('h2', { id: 'help-title' }, 'Keys'),
  element(
    'dl',
    { class: 'keys' },
    ...PACKET_HELP.map(([keys, what]) =>
      element('div', {}, element('dt', {}, element('kbd', {}, keys)), element('dd', {}, what)),
    ),
  ),
  element('p', { class: 'note' }, 'In the queue, Enter opens the first packet without an answer.'),
  button('Close', () => help.close()),
);

export function toggleHelp(): void {
  if (help.open) help.close();
  else help.showModal();
}
