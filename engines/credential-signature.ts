/**
 * Checks of content credentials that need cryptography (node:crypto): the COSE signature of the claim,
 * the digests of its assertions, the chain of certificates and the digest of the text. Whether a
 * certificate had expired or been revoked when it signed is not asked: there is no clock here.
 */
import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { type CborValue, decodeCbor, isCborMap } from '../core/label/credential/cbor.js';
import {
  type LocatedCredential,
  locateCredentials,
} from '../core/label/credential/find-credentials.js';
import type { ClaimedDigest, Exclusion, Manifest } from '../core/label/credential/manifest.js';
import type { CredentialFinding } from '../core/schema/credential.js';

/** COSE algorithms that C2PA allows (RFC 9053): hash, kind of key, and how signatures are written. */
const ALGORITHMS: ReadonlyMap<CborValue, { hash: string | null; key: readonly string[] }> = new Map(
  [
    [-7, { hash: 'sha256', key: ['ec'] }],
    [-35, { hash: 'sha384', key: ['ec'] }],
    [-36, { hash: 'sha512', key: ['ec'] }],
    [-37, { hash: 'sha256', key: ['rsa', 'rsa-pss'] }],
    [-38, { hash: 'sha384', key: ['rsa', 'rsa-pss'] }],
    [-39, { hash: 'sha512', key: ['rsa', 'rsa-pss'] }],
    [-8, { hash: null, key: ['ed25519'] }],
  ],
);
const HASHES = ['sha256', 'sha384', 'sha512'];
const HEADER_ALGORITHM = 1;
const HEADER_CHAIN = 33;

/** Every credential of a text, checked as far as its bytes allow. Without one: three searches. */
export function readCredentials(text: string): CredentialFinding[] {
  const located = locateCredentials(text);
  return located.length === 0 ? [] : located.map((each) => checked(text, each));
}

function checked(text: string, { finding, manifest }: LocatedCredential): CredentialFinding {
  if (manifest === null) return finding;
  const signer = signerOf(manifest);
  const holds = manifest.assertions.every(({ bytes, ...claimed }) => isDigestOf(claimed, bytes));
  return {
    ...finding,
    certificates: signer === null ? [] : signer.chain.map(certificateDigest),
    signatureValid: signer === null ? null : signer.isValid && holds,
    bindingValid: bindingOf(text, finding, manifest),
  };
}

interface Signer {
  readonly isValid: boolean;
  /** Certificates, leaf first, as far as each is signed by the next. */
  readonly chain: readonly X509Certificate[];
}

/** Who signed the claim; null where nobody did, or in a way that cannot be tried. */
function signerOf({ signature, claim }: Manifest): Signer | null {
  try {
    return signature === null ? null : verifySign1(decodeCbor(signature), claim);
  } catch {
    return { isValid: false, chain: [] };
  }
}

function verifySign1(sign1: CborValue, claim: Uint8Array): Signer | null {
  if (!Array.isArray(sign1) || sign1.length !== 4) return { isValid: false, chain: [] };
  const [protectedBytes, unprotectedHeader, payload, signature] = sign1 as CborValue[];
  if (!(protectedBytes instanceof Uint8Array) || !(signature instanceof Uint8Array)) return null;
  const header = decodeCbor(protectedBytes);
  if (!isCborMap(header)) return null;
  const outside = isCborMap(unprotectedHeader) ? unprotectedHeader : new Map();
  const chain = chainOf(
    header.get(HEADER_CHAIN) ?? outside.get(HEADER_CHAIN) ?? outside.get('x5chain'),
  );
  const algorithm = ALGORITHMS.get(header.get(HEADER_ALGORITHM) ?? null);
  const [leaf] = chain;
  if (leaf === undefined || algorithm === undefined) return null;
  const isDetached = payload === null || (payload instanceof Uint8Array && equal(payload, claim));
  const signed = sigStructure(protectedBytes, claim);
  const isKind = algorithm.key.includes(leaf.publicKey.asymmetricKeyType ?? '');
  const isValid = isDetached && isKind && verify(algorithm.hash, signed, keyOf(leaf), signature);
  return { isValid, chain: verifiedPart(chain) };
}

function keyOf({ publicKey }: X509Certificate): Parameters<typeof verify>[2] {
  if (publicKey.asymmetricKeyType === 'ed25519') return publicKey;
  if (publicKey.asymmetricKeyType === 'ec') return { key: publicKey, dsaEncoding: 'ieee-p1363' };
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

function chainOf(value: CborValue | undefined): X509Certificate[] {
  const list = value instanceof Uint8Array ? [value] : Array.isArray(value) ? value : [];
  return list.map((der) => new X509Certificate(der as Uint8Array));
}

/** An anchor that did not sign the certificate before it vouches for nothing: it was pasted. */
function verifiedPart(chain: readonly X509Certificate[]): X509Certificate[] {
  const broken = chain.findIndex((certificate, i) => {
    const issuer = chain[i + 1];
    if (issuer === undefined) return true;
    return !(issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
  });
  return chain.slice(0, broken + 1);
}

function certificateDigest(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}

/** `["Signature1", protected, external = "", payload]` in CBOR (RFC 9052, section 4.4). */
function sigStructure(protectedBytes: Uint8Array, claim: Uint8Array): Buffer {
  const context = Buffer.from('Signature1');
  return Buffer.concat([
    Buffer.of(0x84, 0x60 + context.length),
    context,
    byteString(protectedBytes),
    byteString(new Uint8Array()),
    byteString(claim),
  ]);
}

function byteString(bytes: Uint8Array): Buffer {
  const { length } = bytes;
  if (length < 24) return Buffer.concat([Buffer.of(0x40 + length), bytes]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  if (length < 0x100) return Buffer.concat([Buffer.of(0x58, length), bytes]);
  if (length < 0x1_0000) return Buffer.concat([Buffer.of(0x59, length >> 8, length & 255), bytes]);
  head[0] = 0x5a;
  return Buffer.concat([head, bytes]);
}

function isDigestOf({ algorithm, digest }: ClaimedDigest, bytes: Uint8Array | null): boolean {
  if (bytes === null || !HASHES.includes(algorithm)) return false;
  return equal(createHash(algorithm).update(bytes).digest(), digest);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Whether the digest of the manifest is that of this text; null where it cannot be told. */
function bindingOf(
  text: string,
  { form, span }: CredentialFinding,
  { binding }: Manifest,
): boolean | null {
  if (binding === null || form === 'html') return null;
  const covered =
    form === 'unstructured'
      ? coveredText(text, span, binding.exclusions)
      : coveredFile(text, span, binding.exclusions);
  return covered !== null && isDigestOf(binding, covered);
}

/** Normalised text (NFC, UTF-8) without the wrapper; null where the manifest leaves out anything else. */
function coveredText(
  text: string,
  [start, end]: CredentialFinding['span'],
  exclusions: readonly Exclusion[],
): Buffer | null {
  const before = Buffer.from(text.slice(0, start).normalize('NFC'));
  const wrapperBytes = Buffer.byteLength(text.slice(start, end));
  const isOwn = ({ start: from, length }: Exclusion) =>
    from === before.length && length <= wrapperBytes;
  if (exclusions.length > 1 || !exclusions.every(isOwn)) return null;
  return Buffer.concat([before, Buffer.from(text.slice(end).normalize('NFC'))]);
}

/** Raw bytes without what the manifest leaves out: the block, and no more than its own lines. */
function coveredFile(
  text: string,
  [start, end]: CredentialFinding['span'],
  exclusions: readonly Exclusion[],
): Buffer | null {
  const bytes = Buffer.from(text);
  const from = Buffer.byteLength(text.slice(0, start));
  const to = from + Buffer.byteLength(text.slice(start, end));
  const [excluded = { start: from, length: to - from }, ...more] = exclusions;
  const lineStart = bytes.lastIndexOf(10, from - 1) + 1;
  const lineEnd = bytes.indexOf(10, to) < 0 ? bytes.length : bytes.indexOf(10, to) + 1;
  const stop = excluded.start + excluded.length;
  const isBlock = excluded.start <= from && stop >= to;
  // A last line may take the line break before it along.
  const isWithin = excluded.start >= lineStart - 1 && stop <= lineEnd;
  if (more.length > 0 || !isBlock || !isWithin) return null;
  return Buffer.concat([bytes.subarray(0, excluded.start), bytes.subarray(stop)]);
}
