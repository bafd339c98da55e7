/**
 * Content credentials. Signed under one of the recipe's anchors, over this very text: decisive (T1)
 * for what its source type says. Anything else anyone can paste: a claim of AI origin is weak (T3),
 * for nobody gains by it; a claim of a human author, a broken manifest, or one of several stays
 * visible and weighs nothing. That a text has no credential says nothing at all.
 */
import type { CredentialFinding } from '../../schema/credential.js';
import type { Evidence } from '../../schema/evidence.js';
import type { Label } from '../../schema/label.js';
import { credentialStatus } from '../credential/credential-status.js';
import { sourceTypeMeaning } from '../digital-source-type.js';
import type { EvidenceFamilyReader } from '../label-input.js';
import { STRENGTH_T1, STRENGTH_T3 } from '../policy.js';

export const readCredentialEvidence: EvidenceFamilyReader = ({ credentials }, { policy }) =>
  credentials.map((finding) => evidenceOf(finding, policy.trustAnchors));

function evidenceOf(finding: CredentialFinding, trustAnchors: readonly string[]): Evidence {
  const status = credentialStatus(finding, trustAnchors);
  const label = statedLabel(finding);
  const entry = entryOf(finding, `credential_${status}`, label);
  if (status === 'signed' && label !== 'unknown')
    return { ...entry, tier: 'T1', strength: STRENGTH_T1 };
  if (status === 'broken') return { ...entry, reason: brokenReason(finding) };
  const isAi = label === 'synthetic' || label === 'human_edited';
  const isClaim = status === 'present_unverified' || status === 'untrusted';
  return isClaim && isAi ? { ...entry, strength: STRENGTH_T3 } : entry;
}

/** The label that its source types say; several that differ are edits of each other's text. */
function statedLabel({ digitalSourceType }: CredentialFinding): Label {
  const meanings = (digitalSourceType ?? '').split(' ').flatMap((code) => {
    const meaning = sourceTypeMeaning(code);
    return meaning === null ? [] : [meaning.label];
  });
  const [first, ...others] = [...new Set(meanings)];
  if (first === undefined) return 'unknown';
  return others.length === 0 ? first : 'human_edited';
}

function brokenReason({ whole, code, signatureValid }: CredentialFinding): string {
  if (!whole && code.endsWith('multipleWrappers')) return 'credential_multiple';
  if (!whole) return 'credential_unreadable';
  return signatureValid === false ? 'credential_signature_wrong' : 'credential_of_another_text';
}

function entryOf(finding: CredentialFinding, reason: string, supports: Label): Evidence {
  const { digitalSourceType, detail, code, form, span } = finding;
  const states = digitalSourceType === null ? '' : `, which states ${digitalSourceType}`;
  return {
    ...{ family: 'credential', tier: 'T3', supports, direction: 'for', strength: 0, reason },
    detail: `${detail}${states} (${code})`,
    field: `c2pa ${form}`,
    span,
  };
}
