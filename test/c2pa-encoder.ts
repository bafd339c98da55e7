/**
 * Writes content credentials into texts, for tests: CBOR, JUMBF, COSE_Sign1, certificates (DER) and
 * both text wrappers, from the specifications and apart from the reader. Keys come from fixed seeds
 * (Ed25519, whose signatures are deterministic), so that fixtures are the same every time.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

export type Plain =
  | number
  | string
  | null
  | Uint8Array
  | Plain[]
  | Map<Plain, Plain>
  | { [key: string]: Plain };

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.of((major << 5) | length);
  if (length < 0x100) return Buffer.of((major << 5) | 24, length);
  if (length < 0x10000) return Buffer.of((major << 5) | 25, length >> 8, length & 255);
  const long = Buffer.alloc(5);
  long[0] = (major << 5) | 26;
  long.writeUInt32BE(length, 1);
  return long;
}

export function cbor(value: Plain): Buffer {
  if (value === null) return Buffer.of(0xf6);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Buffer.concat([
    head(5, entries.length),
    ...entries.flatMap(([k, v]) => [cbor(k), cbor(v)]),
  ]);
}

function box(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const start = Buffer.alloc(8);
  start.writeUInt32BE(8 + body.length);
  start.write(type, 4, 'latin1');
  return Buffer.concat([start, body]);
}

/** A superbox of a kind (four letters) with a label. */
function superbox(kind: string, label: string, ...content: Uint8Array[]): Buffer {
  const uuid = Buffer.concat([
    Buffer.from(kind),
    Buffer.from('001100108000 00aa00389b71'.replace(' ', ''), 'hex'),
  ]);
  const description = box('jumd', uuid, Buffer.of(3), Buffer.from(`${label}\0`));
  return box('jumb', description, ...content);
}

const der = (tag: number, ...content: Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  const { length: n } = body;
  const long = n < 256 ? Buffer.of(0x81, n) : Buffer.of(0x82, n >> 8, n & 255);
  const length = n < 128 ? Buffer.of(n) : long;
  return Buffer.concat([Buffer.of(tag), length, body]);
};
const ED25519 = der(0x30, Buffer.of(0x06, 3, 0x2b, 0x65, 0x70));
const nameOf = (common: string) =>
  der(
    0x30,
    der(0x31, der(0x30, Buffer.of(0x06, 3, 0x55, 0x04, 0x03), der(0x0c, Buffer.from(common)))),
  );
const IS_CA = der(
  0xa3,
  der(
    0x30,
    der(
      0x30,
      Buffer.of(0x06, 3, 0x55, 0x1d, 0x13),
      Buffer.of(0x01, 1, 0xff),
      der(0x04, der(0x30, Buffer.of(0x01, 1, 0xff))),
    ),
  ),
);

export interface Identity {
  readonly name: string;
  readonly key: KeyObject;
  /** DER, own certificate first. */
  readonly chain: readonly Buffer[];
}

/** A person or house with a key made of a seed, certified by itself or by another. */
export function identity(name: string, seed: number, issuer?: Identity): Identity {
  const pkcs8 = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.alloc(32, seed),
  ]);
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const years = der(
    0x30,
    der(0x17, Buffer.from('200101000000Z')),
    der(0x17, Buffer.from('491231235959Z')),
  );
  const body = der(
    0x30,
    der(0xa0, Buffer.of(2, 1, 2)),
    Buffer.of(2, 1, seed),
    ED25519,
    nameOf(issuer?.name ?? name),
    years,
    nameOf(name),
    spki,
    ...(issuer === undefined ? [IS_CA] : []),
  );
  const signature = sign(null, body, issuer?.key ?? key);
  const certificate = der(0x30, body, ED25519, der(0x03, Buffer.of(0), signature));
  return { name, key, chain: [certificate, ...(issuer?.chain ?? [])] };
}

export const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export interface Statement {
  readonly sourceTypes: readonly string[];
  readonly generator?: string;
  readonly signer?: Identity;
  /** Bytes that the digest covers, and what it leaves out of the file. */
  readonly covers?: { readonly bytes: Uint8Array; readonly start: number; readonly length: number };
  /** Changes the assertions after the claim was signed. */
  readonly tamper?: readonly string[];
}

const AI = 'http://cv.iptc.org/newscodes/digitalsourcetype/';
const typeOf = (code: string) => (code.includes(':') ? code : AI + code);
const actionsOf = (codes: readonly string[]) =>
  superbox(
    'cbor',
    'c2pa.actions.v2',
    box(
      'cbor',
      cbor({
        actions: codes.map((code) => ({ action: 'c2pa.created', digitalSourceType: typeOf(code) })),
      }),
    ),
  );

/** A manifest store with one manifest. */
export function manifestStore({
  sourceTypes,
  generator = 'Test/1.0',
  signer,
  covers,
  tamper,
}: Statement): Buffer {
  const assertions = [actionsOf(sourceTypes)];
  if (covers !== undefined) {
    const { bytes, start, length } = covers;
    const hash = createHash('sha256').update(bytes).digest();
    const body = {
      exclusions: [{ start, length }],
      alg: 'sha256',
      hash,
      name: 'text',
      pad: Buffer.alloc(8),
    };
    assertions.push(superbox('cbor', 'c2pa.hash.data', box('cbor', cbor(body))));
  }
  const label = (assertion: Buffer) => assertion.toString('latin1', 33, assertion.indexOf(0, 33));
  const claim = cbor({
    alg: 'sha256',
    instanceID: 'xmp:iid:1',
    claim_generator_info: { name: generator },
    signature: 'self#jumbf=c2pa.signature',
    created_assertions: assertions.map((assertion) => ({
      url: `self#jumbf=c2pa.assertions/${label(assertion)}`,
      hash: createHash('sha256').update(assertion.subarray(8)).digest(),
    })),
  });
  if (tamper !== undefined) assertions[0] = actionsOf(tamper);
  const signed =
    signer === undefined
      ? []
      : [superbox('c2cs', 'c2pa.signature', box('cbor', sign1(claim, signer)))];
  return superbox(
    'c2pa',
    'c2pa',
    superbox(
      'c2ma',
      'urn:c2pa:1',
      superbox('c2as', 'c2pa.assertions', ...assertions),
      superbox('c2cl', 'c2pa.claim.v2', box('cbor', claim)),
      ...signed,
    ),
  );
}

function sign1(claim: Uint8Array, { key, chain }: Identity): Buffer {
  const header = cbor(
    new Map<Plain, Plain>([
      [1, -8],
      [33, [...chain]],
    ]),
  );
  const signature = sign(null, cbor(['Signature1', header, Buffer.alloc(0), claim]), key);
  return Buffer.concat([Buffer.of(0xd2), cbor([header, new Map(), null, signature])]);
}

/** Some bytes as variation selectors. */
export function selectors(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16),
  ).join('');
}

export function unstructured(
  store: Uint8Array,
  { version = 1, length = store.length } = {},
): string {
  const header = Buffer.alloc(13);
  header.write('C2PATXT\0', 'latin1');
  header[8] = version;
  header.writeUInt32BE(length, 9);
  return `\ufeff${selectors(Buffer.concat([header, store]))}`;
}

export function structured(store: Uint8Array): string {
  const data = `data:application/c2pa;base64,${Buffer.from(store).toString('base64')}`;
  return `-----BEGIN C2PA MANIFEST----- ${data} -----END C2PA MANIFEST-----`;
}

/** A text with a credential at its end that binds it, as its signer would write it. */
export function credentialed(text: string, statement: Statement): string {
  const bytes = Buffer.from(text.normalize('NFC'));
  const covers = { bytes, start: bytes.length, length: 0 };
  return text + unstructured(manifestStore({ ...statement, covers }));
}
