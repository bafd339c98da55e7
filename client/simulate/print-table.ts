/** The table of synthetic shares: a block per metric, policy and number of families; generations across. */
import type { TableRow, WordSample } from '../../core/schema/risk.js';
import type { Output } from '../terminal/output.js';
import { simulatorVersion } from './version.js';

export interface MadeTable {
  readonly seed: number;
  readonly runs: number;
  readonly samples: readonly WordSample[];
  readonly rows: readonly TableRow[];
}

export function tableDocument({ seed, runs, samples, rows }: MadeTable): object {
  return {
    ...{ seed, runs, version: simulatorVersion() },
    samples: samples.map((sample) => ({
      domain: sample.domain,
      documents: sample.documents.length,
      words: wordsIn(sample),
      types: sample.vocabulary.length,
    })),
    rows,
  };
}

function wordsIn({ documents }: WordSample): number {
  return documents.reduce((sum, { words }) => sum + words.length, 0);
}

export function printTable(output: Output, { seed, runs, samples, rows }: MadeTable): void {
  const words = samples.reduce((sum, sample) => sum + wordsIn(sample), 0);
  output.line(
    `${words.toLocaleString('en-US')} words · ${runs} runs · seed ${seed} · ${simulatorVersion()}`,
  );
  const metrics = [...new Set(rows.map(({ metric }) => metric))];
  for (const metric of metrics) {
    output.line();
    printMetric(
      output,
      metric,
      rows.filter((row) => row.metric === metric),
    );
  }
  output.line();
  output.line(
    output.colors.dim(
      'g 0 is human text, g 1 the mix; ± is half of the 95 % interval of the mean.',
    ),
  );
}

function printMetric(output: Output, metric: string, rows: readonly TableRow[]): void {
  const generations = [...new Set(rows.map(({ g }) => g))].sort((a, b) => a - b);
  const lines = new Map<string, TableRow[]>();
  for (const row of rows) {
    const key = [row.policy, row.families, row.syntheticShare].join(' ');
    const line = lines.get(key);
    if (line === undefined) lines.set(key, [row]);
    else line.push(row);
  }
  output.table(
    metric,
    [
      ...['policy', 'families', 'synthetic'],
      ...generations.map((g) => ({ label: `g ${g}`, align: 'right' as const })),
    ],
    [...lines.values()].map((line) => [
      ...[line[0]!.policy, line[0]!.families, `${Math.round(line[0]!.syntheticShare * 100)} %`],
      ...generations.map((g) => cellOf(line.find((row) => row.g === g))),
    ]),
  );
}

function cellOf(row: TableRow | undefined): string {
  if (row === undefined) return '-';
  const digits = Math.abs(row.mean) >= 10 ? 1 : 3;
  return `${row.mean.toFixed(digits)} ±${((row.high - row.low) / 2).toFixed(digits)}`;
}
