/**
 * Retraction: find what published versions hold -> freeze their lines -> record it (builds leave the
 * text out from here on) -> build each affected mix anew -> remove copies, tombstones, certificate ->
 * unfreeze. Every step is idempotent by the retraction's key. Where a mix cannot be built without the
 * text the retraction stands all the same, and the line stays frozen with the reason.
 */
import {
  ApplicationFailure,
  CancellationScope,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Recorded } from '../activities/record-retraction.js';
import type { ImpactFound } from '../activities/tasks/find-impact.js';
import type { LineFreeze } from '../core/schema/arrival.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { type RetractInput, retractInput } from '../core/schema/retraction.js';
import { cleanScratch } from './clean-scratch.js';
import { freezeLine, unfreezeLine } from './freeze-line.js';
import { RETRACT_STEPS, type RetractStepProgress, retractProgressQuery } from './messages.js';
import { parseOrFail } from './parse-or-fail.js';
import { type Rebuilt, rebuildMix } from './rebuild-mix.js';
import { startSeal } from './start-seal.js';
import { heavy, light } from './steps.js';

export interface RetractResult {
  readonly key: string;
  /** The line of the ledger that withdraws. */
  readonly ledgerSequence: number;
  readonly impact: ArtifactRef;
  readonly versions: readonly string[];
  readonly rebuilds: readonly Rebuilt[];
  /** Folder of certificate and tombstones, relative to the workspace. */
  readonly folder: string;
  readonly certificateSha256: string;
  readonly tombstones: number;
  readonly copiesRemoved: number;
}

/** Rounds of finding the impact while versions are published meanwhile. */
const ROUNDS = 20;

export async function retract(input: RetractInput): Promise<RetractResult> {
  const wanted = parseOrFail(retractInput, input, 'retraction');
  const story = new RetractStory(wanted.key);
  setHandler(retractProgressQuery, () => story.steps);
  const { workflowId, runId } = workflowInfo();
  const by = `${workflowId}/${runId}`;
  try {
    return await carryOut(wanted, by, story);
  } finally {
    await cleanScratch(wanted.key, wanted.workspace, by);
    await CancellationScope.nonCancellable(() =>
      startSeal({ workspace: wanted.workspace, mix: null }),
    );
  }
}

async function carryOut(
  wanted: RetractInput,
  by: string,
  story: RetractStory,
): Promise<RetractResult> {
  const { workspace, key } = wanted;
  const { found, recorded } = await findAndRecord(wanted, by, story);
  const names = namesOf(recorded.versions);
  story.enter('rebuild', names.length);
  const rebuilds: Rebuilt[] = [];
  for (const name of names) {
    const rebuilt = await rebuildMix(wanted, name);
    rebuilds.push(rebuilt);
    story.step('rebuild', rebuilt.sentence);
  }
  story.enter('close', 2);
  const copies = await heavy.findCopies.executeWithOptions(
    { summary: `${key}: cached artifacts that hold copies of the text` },
    [{ workspace, buildId: by, key }],
  );
  story.step('close', `${copies.copies} cached artifacts hold copies`);
  const { deleteCopies, deleteVersions } = wanted;
  const closed = await heavy.closeRetraction.executeWithOptions(
    { summary: `${key}: tombstones and deletion certificate` },
    [{ workspace, buildId: by, key, copies: copies.ref, deleteCopies, deleteVersions, by }],
  );
  story.step('close', closed.folder);
  await settleLines(wanted, rebuilds);
  return {
    ...{ key, rebuilds, ledgerSequence: recorded.ledgerSequence, versions: recorded.versions },
    ...{ impact: found.refs.summary, folder: closed.folder },
    certificateSha256: closed.certificateSha256,
    tombstones: closed.tombstones?.rows ?? 0,
    copiesRemoved: closed.copiesRemoved.length,
  };
}

type RecordedLine = Extract<Recorded, { state: 'recorded' }>;

/** Finds the impact, freezes the lines, and records it; again where a version was published meanwhile. */
async function findAndRecord(
  wanted: RetractInput,
  by: string,
  story: RetractStory,
): Promise<{ found: ImpactFound; recorded: RecordedLine }> {
  const { workspace, key, scope } = wanted;
  for (let round = 0; round < ROUNDS; round++) {
    story.enter('impact', 1);
    const found = await heavy.findImpact.executeWithOptions(
      { summary: `${key}: rows of every published version, caps, models trained on it` },
      [{ workspace, buildId: by, key, scope }],
    );
    const { versions, rows, tokens } = found;
    story.step('impact', `${versions.length} versions, ${rows} rows, ${tokens} tokens`);
    for (const name of namesOf(versions)) await freezeLine(name, freezeOf(wanted));
    story.enter('record', 1);
    const recorded = await light.recordRetraction.executeWithOptions(
      { summary: `${key}: recorded, builds leave the text out from here on` },
      [{ wanted, found, by }],
    );
    if (recorded.state === 'stale') continue;
    story.step('record', `line ${recorded.ledgerSequence} of the ledger`);
    return { found, recorded };
  }
  const message = `${key}: a version was published in each of ${ROUNDS} rounds; try again later`;
  throw ApplicationFailure.nonRetryable(message, 'BUILD_CANCELLED');
}

/** A mix that was built anew goes on; one that was not stays frozen, and its line says why. */
async function settleLines(wanted: RetractInput, rebuilds: readonly Rebuilt[]): Promise<void> {
  for (const { name, state, sentence } of rebuilds) {
    const freeze = freezeOf(wanted);
    if (state === 'failed')
      await freezeLine(name, {
        ...freeze,
        reason: `${freeze.reason}: ${sentence}`.slice(0, 1_000),
      });
    else await unfreezeLine(name, freeze);
  }
}

/** A line keeps one freeze per `by`: the retraction's own, which nobody else's takes off. */
function freezeOf({ key, requestedBy }: RetractInput): LineFreeze {
  return { reason: `retraction ${key}, asked for by ${requestedBy}`, by: `retraction/${key}` };
}

/** Names of the mixes of `name@version`s, sorted. */
function namesOf(versions: readonly string[]): string[] {
  return [...new Set(versions.map((mix) => mix.slice(0, mix.lastIndexOf('@'))))].sort();
}

/** What a retraction says of itself while it runs. */
class RetractStory {
  readonly #steps = new Map(
    RETRACT_STEPS.map((step) => [step, { step, done: 0, total: 0, note: '' }]),
  );
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  get steps(): RetractStepProgress[] {
    return [...this.#steps.values()];
  }

  enter(step: RetractStepProgress['step'], total: number): void {
    this.#steps.set(step, { step, done: 0, total, note: '' });
    this.#show();
  }

  step(step: RetractStepProgress['step'], note: string): void {
    const before = this.#steps.get(step)!;
    this.#steps.set(step, { ...before, done: before.done + 1, note });
    this.#show();
  }

  #show(): void {
    const rows = this.steps
      .filter(({ total }) => total > 0)
      .map(({ step, done, total, note }) => `| ${step} | ${done} of ${total} | ${note} |`);
    const head = [`# retraction ${this.#key}`, '', '| step | done | what |', '|---|---|---|'];
    setCurrentDetails([...head, ...rows].join('\n'));
  }
}
