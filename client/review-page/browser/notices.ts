/** What is said to everyone: a line for screen readers, and refusals in words. */
import { element } from './element.js';
import { Refused } from './server.js';

/** Read out by screen readers; the page shows the same in other ways. */
export const spoken = element('div', { class: 'spoken', role: 'status', 'aria-live': 'polite' });

export function say(text: string): void {
  spoken.textContent = text;
}

/** An error in its parts. */
export function errorNotice(error: unknown): HTMLElement {
  const box = element('section', { class: 'verdict bad', role: 'alert' });
  if (!(error instanceof Refused)) {
    box.append(element('b', {}, 'The page failed'), element('span', {}, String(error)));
    return box;
  }
  const { subject, expected, found, where, remedy } = error.parts;
  box.append(
    element('b', {}, found),
    element('span', {}, `${subject}: expected ${expected}.`),
    element('span', { class: 'remedy' }, `What to do: ${remedy}.`),
    element('span', { class: 'small' }, where),
  );
  return box;
}

export function refusalOf(error: unknown): string | null {
  const details = error instanceof Refused ? error.parts.details : null;
  const refusal = (details as { refusal?: unknown } | null)?.refusal;
  return typeof refusal === 'string' ? refusal : null;
}

export function silentServer(isServerThere: boolean): HTMLElement | null {
  if (isServerThere) return null;
  return element(
    'p',
    { class: 'verdict warn', role: 'status' },
    element('b', {}, 'No Temporal server answers.'),
    element(
      'span',
      {},
      'This is what the workspace alone knows; whether a review is still open is not known. Sending starts our own server again, or says what to do: ballast doctor.',
    ),
  );
}
