/**
 * A Temporal server with a worker whose activities answer from a script: what the workflow does with verdicts that
 * no real text would give on demand. Everything up to the plan answers the same small build.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { createAuditActivities } from '../activities/audit-activities.js';
import type { Activities } from '../activities/index.js';
import {
  type ApprovalCaseInput,
  closeApproval,
  type RecordApprovalInput,
  recordApproval,
  standingApproval,
} from '../activities/record-approval.js';
import { type RecordDelegationInput, recordDelegation } from '../activities/record-delegation.js';
import { type RemindInput, remind } from '../activities/remind.js';
import type { Judged } from '../activities/tasks/judge-risk.js';
import type { Solved } from '../activities/tasks/solve-plan.js';
import { findCli } from '../client/server/find-cli.js';
import { freePorts } from '../client/server/ports.js';
import { reachEmbedded } from '../client/server/reach.js';
import { spawnServer } from '../client/server/spawn-server.js';
import { stateFolder } from '../client/server/state.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { BuildMixInput } from '../core/schema/build.js';
import type { ApprovalPolicy, Execution, Recipe } from '../core/schema/recipe.js';
import type { BuildMixResult } from '../workflows/build-mix.js';
import { ROOT } from './tree-files.js';

export const ref = (name: string): ArtifactRef => ({
  path: `cache/${name}`,
  sha256: Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64),
  rows: 1,
  bytes: 1,
});

export interface Call {
  readonly activity: string;
  readonly input: unknown;
}

/** What a build's gate is told; every field has an answer that lets it through. */
export interface Script {
  readonly domains?: readonly string[];
  readonly blocks?: number;
  /** By attempt, and by doubled runs within it. */
  readonly judge?: (attempt: number, doubled: boolean) => Partial<Judged>;
  /** By number of the plan, from 1. */
  readonly solve?: (plan: number) => Partial<Solved>;
  /** While inputs are pinned; may wait, or throw. */
  readonly pin?: (workflowId: string) => Promise<void>;
  /** Of each block; may wait until it is cancelled. */
  readonly simulate?: () => Promise<void>;
  /** Name of the packet that people approve; another name, another digest. */
  readonly packet?: string;
  /** Before that packet stands, and before documents are selected; each may wait. */
  readonly draft?: () => Promise<void>;
  readonly select?: () => Promise<void>;
  /** Before a word is judged; it may wait. */
  readonly judgeWord?: () => Promise<void>;
}

const SOLVED: Solved = {
  ...{ ref: ref('plan'), status: 'optimal', tokensAllocated: 100 },
  ...{ notes: [], conflict: [], wrong: '', todo: [] },
};

const PARTS = {
  ...{ subject: 'collapse', expected: 'a mix that holds', found: 'one that does not' },
  ...{ where: 'risk', remedy: 'add human text' },
};

const PASS: Judged = {
  ...{ ref: ref('risk'), page: 'cache/risk.html', decision: 'PASS', why: ['all is well'] },
  ...{ moreRuns: false, recipe: null, changes: '', parts: PARTS },
};

export class ScriptedBuilds {
  readonly folder = mkdtempSync(join(tmpdir(), 'ballast-scripted-'));
  readonly #scripts = new Map<string, Script>();
  readonly #calls = new Map<string, Call[]>();
  #stop: () => Promise<void> = async () => undefined;
  #client: Client | null = null;

  get client(): Client {
    if (this.#client === null) throw new Error('start it first');
    return this.#client;
  }

  /** @param more activities beside the scripted ones */
  async start(more: object = {}): Promise<void> {
    const state = stateFolder(this.folder);
    const { cli } = await findCli(state);
    if (cli === null) throw new Error('no Temporal CLI');
    const ports = await freePorts({ port: 17_233, uiPort: 18_233 });
    const { child } = spawnServer(state, cli, ports);
    const address = `127.0.0.1:${ports.port}`;
    const until = Date.now() + 30_000;
    while ((await reachEmbedded(address, 'ballast', 1_000)) === null)
      if (Date.now() > until) throw new Error(`no server at ${address}`);
    const filter = makeTelemetryFilterString({ core: 'ERROR' });
    const telemetryOptions = { logging: { filter, forward: {} } };
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions });
    const connection = await NativeConnection.connect({ address });
    const activities = { ...this.#activities(), ...more };
    const shared = { connection, namespace: 'ballast', activities };
    const codePath = join(ROOT, 'dist/worker/workflow-bundle.js');
    const workers = await Promise.all([
      Worker.create({ ...shared, taskQueue: 'ballast', workflowBundle: { codePath } }),
      Worker.create({ ...shared, taskQueue: 'ballast-cpu' }),
    ]);
    const running = Promise.all(workers.map((worker) => worker.run()));
    const client = await Connection.connect({ address });
    this.#client = new Client({ connection: client, namespace: 'ballast' });
    this.#stop = async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await client.close();
      await connection.close();
      // A test may have ended it, and started another.
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await new Promise((ended) => child.once('exit', ended));
    };
  }

  async stop(): Promise<void> {
    await this.#stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Builds whose id starts so go by this script; others start them. */
  script(idStart: string, script: Script): void {
    this.#scripts.set(idStart, script);
    this.#calls.set(idStart, []);
  }

  /** Runs any workflow whose activities answer as a script says. */
  async run<R>(
    workflowType: string,
    workflowId: string,
    input: unknown,
    script: Script = {},
  ): Promise<WorkflowHandleWithFirstExecutionRunId<(input: unknown) => Promise<R>>> {
    this.script(workflowId, script);
    return this.client.workflow.start<(input: unknown) => Promise<R>>(workflowType, {
      ...{ workflowId, taskQueue: 'ballast', workflowExecutionTimeout: '60s', args: [input] },
    });
  }

  /** Starts a build that goes by a script. */
  build(recipe: Recipe, script: Script, requestedBy = 'test') {
    const workflowId = `build-mix/${recipe.name}@${recipe.version}/b${String(this.#scripts.size).padStart(3, '0')}`;
    const input = this.inputOf(recipe, { requestedBy });
    return this.run<BuildMixResult>('buildMix', workflowId, input, script);
  }

  inputOf(
    recipe: Recipe,
    part: Partial<Pick<Execution, 'until' | 'requestedBy'>> = {},
  ): BuildMixInput {
    const execution: Execution = {
      ...{ workspace: this.folder, baseFolder: this.folder, until: 'publish', requestedBy: 'test' },
      ...{ recipeFingerprint: 'ab'.repeat(32), asOf: '2026-11-25' },
      ...part,
    };
    return { recipe, execution };
  }

  calls(workflowId: string, activity?: string): readonly Call[] {
    const all = this.#calls.get(workflowId) ?? [];
    return activity === undefined ? all : all.filter((call) => call.activity === activity);
  }

  #activities() {
    const id = () => {
      const { workflowId } = Context.current().info.workflowExecution!;
      return [...this.#scripts.keys()].find((known) => workflowId.startsWith(known))!;
    };
    const scripted = answers((name) => this.calls(id(), name).length, this.folder);
    const said =
      (name: string, answer: (script: Script, input: never) => unknown) =>
      async (input: unknown) => {
        this.#calls.get(id())!.push({ activity: name, input });
        return answer(this.#scripts.get(id())!, input as never);
      };
    const told = Object.entries(scripted).map(([name, answer]) => [name, said(name, answer)]);
    // What is sealed is real: the histories of scripted builds.
    return { ...createAuditActivities({ pool: null as never }), ...Object.fromEntries(told) };
  }
}

/**
 * `calls` counts the calls of an activity so far, this one included. What people say of a plan is judged and
 * kept by the real activities, in the ledger of `workspace`.
 */
function answers(calls: (activity: string) => number, workspace: string) {
  const made = { reused: false, key: 'key' };
  return {
    pinSources: async (
      { pin }: Script,
      { recipe, buildId }: { recipe: Recipe; buildId: string },
    ) => {
      await pin?.(Context.current().info.workflowExecution!.workflowId);
      return {
        context: { workspace: '', buildId, recipe: ref(`recipe of ${recipe.name}`) },
        sources: [{ name: 'one', shards: 2, bytes: 1, firstShard: 0 }],
        ...{ published: null, previousVersion: null, previous: null },
      };
    },
    profileShard: () => made,
    checkSource: () => ({ rowsKept: 1, rowsRejected: 0, tokens: 1 }),
    clusterDuplicates: () => ({ documentsRemoved: 0, clusters: 0, labelledLost: 0 }),
    calibrateLabels: () => ({ reviews: 0, domains: 0 }),
    labelShard: () => ({ conflicts: 0 }),
    takeInventory: () => ({ ref: ref('inventory'), tokensAvailable: 1, strata: 1, documents: 1 }),
    solvePlan: ({ solve }: Script) => ({ ...SOLVED, ...solve?.(calls('solvePlan')) }),
    draftReview: () => ({
      ...{ index: ref('index'), frame: 0, documents: 0, random: 0, packets: [] },
    }),
    sampleShard: () => made,
    listDomains: ({ domains = ['health'] }: Script) => ({ domains }),
    measureDomain: () => made,
    listBlocks: ({ blocks = 2 }: Script) => ({
      blocks: Array.from({ length: blocks }, (_, i) => ({
        ...{ scenario: { simulator: 'drift' }, firstRun: 25 * i, runs: 25, title: `drift ${i}` },
      })),
    }),
    simulateCollapse: async ({ simulate }: Script) => {
      await simulate?.();
      return made;
    },
    simulateTable: () => made,
    selfTestSimulators: () => ({ ...made, tests: 12, red: 0 }),
    judgeRisk: (
      { judge }: Script,
      { attempt, doubled }: { attempt: number; doubled: boolean },
    ) => ({
      ...PASS,
      ...judge?.(attempt, doubled),
    }),
    endRisk: (_: Script, { judged, wrong }: { judged: Judged; wrong: string }) => ({
      ...judged,
      recipe: null,
      parts: { ...judged.parts, found: wrong },
    }),
    draftApproval: async (
      { packet = 'packet', draft }: Script,
      { mix, policy }: { mix: string; policy: ApprovalPolicy },
    ) => {
      await draft?.();
      const shown = ref(packet);
      return {
        packet: shown,
        ...(await standingApproval({ workspace, mix, packet: shown }, policy)),
      };
    },
    recordApproval: async ({ judgeWord }: Script, input: RecordApprovalInput) => {
      await judgeWord?.();
      return recordApproval(input);
    },
    closeApproval: (_: Script, input: ApprovalCaseInput) => closeApproval(input),
    recordDelegation: (_: Script, input: RecordDelegationInput) => recordDelegation(input),
    remind: (_: Script, input: RemindInput) => remind(input),
    notify: () => ({ sent: false }),
    selectDocuments: async ({ select }: Script) => {
      await select?.();
      return {
        ...{ ref: ref('selection'), documents: 1, tokens: 1, empty: 0 },
        ...{ trainShards: 0, holdoutShards: 0 },
      };
    },
    scatterShard: () => ({ pieces: 0, reused: false }),
    writeLabels: () => ({ documents: 1, rejects: 0 }),
    verifyMix: () => ({
      ...{ tokens: 1, documents: 1, caps: 1, files: 1 },
      ...{ manifestSha256: '', syntheticShare: 0 },
    }),
    publishMix: () => ({ path: 'mixes/m/1', manifestSha256: '', ledgerSequence: 1 }),
    removeScratch: () => null,
  } satisfies Partial<Record<keyof Activities, (script: Script, input: never) => unknown>>;
}
