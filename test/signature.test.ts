/** Signatures of decisions: Ed25519 by the book, and that a line of the ledger alone shows what was signed. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifySignedLine } from '../activities/signed-lines.js';
import { makeKeyFile, readKeyFile } from '../client/review/private-key.js';
import {
  approvalPayload,
  delegationPayload,
  reviewPayload,
  signedPayloadOf,
} from '../core/review/signed-payload.js';
import { isSignedBy, makeKeyPair, publicKeyOf, signText } from '../engines/signature.js';

/** RFC 8032, section 7.1, TEST 2: secret key, public key, message 0x72, signature. */
const RFC = {
  secret: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  public: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  message: 'r',
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
};
const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
const pemOf = (secret: string) =>
  `-----BEGIN PRIVATE KEY-----\n${base64(`302e020100300506032b657004220420${secret}`)}\n-----END PRIVATE KEY-----\n`;

const ANN = makeKeyPair();
const BEN = makeKeyPair();
const sign = (text: string, pem = ANN.privateKeyPem) => signText(text, pem, 'test');

describe('a signature', () => {
  test('is that of RFC 8032', () => {
    const signed = sign(RFC.message, pemOf(RFC.secret));
    expect(signed).toEqual({
      publicKey: `ed25519:${base64(RFC.public)}`,
      signature: base64(RFC.signature),
    });
    expect(isSignedBy(RFC.message, signed)).toBe(true);
  });

  test("holds for Node's own verifier on the raw key", () => {
    const { publicKey, signature } = sign('words');
    const x = Buffer.from(publicKey.slice('ed25519:'.length), 'base64').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    expect(verify(null, Buffer.from('words'), key, Buffer.from(signature, 'base64'))).toBe(true);
  });

  test('does not hold over other words, by another key, or with a bit changed', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 511 }), (text, bit) => {
        const signed = sign(text);
        expect(isSignedBy(text, signed)).toBe(true);
        expect(isSignedBy(`${text}.`, signed)).toBe(false);
        expect(isSignedBy(text, { ...signed, publicKey: BEN.publicKey })).toBe(false);
        const bytes = Buffer.from(signed.signature, 'base64');
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        expect(isSignedBy(text, { ...signed, signature: bytes.toString('base64') })).toBe(false);
      }),
      { numRuns: 100, seed: 11 },
    );
  });

  test('that is none is false, never an error', () => {
    const signed = sign('words');
    for (const publicKey of ['', 'ed25519:', 'ed25519:AAAA', 'rsa:x', signed.publicKey.slice(8)])
      expect(isSignedBy('words', { ...signed, publicKey })).toBe(false);
    for (const signature of ['', 'AAAA', '????'])
      expect(isSignedBy('words', { ...signed, signature })).toBe(false);
  });
});

describe('a key file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-key-'));
  const file = join(folder, 'ann.pem');

  test('is for its owner alone, and is never overwritten', async () => {
    const publicKey = await makeKeyFile(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = await readKeyFile(file);
    expect(publicKeyOf(key!.pem, file)).toBe(publicKey);
    await expect(makeKeyFile(file)).rejects.toMatchObject({ code: 'KEY_INVALID' });
    expect((await readKeyFile(file))!.pem).toBe(key!.pem);
  });

  test('that is absent, no key, or of another kind is refused', async () => {
    await expect(readKeyFile(join(folder, 'none.pem'))).rejects.toMatchObject({
      code: 'KEY_INVALID',
    });
    expect(() => publicKeyOf('words', 'x')).toThrow(/no private key/);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const pem = rsa.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => publicKeyOf(pem, 'x')).toThrow(/type rsa/);
  });
});

describe('a line of the ledger', () => {
  const packetSha256 = 'ab'.repeat(32);
  const keys = { ann: ANN.publicKey, ben: BEN.publicKey };
  const word = { packetSha256, approver: 'ann', decision: 'approve', reason: 'fine' } as const;
  const approval = {
    kind: 'approval',
    body: {
      ...{ mix: 'm@1', ...word, onBehalfOf: null, authMethod: 'signed' },
      signature: sign(approvalPayload('m@1', word)),
    },
  };
  const handed = {
    scope: 'approval',
    ordinal: 0,
    from: 'ann',
    to: 'ben',
    untilMs: 5,
    reason: '',
  } as const;
  const delegation = {
    kind: 'delegation',
    body: {
      ...{ mix: 'm@1', ...handed, authMethod: 'signed' },
      signature: sign(delegationPayload('m@1', handed)),
    },
  };
  const answers = [
    { document: 's/2', label: 'human_edited', editDirection: null, transformedBy: [], reason: '' },
    { document: 's/1', label: 'synthetic', editDirection: null, transformedBy: [], reason: 'flat' },
  ] as const;
  const given = {
    packetSha256,
    reviewer: 'ann',
    answers: answers.map((a) => ({ ...a, transformedBy: [] })),
    again: 2,
  };
  const kept = {
    ...{
      textSha256: packetSha256,
      domain: 'd',
      transformedBy: [],
      reviewer: 'ann',
      authMethod: 'signed',
    },
    ...{
      mix: 'm@1',
      packet: 'p',
      why: 'random',
      inclusionProbability: 1,
      isRandom: true,
      source: 's',
    },
  };
  const review = {
    kind: 'review',
    body: {
      ...{ mix: 'm@1', packet: 'p', packetSha256, reviewer: 'ann', again: 2 },
      decisions: [
        { ...kept, id: '1', label: 'synthetic', editDirection: null, reason: 'flat' },
        { ...kept, id: '2', label: 'human_edited', editDirection: 'unknown', reason: '' },
      ],
      signature: sign(reviewPayload('m@1', given)),
    },
  };

  test.each([approval, delegation, review])('proves a decision by itself: $kind', (line) => {
    expect(signedPayloadOf(line)?.who).toBe('ann');
    expect(verifySignedLine(line)).toBe('good');
    expect(verifySignedLine(line, keys)).toBe('good');
    expect(verifySignedLine(line, { ann: BEN.publicKey })).toBe('bad');
  });

  test('does not, once a word of it is forged', () => {
    const forge = (line: { kind: string; body: object }, change: object) =>
      verifySignedLine({ ...line, body: { ...line.body, ...change } });
    expect(forge(approval, { decision: 'reject' })).toBe('bad');
    expect(forge(approval, { reason: 'not fine' })).toBe('bad');
    expect(forge(approval, { mix: 'm@2' })).toBe('bad');
    expect(forge(approval, { packetSha256: 'cd'.repeat(32) })).toBe('bad');
    expect(forge(approval, { approver: 'ben' })).toBe('bad');
    expect(forge(delegation, { to: 'mallory' })).toBe('bad');
    expect(forge(delegation, { ordinal: 1 })).toBe('bad');
    expect(forge(delegation, { scope: 'review' })).toBe('bad');
    expect(forge(review, { again: 3 })).toBe('bad');
    const [first, second] = review.body.decisions;
    const decisions = [{ ...first, label: 'human_authored' }, second];
    expect(forge(review, { decisions })).toBe('bad');
  });

  test('with no signature, or that is no decision, proves nothing', () => {
    const { signature: _signature, ...body } = review.body;
    expect(verifySignedLine({ kind: 'review', body })).toBe('none');
    expect(verifySignedLine({ kind: 'publish', body: {} })).toBe('none');
  });
});
