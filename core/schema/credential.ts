/**
 * Content credentials found in a text: C2PA manifests, read only, never fetched. What stands here is
 * what the bytes say; whether anyone trusts it (`credentialStatus`) depends on the recipe's anchors.
 */
import { z } from 'zod';

/** How a manifest is carried: variation selectors, a BEGIN/END block, or HTML. */
export const CREDENTIAL_FORMS = ['unstructured', 'structured', 'html'] as const;

/** `absent` is no finding and no evidence. `signed` needs a configured trust anchor. */
export const CREDENTIAL_STATUSES = [
  'absent',
  'present_unverified',
  'broken',
  'untrusted',
  'signed',
] as const;
export type CredentialStatus = (typeof CREDENTIAL_STATUSES)[number];

export const credentialFinding = z.strictObject({
  form: z.enum(CREDENTIAL_FORMS),
  /** False where a wrapper is there but cannot be read. */
  whole: z.boolean(),
  /** C2PA status code or our own, e.g. `manifest.text.corruptedWrapper`. */
  code: z.string(),
  /** One sentence for people. */
  detail: z.string(),
  /** IPTC digital source type that the manifest states, as written; null where none is readable. */
  digitalSourceType: z.string().nullable(),
  /** Software that the manifest names as its claim generator; null where none is readable. */
  generator: z.string().nullable(),
  /** SHA-256 of the certificates of its signature, leaf first; empty where there is none. */
  certificates: z.array(z.string()),
  /** Whether the signature verifies under the leaf certificate; null where it could not be tried. */
  signatureValid: z.boolean().nullable(),
  /** Whether the hash in the manifest is that of this text; null where it states none. */
  bindingValid: z.boolean().nullable(),
  /** UTF-16 code units of the text, [start, end). */
  span: z.tuple([z.int().min(0), z.int().min(0)]),
});
export type CredentialFinding = z.infer<typeof credentialFinding>;
