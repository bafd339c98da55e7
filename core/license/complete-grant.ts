/**
 * Fills what a grants entry leaves open from its SPDX licence. AND means that all licences must be
 * kept, so the least right counts; OR means that one is chosen for all uses, the first with the
 * most uses allowed, and the choice stands in `spdxConcluded`. A draft may add to its licence but
 * not overrule a denial: that takes a contract of its own.
 */

import type { Problem } from '../schema/file-problems.js';
import type { Grant, Use, UseRight } from '../schema/grant.js';
import { USES } from '../schema/grant.js';
import type { GrantDraft } from '../schema/grants-file.js';
import type { SpdxExpression, SpdxParser } from './spdx.js';
import { saysNothing } from './spdx.js';
import type { LicenceTerms } from './spdx-uses.js';
import { licenceTerms } from './spdx-uses.js';

/** From least to most; the least of several rights is what all of them leave. */
const RIGHT_ORDER: readonly UseRight[] = ['deny', 'unstated', 'conditional', 'allow'];

interface ChosenLicence {
  readonly text: string;
  readonly terms: LicenceTerms;
}

function leastRight(a: UseRight, b: UseRight): UseRight {
  return RIGHT_ORDER.indexOf(a) <= RIGHT_ORDER.indexOf(b) ? a : b;
}

function meet(a: LicenceTerms, b: LicenceTerms): LicenceTerms {
  const uses = USES.map((use) => [use, leastRight(a.uses[use], b.uses[use])]);
  return {
    uses: Object.fromEntries(uses) as Record<Use, UseRight>,
    shareAlike: a.shareAlike || b.shareAlike,
    noDerivatives: a.noDerivatives || b.noDerivatives,
  };
}

function allowed(terms: LicenceTerms): number {
  return USES.filter((use) => terms.uses[use] === 'allow').length;
}

/** The licence that an expression comes to, with its choices made. */
export function chooseLicence(expression: SpdxExpression): ChosenLicence {
  if (expression.kind === 'licence') {
    return { text: expression.id, terms: licenceTerms(expression.id) };
  }
  const parts = expression.parts.map(chooseLicence);
  if (expression.kind === 'or') {
    return parts.reduce((best, p) => (allowed(p.terms) > allowed(best.terms) ? p : best));
  }
  return parts.reduce((all, p) => ({
    text: `${all.text} AND ${p.text}`,
    terms: meet(all.terms, p.terms),
  }));
}

/** A complete grant, or what is wrong with its licence; `index` is its place in the list. */
export function completeGrant(
  draft: GrantDraft,
  index: number,
  parse: SpdxParser,
): { readonly grant: Grant; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const written = draft.spdxConcluded ?? draft.spdxDeclared;
  const chosen = written === null || saysNothing(written) ? null : choose(written, parse);
  const key = draft.spdxConcluded === null ? 'spdx_declared' : 'spdx_concluded';
  const licenceKey = draft.spdxConcluded === draft.spdxDeclared ? 'spdx' : key;
  if (chosen === 'invalid')
    problems.push(invalidSpdx(written ?? '', ['grants', index, licenceKey]));
  const licence = chosen === 'invalid' ? null : chosen;
  const kind = draft.kind ?? (written === null ? 'contract' : 'public_licence');
  const uses = USES.map((use): [Use, UseRight] => {
    const stated = draft.uses[use];
    const byLicence = licence?.terms.uses[use] ?? 'unstated';
    if (stated !== null && stated !== 'deny' && byLicence === 'deny') {
      problems.push(overruledDenial(index, use, stated, licence?.text ?? ''));
    }
    return [use, stated ?? byLicence];
  });
  const { attributionText, shareAlike, noDerivatives } = draft.conditions;
  const grant: Grant = {
    ...draft,
    kind,
    spdxConcluded: concludedOf(draft, licence),
    uses: Object.fromEntries(uses) as Record<Use, UseRight>,
    conditions: {
      attributionText,
      shareAlike: shareAlike ?? licence?.terms.shareAlike ?? false,
      noDerivatives: noDerivatives ?? licence?.terms.noDerivatives ?? false,
    },
  };
  return { grant, problems };
}

/** What was concluded; declared alone stays declared, unless a choice between licences was made. */
function concludedOf(draft: GrantDraft, licence: ChosenLicence | null): string | null {
  if (licence === null) return draft.spdxConcluded;
  const chose = licence.text !== draft.spdxDeclared;
  return draft.spdxConcluded !== null || chose ? licence.text : null;
}

function choose(text: string, parse: SpdxParser): ChosenLicence | 'invalid' {
  const expression = parse(text);
  return expression === null ? 'invalid' : chooseLicence(expression);
}

function invalidSpdx(text: string, path: Problem['path']): Problem {
  return {
    path,
    expected: 'an SPDX expression such as CC-BY-4.0 or MIT OR Apache-2.0',
    found: `"${text}"`,
    remedy: 'use exact ids of the SPDX licence list, or LicenseRef-<name> with stated uses',
  };
}

function overruledDenial(index: number, use: Use, stated: UseRight, licence: string): Problem {
  return {
    path: ['grants', index, 'uses', use],
    expected: `deny, as ${licence} says`,
    found: stated,
    remedy: 'write the agreement that allows it as a grant of its own, without spdx',
  };
}
