/** Bundled by bundle.test.ts as if it were the workflows: parses one good and one bad value. */
import { ApplicationFailure } from '@temporalio/workflow';
import { artifactRef } from '../core/schema/artifact.js';
import { parseOrFail } from '../workflows/parse-or-fail.js';

const good = { path: 'mixes/a', sha256: 'a'.repeat(64), rows: 1, bytes: 2 };

export function probeGood(): unknown {
  return parseOrFail(artifactRef, good, 'probe');
}

export function probeBad(): unknown {
  try {
    return parseOrFail(artifactRef, { ...good, rows: -1 }, 'probe');
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    return { type: error.type, nonRetryable: error.nonRetryable };
  }
}
