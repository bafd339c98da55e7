import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../core/schema/failure.js';
import { createTextKernel, type TextKernel } from '../engines/text-kernel.js';
import { loadTextKernel, type TextKernelExports } from '../engines/text-kernel-module.js';
import { nastyText, realTexts } from './kernel-texts.js';

/**
 * The split patterns of gpt-tokenizer with tiktoken's meaning of two things that JavaScript reads
 * otherwise: \s is White_Space (with U+0085, without U+FEFF), and an s in any case includes U+017F.
 */
const PATTERNS = { o200k_base: definition('O200K'), cl100k_base: definition('CL100K') };
const COUNTERS = { o200k_base: countO200k, cl100k_base: countCl100k };
/** Characters that gpt-tokenizer 4.0.0 counts otherwise than tiktoken. */
const DISPUTED = /[\u0085\ufeff\u017f]/gu;
/** Special-token strings are ordinary text. */
const ORDINARY = { disallowedSpecial: new Set<string>() };

function endsByKernel(module: TextKernelExports, text: string, isO200k: boolean): number[] {
  const address = module.textInput(3 * text.length);
  const room = new Uint8Array(module.memory.buffer, address, 3 * text.length);
  module.setTextBytes(new TextEncoder().encodeInto(text, room).written);
  const count = module.split(isO200k ? 1 : 0);
  return Array.from(new Uint32Array(module.memory.buffer, module.splitsAt(), count));
}

function endsByRegex(text: string, pattern: RegExp): number[] {
  let end = 0;
  return Array.from(text.matchAll(pattern), ([piece]) => {
    end += Buffer.byteLength(piece);
    return end;
  });
}

describe.each(['o200k_base', 'cl100k_base'] as const)('%s', (name) => {
  let kernel: TextKernel;
  let module: TextKernelExports;
  const pattern = PATTERNS[name];
  const count = (text: string): number => {
    kernel.load(text);
    return kernel.countTokens();
  };

  beforeAll(async () => {
    kernel = await createTextKernel({ tokenizer: { kind: name } });
    module = await loadTextKernel();
  });

  it('splits any text where the regular expression splits it', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        expect(endsByKernel(module, text, name === 'o200k_base')).toEqual(
          endsByRegex(text, pattern),
        );
      }),
      { numRuns: 4000, seed: 7 },
    );
  });

  it('splits the texts of installed packages where the regular expression splits them', () => {
    for (const text of realTexts()) {
      expect(endsByKernel(module, text, name === 'o200k_base')).toEqual(endsByRegex(text, pattern));
    }
  });

  it('counts any text as gpt-tokenizer does', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const wellFormed = Buffer.from(text.replace(DISPUTED, '')).toString();
        expect(count(wellFormed)).toBe(COUNTERS[name](wellFormed, ORDINARY));
      }),
      { numRuns: 1500, seed: 11 },
    );
  });

  it('counts the texts of installed packages as gpt-tokenizer does', () => {
    for (const text of realTexts()) expect(count(text)).toBe(COUNTERS[name](text, ORDINARY));
  });

  it('counts special-token strings as ordinary text', () => {
    const text = 'a <|endoftext|> b <|endofprompt|>';
    expect(count(text)).toBe(COUNTERS[name](text, ORDINARY));
    expect(count('<|endoftext|>')).toBeGreaterThan(1);
  });

  it('counts long runs without spaces exactly, whether scanned or merged through the heap', () => {
    const runs = fc
      .tuple(fc.stringMatching(/^[a-f]{1,5}$/), fc.integer({ min: 240, max: 900 }), fc.nat(9))
      .map(([unit, length, cut]) => unit.repeat(length).slice(cut, cut + length));
    fc.assert(
      fc.property(runs, (text) => {
        expect(count(text)).toBe(COUNTERS[name](text, ORDINARY));
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('counts a text again the same after other texts have passed through its caches', () => {
    const texts = realTexts().slice(0, 20);
    const first = texts.map(count);
    expect(texts.map(count).reverse()).toEqual(first.reverse());
  });

  it('counts nothing in an empty text', () => expect(count('')).toBe(0));
});

describe('text on which JavaScript and tiktoken disagree', () => {
  // Counts of Python tiktoken 0.14.0 with its own patterns: o200k_base, cl100k_base.
  it.each([
    ['\ufeff', 1, 1],
    ['\ufeff\ufeff', 1, 2],
    ['\ufeffHello', 2, 2],
    ['a\ufeff \ufeff!', 4, 4],
    ['  \ufeff', 2, 2],
    ['!\u0085', 3, 3],
    ['A\u0085\u0085\u0085B', 8, 8],
    ["it'\u017fx", 4, 5],
  ])('counts %j as tiktoken does', async (text, o200k, cl100k) => {
    const counts = [];
    for (const kind of ['o200k_base', 'cl100k_base'] as const) {
      const kernel = await createTextKernel({ tokenizer: { kind } });
      kernel.load(text);
      counts.push(kernel.countTokens());
    }
    expect(counts).toEqual([o200k, cl100k]);
  });
});

describe('the bytes tokenizer', () => {
  it('counts the bytes of UTF-8, three for a lone surrogate', async () => {
    const kernel = await createTextKernel({ tokenizer: { kind: 'bytes' } });
    fc.assert(
      fc.property(nastyText, (text) => {
        expect(new TextDecoder().decode(kernel.load(text))).toBe(Buffer.from(text).toString());
        expect(kernel.countTokens()).toBe(Buffer.byteLength(text));
      }),
      { seed: 5 },
    );
  });
});

describe('a tokenizer.json file', () => {
  const whitespaceWords = JSON.stringify({
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: { '[UNK]': 0, mix: 1, '##ture': 2, of: 3, text: 4, '##s': 5 },
    },
  });
  const create = (tokenizerJson: string): Promise<TextKernel> =>
    createTextKernel({ tokenizer: { kind: 'file', path: 'models/tokenizer.json' }, tokenizerJson });

  it('counts with the model that the file describes', async () => {
    const kernel = await create(whitespaceWords);
    kernel.load('mixture of texts');
    expect(kernel.countTokens()).toBe(5);
  });

  it.each([
    ['broken JSON', '{"model": '],
    ['no model', '{"version": "1.0"}'],
    ['an unknown model', '{"model": {"type": "Abacus", "vocab": {}}, "added_tokens": []}'],
  ])('with %s fails and names the file', async (_title, json) => {
    const failure = await create(json).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect((failure as Failure).code).toBe('TOKENIZER_INVALID');
    expect((failure as Failure).message).toContain('models/tokenizer.json');
  });
});

/** gpt-tokenizer exports no path to its patterns, so they are read from its source. */
function definition(name: string): RegExp {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('gpt-tokenizer/package.json'));
  const source = readFileSync(join(folder, 'esm/encodingParams/constants.js'), 'utf8');
  const raw = (constant: string): string => {
    const found = source.match(new RegExp(`${constant} = String\\.raw\`(.*)\`;`));
    if (!found) throw new Error(`gpt-tokenizer holds no ${constant}`);
    return found[1]!;
  };
  const slot = (constant: string): string => `$\{${constant}}`;
  const pattern = raw(`${name}_TOKEN_SPLIT_PATTERN`)
    .replaceAll(slot('OPTIONAL_CONTRACTION_SUFFIX'), raw('OPTIONAL_CONTRACTION_SUFFIX'))
    .replaceAll(slot('CONTRACTION_SUFFIX_PATTERN'), raw('CONTRACTION_SUFFIX_PATTERN'))
    .replaceAll('[sS]', '[sS\\u017f]')
    .replaceAll('\\s', '\\p{White_Space}')
    .replaceAll('\\S', '\\P{White_Space}');
  return new RegExp(pattern, 'gu');
}
