/** The files of the page: its frame, its looks, and the compiled modules of `browser/`. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PAGE_STYLE } from './page-style.js';

export interface PageFile {
  readonly type: string;
  readonly body: string;
}

const FRAME = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ballast review</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css">
<script type="module" src="/browser/main.js"></script></head>
<body><noscript>This page needs JavaScript; without it use: ballast review list, show and decide.</noscript></body></html>
`;

/** By path. Modules are read once: nothing that a request says names a file of the disk. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>([
    ['/', { type: 'text/html; charset=utf-8', body: FRAME }],
    ['/page.css', { type: 'text/css; charset=utf-8', body: PAGE_STYLE }],
  ]);
  const folder = join(import.meta.dirname, 'browser');
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.js')) continue;
    const body = (await readFile(join(folder, name), 'utf8')).replace(/\/\/# sourceMapping.*/, '');
    files.set(`/browser/${name}`, { type: 'text/javascript; charset=utf-8', body });
  }
  return files;
}
