/** `provenance.json` of a version: tallies of its labels, its calibration, and what reviewers did. */
import { reviewSummaryOf } from '../../core/label/review-summary.js';
import type { ProvenanceRecord } from '../../core/schema/provenance.js';
import { makeScratch } from '../../storage/workspace.js';
import type { Build } from '../build-context.js';
import { openCalibration } from '../calibration.js';
import { tallyLabels } from './tally-provenance.js';

export async function provenanceRecordOf(build: Build, staging: string): Promise<ProvenanceRecord> {
  const { workspace, buildId } = build.context;
  const tallies = await tallyLabels(staging, await makeScratch(workspace, buildId));
  const opened = await openCalibration(build);
  return {
    schemaVersion: 1,
    policy: build.recipe.labels,
    ...tallies,
    calibration: opened?.calibration.calibrationRows ?? [],
    baseRates: opened?.calibration.baseRates ?? [],
    review: reviewSummaryOf([...build.decisions.values()].flat()),
  };
}
