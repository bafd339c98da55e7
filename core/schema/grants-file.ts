/**
 * grants.yaml as people write it: one grant an entry, snake_case keys, unknown keys refused. The
 * result is a draft: uses that a draft leaves open are filled from its SPDX licence by
 * `core/license/complete-grant.ts`, since the table of licences lies above this floor.
 */
import { z } from 'zod';
import { listOf, mapping } from './file-values.js';
import type { Grant, Use, UseRight } from './grant.js';
import { USES } from './grant.js';
import type { GrantEntry } from './grants-file-keys.js';
import { grantEntry } from './grants-file-keys.js';
import { LIMITS } from './limits.js';

/** A grant before its SPDX licence filled the uses and conditions that the entry leaves open. */
export interface GrantDraft extends Omit<Grant, 'uses' | 'conditions' | 'kind'> {
  readonly kind: Grant['kind'] | null;
  readonly uses: Readonly<Record<Use, UseRight | null>>;
  readonly conditions: {
    readonly attributionText: string | null;
    readonly shareAlike: boolean | null;
    readonly noDerivatives: boolean | null;
  };
}

/** Fields that decide nothing but belong to the record; kept in `Grant.notes` as written. */
const NOTES = [
  'concluded_by',
  'concluded_at',
  'grantee',
  'capacity',
  'auto_renew',
  'supersedes',
  'reviewer',
  'reviewed_at',
] as const;

function notesOf(written: GrantEntry): Record<string, unknown> {
  const notes: Record<string, unknown> = {};
  for (const key of NOTES) {
    if (written[key] !== null) notes[key] = written[key];
  }
  const { max_verbatim_tokens, confidentiality } = written.conditions;
  const groups: Record<string, Readonly<Record<string, unknown>>> = {
    grantor: { id: written.grantor?.id ?? null },
    conditions: { max_verbatim_tokens, confidentiality },
    survives: written.survives,
    revocation: written.revocation,
  };
  written.evidence.forEach(({ uri: _uri, sha256: _sha256, ...more }, index) => {
    groups[`evidence[${index}]`] = more;
  });
  for (const [group, values] of Object.entries(groups)) {
    for (const [key, value] of Object.entries(values)) {
      if (value !== null) notes[`${group}.${key}`] = value;
    }
  }
  if (written.processing_region.length > 0) notes.processing_region = written.processing_region;
  return notes;
}

function draftOf(written: GrantEntry): GrantDraft {
  const notes = notesOf(written);
  return {
    grantId: written.grant_id,
    kind: written.kind,
    grantor: written.grantor?.name ?? null,
    spdxDeclared: written.spdx_declared ?? written.spdx,
    spdxConcluded: written.spdx_concluded ?? written.spdx,
    scope: {
      sources: written.scope.sources ?? (written.source_id === null ? null : [written.source_id]),
      contentBefore: written.scope.content_before,
      contentAfter: written.scope.content_after,
    },
    validFrom: written.valid_from,
    validUntil: written.valid_until,
    noticeDays: written.notice_days,
    uses: Object.fromEntries(USES.map((use) => [use, written.uses[use]])) as GrantDraft['uses'],
    conditions: {
      attributionText: written.conditions.attribution_text,
      shareAlike: written.conditions.share_alike,
      noDerivatives: written.conditions.no_derivatives,
    },
    territory: written.territory,
    fee: written.fee,
    revokedAt: written.revocation.effective_at ?? written.revocation.revoked_at,
    status: written.status,
    evidence: written.evidence.map(({ uri, sha256 }) => ({ uri, sha256 })),
    ...(Object.keys(notes).length === 0 ? {} : { notes }),
  };
}

/** Keys that narrow a grant in ways that this version cannot check; none may be ignored. */
const UNCHECKED = [
  ['scope', 'url_patterns'],
  ['scope', 'doc_ids'],
  ['scope', 'collection'],
  ['scope', 'excludes'],
  ['conditions', 'model_allowlist'],
] as const;

function checkEntry(written: GrantEntry, context: z.core.$RefinementCtx<GrantEntry>): void {
  const refuse = (path: string[], expected: string, found: string, remedy: string): void => {
    context.addIssue({ code: 'custom', path, message: expected, params: { found, remedy } });
  };
  const { valid_from: from, valid_until: until, scope, fee } = written;
  if (from !== null && until !== null && from >= until) {
    refuse(['valid_until'], `a day after valid_from ${from}`, until, 'swap or mend the two dates');
  }
  const { content_after: after, content_before: before } = scope;
  if (after !== null && before !== null && after >= before) {
    const path = ['scope', 'content_before'];
    refuse(path, `a day after content_after ${after}`, before, 'swap or mend the two dates');
  }
  for (const path of UNCHECKED) {
    const [group, key] = path;
    const value = (written[group] as Record<string, unknown>)[key];
    if (value === null) continue;
    const remedy = 'remove it and state the uses as conditional, or name the sources it covers';
    refuse([...path], `no ${key}: this version cannot check it`, 'one', remedy);
  }
  if (written.spdx !== null && written.spdx_concluded !== null) {
    refuse(['spdx'], 'spdx, or spdx_declared and spdx_concluded', 'both', 'remove "spdx"');
  }
  if (written.source_id !== null && scope.sources !== null) {
    refuse(['source_id'], 'source_id or scope.sources', 'both', 'remove "source_id"');
  }
  if (fee?.cap != null && fee.minimum != null && Number(fee.minimum) > Number(fee.cap)) {
    refuse(['fee', 'minimum'], `at most the cap ${fee.cap}`, fee.minimum, 'mend one of the two');
  }
}

/** One entry of grants.yaml, and of `grants` written inside a recipe. */
export const grantFile = grantEntry.superRefine(checkEntry).transform(draftOf);

const entries = listOf(grantFile, 'grants', 0, LIMITS.grants);

/** The whole of grants.yaml: a list, or a mapping with the one key `grants`. */
export const grantsFile = z.union([
  entries,
  mapping({ grants: entries.describe('One entry per grant.') }).transform((file) => file.grants),
]);
