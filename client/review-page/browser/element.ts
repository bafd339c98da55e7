/**
 * Builds elements. Text goes in as text, never as markup: there is no way here to write HTML. Only
 * attributes that cannot run or load anything are set by name; links and pictures have functions.
 */
export type Child = Node | string | null;

interface Attributes {
  readonly class?: string;
  readonly id?: string;
  readonly title?: string;
  readonly type?: string;
  readonly role?: string;
  readonly for?: string;
  readonly dir?: string;
  readonly scope?: string;
  readonly tabindex?: number;
  readonly [aria: `aria-${string}`]: string;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function button(
  text: Child,
  act: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', act);
  return made;
}

/** A link inside the page. */
export function route(text: string, hash: string, attributes: Attributes = {}): HTMLAnchorElement {
  const made = element('a', attributes, text);
  made.href = `#${hash}`;
  return made;
}

/** A link to an address of the web; the server let only http and https through, and so does this. */
export function webLink(text: string, address: string): HTMLElement {
  if (!/^https?:\/\//i.test(address)) return element('span', {}, text);
  const made = element('a', { title: 'opens in a new tab' }, text);
  made.href = address;
  made.target = '_blank';
  made.rel = 'noopener noreferrer';
  return made;
}

/** A picture given in the address itself. */
export function picture(source: string, alternative: string): HTMLImageElement {
  const made = element('img');
  if (source.startsWith('data:image/svg+xml;base64,')) made.src = source;
  made.alt = alternative;
  return made;
}

/** A table that scrolls inside its frame. */
export function table(
  title: string,
  columns: readonly { readonly name: string; readonly align: 'left' | 'right' }[],
  rows: readonly (readonly Child[])[],
): HTMLElement {
  const classOf = (at: number) => (columns[at]?.align === 'right' ? { class: 'n' } : {});
  const head = columns.map(({ name }, at) => element('th', { scope: 'col', ...classOf(at) }, name));
  const body = rows.map((row) =>
    element('tr', {}, ...row.map((cell, at) => element('td', classOf(at), cell))),
  );
  return element(
    'div',
    { class: 'frame', tabindex: 0, role: 'region', 'aria-label': title },
    element(
      'table',
      {},
      element('caption', {}, title),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...body),
    ),
  );
}

export function facts(rows: readonly (readonly [string, Child])[]): HTMLElement {
  return element(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', { dir: 'auto' }, value)),
    ),
  );
}

/** 2026-11-23 14:05 UTC. */
export function when(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

export function words(code: string): string {
  return code.replaceAll('_', ' ');
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}
