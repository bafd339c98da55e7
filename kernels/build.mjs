/**
 * Compiles each kernel folder to one WebAssembly file: kernels/<name>/index.ts -> dist/kernels/<name>.wasm.
 * No runtime and no garbage collector: a kernel lays out its own memory (`memory.ts`).
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const KERNELS = ['text'];

const here = dirname(fileURLToPath(import.meta.url));
const outFolder = join(here, '..', 'dist', 'kernels');
mkdirSync(outFolder, { recursive: true });

for (const name of KERNELS) {
  const { error, stderr } = await asc.main([
    join(here, name, 'index.ts'),
    '--outFile',
    join(outFolder, `${name}.wasm`),
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--use',
    'abort=',
  ]);
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
}
