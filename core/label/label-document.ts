/** The label of one document: families of evidence, their posterior, the decision. */
import type { Evidence, Verdict } from '../schema/evidence.js';
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

/** `family/tier/reason/label`, `not-label` where it speaks against it: what evidence is counted and retracted by. */
export function evidenceName({ family, tier, reason, direction, supports }: Evidence): string {
  return `${family}/${tier}/${reason}/${direction === 'for' ? '' : 'not-'}${supports}`;
}

/** Evidence less what was found false: a name, or its beginning up to a slash. */
export function regarded(
  evidence: Evidence[],
  { disregarded }: Pick<LabelContext, 'disregarded'>,
): Evidence[] {
  if (disregarded.length === 0) return evidence;
  return evidence.filter((item) => {
    const name = `${evidenceName(item)}/`;
    return !disregarded.some((start) => name.startsWith(`${start}/`));
  });
}

export function labelDocument(row: LabelInput, context: LabelContext): Verdict {
  const evidence = regarded(
    FAMILY_READERS.flatMap((read) => read(row, context)),
    context,
  );
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
