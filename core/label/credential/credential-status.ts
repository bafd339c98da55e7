/**
 * Whether anyone has reason to believe a credential. `signed` asks for everything: a readable
 * manifest, a signature that verifies, the digest of this very text, and a certificate of its verified
 * chain among the recipe's anchors. Valid is not trusted: anyone can make a certificate.
 */
import type { CredentialFinding, CredentialStatus } from '../../schema/credential.js';

export function credentialStatus(
  { whole, signatureValid, bindingValid, certificates }: CredentialFinding,
  trustAnchors: readonly string[],
): CredentialStatus {
  if (!whole || signatureValid === false || bindingValid === false) return 'broken';
  if (trustAnchors.length === 0 || signatureValid === null) return 'present_unverified';
  if (!certificates.some((digest) => trustAnchors.includes(digest))) return 'untrusted';
  return bindingValid === true ? 'signed' : 'present_unverified';
}
