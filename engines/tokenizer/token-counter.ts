/**
 * A function that counts the tokens of the kernel's loaded text, per kind of tokenizer. The two
 * byte-pair encodings live in the kernel: `gpt-tokenizer` supplies their vocabulary files, which the
 * kernel reads on the first count (tens of milliseconds), so a thread that never counts never pays.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { assert, Failure } from '../../core/schema/failure.js';
import type { TokenizerSpec } from '../../core/schema/recipe.js';
import type { TextKernelExports } from '../text-kernel-module.js';
import { createFileTokenizer } from './file-tokenizer.js';

/** `text` is the loaded text, `textBytes` its length in UTF-8. */
export type TokenCounter = (text: string, textBytes: number) => number;

type RankedName = 'o200k_base' | 'cl100k_base';

const ENTRY_COUNTS: Readonly<Record<RankedName, number>> = {
  o200k_base: 199_998,
  cl100k_base: 100_256,
};

export function createTokenCounter(
  kernel: TextKernelExports,
  tokenizer: TokenizerSpec,
  tokenizerJson?: string,
): TokenCounter {
  switch (tokenizer.kind) {
    case 'bytes':
      return (_text, textBytes) => textBytes;
    case 'file':
      return createFileTokenizer(tokenizer.path, tokenizerJson);
    case 'o200k_base':
    case 'cl100k_base':
      return createRankedCounter(kernel, tokenizer.kind);
  }
}

function createRankedCounter(kernel: TextKernelExports, name: RankedName): TokenCounter {
  kernel.reserveRanks();
  const count = name === 'o200k_base' ? () => kernel.countO200k() : () => kernel.countCl100k();
  let isLoaded = false;
  return () => {
    if (!isLoaded) loadRanks(kernel, name);
    isLoaded = true;
    return count();
  };
}

function loadRanks(kernel: TextKernelExports, name: RankedName): void {
  const path = createRequire(import.meta.url).resolve(`gpt-tokenizer/data/${name}.tiktoken`);
  const file = readVocabulary(path, name);
  const address = kernel.ranksInput(file.length);
  new Uint8Array(kernel.memory.buffer, address, file.length).set(file);
  const entries = kernel.loadRanks(file.length);
  assert(
    entries === ENTRY_COUNTS[name],
    `${name} has ${ENTRY_COUNTS[name]} entries, read ${entries}`,
  );
}

function readVocabulary(path: string, name: RankedName): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Failure('TOKENIZER_INVALID', {
      subject: `tokenizer ${name}`,
      expected: 'its vocabulary file in the installed package gpt-tokenizer',
      found: error instanceof Error ? error.message : String(error),
      where: path,
      remedy: 'install the dependencies again (npm ci)',
    });
  }
}
