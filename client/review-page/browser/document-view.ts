/** One document: what is known of it, its text, and after the answer the places that evidence points at. */
import type { ShownDocument, ShownMachine } from '../page-types.js';
import { element, facts, table, webLink, words } from './element.js';

/** Marks differ in colour and in the number that they carry. */
const MARK_COLOURS = 6;

function textOf({ segments }: ShownDocument): HTMLElement {
  const text = element('div', { class: 'text', dir: 'auto' });
  for (const { text: part, marks, isGap } of segments) {
    if (isGap) text.append(element('span', { class: 'gap' }, `\n${part}\n`));
    else if (marks.length === 0) text.append(part);
    else {
      const numbers = marks.map((at) => at + 1).join(', ');
      text.append(
        element(
          'mark',
          { class: `m${marks[0]! % MARK_COLOURS}`, title: `evidence ${numbers}` },
          element('span', { class: 'spoken' }, `[evidence ${numbers}: `),
          part,
          element('span', { class: 'spoken' }, ']'),
          element('sup', { 'aria-hidden': 'true' }, numbers),
        ),
      );
    }
  }
  return text;
}

export function documentCard(document: ShownDocument, place: number, length: number): HTMLElement {
  const known = document.facts.map(([name, value]): readonly [string, Node | string] =>
    name === 'address' && document.link !== null
      ? [name, webLink(value, document.link)]
      : [name, value],
  );
  return element(
    'article',
    { class: 'card document', tabindex: -1, id: 'document', 'aria-labelledby': 'document-title' },
    element(
      'h2',
      { id: 'document-title' },
      element('span', { class: 'place' }, `${place + 1} of ${length}`),
      element('span', { dir: 'auto', class: 'name' }, document.title),
    ),
    facts(known),
    textOf(document),
  );
}

const CLASSES = ['human_authored', 'human_edited', 'synthetic'] as const;

function posteriorBars(posterior: ShownMachine['posterior']): HTMLElement {
  const bars = CLASSES.map((name, i) => {
    const bar = element('meter', { 'aria-label': words(name) });
    bar.value = posterior[i]!;
    return element(
      'div',
      { class: 'bar' },
      element('span', {}, words(name)),
      bar,
      element('span', { class: 'n' }, `${(posterior[i]! * 100).toFixed(1)} %`),
    );
  });
  return element('div', { class: 'bars' }, ...bars);
}

const LEFT = ['', 'family', 'tier', 'says', 'reason', 'detail'].map((name) => ({
  name,
  align: 'left' as const,
}));

/** What the machine thinks of it, beside what the person said. */
export function machineCard(machine: ShownMachine, said: string): HTMLElement {
  const { label, unknownReason, conflict, contamination, evidence, why } = machine;
  const isSame = label === said;
  const rows = evidence.map((item, at) => [
    element('span', { class: `key m${at % MARK_COLOURS}` }, String(at + 1)),
    words(item.family),
    item.tier,
    `${item.direction} ${words(item.supports)} (${item.strength.toFixed(1)})`,
    words(item.reason),
    element(
      'span',
      { dir: 'auto' },
      item.span === null ? item.detail : `${item.detail} · marked in the text`,
    ),
  ]);
  return element(
    'section',
    { class: 'card machine', 'aria-label': "the machine's view" },
    element('h3', {}, "The machine's view"),
    element(
      'p',
      {},
      element('b', {}, words(label)),
      unknownReason === null ? '' : ` (${words(unknownReason)})`,
      ', you said ',
      element('b', {}, words(said)),
      ' ',
      element(
        'span',
        { class: `badge ${isSame ? 'good' : 'bad'}` },
        isSame ? 'alike' : 'different',
      ),
    ),
    posteriorBars(machine.posterior),
    facts([
      ['asked because', why],
      ['conflict of its evidence', conflict.toFixed(2)],
      ['benchmark items in it', contamination === '' ? 'none' : contamination],
    ]),
    rows.length === 0
      ? element('p', { class: 'note' }, 'There is no evidence either way.')
      : table('Evidence', LEFT, rows),
  );
}
