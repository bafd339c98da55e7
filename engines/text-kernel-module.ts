/**
 * Loads the compiled text kernel and names its exports. The same relative path serves the built tree
 * (dist/engines -> dist/kernels) and the sources under a test runner (engines -> dist/kernels).
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../core/schema/failure.js';
import { BLOCK_SIZE, fillBlock } from './unicode-classes.js';

/** Exports of `kernels/text/index.ts`; addresses and counts are u32. */
export interface TextKernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  initialise(): void;
  classesAt(): number;
  normalFormsAt(): number;
  multipliersAt(): number;
  incrementsAt(): number;
  bandHashesAt(): number;
  shinglesAt(): number;
  splitsAt(): number;
  reserveRanks(): void;
  ranksInput(fileBytes: number): number;
  loadRanks(fileBytes: number): number;
  textInput(bytes: number): number;
  setTextBytes(bytes: number): void;
  normalise(): number;
  normalInput(bytes: number): number;
  setNormalBytes(bytes: number): void;
  shingle(): number;
  sketch(bandCount: number, rowsPerBand: number): void;
  words(): number;
  wordSlots(): number;
  markedSlots(): number;
  countLineFeeds(): number;
  countCharacters(): number;
  countO200k(): number;
  countCl100k(): number;
  split(o200k: number): number;
}

/** What of the WebAssembly global we use; the project's `lib` has no DOM. */
interface WasmHost {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, Record<string, (block: number) => void>>,
  ): Promise<{ readonly instance: { readonly exports: unknown } }>;
}

export async function loadTextKernel(wasmFolder = defaultFolder()): Promise<TextKernelExports> {
  const bytes = await readFile(join(wasmFolder, 'text.wasm'));
  const host = { fillBlock: (block: number) => fill(kernel, block) };
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WasmHost };
  const { instance } = await WebAssembly.instantiate(bytes, { host });
  const kernel = instance.exports as TextKernelExports;
  kernel.initialise();
  fill(kernel, 0);
  return kernel;
}

function fill(kernel: TextKernelExports, block: number): void {
  const first = block * BLOCK_SIZE;
  const { buffer } = kernel.memory;
  fillBlock(
    block,
    new Uint8Array(buffer, kernel.classesAt() + first, BLOCK_SIZE),
    new Uint32Array(buffer, kernel.normalFormsAt() + 4 * first, BLOCK_SIZE),
  );
}

function defaultFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const folders = [join(here, '..', 'kernels'), join(here, '..', 'dist', 'kernels')];
  const folder = folders.find((candidate) => existsSync(join(candidate, 'text.wasm')));
  assert(
    folder !== undefined,
    `no text.wasm in ${folders.join(' or ')}: run npm run build:kernels`,
  );
  return folder;
}
