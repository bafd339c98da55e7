/** The panel with which one document is answered; every control has a key of its own. */
import type { Draft } from './draft.js';
import { button, element, words } from './element.js';

export const LABELS = ['human_authored', 'human_edited', 'synthetic', 'unknown'] as const;
export const LABEL_WORDS: Readonly<Record<string, string>> = {
  human_authored: 'human authored',
  human_edited: 'human edited',
  synthetic: 'synthetic',
  unknown: 'cannot tell',
};

/** As on the terminal: the first letters of who wrote first. */
export const DIRECTIONS = [
  { key: 'a', name: 'ai_then_human', text: 'AI, then human' },
  { key: 'h', name: 'human_then_ai', text: 'human, then AI' },
  { key: 'i', name: 'interleaved', text: 'interleaved' },
  { key: 'u', name: 'unknown', text: 'cannot tell' },
] as const;

export const TRANSFORMATIONS = [
  'machine_translation',
  'human_translation',
  'ocr',
  'asr',
  'spell_check',
] as const;

/** What the next key is about. */
export type Mode = 'label' | 'direction' | 'transformation';

export interface PanelActs {
  readonly label: (label: string) => void;
  readonly direction: (name: string) => void;
  readonly transformation: (name: string) => void;
  readonly reason: (text: string) => void;
  readonly mode: (mode: Mode) => void;
}

function key(text: string): HTMLElement {
  return element('kbd', { 'aria-hidden': 'true' }, text);
}

function choice(
  { keyText, text, isChosen }: { keyText: string; text: string; isChosen: boolean },
  act: () => void,
  kind = '',
): HTMLButtonElement {
  const made = button(key(keyText), act, {
    class: `choice ${kind}`,
    'aria-pressed': String(isChosen),
    'aria-keyshortcuts': keyText,
  });
  made.append(element('span', {}, text));
  return made;
}

function reasonBox(draft: Draft, charactersMax: number, acts: PanelActs): HTMLElement {
  const box = element('textarea', { id: 'reason' });
  box.rows = 2;
  box.maxLength = charactersMax;
  box.value = draft.reason;
  box.dir = 'auto';
  box.addEventListener('input', () => acts.reason(box.value));
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      event.stopPropagation();
      box.blur();
      document.getElementById('document')?.focus();
    }
  });
  return element(
    'div',
    { class: 'reason' },
    element('label', { for: 'reason' }, key('r'), ' reason, if you like'),
    box,
  );
}

export function answerPanel(
  { draft, mode, reasonCharactersMax }: { draft: Draft; mode: Mode; reasonCharactersMax: number },
  acts: PanelActs,
): HTMLElement {
  const labels = LABELS.map((label, at) =>
    choice(
      { keyText: String(at + 1), text: LABEL_WORDS[label]!, isChosen: draft.label === label },
      () => (label === 'human_edited' ? acts.mode('direction') : acts.label(label)),
      label,
    ),
  );
  const isEdited = draft.label === 'human_edited';
  const directions = DIRECTIONS.map(({ key: keyText, name, text }) =>
    choice({ keyText, text, isChosen: isEdited && draft.editDirection === name }, () =>
      acts.direction(name),
    ),
  );
  const transformations = TRANSFORMATIONS.map((name, at) =>
    choice(
      { keyText: String(at + 1), text: words(name), isChosen: draft.transformedBy.includes(name) },
      () => acts.transformation(name),
    ),
  );
  const group = (title: string, what: readonly Node[], kind: string) =>
    element('fieldset', { class: kind }, element('legend', {}, title), ...what);
  const opener = button(key('t'), () => acts.mode('transformation'), {
    class: 'choice',
    'aria-keyshortcuts': 't',
    'aria-expanded': String(mode === 'transformation'),
  });
  const chosen = draft.transformedBy.map(words).join(', ');
  opener.append(
    element('span', {}, chosen === '' ? 'transformed by ..' : `transformed by ${chosen}`),
  );
  return element(
    'section',
    { class: `card panel ${mode}`, 'aria-label': 'your answer' },
    group('Who wrote this text?', labels, 'labels'),
    mode === 'direction' || isEdited ? group('Edited how?', directions, 'directions') : null,
    mode === 'transformation'
      ? group('Transformed by (Enter when done)', transformations, 'transformations')
      : opener,
    reasonBox(draft, reasonCharactersMax, acts),
  );
}
