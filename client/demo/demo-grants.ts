/** The demo's grants.yaml: one entry per right that somebody really gave, and one that ran out. */

/** Licences of installed packages that allow training, by SPDX id. */
export const PERMISSIVE_LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
] as const;

const ALLOWED =
  'uses: {pretrain: allow, finetune: allow, synthetic_generation: allow, redistribute_text: allow, commercial: allow}';

function permissive(spdx: string): string {
  return `- grant_id: ${spdx}
  kind: public_licence
  spdx: ${spdx}
  ${ALLOWED}
  status: active
`;
}

/** Text of grants.yaml. */
export function demoGrants(): string {
  return `# What may be done with each text. No entry, no use: Ballast never infers a right.

# Addresses of the President are works of the United States government: no copyright (17 USC 105).
- grant_id: us-government-work
  kind: statutory
  grantor: United States of America
  spdx_concluded: LicenseRef-US-government-work
  ${ALLOWED}
  status: active

# The novelists died more than 70 years ago.
- grant_id: public-domain
  kind: statutory
  spdx_concluded: LicenseRef-public-domain
  ${ALLOWED}
  status: active

# An invented contract over a real book. It ran out, so the book is read, labelled and left out.
- grant_id: archive-contract-2022
  kind: contract
  grantor: Example Archive Ltd
  scope: {sources: [archive]}
  valid_from: 2022-07-01
  valid_until: 2025-07-01              # the first day on which it no longer holds
  ${ALLOWED}
  status: active

# The mirror's own terms (invented too): its pages may be used. Who wrote them, it does not say.
- grant_id: mirror-terms
  kind: contract
  grantor: Example Mirror
  scope: {sources: [mirror]}
  ${ALLOWED}
  status: active

# Written by our own models.
- grant_id: own-models
  kind: own_content
  grantor: Ballast demo
  ${ALLOWED}
  status: active

# A row of the source "readmes" names its licence; the licence's entry is found by its SPDX id.
${PERMISSIVE_LICENCES.map(permissive).join('\n')}
# Read, but nobody has decided what it means for training: unstated is not allow.
- grant_id: LGPL-3.0-or-later
  kind: public_licence
  spdx: LGPL-3.0-or-later
  uses: {pretrain: unstated, commercial: unstated}
  status: active

# Licences without an entry (MPL-2.0, CC-BY-3.0, ..) and packages without a licence: not usable.
`;
}
