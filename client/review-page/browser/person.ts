/** Who decides: the command's word, or a name that is asked for once and remembered. */
import { button, element } from './element.js';

const NAME = 'ballast-review/name';
let fixed: string | null = null;

export function fixPerson(name: string | null): void {
  fixed = name;
}

export function isFixed(): boolean {
  return fixed !== null;
}

/** '' where nobody has said it. */
export function person(): string {
  return fixed ?? localStorage.getItem(NAME) ?? '';
}

/** Asks for a name; `then` runs once it is given. */
export function personForm(then: () => void): HTMLElement {
  const input = element('input', { id: 'person', type: 'text', 'aria-describedby': 'person-note' });
  input.maxLength = 200;
  input.value = person();
  input.autocomplete = 'off';
  const keep = () => {
    const name = input.value.trim();
    if (name === '') return input.focus();
    localStorage.setItem(NAME, name);
    then();
  };
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') keep();
  });
  return element(
    'section',
    { class: 'card ask' },
    element('label', { for: 'person' }, 'Your name, as the recipe has it'),
    element('div', { class: 'row' }, input, button('That is me', keep, { class: 'primary' })),
    element(
      'p',
      { class: 'note', id: 'person-note' },
      'It stands beside each of your decisions in the ledger. Nobody checks it: it is a claim.',
    ),
  );
}
