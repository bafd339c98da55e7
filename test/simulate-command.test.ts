/** ballast simulate as people run it: documents, tables, refusals, exit codes; no server is needed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtFile } from '../client/server/install-folder.js';
import { derive, draw } from '../core/random/draw.js';
import { MODELS } from '../core/simulate/models/index.js';
import { failingRows, scoreRows } from '../core/simulate/score-rows.js';
import { simulatedRows } from '../core/simulate/self-test.js';
import { SIMULATED_CASES } from '../core/simulate/self-test-cases.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-simulate-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function simulate(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const command = [builtFile('client', 'main.js'), 'simulate', ...args];
    const env = { ...process.env, NO_COLOR: '1' };
    execFile(process.execPath, command, { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const WEIGHTS = ['--model', 'weights', '--k', '2', '--weight', '0.5'];

describe('a run', () => {
  test('gives one JSON document, and the same bytes for the same arguments', async () => {
    const args = [...WEIGHTS, '--t', '1,10', '--replicates', '500', '--seed', '7', '--json'];
    const [first, second] = await Promise.all([simulate(...args), simulate(...args)]);
    expect(first.exitCode).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    const document = JSON.parse(first.stdout);
    expect(Object.keys(document)).toEqual([
      ...['model', 'params', 'seed', 'replicates', 'version', 'results'],
    ]);
    expect(document).toMatchObject({ model: 'weights', seed: 7, replicates: 500 });
    expect(document.params).toEqual({ k: 2, weight: 0.5 });
    expect(document.version).toMatch(/^simulate@\d+\+node\d+$/);
    const exact = document.results.filter((row: { kind: string }) => row.kind === 'E');
    expect(exact.length).toBe(2);
    for (const row of exact) {
      expect(row.z).toBeCloseTo((row.mean - row.theory) / row.se, 10);
      expect(Math.abs(row.z)).toBeLessThan(4);
    }
    const other = await simulate(...args.with(args.indexOf('7'), '8'));
    expect(other.stdout).not.toBe(first.stdout);
  });

  test('gives people a table that says what its letters mean', async () => {
    const { exitCode, stdout } = await simulate(...WEIGHTS, '--t', '10');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/quantity +t +simulated +SE +theory +kind +z/);
    expect(stdout).toMatch(/variance +10 +0\.\d+ +0\.\d+ +0\.5000\d +E +-?\d\.\d\d/);
    expect(stdout).toContain('E: exact; z = (simulated - theory)/SE');
    expect(stdout).toMatch(/bestWeight +10 .* A +\+\d/);
    expect(stdout).toContain('A: approximation');
    expect(stdout).not.toContain('B: bound');
  });

  test('--check holds within 4 SE, and ends with 1 where an exact row is outside', async () => {
    const args = [...WEIGHTS, '--t', '10', '--json'];
    const holds = await simulate(...args, '--check', '4');
    expect(holds.exitCode).toBe(0);
    const breaks = await simulate(...args, '--check', '0.0001');
    expect(breaks.exitCode).toBe(1);
    expect(breaks.stdout).toBe(holds.stdout);
    expect(breaks.stderr).toContain('SIMULATION_CHECK_FAILED');
    expect(breaks.stderr).toContain('variance at t 10: z ');
  });

  test('Ctrl-C ends a long run at once', async () => {
    const command = [builtFile('client', 'main.js'), 'simulate', ...WEIGHTS];
    const long = [...command, '--t', '100000', '--replicates', '1000000'];
    const exitCode = await new Promise((resolve) => {
      const child = execFile(process.execPath, long, { cwd: folder });
      child.once('exit', (code) => resolve(code));
      setTimeout(() => child.kill('SIGINT'), 5_000);
    });
    expect(exitCode).toBe(130);
  });
});

describe('--list', () => {
  test('describes every model with parameters, units, ranges, quantities and sources', async () => {
    const { exitCode, stdout } = await simulate('--list', '--json');
    expect(exitCode).toBe(0);
    const { models, options } = JSON.parse(stdout);
    expect(options.map(({ name }: { name: string }) => name)).toEqual([
      ...['t', 'replicates', 'seed', 'check'],
    ]);
    expect(models.map(({ name }: { name: string }) => name)).toEqual(
      MODELS.map(({ name }) => name),
    );
    for (const model of models) {
      expect(model.quantities.length).toBeGreaterThan(0);
      for (const { name, describe: says, source } of model.quantities) {
        expect(`${model.name} ${name}: ${says}`.length).toBeGreaterThan(10);
        expect(source.length, `${model.name} ${name}`).toBeGreaterThan(3);
      }
      for (const { name, kind, min, choices, describe: says } of model.parameters) {
        expect(says.length, `${model.name} --${name}`).toBeGreaterThan(5);
        if (kind === 'choice') expect(choices.length).toBeGreaterThan(1);
        if (kind === 'integer' || kind === 'number') expect(min, `--${name}`).not.toBeNull();
      }
    }
  });

  test('shows one model as tables', async () => {
    const { exitCode, stdout } = await simulate('--list', '--model', 'weights');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('--weight');
    expect(stdout).toContain('V2');
    expect(stdout).toContain('--replicates');
  });
});

describe('a bad word', () => {
  const cases: [string, string[], string[]][] = [
    ['no model', [], ['expected  a model', 'weights']],
    ['an unknown model', ['--model', 'wieghts'], ['wieghts', 'did you mean "weights"?']],
    ['an unknown parameter', [...WEIGHTS, '--wieght', '1'], ['--wieght', '"--weight"']],
    [
      'a value out of range',
      ['--model', 'weights', '--weight', '1.5'],
      ['--weight', '[0.001, 1]', '1.5'],
    ],
    ['an excluded end', ['--model', 'gaussian', '--lambda', '0'], ['--lambda', '(0, 100]']],
    ['a word for a number', ['--model', 'weights', '--k', 'two'], ['--k', 'a number', 'two']],
    ['a negative number', ['--model', 'weights', '--k', '-2'], ['--k', 'found     -2']],
    ['no number', ['--model', 'weights', '--k='], ['--k', 'nothing']],
    ['a value twice', [...WEIGHTS, '--k', '3'], ['--k', '2 and 3']],
    ['t that does not ascend', [...WEIGHTS, '--t', '1,10,10'], ['--t', '10 before 10']],
    ['t of 0', [...WEIGHTS, '--t', '0,1'], ['--t', 'ascending whole numbers']],
    ['t with a hole', [...WEIGHTS, '--t', '1,,2'], ['--t', '1,,2']],
    ['one replicate', [...WEIGHTS, '--replicates', '1'], ['--replicates', 'in [2, ']],
    ['half a replicate', [...WEIGHTS, '--replicates', '2.5'], ['--replicates', 'whole number']],
    ['a seed below 0', [...WEIGHTS, '--seed', '-1'], ['--seed', 'found     -1']],
    ['a check of 0', [...WEIGHTS, '--check', '0'], ['--check', '(0, 100]']],
    [
      'two that exclude each other',
      ['--model', 'wright-fisher', '--types', '5', '--probs', 'p.txt'],
      ['either --probs or --types'],
    ],
    [
      'a parameter of another model',
      ['--model', 'depth', '--lambda', '1'],
      ['--lambda', 'it belongs to gaussian'],
    ],
    ['a list with a parameter', ['--list', '--k', '2'], ['--list', '--k']],
    ['two modes', ['--list', '--table'], ['--list and --table']],
  ];
  test.each(cases)('%s is refused by name', async (_name, args, says) => {
    const [plain, asJson] = await Promise.all([simulate(...args), simulate(...args, '--json')]);
    const { exitCode, stdout, stderr } = plain;
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    for (const text of says) expect(stderr).toContain(text);
    expect(asJson.exitCode).toBe(2);
    expect(JSON.parse(asJson.stdout).error).toMatchObject({ code: 'USAGE', exitCode: 2 });
  });
});

/** Documents of words from a Zipf-like law, in two domains; a third of them is not human. */
function writeTexts(path: string): void {
  const key = derive(1, 'test-texts');
  const rows = Array.from({ length: 90 }, (_, d) => {
    const words = Array.from({ length: 120 }, (_word, i) => {
      return `w${Math.floor(600 ** draw(key, `${d} ${i}`))}`;
    });
    const truth = d % 3 === 0 ? 'synthetic' : 'human';
    const row = { id: `d${d}`, text: words.join(' '), truth, domain: d % 2 === 0 ? 'a' : 'b' };
    return JSON.stringify(row);
  });
  writeFileSync(path, rows.join('\n'));
}

describe('--self-test', () => {
  test('passes all twelve tests, a row for each with its theory and z', async () => {
    const { exitCode, stdout, stderr } = await simulate('--self-test', '--json');
    expect(stderr).not.toContain('SIMULATION_CHECK_FAILED');
    expect(exitCode).toBe(0);
    const { rows, passed } = JSON.parse(stdout);
    expect(passed).toBe(true);
    const tests = rows.map((row: { test: number }) => row.test);
    expect([...new Set(tests)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(tests).toEqual([...tests].sort((a, b) => a - b));
    for (const { what, z, se, pass } of rows) {
      expect(pass, what).toBe(true);
      if (se > 0) expect(Math.abs(z), what).toBeLessThanOrEqual(4);
    }
    expect(rows.filter(({ se }: { se: number }) => se > 0).length).toBeGreaterThan(15);
  });

  test('is red where a simulation is away from its form, or a form from its reference', () => {
    const [one] = SIMULATED_CASES.filter(({ test: number }) => number === 9);
    const [read] = one!.reads;
    const cheap = { ...one!, replicates: 2_000 };
    const judged = (change: object) =>
      simulatedRows({ ...cheap, reads: [{ ...read!, ...change }] }, 1)[0]!;
    expect(judged({}).pass).toBe(true);
    expect(judged({ reference: 0.62 }).pass).toBe(false);
    const other = { ...cheap, values: { ...cheap.values, w: 0.4 } };
    expect(simulatedRows(other, 1)[0]!.pass).toBe(false);
  });
});

describe('on text of people themselves', () => {
  const text = ['--file', 'texts.jsonl', '--where', 'truth=human', '--seed', '3'];
  beforeAll(() => writeTexts(join(folder, 'texts.jsonl')));

  test('--table gives every share, policy, number of families and generation, by the same bytes', async () => {
    const args = ['--table', ...text, '--replicates', '2', '--json'];
    const [first, second] = await Promise.all([simulate(...args), simulate(...args)]);
    expect(first.exitCode).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    const { rows, samples, runs } = JSON.parse(first.stdout);
    expect(runs).toBe(2);
    expect(samples.map((sample: { domain: string }) => sample.domain)).toEqual(['a', 'b']);
    const documents = samples.map((sample: { documents: number }) => sample.documents);
    expect(documents).toEqual([30, 30]);
    const survival = rows.filter((row: { metric: string }) => row.metric === 'survival');
    expect(survival.length).toBe(4 * 2 * 2 * 6);
    const at = (syntheticShare: number, policy: string, g: number) =>
      survival.find(
        (row: Record<string, unknown>) =>
          row.syntheticShare === syntheticShare &&
          row.policy === policy &&
          row.families === 1 &&
          row.g === g,
      ).mean;
    expect(at(0.9, 'replace', 0)).toBe(1);
    expect(at(0.9, 'replace', 5)).toBeLessThan(at(0.1, 'replace', 5));
    expect(at(0.9, 'accumulate', 5)).toBeGreaterThan(at(0.9, 'replace', 5));
    const out = ['--out', 'table.html'];
    const table = await simulate('--table', ...text, '--replicates', '2', ...out);
    const page = readFileSync(join(folder, 'table.html'), 'utf8');
    expect(page).toContain('<svg class="chart"');
    expect(page).toContain('90 % synthetic');
    expect(table.stdout).toMatch(/replace +1 +90 % +1\.000 ±0\.000/);
  });

  test('--model ngram reads the file and puts survival beside B1', async () => {
    const { exitCode, stdout } = await simulate(
      '--model',
      'ngram',
      ...text,
      '--t',
      '1,3',
      '--json',
    );
    expect(exitCode).toBe(0);
    const { results, replicates, params } = JSON.parse(stdout);
    expect(replicates).toBe(5);
    expect(params).toMatchObject({ file: 'texts.jsonl', where: 'truth=human', order: 3 });
    const [first] = results.filter((row: { quantity: string }) => row.quantity === 'survival');
    expect(first.kind).toBe('A');
    expect(first.z).toBe(null);
    expect(Math.abs(first.difference)).toBeLessThan(0.05);
  });

  test('--probs is the law of the types', async () => {
    writeFileSync(join(folder, 'law.txt'), '3 1\n');
    const args = ['--model', 'wright-fisher', '--probs', 'law.txt', '--n', '50', '--t', '5'];
    const { exitCode, stdout } = await simulate(...args, '--json', '--check', '4');
    expect(exitCode).toBe(0);
    const { results } = JSON.parse(stdout);
    const ratio = results.find((row: { quantity: string }) => row.quantity === 'hRatio');
    expect(ratio.theory).toBeCloseTo((1 - 1 / 50) ** 5, 12);
  });

  test('says which file, field or value is wrong', async () => {
    const missing = await simulate('--table', '--file', 'none.jsonl');
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain('none at none.jsonl');
    const noProbs = await simulate('--model', 'wright-fisher', '--probs', 'p.txt');
    expect(noProbs.exitCode).toBe(2);
    expect(noProbs.stderr).toContain('--probs p.txt');
    writeFileSync(join(folder, 'bad.txt'), '0.5 0.2, x');
    const badProbs = await simulate('--model', 'wright-fisher', '--probs', 'bad.txt');
    expect(badProbs.stderr).toContain('"x" as number 3');
    const value = await simulate(
      '--model',
      'ngram',
      '--file',
      'texts.jsonl',
      '--where',
      'truth=humna',
    );
    expect(value.stderr).toContain('did you mean "human"?');
    const both = await simulate('--table', '--file', 'texts.jsonl', '--mix', 'a@1');
    expect(both.stderr).toContain('found     both');
    const badOut = await simulate('--table', '--file', 'texts.jsonl', '--out', 'table.png');
    expect(badOut.stderr).toContain('.svg or .html');
    const neither = await simulate('--table');
    expect(neither.stderr).toContain('found     neither');
    const useless = await simulate('--table', '--file', 'texts.jsonl', '--weight', '0.5');
    expect(useless.stderr).toContain('--weight');
    const noMix = await simulate('--table', '--mix', 'a@1', '--workspace', 'empty');
    expect(noMix.stderr).toContain('a published version');
  });
});

describe('scoreRows', () => {
  const row = { quantity: 'q', t: 1, mean: 1, se: 0.1, theory: 1.2, kind: 'E' as const };
  const scored = (change: object) => scoreRows([{ ...row, ...change }])[0]!;

  test('scores each kind its own way', () => {
    expect(scored({}).z).toBeCloseTo(-2, 12);
    expect(scored({ kind: 'A' })).toMatchObject({ z: null, difference: 1 - 1.2, within: null });
    expect(scored({ kind: 'B', theory: [0, 0.7] })).toMatchObject({ z: null, within: true });
    expect(scored({ kind: 'B', theory: [0, 0.5] })).toMatchObject({ z: null, within: false });
    expect(scored({ theory: null })).toMatchObject({ z: null, difference: null, within: null });
  });

  test('a deterministic row is equal to rounding, or fails any check', () => {
    expect(scored({ se: 0, theory: 1 + 1e-13 }).z).toBe(0);
    expect(scored({ se: 0, theory: 1 + 1e-11 }).z).toBe(Number.NEGATIVE_INFINITY);
    const broken = [scored({ se: 0 }), scored({ mean: Number.NaN })];
    expect(failingRows(broken, 100)).toEqual(broken);
    expect(failingRows([scored({}), scored({ kind: 'A' })], 2.1)).toEqual([]);
  });
});
