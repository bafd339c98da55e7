/**
 * What well-known public licences say about our uses. Pinned by hand: exact SPDX ids only, nothing
 * guessed from a similar name. An id outside the table leaves every use unstated, so it is not
 * usable until a person writes the uses into grants.yaml.
 */
import type { Use, UseRight } from '../schema/grant.js';
import { USES } from '../schema/grant.js';

export interface LicenceTerms {
  readonly uses: Readonly<Record<Use, UseRight>>;
  readonly shareAlike: boolean;
  readonly noDerivatives: boolean;
}

function terms(
  exceptions: Partial<Record<Use, UseRight>>,
  flags: { shareAlike?: boolean; noDerivatives?: boolean } = {},
): LicenceTerms {
  const uses = Object.fromEntries(USES.map((use) => [use, exceptions[use] ?? 'allow']));
  return {
    uses: uses as Record<Use, UseRight>,
    shareAlike: flags.shareAlike ?? false,
    noDerivatives: flags.noDerivatives ?? false,
  };
}

/** Dedications and licences that ask for no more than a notice. */
const PERMISSIVE = [
  '0BSD',
  'AFL-3.0',
  'Apache-1.1',
  'Apache-2.0',
  'Artistic-2.0',
  'BSD-1-Clause',
  'BSD-2-Clause',
  'BSD-2-Clause-Patent',
  'BSD-3-Clause',
  'BSD-3-Clause-Clear',
  'BlueOak-1.0.0',
  'BSL-1.0',
  'CC-BY-2.0',
  'CC-BY-2.5',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC-PDDC',
  'CC0-1.0',
  'CDLA-Permissive-1.0',
  'CDLA-Permissive-2.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MS-PL',
  'NCSA',
  'ODC-By-1.0',
  'OGL-UK-3.0',
  'PDDL-1.0',
  'PostgreSQL',
  'PSF-2.0',
  'Python-2.0',
  'Unicode-3.0',
  'Unlicense',
  'UPL-1.0',
  'W3C',
  'WTFPL',
  'Zlib',
];
/** Allowed, but an adaptation that is handed on goes under the same terms: flagged. */
const SHARE_ALIKE = [
  'AGPL-3.0-only',
  'AGPL-3.0-or-later',
  'CC-BY-SA-2.0',
  'CC-BY-SA-2.5',
  'CC-BY-SA-3.0',
  'CC-BY-SA-4.0',
  'CDDL-1.0',
  'CDLA-Sharing-1.0',
  'EPL-1.0',
  'EPL-2.0',
  'EUPL-1.2',
  'GFDL-1.3-only',
  'GFDL-1.3-or-later',
  'GPL-2.0-only',
  'GPL-2.0-or-later',
  'GPL-3.0-only',
  'GPL-3.0-or-later',
  'LGPL-2.1-only',
  'LGPL-2.1-or-later',
  'LGPL-3.0-only',
  'LGPL-3.0-or-later',
  'MPL-2.0',
  'ODbL-1.0',
];
const NON_COMMERCIAL = ['CC-BY-NC-2.0', 'CC-BY-NC-2.5', 'CC-BY-NC-3.0', 'CC-BY-NC-4.0'];
const NON_COMMERCIAL_SHARE_ALIKE = [
  'CC-BY-NC-SA-2.0',
  'CC-BY-NC-SA-2.5',
  'CC-BY-NC-SA-3.0',
  'CC-BY-NC-SA-4.0',
];
const NO_DERIVATIVES = ['CC-BY-ND-2.0', 'CC-BY-ND-2.5', 'CC-BY-ND-3.0', 'CC-BY-ND-4.0'];
const NON_COMMERCIAL_NO_DERIVATIVES = [
  'CC-BY-NC-ND-2.0',
  'CC-BY-NC-ND-2.5',
  'CC-BY-NC-ND-3.0',
  'CC-BY-NC-ND-4.0',
];

/** Whether a trained model is a derivative is unsettled: a person must say so in the grant. */
const ND = {
  pretrain: 'conditional',
  finetune: 'conditional',
  synthetic_generation: 'conditional',
} as const;
const NC = { commercial: 'deny' } as const;

const TABLE: ReadonlyMap<string, LicenceTerms> = new Map([
  ...PERMISSIVE.map((id) => [id, terms({})] as const),
  ...SHARE_ALIKE.map((id) => [id, terms({}, { shareAlike: true })] as const),
  ...NON_COMMERCIAL.map((id) => [id, terms(NC)] as const),
  ...NON_COMMERCIAL_SHARE_ALIKE.map((id) => [id, terms(NC, { shareAlike: true })] as const),
  ...NO_DERIVATIVES.map((id) => [id, terms(ND, { noDerivatives: true })] as const),
  ...NON_COMMERCIAL_NO_DERIVATIVES.map(
    (id) => [id, terms({ ...ND, ...NC }, { noDerivatives: true })] as const,
  ),
]);

const UNSTATED: LicenceTerms = terms(
  Object.fromEntries(USES.map((use) => [use, 'unstated'])) as Record<Use, UseRight>,
);

/** Ids of the table, sorted: for documentation and tests. */
export const PINNED_LICENCES: readonly string[] = [...TABLE.keys()].sort();

/** Terms of one SPDX id; unknown ids leave everything unstated. */
export function licenceTerms(id: string): LicenceTerms {
  return TABLE.get(id) ?? UNSTATED;
}
