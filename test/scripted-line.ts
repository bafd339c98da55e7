/**
 * Lines on a real server: the real workflow and its real activities on a real workspace; only the
 * builds that they start answer from a script, so that they can wait or fail on demand.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { createLineActivities } from '../activities/line-activities.js';
import { readRecipe } from '../client/recipe/read-recipe.js';
import type { Arrival, ArrivedFile, LineStatus, MixLineInput } from '../core/schema/arrival.js';
import { type ArrivalsLine, arrivalsLine } from '../core/schema/arrival-list.js';
import type { LineSettings } from '../core/schema/operations.js';
import type { Recipe } from '../core/schema/recipe.js';
import type { createCpuPool } from '../engines/cpu-pool.js';
import { readLedger } from '../storage/ledger.js';
import { arriveUpdate, lineQuery, lineWorkflowId } from '../workflows/messages.js';
import type { mixLine } from '../workflows/mix-line.js';
import { ScriptedBuilds } from './scripted-build.js';
import { writeInto } from './source-profile.js';
import { ROOT } from './tree-files.js';

const RECIPE = `name: line
version: dev
seed: 1
tokenizer: bytes
token_budget: 1_000_000
target_shares: {health: 1}
sources:
  - {name: web, paths: ["in/*.jsonl"], domain: health, provenance: {declared: human_authored, by: publisher}, grant: ours}
grants:
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow}}
use: {purposes: [pretrain], territory: EU}
`;

/** The tasks of the pool are modules of the built product. */
async function realActivities(): Promise<{ activities: object; close: () => Promise<void> }> {
  const built = (file: string) => import(join(ROOT, 'dist', file));
  const pools = (await built('engines/cpu-pool.js')) as { createCpuPool: typeof createCpuPool };
  const lines = (await built('activities/line-activities.js')) as {
    createLineActivities: typeof createLineActivities;
  };
  const pool = pools.createCpuPool();
  return { activities: lines.createLineActivities({ pool }), close: () => pool.close() };
}

export class ScriptedLines {
  readonly builds = new ScriptedBuilds();
  #recipe: Recipe | null = null;
  #close: () => Promise<void> = async () => undefined;

  get folder(): string {
    return this.builds.folder;
  }

  /** @param more activities beside those of lines */
  async start(more: object = {}): Promise<void> {
    const path = await writeInto(this.folder, 'recipe.yaml', RECIPE);
    this.#recipe = (await readRecipe({ path, set: [] })).recipe;
    mkdirSync(join(this.folder, 'in'), { recursive: true });
    const { activities, close } = await realActivities();
    this.#close = close;
    await this.builds.start({ ...activities, ...more });
  }

  async stop(): Promise<void> {
    await this.builds.stop();
    await this.#close();
  }

  recipe(name: string): Recipe {
    return { ...this.#recipe!, name };
  }

  workspace(name: string): string {
    return join(this.folder, 'workspaces', name);
  }

  input(name: string, settings: Partial<LineSettings> = {}, turnsPerRun = 100): MixLineInput {
    return {
      ...{ schemaVersion: 1, recipe: this.recipe(name), turnsPerRun },
      execution: {
        ...{ workspace: this.workspace(name), baseFolder: this.folder, until: 'publish' },
        ...{ recipeFingerprint: 'ab'.repeat(32), asOf: '2026-11-26', requestedBy: 'test' },
      },
      settings: { quietSeconds: 0.2, maxWaitSeconds: 3, minNewTokens: 0, ...settings },
      state: { lastPublished: null, pending: [], taken: null, frozen: null },
    };
  }

  line(input: MixLineInput): Promise<WorkflowHandle<typeof mixLine>> {
    return this.builds.client.workflow.start<typeof mixLine>('mixLine', {
      ...{ workflowId: lineWorkflowId(input.recipe.name), taskQueue: 'ballast', args: [input] },
      workflowExecutionTimeout: '120s',
    });
  }

  /** Writes a file and says what arrives of it. Tokens null: the line counts them. */
  file(name: string, text: string, tokens: number | null = 10): Arrival {
    writeFileSync(join(this.folder, 'in', name), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { source: 'web', file: `in/${name}`, sha256, bytes: Buffer.byteLength(text), tokens };
  }
}

export function send(
  handle: WorkflowHandle<typeof mixLine>,
  ...arrivals: Arrival[]
): Promise<ArrivedFile[]> {
  return handle.executeUpdate(arriveUpdate, { args: [{ arrivals, by: 'test' }] });
}

export function status(handle: WorkflowHandle<typeof mixLine>): Promise<LineStatus> {
  return handle.query(lineQuery);
}

export async function linesOf(workspace: string): Promise<ArrivalsLine[]> {
  const entries = await readLedger(workspace);
  return entries
    .filter(({ kind }) => kind === 'arrivals')
    .map(({ body }) => arrivalsLine.parse(body));
}

/** How a build of the product fails by one file. */
export function failsAt(code: string, where: string): ApplicationFailure {
  const parts = { subject: 'source "web"', expected: 'a', found: 'b', where, remedy: 'c' };
  return ApplicationFailure.nonRetryable(`${code} at ${where}`, code, { parts, details: null });
}

/** A gate that builds wait at. */
export class Gate {
  #open: () => void = () => undefined;
  readonly #opened = new Promise<void>((open) => {
    this.#open = open;
  });

  open(): void {
    this.#open();
  }

  get passed(): Promise<void> {
    return this.#opened;
  }
}
