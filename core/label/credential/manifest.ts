/**
 * What the active manifest of a C2PA manifest store says, and what has to be checked before anybody
 * may believe it: the claim's signature, the digests of its assertions, the digest of the text.
 */
import { type CborMap, type CborValue, decodeCbor, isCborMap, listAt, textAt } from './cbor.js';
import { readSuperbox, type Superbox } from './jumbf.js';

/** Bytes, and the digest that is claimed for them. */
export interface ClaimedDigest {
  readonly algorithm: string;
  readonly digest: Uint8Array;
}

export interface ClaimedAssertion extends ClaimedDigest {
  readonly label: string;
  /** Null where the claim names an assertion that the store lacks. */
  readonly bytes: Uint8Array | null;
}

/** Bytes [start, start + length) of the text that its digest leaves out. */
export interface Exclusion {
  readonly start: number;
  readonly length: number;
}

export interface DataBinding extends ClaimedDigest {
  readonly exclusions: readonly Exclusion[];
}

export interface Manifest {
  /** IPTC codes of its actions as written, distinct, joined by a space; null where none is stated. */
  readonly digitalSourceType: string | null;
  readonly generator: string | null;
  readonly claim: Uint8Array;
  readonly assertions: readonly ClaimedAssertion[];
  /** COSE_Sign1 of the claim; null where there is none. */
  readonly signature: Uint8Array | null;
  readonly binding: DataBinding | null;
}

/** The active manifest of a store; null where the bytes are none. */
export function readManifest(store: Uint8Array): Manifest | null {
  try {
    return manifestOf(readSuperbox(store));
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return null;
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function manifestOf(store: Superbox): Manifest | null {
  const active = store.superboxes.at(-1);
  const claimBox = active?.superboxes.find(({ label }) => label.startsWith('c2pa.claim'));
  const claim = claimBox && contentOf(claimBox, 'cbor');
  if (active === undefined || !claim) return null;
  const claimed = decodeCbor(claim);
  if (!isCborMap(claimed)) return null;
  const named = (label: string) => active.superboxes.find((box) => box.label === label);
  const assertions = claimedAssertions(claimed, named('c2pa.assertions')?.superboxes ?? []);
  const facts = assertions.stated;
  return {
    digitalSourceType: sourceTypesOf(facts),
    generator: generatorOf(claimed),
    claim,
    assertions: assertions.claimed,
    signature: contentOf(named('c2pa.signature'), 'cbor'),
    binding: bindingOf(facts, textAt(claimed, 'alg')),
  };
}

function contentOf(box: Superbox | undefined, type: string): Uint8Array | null {
  return box?.contents.find((content) => content.type === type)?.bytes ?? null;
}

/** Assertions that the claim names; one that it does not name says nothing. */
function claimedAssertions(claim: CborMap, stored: readonly Superbox[]) {
  const named = ['assertions', 'created_assertions', 'gathered_assertions'].flatMap((key) =>
    listAt(claim, key),
  );
  const claimed: ClaimedAssertion[] = [];
  const stated: Superbox[] = [];
  for (const item of named) {
    if (!isCborMap(item)) throw new RangeError('C2PA: an assertion of the claim is no map');
    const label = textAt(item, 'url')?.split('/').at(-1) ?? '';
    const box = stored.find((found) => found.label === label);
    if (box !== undefined) stated.push(box);
    const digest = item.get('hash');
    claimed.push({
      label,
      bytes: box?.bytes ?? null,
      algorithm: textAt(item, 'alg') ?? textAt(claim, 'alg') ?? 'sha256',
      digest: digest instanceof Uint8Array ? digest : new Uint8Array(),
    });
  }
  return { claimed, stated };
}

/** Content of the assertions of a label, `label.v2` and `label__1` included. */
function bodiesOf(boxes: readonly Superbox[], label: string): CborMap[] {
  const named = new RegExp(`^${label.replaceAll('.', '\\.')}(\\.v\\d+)?(__\\d+)?$`);
  return boxes.flatMap((box) => {
    if (!named.test(box.label)) return [];
    const cbor = contentOf(box, 'cbor');
    const json = contentOf(box, 'json');
    const body = cbor ? decodeCbor(cbor) : json ? mapOfJson(JSON.parse(textOf(json))) : null;
    return isCborMap(body ?? undefined) ? [body as CborMap] : [];
  });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function mapOfJson(value: unknown): CborValue {
  if (Array.isArray(value)) return value.map(mapOfJson);
  if (typeof value !== 'object' || value === null) return value as CborValue;
  return new Map(Object.entries(value).map(([key, inner]) => [key, mapOfJson(inner)]));
}

function sourceTypesOf(assertions: readonly Superbox[]): string | null {
  const actions = bodiesOf(assertions, 'c2pa.actions').flatMap((body) => listAt(body, 'actions'));
  const types = actions.flatMap((action) => {
    const type = isCborMap(action) ? textAt(action, 'digitalSourceType') : null;
    return type === null ? [] : [type.trim()];
  });
  const distinct = [...new Set(types)].filter((type) => type !== '');
  return distinct.length === 0 ? null : distinct.join(' ');
}

/** `claim_generator_info` (a map, or a list of maps), or the older `claim_generator`. */
function generatorOf(claim: CborMap): string | null {
  const info = claim.get('claim_generator_info');
  const first = Array.isArray(info) ? info[0] : info;
  const name = isCborMap(first) ? textAt(first, 'name') : null;
  return name ?? textAt(claim, 'claim_generator');
}

function bindingOf(assertions: readonly Superbox[], algorithm: string | null): DataBinding | null {
  const [body] = bodiesOf(assertions, 'c2pa.hash.data');
  const digest = body?.get('hash');
  if (body === undefined || !(digest instanceof Uint8Array)) return null;
  const exclusions = listAt(body, 'exclusions').map((item) => {
    const [start, length] = isCborMap(item) ? [item.get('start'), item.get('length')] : [];
    if (typeof start !== 'number' || typeof length !== 'number')
      throw new RangeError('C2PA: an exclusion is no range');
    return { start, length };
  });
  return { algorithm: textAt(body, 'alg') ?? algorithm ?? 'sha256', digest, exclusions };
}
