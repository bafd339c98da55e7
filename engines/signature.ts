/**
 * Ed25519 signatures (RFC 8032) by Node's crypto. A public key is `ed25519:` and base64 of its 32 bytes; a private
 * key is a PKCS #8 file in PEM, which stays with its person. Temporal and the workspace see neither it nor a
 * password.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import type { DecisionSignature } from '../core/schema/approval.js';
import { Failure } from '../core/schema/failure.js';

const PREFIX = 'ed25519:';
/** SubjectPublicKeyInfo of Ed25519 (RFC 8410) less the key itself. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

function keyText(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  return `${PREFIX}${spki.subarray(SPKI_HEAD.length).toString('base64')}`;
}

/** A new pair: the public key as text, the private key as PEM. */
export function makeKeyPair(): { publicKey: string; privateKeyPem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { publicKey: keyText(publicKey), privateKeyPem: pem };
}

function privateKeyOf(pem: string, where: string): KeyObject {
  const invalid = (found: string) =>
    new Failure('KEY_INVALID', {
      subject: 'private key',
      expected: 'an Ed25519 key as PKCS #8 in PEM',
      found,
      where,
      remedy: 'make one with: ballast review key --out FILE',
    });
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw invalid('no private key that can be read');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw invalid(`a key of type ${key.asymmetricKeyType}`);
  return key;
}

/** @param where file of the key, for a failure @throws Failure KEY_INVALID */
export function publicKeyOf(pem: string, where: string): string {
  return keyText(createPublicKey(privateKeyOf(pem, where)));
}

/** @throws Failure KEY_INVALID */
export function signText(text: string, pem: string, where: string): DecisionSignature {
  const key = privateKeyOf(pem, where);
  return {
    publicKey: keyText(createPublicKey(key)),
    signature: signBytes(null, Buffer.from(text, 'utf8'), key).toString('base64'),
  };
}

/** Whether the key made the signature over these bytes; false for what is no key or no signature. */
export function isSignedBy(text: string, { publicKey, signature }: DecisionSignature): boolean {
  const raw = Buffer.from(publicKey.slice(PREFIX.length), 'base64');
  const bytes = Buffer.from(signature, 'base64');
  if (!publicKey.startsWith(PREFIX) || raw.length !== KEY_BYTES) return false;
  if (bytes.length !== SIGNATURE_BYTES) return false;
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI_HEAD, raw]),
      ...{ format: 'der', type: 'spki' },
    });
    return verifyBytes(null, Buffer.from(text, 'utf8'), key, bytes);
  } catch {
    return false;
  }
}
