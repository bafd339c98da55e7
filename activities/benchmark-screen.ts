/** Screens for the items of benchmarks; a process keeps the one that it used last. */
import { createScreen, type Screen } from '../engines/ngram/ngram-screen.js';
import { digestOf } from '../storage/digest.js';
import { type BenchmarkFile, benchmarkRows } from './benchmark-items.js';

export async function loadScreen(files: readonly BenchmarkFile[]): Promise<Screen> {
  const items = [];
  for (const file of files) for await (const { item } of benchmarkRows(file)) items.push(item);
  return createScreen(items);
}

let kept: { readonly key: string; readonly screen: Promise<Screen> } | null = null;

/** The screen of these files, by their digests: every shard of a build asks for the same one. */
export function screenOf(files: readonly BenchmarkFile[]): Promise<Screen> {
  const parts = files.map(({ benchmark: { name, fields }, file: { sha256, format } }) => {
    return { name, fields, sha256, format };
  });
  const key = digestOf(parts);
  if (kept?.key === key) return kept.screen;
  const screen = loadScreen(files);
  kept = { key, screen };
  screen.catch(() => {
    if (kept?.screen === screen) kept = null;
  });
  return screen;
}
