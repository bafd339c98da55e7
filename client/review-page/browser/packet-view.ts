/**
 * A packet, one document at a time: answered with keys, kept as a draft, sent whole. Until it is
 * accepted nothing of what the machine thinks is on the page; the server has not sent it either.
 */
import type { PacketPage } from '../page-types.js';
import { answerPanel, type Mode } from './answer-panel.js';
import { documentCard, machineCard } from './document-view.js';
import { Drafts } from './draft.js';
import { button, count, element, facts, route, when } from './element.js';
import { errorNotice, refusalOf, say } from './notices.js';
import { packetKey } from './packet-keys.js';
import { person } from './person.js';
import { read, send } from './server.js';
import type { View } from './view.js';

export interface PacketSettings {
  readonly reasonCharactersMax: number;
  readonly reload: () => void;
}

export class PacketView implements View {
  readonly title: string;
  readonly node = element('main', { class: 'packet' });
  readonly drafts: Drafts;
  readonly #page: PacketPage;
  readonly #settings: PacketSettings;
  readonly #notice = element('div', { class: 'notices' });
  readonly #body = element('div', { class: 'columns' });
  readonly #strip = element('div', { class: 'strip', role: 'group', 'aria-label': 'documents' });
  readonly #progress = element('progress', { 'aria-label': 'documents with an answer' });
  readonly #tally = element('span', { class: 'tally' });
  readonly #sendButton = button('Send', () => void this.send(), { class: 'primary' });
  #place = 0;
  #mode: Mode = 'label';
  #isCorrection = false;
  #isSending = false;

  constructor(page: PacketPage, settings: PacketSettings) {
    this.#page = page;
    this.#settings = settings;
    this.title = `Packet ${page.packet}`;
    this.drafts = new Drafts(page.sha256, person());
    this.#build();
    const open = this.#firstOpen();
    this.goTo(this.isOpen && open >= 0 ? open : 0);
  }

  get isOpen(): boolean {
    return this.#page.given === null || this.#isCorrection;
  }

  /** What the next key is about. */
  get now(): Mode {
    return this.#mode;
  }

  readonly key = (event: KeyboardEvent): boolean => packetKey(this, event);
  readonly focus = (): void => document.getElementById('document')?.focus();

  #name(): string {
    return this.#page.documents[this.#place]!.name;
  }

  #firstOpen(from = 0): number {
    const { documents } = this.#page;
    const places = documents.map((_, i) => (from + i) % documents.length);
    return places.find((i) => !this.drafts.hasAnswer(documents[i]!.name)) ?? -1;
  }

  #build(): void {
    const { mix, packet, round, dueAt, state, given, warning, documents } = this.#page;
    const dots = documents.map((_, i) =>
      button(String(i + 1), () => this.goTo(i), { tabindex: -1, class: 'dot' }),
    );
    this.#strip.append(...dots);
    this.#progress.max = documents.length;
    const foot = element(
      'div',
      { class: 'row foot' },
      this.#progress,
      this.#tally,
      this.#sendButton,
    );
    this.node.append(
      element('p', { class: 'eyebrow' }, route('Queue', '/queue/0'), ` / ${mix}`),
      element('h1', {}, `Packet ${packet}`),
      facts([
        ['look', round],
        ['documents', String(documents.length)],
        ['answers are taken until', `${when(dueAt)}${state === 'expired' ? ' (closed)' : ''}`],
        ['you are', person()],
      ]),
      this.#notice,
      this.#strip,
      this.#body,
      foot,
    );
    if (given !== null) this.#sayGiven(given);
    else if (warning !== null)
      this.#notice.append(
        element(
          'p',
          { class: 'verdict warn', role: 'alert' },
          element('b', {}, 'The review will refuse your answers.'),
          element('span', {}, warning),
        ),
      );
  }

  #sayGiven({ sequence, at }: NonNullable<PacketPage['given']>): void {
    this.#notice.append(
      element(
        'section',
        { class: 'verdict good', id: 'accepted', role: 'status' },
        element('b', {}, 'Accepted'),
        element('span', {}, `line ${sequence} of the ledger, ${when(at)}`),
        button('Correct it', () => this.#correct()),
      ),
    );
  }

  #correct(): void {
    const given = this.#page.given?.answers ?? [];
    this.#isCorrection = true;
    this.drafts.fill(
      given.map(({ document, editDirection, ...answer }) => [
        document,
        { ...answer, editDirection: editDirection ?? '' },
      ]),
    );
    this.#notice.replaceChildren(
      element(
        'p',
        { class: 'verdict warn' },
        'A correction is a line of its own in the ledger; the older answer stays there.',
      ),
    );
    this.draw();
  }

  goTo(place: number): void {
    const { documents } = this.#page;
    this.#place = Math.min(Math.max(0, place), documents.length - 1);
    this.#mode = 'label';
    this.draw();
    if (this.node.isConnected) this.focus();
    const { label } = this.drafts.of(this.#name());
    say(
      `document ${this.#place + 1} of ${documents.length}${label === '' ? '' : `, so far ${label.replaceAll('_', ' ')}`}`,
    );
  }

  step(by: number): void {
    this.goTo(this.#place + by);
  }

  draw(): void {
    const { documents, machine, given } = this.#page;
    const document = documents[this.#place]!;
    const draft = this.drafts.of(document.name);
    const said = given?.answers.find((answer) => answer.document === document.name)?.label ?? '';
    const { reasonCharactersMax } = this.#settings;
    const side = this.isOpen
      ? answerPanel({ draft, mode: this.#mode, reasonCharactersMax }, this)
      : machineCard(machine![this.#place]!, said);
    this.#body.replaceChildren(documentCard(document, this.#place, documents.length), side);
    this.#drawProgress();
  }

  #drawProgress(): void {
    const { documents, given, machine } = this.#page;
    const said = new Map(given?.answers.map(({ document, label }) => [document, label]));
    let done = 0;
    documents.forEach(({ name }, i) => {
      const dot = this.#strip.children[i]!;
      const hasAnswer = this.isOpen ? this.drafts.hasAnswer(name) : true;
      if (hasAnswer) done++;
      const isOther = !this.isOpen && machine?.[i]?.label !== said.get(name);
      dot.className = `dot${hasAnswer ? ' done' : ''}${isOther ? ' other' : ''}`;
      const state = isOther ? 'the machine differs' : hasAnswer ? 'answered' : 'no answer yet';
      dot.setAttribute('aria-label', `document ${i + 1}, ${state}`);
      if (i === this.#place) dot.setAttribute('aria-current', 'true');
      else dot.removeAttribute('aria-current');
    });
    this.#progress.value = done;
    this.#tally.textContent = this.isOpen ? `${done} of ${documents.length} answered` : 'accepted';
    this.#sendButton.hidden = !this.isOpen;
    this.#sendButton.disabled = done < documents.length || this.#isSending;
    this.#sendButton.textContent = this.#isSending ? 'Sending ..' : 'Send';
  }

  #answered(): void {
    this.#mode = 'label';
    const next = this.#firstOpen(this.#place + 1);
    if (next < 0) {
      this.draw();
      say('every document has an answer; Enter sends them');
    } else if (this.#place + 1 < this.#page.documents.length) this.step(1);
    else this.goTo(next);
  }

  readonly label = (label: string): void => {
    this.drafts.change(this.#name(), { label, editDirection: '' });
    this.#answered();
  };

  readonly direction = (editDirection: string): void => {
    this.drafts.change(this.#name(), { label: 'human_edited', editDirection });
    this.#answered();
  };

  readonly transformation = (name: string): void => {
    const { transformedBy: known } = this.drafts.of(this.#name());
    const isOn = known.includes(name);
    const transformedBy = isOn ? known.filter((other) => other !== name) : [...known, name];
    this.drafts.change(this.#name(), { transformedBy });
    this.draw();
    say(`${name.replaceAll('_', ' ')} ${isOn ? 'off' : 'on'}`);
  };

  readonly reason = (reason: string): void => this.drafts.setReason(this.#name(), reason);

  readonly mode = (mode: Mode): void => {
    this.#mode = this.#mode === mode ? 'label' : mode;
    this.draw();
    say(
      this.#mode === 'direction'
        ? 'edited how? a: AI, then human; h: human, then AI; i: interleaved; u: cannot tell'
        : '',
    );
  };

  undo(): void {
    const document = this.drafts.undo();
    const place = this.#page.documents.findIndex(({ name }) => name === document);
    if (place < 0) say('there is nothing to take back');
    else this.goTo(place);
  }

  /** Sends where all is answered; else goes to what is not. */
  async send(): Promise<void> {
    const open = this.#firstOpen(this.#place);
    if (open >= 0) return this.goTo(open);
    if (this.#isSending) return;
    this.#isSending = true;
    this.#drawProgress();
    say('sending');
    const { mix, packet, sha256, documents } = this.#page;
    const answers = documents.map(({ name }) => ({ document: name, ...this.drafts.of(name) }));
    const message = { mix, packet, sha256, reviewer: person(), answers, again: this.#isCorrection };
    try {
      await send('answers', message);
      this.drafts.clear();
      say('accepted');
      this.#settings.reload();
    } catch (error) {
      await this.#refused(error);
    } finally {
      this.#isSending = false;
      this.#drawProgress();
    }
  }

  /** The draft is kept; a packet that was drafted anew is offered, with the answers that still fit. */
  async #refused(error: unknown): Promise<void> {
    const notice = errorNotice(error);
    notice.append(element('span', { class: 'small' }, 'Your draft is kept.'));
    if (refusalOf(error) === 'stale_packet') {
      const { mix, packet } = this.#page;
      const now = await read<PacketPage>('packet', { mix, packet, reviewer: person() }).catch(
        () => null,
      );
      if (now !== null && now.sha256 !== this.#page.sha256)
        notice.append(
          button(
            `Go to the packet as it is now (${count(now.documents.length, 'document')})`,
            () => this.#take(now),
            { class: 'primary' },
          ),
        );
    }
    this.#notice.replaceChildren(notice);
    notice.scrollIntoView({ block: 'nearest' });
  }

  #take(now: PacketPage): void {
    const names = new Set(now.documents.map(({ name }) => name));
    const fits = this.drafts.entries().filter(([name]) => names.has(name));
    new Drafts(now.sha256, person()).fill(fits);
    this.#settings.reload();
  }
}
