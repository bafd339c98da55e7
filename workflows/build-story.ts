/** What a build says of itself while it runs: progress by phase, attributes, and a report in Markdown. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { type BuildProgress, PHASES, type Phase, type PhaseProgress } from './messages.js';
import { MixPhase } from './search-attributes.js';

export class BuildStory {
  readonly #phases = new Map<Phase, PhaseProgress>(
    PHASES.map((phase) => [phase, { phase, done: 0, total: 0, note: '' }]),
  );
  readonly #title: string;
  #current: Phase = 'pin';
  /** True once people were asked, or something is to be written: then the history is sealed. */
  isOnRecord = false;

  constructor(title: string) {
    this.#title = title;
  }

  get progress(): BuildProgress {
    return { phases: [...this.#phases.values()], current: this.#current };
  }

  get report(): string {
    const lines = [...this.#phases.values()]
      .filter(({ total }) => total > 0)
      .map(({ phase, done, total, note }) => `| ${phase} | ${done} of ${total} | ${note} |`);
    return [`# ${this.#title}`, '', '| phase | done | what |', '|---|---|---|', ...lines].join(
      '\n',
    );
  }

  enter(phase: Phase, total: number): void {
    this.#current = phase;
    this.#phases.set(phase, { phase, done: 0, total, note: '' });
    upsertSearchAttributes([{ key: MixPhase, value: phase }]);
    setCurrentDetails(this.report);
  }

  step(phase: Phase, note = '', steps = 1): void {
    const before = this.#phases.get(phase)!;
    this.#phases.set(phase, { ...before, done: before.done + steps, note: note || before.note });
    setCurrentDetails(this.report);
  }

  /** So many steps are done, counted by another. */
  reach(phase: Phase, done: number, note: string): void {
    this.#phases.set(phase, { ...this.#phases.get(phase)!, done, note });
    setCurrentDetails(this.report);
  }

  /** So many steps more than were known when the phase was entered. */
  widen(phase: Phase, steps: number): void {
    const before = this.#phases.get(phase)!;
    this.#phases.set(phase, { ...before, total: before.total + steps });
  }

  note(phase: Phase, note: string): void {
    this.#phases.set(phase, { ...this.#phases.get(phase)!, note });
    setCurrentDetails(this.report);
  }
}
