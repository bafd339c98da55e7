/**
 * The state folder: what this machine's embedded server, worker and keeper leave behind. Records are
 * hints, never proof: whoever reads one checks the process (`process-identity.ts`) or asks the
 * server. They are written to a temporary name and renamed, so that no reader sees half a record.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';

/** Absolute paths of everything in one state folder. */
export interface StateFolder {
  readonly root: string;
  readonly bin: string;
  readonly serverFile: string;
  readonly serverLog: string;
  readonly workerFile: string;
  readonly workerLog: string;
  readonly keeperFile: string;
  readonly keeperLog: string;
  readonly lockFile: string;
}

const serverRecord = z.object({
  pid: z.int().positive(),
  port: z.int().positive(),
  uiPort: z.int().positive(),
  cliPath: z.string(),
  cliVersion: z.string(),
  serverVersion: z.string(),
  dbFile: z.string(),
  startedAt: z.string(),
});
export type ServerRecord = z.infer<typeof serverRecord>;

/** Written by the worker itself, once it polls. */
const workerRecord = z.object({
  pid: z.int().positive(),
  codeVersion: z.string(),
  address: z.string(),
  namespace: z.string(),
});
export type WorkerRecord = z.infer<typeof workerRecord>;

const keeperRecord = z.object({ pid: z.int().positive(), codeVersion: z.string() });
export type KeeperRecord = z.infer<typeof keeperRecord>;

/** `BALLAST_STATE_DIR`, else `$XDG_STATE_HOME/ballast`, else `~/.local/state/ballast`. */
export function stateRoot(env: NodeJS.ProcessEnv = process.env): string {
  const own = env.BALLAST_STATE_DIR;
  if (own !== undefined && own !== '') return resolve(own);
  const xdg = env.XDG_STATE_HOME;
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'state');
  return resolve(base, 'ballast');
}

export function stateFolder(root: string = stateRoot()): StateFolder {
  return {
    root,
    bin: join(root, 'bin'),
    serverFile: join(root, 'server.json'),
    serverLog: join(root, 'server.log'),
    workerFile: join(root, 'worker.json'),
    workerLog: join(root, 'worker.log'),
    keeperFile: join(root, 'keeper.json'),
    keeperLog: join(root, 'keeper.log'),
    lockFile: join(root, 'runtime.lock'),
  };
}

/** Where the worker of a server that the user named has its records, apart from the embedded one. */
export function namedServerFolder(
  state: StateFolder,
  address: string,
  namespace: string,
): StateFolder {
  const name = `${address}-${namespace}`.replaceAll(/[^A-Za-z0-9.-]/g, '_');
  return stateFolder(join(state.root, 'servers', name));
}

/** The folders of all named servers that had a worker. */
export function namedServerFolders(state: StateFolder): StateFolder[] {
  const parent = join(state.root, 'servers');
  return existsSync(parent)
    ? readdirSync(parent).map((name) => stateFolder(join(parent, name)))
    : [];
}

export function readServerRecord(state: StateFolder): ServerRecord | null {
  return readRecord(state.serverFile, serverRecord);
}

export function readWorkerRecord(state: StateFolder): WorkerRecord | null {
  return readRecord(state.workerFile, workerRecord);
}

export function readKeeperRecord(state: StateFolder): KeeperRecord | null {
  return readRecord(state.keeperFile, keeperRecord);
}

/** The record, or null where the file is missing or is none: the caller then starts afresh. */
function readRecord<T>(file: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

export function writeRecord(file: string, record: object): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(temporary, file);
}

export function removeRecord(file: string): void {
  rmSync(file, { force: true });
}
