/** `ballast review serve`: the review page of this machine, until Ctrl-C. */
import { spawn } from 'node:child_process';
import { defineCommand } from 'citty';
import { Failure } from '../../core/schema/failure.js';
import { openWorkspace } from '../build/workspace-option.js';
import { readKeyFile } from '../review/private-key.js';
import { keyArg } from '../review/review-args.js';
import { sharedArgs, usage } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';
import { pageCalls } from './page-calls.js';
import { type Calls, type PageServer, servePage } from './serve-page.js';

/** Taken where it is free: what a browser keeps of a page belongs to its port, drafts too. */
const PORT_PREFERRED = 8237;

function portOf(option: string | undefined): number | null {
  if (option === undefined) return null;
  const port = Number(option);
  if (/^\d+$/.test(option) && port <= 65_535) return port;
  throw usage('ballast review serve', 'a port, 0 to 65535', option, 'leave --port out');
}

async function serveSomewhere(port: number | null, calls: Calls): Promise<PageServer> {
  if (port !== null) return servePage(port, calls);
  return servePage(PORT_PREFERRED, calls).catch((error: unknown) => {
    if (error instanceof Failure && error.parts.found === 'EADDRINUSE') return servePage(0, calls);
    throw error;
  });
}

/** Shows an address in the browser of this machine; where there is none, the address is printed anyway. */
function openBrowser(url: string): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

/** A second Ctrl-C ends the process at once. */
function untilInterrupted(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => done());
  });
}

export default defineCommand({
  meta: {
    name: 'serve',
    description: 'A page of this machine to answer packets and approve plans',
  },
  args: {
    port: { type: 'string', valueHint: 'number', description: 'Port of 127.0.0.1' },
    as: { type: 'string', valueHint: 'name', description: 'Who decides; else the page asks' },
    ...keyArg,
    open: { type: 'boolean', description: 'Open it in the browser' },
    ...sharedArgs.workspace,
    ...sharedArgs.address,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const as = args.as === undefined || args.as.trim() === '' ? null : args.as.trim();
    const { address } = args;
    const key = await readKeyFile(args.key);
    const page = pageCalls({ workspace, address, as, key, onProgress: output.progress });
    const server = await serveSomewhere(portOf(args.port), page.calls);
    const interrupted = untilInterrupted();
    output.line(`review page of ${workspace}: ${output.colors.cyan(server.url)}`);
    output.line(
      'the address is a secret: whoever has it decides in your place. Ctrl-C ends the page',
    );
    output.emit({ url: server.url });
    if (args.open === true) openBrowser(server.url);
    await interrupted;
    await server.close();
    await page.close();
    return 0;
  },
});
