/** Runs the real command against a server and worker of its own, for tests that need the whole product. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const ROOT = resolve(import.meta.dirname, '..');
const MAIN = join(ROOT, 'dist/client/main.js');
export const SHARED_DATA = resolve(ROOT, '../shared/data');

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command whose workflow has started. */
export interface UnderWay {
  readonly child: ChildProcess;
  readonly ended: Promise<Answer>;
}

export class Ballast {
  readonly folder = mkdtempSync(join(tmpdir(), 'ballast-long-'));
  readonly state = join(this.folder, 'state');

  environment(): NodeJS.ProcessEnv {
    return { ...process.env, BALLAST_STATE_DIR: this.state, NO_COLOR: '1' };
  }

  run(...args: string[]): Promise<Answer> {
    const options = { env: this.environment(), cwd: this.folder, maxBuffer: 1 << 28 };
    return new Promise((done) => {
      execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
        done({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
          stdout,
          stderr,
        });
      });
    });
  }

  /** Starts `build`, `plan` or `retract` and waits until its workflow is under way. */
  async start(command: 'build' | 'plan' | 'retract', ...args: string[]): Promise<UnderWay> {
    const child = spawn(process.execPath, [MAIN, command, ...args], {
      env: this.environment(),
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    const ended = new Promise<Answer>((done) => {
      child.once('close', (code, signal) =>
        done({ code: code ?? 1, stdout, stderr: `${stderr}${signal ?? ''}` }),
      );
    });
    await new Promise<void>((under, failed) => {
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        if (stderr.includes('follow it in the Temporal UI')) under();
      });
      ended.then(({ code }) => failed(new Error(`exit ${code} too early: ${stderr}`)));
    });
    return { child, ended };
  }

  private recordOf(part: 'worker' | 'server'): { pid: number; port: number } {
    return JSON.parse(readFileSync(join(this.state, `${part}.json`), 'utf8'));
  }

  pidOf(part: 'worker' | 'server'): number {
    return this.recordOf(part).pid;
  }

  address(): string {
    return `127.0.0.1:${this.recordOf('server').port}`;
  }

  /** Recipe over the shared corpora, or over the demo's text where they are absent. */
  async recipe(): Promise<string> {
    const folder = join(this.folder, 'recipe');
    if (!existsSync(join(SHARED_DATA, 'l2r.jsonl.gz'))) {
      const { prepareDemo } = await import(join(ROOT, 'dist/client/demo/prepare-demo.js'));
      return ((await prepareDemo(folder)) as { recipePath: string }).recipePath;
    }
    mkdirSync(folder, { recursive: true });
    for (const name of ['real-data.yaml', 'grants.yaml']) {
      writeFileSync(join(folder, name), readFileSync(join(ROOT, 'examples', name)));
    }
    writeFileSync(join(folder, 'own.jsonl'), ownOutputs());
    appendFileSync(join(folder, 'real-data.yaml'), EVIDENCE);
    if (!existsSync(join(folder, 'data'))) symlinkSync(SHARED_DATA, join(folder, 'data'));
    return join(folder, 'real-data.yaml');
  }
}

/** Every kind of search that a build can make: each is a phase in which it can be killed. */
const EVIDENCE = `
own_outputs: [{name: logs, paths: [own.jsonl], model_family: house, generated: 2024-01-01}]
benchmarks: [{name: gsm8k, path: data/benchmarks/gsm8k-test.jsonl, fields: [question, answer], action: flag}]
review: {documents: 40, packet_size: 10}
`;

/** A log of what one of the models behind `l2r` wrote: every fourth of its rows, as JSON lines. */
function ownOutputs(): string {
  const rows = gunzipSync(readFileSync(join(SHARED_DATA, 'l2r.jsonl.gz')))
    .toString()
    .split('\n');
  return rows.filter((row, i) => i % 4 === 0 && row.includes('"model_family": "llama"')).join('\n');
}

/** Digest over the key columns of every data file of a version: paths and bytes. */
export function dataDigest(workspace: string, name: string, version: string): string {
  const folder = join(workspace, 'mixes', name, version, 'data');
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort())
    hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}
