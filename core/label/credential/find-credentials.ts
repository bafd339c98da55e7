/**
 * Content credentials in a text: what their bytes say. Nothing is fetched, and nothing is believed:
 * whether a signature and a digest hold is for `engines/credential-signature.ts` to fill in, from the
 * manifest that comes with each finding. Read before any clean-up of Unicode, which would drop them.
 */
import type { CredentialFinding } from '../../schema/credential.js';
import { type Manifest, readManifest } from './manifest.js';
import { findWrappers, type Wrapper } from './wrappers.js';

export const CORRUPTED_WRAPPER = 'manifest.text.corruptedWrapper';
export const MULTIPLE_WRAPPERS = 'manifest.text.multipleWrappers';
/** Our own codes: bytes that are no manifest, an address that stays unread, and a manifest. */
export const UNREADABLE_MANIFEST = 'manifest.unreadable';
export const REMOTE_MANIFEST = 'manifest.remote';
export const PRESENT_MANIFEST = 'manifest.present';

/** A finding, and the manifest that has to be checked; null where there is none to check. */
export interface LocatedCredential {
  readonly finding: CredentialFinding;
  readonly manifest: Manifest | null;
}

/** Every credential of a text, unchecked. Cost where there is none: three searches. */
export function locateCredentials(text: string): LocatedCredential[] {
  const located = findWrappers(text).map(locate);
  const readable = located.filter(({ finding }) => finding.whole);
  if (readable.length < 2) return located;
  return located.map((each) => (each.finding.whole ? ambiguous(each, readable.length) : each));
}

export function findCredentials(text: string): CredentialFinding[] {
  return locateCredentials(text).map(({ finding }) => finding);
}

function locate({ form, span, store }: Wrapper): LocatedCredential {
  const finding = {
    ...{ form, span, whole: false, digitalSourceType: null, generator: null },
    ...{ certificates: [], signatureValid: null, bindingValid: null },
  };
  if ('broken' in store) {
    const detail = `a C2PA wrapper that cannot be read: ${store.broken}`;
    return { finding: { ...finding, code: CORRUPTED_WRAPPER, detail }, manifest: null };
  }
  if ('address' in store) {
    const detail = `names a C2PA manifest at ${store.address}, which is not fetched`;
    return { finding: { ...finding, whole: true, code: REMOTE_MANIFEST, detail }, manifest: null };
  }
  const manifest = readManifest(store);
  if (manifest === null) {
    const detail = `a C2PA wrapper whose ${store.length} bytes are no manifest`;
    return { finding: { ...finding, code: UNREADABLE_MANIFEST, detail }, manifest: null };
  }
  const { digitalSourceType, generator } = manifest;
  const detail = `a C2PA manifest by ${generator ?? 'an unnamed generator'}`;
  const read = { whole: true, code: PRESENT_MANIFEST, detail, digitalSourceType, generator };
  return { finding: { ...finding, ...read }, manifest };
}

/** Nobody can tell which of several manifests is the text's own: none is. */
function ambiguous({ finding }: LocatedCredential, count: number): LocatedCredential {
  const detail = `${finding.detail}, one of ${count} in this text`;
  const broken = { whole: false, code: MULTIPLE_WRAPPERS, detail };
  return { finding: { ...finding, ...broken }, manifest: null };
}
