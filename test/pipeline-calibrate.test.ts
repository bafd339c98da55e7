/** From decisions in the ledger to scores of documents that nobody reviewed, as a build makes them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BuildContext, openBuild, openProfiles } from '../activities/build-context.js';
import { calibrationKey, openCalibration } from '../activities/calibration.js';
import { REVIEW_LINE } from '../activities/decisions.js';
import { labelledBatches, openLabelledShards } from '../activities/labelled-documents.js';
import { documentColumns } from '../activities/profile-columns.js';
import { run as calibrateLabels } from '../activities/tasks/calibrate-labels.js';
import { run as clusterDuplicates } from '../activities/tasks/cluster-duplicates.js';
import { run as labelShard } from '../activities/tasks/label-shard.js';
import { openTextScorer } from '../activities/tasks/text-scores.js';
import { textScore } from '../core/label/text-statistics/text-model.js';
import { aurocOf } from '../core/stats/detector.js';
import { readColumns } from '../storage/columns.js';
import { sha256 } from '../storage/digest.js';
import { appendLedger } from '../storage/ledger.js';
import { reviewOf } from './label-fixture.js';
import { profileAll, startBuild } from './pipeline-run.js';
import { makeTempFolder, removeFolder, writeInto } from './source-profile.js';
import { styleExamples } from './style-corpus.js';

const RECIPE = `name: styles
version: 2026.11.23
tokenizer: bytes
token_budget: 1000
sources:
  - {name: a, paths: ["a*.jsonl"], domain: {field: domain}, language: en, provenance: {declared: unknown}, grant: open}
grants:
  - {grant_id: open, spdx: CC-BY-4.0}
`;

const DOCUMENTS = styleExamples('doc', 260, 0.8);
const REVIEWED = 160;
const progress = () => new Float64Array(2);

let folder: string;
beforeEach(async () => {
  folder = await makeTempFolder();
});
afterEach(() => removeFolder(folder));

/** Writes the documents into `files` files; every tenth stands in a domain that nobody reviewed. */
async function writeSource(files: number): Promise<void> {
  for (let file = 0; file < files; file++) {
    const rows = DOCUMENTS.map(({ id, text }, i) => ({ id, text, domain: domainOf(i) }));
    const lines = rows.filter((_, i) => i % files === file).map((row) => JSON.stringify(row));
    await writeInto(folder, `a${file}.jsonl`, `${lines.join('\n')}\n`);
  }
}

const domainOf = (i: number) => (i >= REVIEWED && i % 10 === 0 ? 'other' : 'd');

/** One reviewer's packet about the first documents, as the ledger keeps it. */
async function reviewFirst(): Promise<void> {
  const decisions = DOCUMENTS.slice(0, REVIEWED).map(({ id, text, label }) =>
    reviewOf({
      ...{ source: 'a', id, label },
      textSha256: sha256(text),
      inclusionProbability: 0.6,
    }),
  );
  const body = {
    mix: 'styles@2026.11.23',
    packet: '1',
    packetSha256: 'p',
    reviewer: 'ada',
    decisions,
  };
  const line = { key: 'review/1', kind: REVIEW_LINE, by: 'ada', body };
  await appendLedger(join(folder, 'workspace'), line);
}

/** Family and reason of what speaks for or against synthetic text. */
function reasonsOf(evidence: string): string {
  const items = JSON.parse(evidence) as { family: string; reason: string }[];
  return items.map(({ family, reason }) => `${family}/${reason}`).join(' ');
}

async function build(): Promise<BuildContext> {
  const context = await startBuild({ folder, recipe: RECIPE });
  await profileAll(context);
  return context;
}

describe('calibration in a build', () => {
  it('is nothing, and costs nothing, without decisions', async () => {
    await writeSource(1);
    const context = await build();
    expect(await calibrateLabels(context, progress())).toEqual({ reviews: 0, domains: 0 });
    const opened = await openBuild(context);
    expect(await openCalibration(opened)).toBeNull();
    expect(await calibrationKey(opened)).toBe('none');
    expect(existsSync(join(context.workspace, 'cache', 'calibration'))).toBe(false);
  });

  it('scores the documents that nobody reviewed, where their domain is calibrated', async () => {
    await writeSource(2);
    await reviewFirst();
    const context = await build();
    expect(await calibrateLabels(context, progress())).toEqual({ reviews: REVIEWED, domains: 1 });
    const opened = await openBuild(context);
    const made = (await openCalibration(opened))!;
    expect(made.calibration.domains).toMatchObject([
      { domain: 'd', state: 'calibrated', reviews: REVIEWED, languages: ['en'] },
    ]);
    const truths = new Map(DOCUMENTS.map((document, i) => [document.id, { ...document, i }]));
    const [values, isPositive]: [number[], boolean[]] = [[], []];
    for (const profile of await openProfiles(opened)) {
      const scorer = await openTextScorer(made, profile);
      for await (const batch of readColumns(profile.documents)) {
        const columns = documentColumns(batch);
        const scores = await scorer.batch(columns, columns.domain);
        for (let row = 0; row < columns.length; row++) {
          const { text, label, i } = truths.get(columns.id(row))!;
          const score = scores(row);
          const known = made.scores.get(sha256(text));
          expect(known === undefined).toBe(i >= REVIEWED);
          const wanted = known ?? textScore(made.model!, text);
          expect(score).toBe(domainOf(i) === 'd' ? wanted : null);
          if (score === null || i < REVIEWED) continue;
          values.push(score);
          isPositive.push(label === 'synthetic');
        }
      }
      await scorer.close();
    }
    expect(values).toHaveLength(90);
    // Fixed texts; chance would be .5 with a standard error of .06.
    const weights = values.map(() => 1);
    expect(aurocOf({ values, isPositive, weights })).toBeGreaterThan(0.9);
  });

  it('is the same in every layout of the shards, and labels are addressed by it', async () => {
    await reviewFirst();
    const digests: string[] = [];
    for (const files of [1, 3]) {
      await writeSource(files);
      const context = await build();
      await calibrateLabels(context, progress());
      await clusterDuplicates(context, progress());
      const opened = await openBuild(context);
      for (const { index } of opened.shards)
        await labelShard({ context, shard: index }, progress());
      let documents = 0;
      const found: string[] = [];
      for (const shard of await openLabelledShards(opened)) {
        for await (const { length, labels } of labelledBatches(shard)) {
          documents += length;
          for (let row = 0; row < length; row++) found.push(reasonsOf(labels.evidence(row)));
        }
      }
      expect(documents).toBe(DOCUMENTS.length);
      const count = (reasons: string) => found.filter((known) => known === reasons).length;
      expect(count('review/reviewed')).toBe(REVIEWED);
      expect(count('text_statistics/style')).toBe(90);
      expect(count('text_statistics/uncalibrated')).toBe(10);
      digests.push(await calibrationKey(opened));
    }
    expect(digests[1]).toBe(digests[0]);
    expect(digests[0]).not.toBe('none');
  });
});
