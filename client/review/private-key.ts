/**
 * The file of a person's private key: PKCS #8 in PEM, readable by its owner alone. It is read where a decision is
 * made, and sent nowhere.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { DecisionSignature } from '../../core/schema/approval.js';
import { Failure } from '../../core/schema/failure.js';
import { makeKeyPair, publicKeyOf, signText } from '../../engines/signature.js';
import { errorCode, hasCode } from '../../storage/io-failure.js';

export const KEY_FILE = 'ballast-key.pem';
const OWNER_ONLY = 0o600;

export interface PrivateKey {
  readonly file: string;
  readonly pem: string;
}

function invalid(subject: string, expected: string, found: string, where: string): Failure {
  const remedy = 'make a key with: ballast review key --out FILE, in a file that is not there yet';
  return new Failure('KEY_INVALID', { subject, expected, found, where, remedy });
}

/** Null where no file is named. @throws Failure KEY_INVALID */
export async function readKeyFile(file: string | undefined): Promise<PrivateKey | null> {
  if (file === undefined || file === '') return null;
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    const found = hasCode(error, 'ENOENT') ? 'no such file' : errorCode(error);
    throw invalid('private key', 'a file with an Ed25519 key as PKCS #8 in PEM', found, file);
  });
  publicKeyOf(pem, file);
  return { file, pem };
}

/** Writes a new key where no file stands yet; answers its public part. @throws Failure KEY_INVALID */
export async function makeKeyFile(file: string): Promise<string> {
  const { publicKey, privateKeyPem } = makeKeyPair();
  const options = { mode: OWNER_ONLY, flag: 'wx' };
  await writeFile(file, privateKeyPem, options).catch((error: unknown) => {
    const isThere = hasCode(error, 'EEXIST');
    const found = isThere ? 'one that stands, perhaps with a key in use' : errorCode(error);
    throw invalid('new key', 'a file that can be made', found, file);
  });
  return publicKey;
}

export function signWith({ file, pem }: PrivateKey, payload: string): DecisionSignature {
  return signText(payload, pem, file);
}
