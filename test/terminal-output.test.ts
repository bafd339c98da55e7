/** What a command says on a terminal: cells of anybody's data are inert, colours of ours are colours. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOutput, type Output } from '../client/terminal/output.js';

function written(say: (output: Output) => void): string {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    text += String(piece);
    return true;
  });
  say(createOutput({ json: false }));
  write.mockRestore();
  return text;
}

afterEach(() => vi.unstubAllEnvs());

function withColors(on: boolean): void {
  vi.stubEnv('NO_COLOR', on ? '' : '1');
  vi.stubEnv('FORCE_COLOR', on ? '1' : '');
}

describe('a table', () => {
  it('writes out what would act on the terminal, in every cell', () => {
    withColors(false);
    const evil = '\u001b[2J\u001b]0;owned\u0007 a\u202eb\u200b\u009b1m';
    const text = written(({ table }) =>
      table(
        '',
        ['one', 'two'],
        [
          [evil, 3],
          ['x', evil],
        ],
      ),
    );
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    const inert = '<U+001B>[2J<U+001B>]0;owned<U+0007> a<U+202E>b<U+200B><U+009B>1m';
    expect(text.split(inert).length).toBe(3);
  });

  it('keeps our colours of titles, heads and painted cells', () => {
    withColors(true);
    const text = written(({ table, colors }) =>
      table('title', ['head'], [[{ text: 'ok\u202e', paint: colors.green }]]),
    );
    expect(text).toContain('\u001b[1mtitle\u001b[22m');
    expect(text).toContain('\u001b[2mhead\u001b[22m');
    expect(text).toContain('\u001b[32mok<U+202E>\u001b[39m');
  });
});
