/** The flags of `ballast plan` that ask further, and which of them go together. */
import type { ArgsDef } from 'citty';
import { usage } from '../terminal/arguments.js';
import { checkName } from './write-files.js';

export const whatIfArgs = {
  compare: {
    type: 'boolean',
    description: 'Plan the recipe as written and with --set, and show what differs',
  },
  sweep: {
    type: 'string',
    valueHint: 'key=from..to',
    description: 'Plan at many values of one key: budget=1e6..1e9, caps.<id>.max_share=0.1,0.2',
  },
  points: { type: 'string', valueHint: 'n', description: 'Values of a range (9)' },
  steps: { type: 'string', valueHint: 'a,b,c', description: 'Values of --sweep key, one by one' },
  csv: { type: 'string', valueHint: 'file.csv', description: 'Write the frontier as CSV' },
  plot: {
    type: 'string',
    valueHint: 'file.svg',
    description: 'Write the frontier as a picture (.svg) or a page (.html)',
  },
  report: { type: 'string', valueHint: 'file.html', description: 'Write the plan as a page' },
} as const satisfies ArgsDef;

export interface PlanFlags {
  readonly compare: boolean;
  readonly sweep: string | undefined;
  readonly points: string | undefined;
  readonly steps: string | undefined;
  readonly csv: string | undefined;
  readonly plot: string | undefined;
  readonly report: string | undefined;
}

/** Throws `USAGE` where flags do not go together, or a file's name says something else. */
export function checkPlanFlags(flags: PlanFlags): void {
  const { compare, sweep, points, steps, csv, plot, report } = flags;
  if (compare && sweep !== undefined) {
    const remedy = 'compare two plans, or sweep one key';
    throw usage('ballast plan', '--compare or --sweep', 'both', remedy);
  }
  if (sweep === undefined) {
    const [lone] = Object.entries({ points, steps, csv, plot }).filter(([, v]) => v !== undefined);
    if (lone !== undefined) {
      const remedy = 'add for example --sweep budget=1e6..1e9';
      throw usage('ballast plan', `--sweep beside --${lone[0]}`, 'none', remedy);
    }
  }
  checkName('csv', csv, ['.csv']);
  checkName('plot', plot, ['.svg', '.html']);
  checkName('report', report, ['.html']);
}
