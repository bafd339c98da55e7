/** The label of one document: families of evidence, their posterior, the decision. */
import type { Verdict } from '../schema/evidence.js';
import { decideLabel } from './decide.js';
import { describeLabel } from './describe.js';
import { readAllowLists } from './families/allow-list.js';
import { readBoilerplate } from './families/boilerplate.js';
import { readCluster } from './families/cluster.js';
import { readCredentialEvidence } from './families/credential.js';
import { readDates } from './families/date.js';
import { readDeclaration } from './families/declaration.js';
import { readOwnOutputs } from './families/own-output.js';
import { readPlatform } from './families/platform.js';
import { readReviews } from './families/review.js';
import { priorOf, readTextStatistics, unknownReasonOf } from './families/text-statistics.js';
import type { EvidenceFamilyReader, LabelContext, LabelInput } from './label-input.js';
import { conflictOf, posteriorOf } from './posterior.js';

/**
 * Every family of witnesses; a new one is added here and nowhere else. Copies come last: the labeller
 * adds what they say to the verdict of a document by itself.
 */
export const FAMILY_READERS: readonly EvidenceFamilyReader[] = [
  readReviews,
  readOwnOutputs,
  readCredentialEvidence,
  readPlatform,
  readDates,
  readDeclaration,
  readAllowLists,
  readBoilerplate,
  readTextStatistics,
  readCluster,
];

export function labelDocument(row: LabelInput, context: LabelContext): Verdict {
  const evidence = FAMILY_READERS.flatMap((read) => read(row, context));
  const posterior = posteriorOf(evidence, priorOf(row, context));
  const decision = decideLabel(evidence, posterior, context.policy);
  const { unknownReason: why } = decision;
  return {
    label: decision.label,
    unknownReason: why === null ? null : unknownReasonOf(evidence, why),
    ...describeLabel(decision.label, { row, context, evidence }),
    posterior,
    conflict: conflictOf(evidence),
    evidence,
  };
}
