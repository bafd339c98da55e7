/**
 * A watch over folders, turn by turn on a real disk: half-written, renamed, changed and repeated files.
 * The line is a list of what it was told; `schedule-command.test.ts` has the real one.
 */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SentArrival } from '../client/line/send-arrivals.js';
import { isHalfWritten } from '../client/watch-source/look.js';
import { SentFiles } from '../client/watch-source/sent-files.js';
import { SourceWatch } from '../client/watch-source/watch.js';
import type { Arrival } from '../core/schema/arrival.js';
import { sha256 } from '../storage/digest.js';

let folder = '';
let told: Arrival[] = [];
let warnings: string[] = [];
/** How many messages fail before the line answers. */
let failing = 0;
/** First run of the line that runs. */
let line: string | null = 'first';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-watch-'));
  mkdirSync(join(folder, 'in'));
  told = [];
  warnings = [];
  failing = 0;
  line = 'first';
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function send(arrivals: readonly Arrival[]): Promise<SentArrival[]> {
  if (failing-- > 0) throw new Error('UNAVAILABLE');
  told.push(...arrivals);
  return arrivals.map(({ file, sha256: digest, source }) => ({
    ...{
      file,
      sha256: digest,
      source,
      state: 'waiting',
      known: false,
      version: null,
      reason: null,
    },
  }));
}

/** A watch as a process would start it: it knows what the state folder remembers. */
function watching(
  paths: readonly string[] = ['in/*'],
  more: { name: string; paths: string[] }[] = [],
) {
  const sent = new SentFiles({ mix: 'mix', workspace: '/w' }, join(folder, 'state'));
  const sources = [{ name: 'web', paths }, ...more];
  return new SourceWatch({
    sources,
    baseFolder: folder,
    sent,
    line: async () => line,
    send,
    warn: (w) => warnings.push(w),
  });
}

const write = (name: string, text: string) => writeFileSync(join(folder, 'in', name), text);
const names = () => told.map(({ file }) => file);
const twice = async (watch: SourceWatch) => {
  await watch.turn();
  return watch.turn();
};

describe('a file is told of', () => {
  test('when two looks found it the same, with the digest of its bytes', async () => {
    const watch = watching();
    write('a.jsonl', 'one\n');
    expect(await watch.turn()).toMatchObject({ answers: [], unsettled: ['in/a.jsonl'] });
    expect(await watch.turn()).toMatchObject({ unsettled: [], unchanged: 0 });
    expect(told).toEqual([
      { source: 'web', file: 'in/a.jsonl', sha256: sha256('one\n'), bytes: 4, tokens: null },
    ]);
    expect(await watch.turn()).toMatchObject({ answers: [], unsettled: [], unchanged: 1 });
  });

  test('not while it grows, nor while it is empty', async () => {
    const watch = watching();
    write('a.jsonl', '');
    await twice(watch);
    for (let i = 0; i < 3; i++) {
      appendFileSync(join(folder, 'in/a.jsonl'), `row ${i}\n`);
      expect(await watch.turn()).toMatchObject({ unsettled: ['in/a.jsonl'] });
    }
    expect(told).toEqual([]);
    await watch.turn();
    expect(told.map(({ bytes }) => bytes)).toEqual([18]);
  });

  test('under its last name, where it was written under another and renamed', async () => {
    const watch = watching();
    for (const name of ['.a.jsonl', 'a.jsonl.tmp', 'a.jsonl.part', 'a.jsonl~']) write(name, 'x\n');
    await twice(watch);
    expect([told, warnings]).toEqual([[], []]);
    renameSync(join(folder, 'in/a.jsonl.tmp'), join(folder, 'in/a.jsonl'));
    await twice(watch);
    expect(names()).toEqual(['in/a.jsonl']);
    renameSync(join(folder, 'in/a.jsonl'), join(folder, 'in/b.jsonl'));
    await twice(watch);
    // The line knows its digest; that it has another name is for the line to say.
    expect(told.map(({ file, sha256: digest }) => [file, digest])).toEqual([
      ['in/a.jsonl', sha256('x\n')],
      ['in/b.jsonl', sha256('x\n')],
    ]);
  });

  test('again where its bytes changed, not where it was only touched', async () => {
    const watch = watching();
    write('a.jsonl', 'one\n');
    await twice(watch);
    utimesSync(join(folder, 'in/a.jsonl'), new Date(1e12), new Date(1e12));
    expect(await twice(watch)).toMatchObject({ answers: [], unchanged: 1 });
    write('a.jsonl', 'two\n');
    await twice(watch);
    expect(told.map(({ sha256: digest }) => digest)).toEqual([sha256('one\n'), sha256('two\n')]);
  });

  test('once, over restarts of the watch', async () => {
    write('a.jsonl', 'one\n');
    await twice(watching());
    write('b.jsonl', 'two\n');
    const again = watching();
    await twice(again);
    expect(names()).toEqual(['in/a.jsonl', 'in/b.jsonl']);
  });

  test('again where the line was started anew, without reading it again', async () => {
    const rewrite = (text: string) => {
      write('a.jsonl', text);
      utimesSync(join(folder, 'in', 'a.jsonl'), 1_000, 1_000);
    };
    rewrite('alpha');
    const watch = watching();
    await twice(watch);
    line = null;
    expect((await watch.turn()).answers).toEqual([]);
    line = 'second';
    const before = told[0]!;
    // Other bytes under the same size and stamp: it is not read again.
    rewrite('omega');
    await watch.turn();
    expect(told).toEqual([before, { ...before, tokens: null }]);
    // A server that lost its data knows of no line: the next message starts one.
    line = '';
    const starts = watch.turn();
    line = 'third';
    expect((await starts).answers).toHaveLength(1);
    expect((await twice(watching())).answers).toEqual([]);
  });

  test('of the line that the first message started', async () => {
    line = null;
    write('a.jsonl', 'alpha');
    const watch = watching();
    await watch.turn();
    const started = watch.turn();
    line = 'first';
    await started;
    expect((await watch.turn()).answers).toEqual([]);
    expect(names()).toEqual(['in/a.jsonl']);
  });

  test('later, where the line did not answer', async () => {
    const watch = watching();
    write('a.jsonl', 'one\n');
    failing = 1;
    await watch.turn();
    await expect(watch.turn()).rejects.toThrow('UNAVAILABLE');
    expect(told).toEqual([]);
    await watch.turn();
    expect(names()).toEqual(['in/a.jsonl']);
  });

  test('in order of the paths, over many messages', async () => {
    const watch = watching();
    for (let i = 0; i < 230; i++) write(`${String(i).padStart(3, '0')}.jsonl`, `row ${i}\n`);
    const { answers } = await twice(watch);
    expect(answers.length).toBe(230);
    expect(names()).toEqual([...names()].sort());
    expect(new Set(names()).size).toBe(230);
  });
});

describe('what is left out', () => {
  test('is said once: other formats, and files of two sources', async () => {
    const watch = watching(['in/*'], [{ name: 'rest', paths: ['in/b*'] }]);
    write('a.jsonl', 'one\n');
    write('b.jsonl', 'two\n');
    write('notes.txt', 'three\n');
    await twice(watch);
    await watch.turn();
    expect(names()).toEqual(['in/a.jsonl']);
    expect(warnings).toEqual([
      'in/notes.txt has no format that Ballast reads: left out',
      'in/b.jsonl matches web and rest: left out; watch one of them, --source',
    ]);
  });

  test('a folder that is not there yet is looked for again', async () => {
    const watch = watching(['later/*.jsonl', 'in/one.jsonl']);
    expect(await twice(watch)).toMatchObject({ answers: [], unsettled: [] });
    mkdirSync(join(folder, 'later'));
    writeFileSync(join(folder, 'later/a.jsonl'), 'x\n');
    write('one.jsonl', 'y\n');
    await twice(watch);
    expect(names()).toEqual(['in/one.jsonl', 'later/a.jsonl']);
  });

  test('names of half-written files are those that writers and copiers give', () => {
    const half = ['a/.b.jsonl', 'a.tmp', 'A.PART', 'x.crdownload', 'x.jsonl.filepart', 'x~'];
    expect(half.filter((name) => !isHalfWritten(name))).toEqual([]);
    const whole = [
      'a.jsonl',
      'a/part-0001.parquet',
      'tmp/a.jsonl',
      '.hidden/a.jsonl',
      'apart.arrow',
    ];
    expect(whole.filter(isHalfWritten)).toEqual([]);
  });
});

describe('what a watch remembers', () => {
  test('a broken record sends everything again, and says so', async () => {
    write('a.jsonl', 'one\n');
    await twice(watching());
    const owner = { mix: 'mix', workspace: '/w' };
    const before = new SentFiles(owner, join(folder, 'state'));
    expect([before.wasBroken, before.get('in/a.jsonl')?.sha256]).toEqual([false, sha256('one\n')]);
    const other = new SentFiles({ ...owner, workspace: '/v' }, join(folder, 'state'));
    expect(other.get('in/a.jsonl')).toBeNull();
    const [file] = (await import('node:fs')).readdirSync(join(folder, 'state/watch'));
    writeFileSync(join(folder, 'state/watch', file!), '{"half');
    expect(new SentFiles(owner, join(folder, 'state')).wasBroken).toBe(true);
    await twice(watching());
    expect(names()).toEqual(['in/a.jsonl', 'in/a.jsonl']);
  });

  test('files that are gone are forgotten, but not where all are gone at once', async () => {
    write('a.jsonl', 'one\n');
    write('b.jsonl', 'two\n');
    const watch = watching();
    await twice(watch);
    rmSync(join(folder, 'in'), { recursive: true });
    await twice(watch);
    mkdirSync(join(folder, 'in'));
    write('b.jsonl', 'two\n');
    await twice(watch);
    expect(names()).toEqual(['in/a.jsonl', 'in/b.jsonl']);
    write('a.jsonl', 'one\n');
    await twice(watch);
    expect(names()).toEqual(['in/a.jsonl', 'in/b.jsonl', 'in/a.jsonl']);
  });
});
