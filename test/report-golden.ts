/** Golden files: a difference leaves `<name>-changed` beside the file; `GOLDEN=accept` takes it over. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export function expectGolden(name: string, found: string): void {
  const path = fileURLToPath(new URL(`golden/${name}`, import.meta.url));
  const dot = path.lastIndexOf('.');
  const changed = `${path.slice(0, dot)}-changed${path.slice(dot)}`;
  if (process.env.GOLDEN === 'accept') writeFileSync(path, found);
  const expected = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (expected === found) rmSync(changed, { force: true });
  else writeFileSync(changed, found);
  expect(found === expected, `${name} differs: compare ${changed}, accept with GOLDEN=accept`).toBe(
    true,
  );
}
