/** Progress of an advice: questions answered by part, with the re-plans so far. */
import type { AdvicePart } from '../../core/plan/advise/advise.js';
import { plural } from '../../core/report/format.js';
import { createProgress } from '../terminal/progress.js';

const LABELS: Readonly<Record<AdvicePart, string>> = {
  limits: 'loosen limits',
  money: 'add licence money',
  text: 'add text',
  labels: 'label unknown text',
};

export interface AdviceProgress {
  readonly update: (part: AdvicePart, done: number, total: number, replans: number) => void;
  readonly stop: () => void;
}

export function adviceProgress(): AdviceProgress {
  const phases = Object.entries(LABELS).map(([name, label]) => ({ name, label }));
  const { update, stop } = createProgress(phases);
  return {
    update: (part, done, total, replans) =>
      update(part, done, total, `${plural(replans, 'plan')} solved`),
    stop,
  };
}
