/** Label and grant of one document of a batch: how the columns of a profile become questions. */

import { type LabelInput, labelContext } from '../core/label/label-input.js';
import { createLabeller } from '../core/label/labeller.js';
import type { GrantDecision } from '../core/license/decide.js';
import { createGrantDecider } from '../core/license/grant-decider.js';
import type { Verdict } from '../core/schema/evidence.js';
import type { Source } from '../core/schema/recipe.js';
import { parseSpdx } from '../engines/spdx.js';
import type { Build } from './build-context.js';
import type { DocumentColumns } from './profile-columns.js';

/** A row whose source names a field for its domain, but which leaves it empty. */
export const DOMAIN_UNSTATED = 'unstated';

export interface RowJudge {
  verdict(document: RowOf, cluster: LabelInput['cluster']): Verdict;
  grant(document: RowOf): GrantDecision;
  domain(document: RowOf): string;
}

/** One document: its source, the batch that holds it, and its row in the batch. */
export interface RowOf {
  readonly source: Source;
  readonly columns: DocumentColumns;
  readonly row: number;
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

export function createRowJudge(build: Build): RowJudge {
  const { recipe, context } = build;
  const label = createLabeller(labelContext(recipe.allowLists, context.asOf));
  const decide = createGrantDecider(recipe, context.asOf, parseSpdx);
  return {
    verdict: ({ source, columns, row }, cluster) =>
      label({
        source,
        id: columns.id(row),
        created: orNull(columns.created(row)),
        provenanceValue: orNull(columns.provenance(row)),
        modelFamilyValue: orNull(columns.modelFamily(row)),
        cluster,
      }),
    grant: ({ source, columns, row }) =>
      decide({
        source,
        grantValue: orNull(columns.grant(row)),
        created: orNull(columns.created(row)),
      }),
    domain: ({ source, columns, row }) =>
      source.domain.kind === 'constant'
        ? source.domain.value
        : columns.domain(row) || DOMAIN_UNSTATED,
  };
}
