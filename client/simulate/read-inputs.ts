/** Files that a run's parameters name, read here since models read none. */
import { readFileSync } from 'node:fs';
import { Failure } from '../../core/schema/failure.js';
import type { WordSample } from '../../core/schema/risk.js';
import type { Model, ModelRun, ParameterValues } from '../../core/simulate/model.js';
import { wordSampleOf } from '../../core/simulate/word-sample.js';
import { hasCode } from '../../storage/io-failure.js';
import { usage } from '../terminal/arguments.js';
import { oneValue, parseParameter } from './parse-parameters.js';
import { parseConditions } from './text-conditions.js';
import type { TextRow } from './text-rows.js';

const COMMAND = 'ballast simulate';

export const MAX_WORDS = {
  name: 'max-tokens',
  kind: 'integer',
  unit: 'words',
  min: 1_000,
  max: 20_000_000,
  fallback: 500_000,
  describe: 'Words of text that are used',
} as const;

/** What parameters `file` and `probs` name. */
export async function readInputs(
  model: Model,
  values: ParameterValues,
  rawArgs: readonly string[],
  seed: number,
): Promise<Pick<ModelRun, 'sample' | 'probabilities'>> {
  const takes = (name: string) => model.parameters.some((parameter) => parameter.name === name);
  const { file, probs } = values;
  return {
    ...(takes('file') && typeof file === 'string'
      ? { sample: await sampleOfModel(values, rawArgs, seed) }
      : {}),
    ...(takes('probs') && typeof probs === 'string' ? { probabilities: readNumbers(probs) } : {}),
  };
}

/** Words for training and, beside them, for the held-out documents. */
async function sampleOfModel(
  values: ParameterValues,
  rawArgs: readonly string[],
  seed: number,
): Promise<WordSample> {
  const [training, holdout] = [Number(values['max-tokens']), Number(values.holdout)];
  const maxWords = Math.ceil(training / (1 - holdout));
  return (await samplesOfFile(rawArgs, { seed, maxWords, byDomain: false }))[0]!;
}

/** Samples of `--file`, one for all or one per value of its field `domain`. */
export async function samplesOfFile(
  rawArgs: readonly string[],
  options: SamplesOptions,
): Promise<WordSample[]> {
  const path = oneValue(rawArgs, 'file')!;
  const conditions = parseConditions(oneValue(rawArgs, 'where'));
  const { textRowsOf } = await import('./text-rows.js');
  const rows = await textRowsOf({ path, field: oneValue(rawArgs, 'field') ?? 'text', conditions });
  return samplesOf(rows, options);
}

export async function samplesOfMix(
  mix: string,
  workspace: string,
  options: Omit<SamplesOptions, 'byDomain'>,
): Promise<WordSample[]> {
  const { textRowsOfMix } = await import('./text-rows.js');
  return samplesOf(await textRowsOfMix(mix, workspace), { ...options, byDomain: true });
}

export interface SamplesOptions {
  readonly seed: number;
  /** Over all samples, each domain by its share of the characters. */
  readonly maxWords: number;
  readonly byDomain: boolean;
}

/** `--max-tokens`, as given or by default. */
export function parseMaxWords(rawArgs: readonly string[]): number {
  return parseParameter(MAX_WORDS, rawArgs, `${COMMAND} --max-tokens`) as number;
}

function samplesOf(
  rows: readonly TextRow[],
  { seed, maxWords, byDomain }: SamplesOptions,
): WordSample[] {
  const groups = new Map<string, TextRow[]>();
  let all = 0;
  for (const row of rows) {
    const domain = byDomain && row.domain !== '' ? row.domain : 'text';
    const group = groups.get(domain);
    if (group === undefined) groups.set(domain, [row]);
    else group.push(row);
    all += row.text.length;
  }
  const domains = [...groups.keys()].sort();
  return domains.map((domain) => {
    const texts = groups.get(domain)!;
    const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
    const words = Math.ceil((maxWords * characters) / Math.max(1, all));
    return wordSampleOf(texts, { domain, seed, maxWords: words });
  });
}

/** Numbers of a text file, apart by white space or commas. */
function readNumbers(path: string): number[] {
  const numbers = textOfFile(path)
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  const values = numbers.map(Number);
  const bad = values.findIndex((value) => !Number.isFinite(value) || value < 0);
  if (bad >= 0) throw badNumbers(path, `"${numbers[bad]}" as number ${bad + 1}`);
  if (values.length < 2 || !values.some((value) => value > 0)) {
    throw badNumbers(path, `${values.length} of them`);
  }
  return values;
}

function badNumbers(path: string, found: string): Failure {
  return usage(
    `${COMMAND} --probs`,
    'two or more numbers of at least 0, not all 0',
    found,
    `mend ${path}: one number per type, with white space or commas between; they are scaled to sum to 1`,
  );
}

function textOfFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EISDIR', 'EACCES', 'ENOTDIR')) throw error;
    throw new Failure('SOURCE_MISSING', {
      subject: 'probabilities of types',
      expected: 'a readable text file',
      found: (error as Error).message,
      where: `--probs ${path}`,
      remedy: 'check the path; it starts from the current folder',
    });
  }
}
