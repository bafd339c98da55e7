/** What the numbers rest on, in sentences: measured here, taken on trust, or not known. */
import type { Manifest } from '../schema/manifest.js';
import type { Recipe } from '../schema/recipe.js';
import { approvalStatement } from './approval-statement.js';
import { formatCount, formatShare, plural } from './format.js';
import { shareOf, sumBy } from './tally.js';
import type { Funnel, Verdict } from './view-types.js';

export function measuredStatements(manifest: Manifest, verdict: Verdict): string[] {
  const { duplicates, files, inputs } = manifest;
  const caps = verdict.kept + verdict.breached;
  return [
    `Token counts are exact counts of ${manifest.tokenizer}, over every document.`,
    `${plural(caps, 'cap')} recomputed from the written files by a second, independent reader.`,
    `${plural(files.length, 'data file')} and ${plural(inputs.length, 'input file')} pinned by SHA-256.`,
    `Duplicates compared across all sources: ${plural(duplicates.exactGroups, 'group')} of equal texts, ` +
      `${plural(duplicates.nearPairs, 'near pair')}; ${plural(duplicates.documentsRemoved, 'document')} removed.`,
    `Holdout of ${plural(manifest.holdout.documents, 'document')} kept apart: never trained on, the same in every version.`,
  ];
}

export function assumedStatements(manifest: Manifest, recipe: Recipe | null): string[] {
  const statements = [
    `Provenance labels follow the policy "${manifest.policies.labels}" on the evidence that was given; a label is a finding, not proof.`,
    `Grants are judged as of ${manifest.asOf}${trainingEnds(recipe)}.`,
  ];
  if (manifest.approval !== null) statements.push(approvalStatement(manifest.approval));
  const declared = recipe?.sources.filter((source) => declaresSomething(source)) ?? [];
  if (declared.length > 0) {
    const names = declared.map((source) => source.name).join(', ');
    statements.push(`Labels that the owners of these sources declare are evidence: ${names}.`);
  }
  if (recipe !== null && recipe.allowLists.length > 0) {
    statements.push(
      `${plural(recipe.allowLists.length, 'allow-list')} of dated human text taken as written in the recipe.`,
    );
  }
  statements.push(
    'Model families are those that sources, platforms and logs of own outputs name; nobody tested who wrote what.',
  );
  return statements;
}

/** True if a source claims a label for its text, or names a field that does. */
function declaresSomething({ provenance }: Recipe['sources'][number]): boolean {
  return provenance.kind === 'declared'
    ? provenance.label !== 'unknown'
    : provenance.kind === 'field';
}

function trainingEnds(recipe: Recipe | null): string {
  const day = recipe?.use.trainingEnds ?? null;
  return day === null ? '; no end of training was given' : ` and at the end of training, ${day}`;
}

export function unknownStatements(manifest: Manifest, funnel: Funnel): string[] {
  const statements = labelGaps(manifest);
  const rejected = sumBy(manifest.sources, (source) => source.rowsRejected);
  if (rejected > 0) {
    statements.push(
      `${plural(rejected, 'row')} could not be read; their tokens are not known and not in the mix.`,
    );
  }
  if (manifest.licenceCost === null) {
    statements.push('No licence budget was set, so no licence cost was worked out.');
  }
  if (funnel.unaccountedTokens !== 0) {
    statements.push(
      `The records of what was read and of what was available differ by ${formatCount(funnel.unaccountedTokens)} tokens.`,
    );
  }
  return statements;
}

function labelGaps(manifest: Manifest): string[] {
  const written = (keep: (row: Manifest['strata'][number]) => boolean) =>
    sumBy(manifest.strata.filter(keep), (row) => row.tokensWritten);
  const unknown = written((row) => row.label === 'unknown');
  const share = formatShare(shareOf(unknown, manifest.tokensWritten));
  const statements = [
    `${formatCount(unknown)} written tokens (${share}) are of unknown provenance.`,
  ];
  const unstated = written(
    (row) => row.label === 'synthetic' && ['unstated', ''].includes(row.modelFamily),
  );
  if (unstated > 0) {
    statements.push(
      `${formatCount(unstated)} synthetic tokens come from a model family that nobody stated.`,
    );
  }
  return statements;
}
