/** Content credentials in texts: found, read, checked, and never believed without an anchor. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../core/label/credential/base64.js';
import { decodeCbor } from '../core/label/credential/cbor.js';
import { credentialStatus } from '../core/label/credential/credential-status.js';
import { findCredentials } from '../core/label/credential/find-credentials.js';
import { credentialFinding } from '../core/schema/credential.js';
import { readCredentials } from '../engines/credential-signature.js';
import {
  cbor,
  credentialed,
  digestOf,
  identity,
  manifestStore,
  type Plain,
  selectors,
  structured,
  unstructured,
} from './c2pa-encoder.js';

const AI = manifestStore({ sourceTypes: ['trainedAlgorithmicMedia'], generator: 'Writer/2' });
const HOUSE = identity('House', 1);
const SIGNER = identity('Signer', 2, HOUSE);
const STRANGER = identity('Stranger', 3);
const ANCHOR = digestOf(HOUSE.chain[0]!);
const AI_CODE = ['trainedAlgorithmicMedia'];

/** [code, whole, form] of every finding. */
const found = (text: string) =>
  findCredentials(text).map(({ code, whole, form }) => [code, whole, form]);
const present = (form: string) => [['manifest.present', true, form]];
const CORRUPTED = ['manifest.text.corruptedWrapper', false, 'unstructured'];

describe('the wrapper of variation selectors', () => {
  it('is that of the published vector: 16 bytes of payload are 114 bytes of UTF-8', () => {
    const wrapper = unstructured(Buffer.from('0123456789abcdef'));
    expect(Buffer.byteLength(wrapper)).toBe(114);
    expect([...wrapper].slice(0, 9).map((c) => c.codePointAt(0)!.toString(16))).toEqual([
      'feff',
      'e0133',
      'e0122',
      'e0140',
      'e0131',
      'e0144',
      'e0148',
      'e0144',
      'fe00',
    ]);
  });

  it.each([
    ['at the end', (w: string) => `Some text.${w}`],
    ['at the start', (w: string) => `${w}Some text.`],
    ['between letters beyond the first plane', (w: string) => `𝐓${w}👋🏽`],
    ['beside selectors of emoji', (w: string) => `❤\ufe0f${w}`],
    ['with padding', (w: string) => `Some text.${w}${selectors(Buffer.of(0, 16, 0))}`],
    ['after NFC', (w: string) => `Cafe\u0301${w}`.normalize('NFC')],
    ['after NFKC', (w: string) => `ﬁ${w}`.normalize('NFKC')],
  ])('is found %s', (_title, put) => {
    const text = put(unstructured(AI));
    expect(found(text)).toEqual(present('unstructured'));
    const [finding] = findCredentials(text);
    expect(credentialFinding.parse(finding)).toMatchObject({
      digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
      generator: 'Writer/2',
      signatureValid: null,
    });
    const [start, end] = finding!.span;
    expect(text.slice(start, end).startsWith(unstructured(AI))).toBe(true);
  });

  it.each([
    ['of another version', unstructured(AI, { version: 2 })],
    ['cut off', unstructured(AI).slice(0, -40)],
    ['that promises more than it holds', unstructured(AI, { length: AI.length + 1 })],
    ['cut off in its header', unstructured(AI).slice(0, 20)],
    ['whose U+FEFF was stripped', unstructured(AI).slice(1)],
  ])('%s is corrupted, not absent', (_title, wrapper) => {
    expect(found(`Some text.${wrapper}`)).toEqual([CORRUPTED]);
  });

  it('whose bytes are no manifest is broken', () => {
    expect(found(`x${unstructured(Buffer.from('no manifest at all'))}`)).toEqual([
      ['manifest.unreadable', false, 'unstructured'],
    ]);
  });

  it('standing twice is none that anybody can choose', () => {
    const multiple = ['manifest.text.multipleWrappers', false, 'unstructured'];
    expect(found(`a${unstructured(AI)}b${unstructured(AI)}`)).toEqual([multiple, multiple]);
    expect(found(`a${unstructured(AI)}${unstructured(AI)}`)).toEqual([multiple, multiple]);
    expect(found(`a${unstructured(AI)}b${unstructured(AI, { version: 9 })}`)).toEqual([
      ...present('unstructured'),
      CORRUPTED,
    ]);
  });

  it('is not seen in text that merely has selectors, or the letters of the magic', () => {
    expect(found('❤\ufe0f C2PATXT\0 \u{e0133}\u{e0122} \ufeff')).toEqual([]);
  });

  it('of any bytes, cut anywhere, is read without a failure', () => {
    const store = fc.oneof(
      fc.uint8Array(),
      fc.tuple(fc.nat(AI.length - 1), fc.nat(255)).map(([at, byte]) => {
        const changed = Buffer.from(AI);
        changed[at] = byte;
        return new Uint8Array(changed);
      }),
    );
    fc.assert(
      fc.property(store, fc.nat(400), (bytes, cut) => {
        const text = `x${unstructured(bytes)}`;
        for (const each of [text, text.slice(0, -cut || undefined)]) {
          for (const finding of readCredentials(each)) credentialFinding.parse(finding);
        }
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});

describe('the block between delimiters', () => {
  const block = structured(AI);
  const [, data] = / (data:\S+) /.exec(block)!;
  const three = `# -----BEGIN C2PA MANIFEST-----\n# ${data}\n# -----END C2PA MANIFEST-----`;

  it.each([
    ['on the first line', `# ${block}\nprint(1)\n`],
    ['on the last line', `print(1)\n// ${block}\n`],
    ['behind a shebang', `#!/bin/sh\n# ${block}\necho\n`],
    ['in an HTML comment', `<!-- ${block} -->\n<p>\n`],
    ['in front matter', `---\ntitle: x\n${three.replaceAll('# ', '')}\n---\ntext\n`],
  ])('is found %s', (_title, text) => {
    expect(found(text)).toEqual(present('structured'));
  });

  it.each([
    ['quoted in the middle', `a\n${block}\nb`],
    ['quoted in a sentence', `Write ${block} on the first line.\nb`],
    ['over three lines outside of front matter', `${three.replaceAll('# ', '')}\nb`],
    ['after front matter has ended', `---\na: b\n---\n${three.replaceAll('# ', '')}\nb`],
  ])('%s is none', (_title, text) => {
    expect(found(text)).toEqual([]);
  });

  it('with an address is present and never fetched', () => {
    const text = `# ${block.replace(data!, 'https://a.example/m.c2pa')}\nprint(1)\n`;
    expect(found(text)).toEqual([['manifest.remote', true, 'structured']]);
    expect(credentialStatus(readCredentials(text)[0]!, [ANCHOR])).toBe('present_unverified');
  });

  it.each([
    ['without an end', '# -----BEGIN C2PA MANIFEST----- data:,\nx'],
    ['without a reference', '# -----BEGIN C2PA MANIFEST----- what -----END C2PA MANIFEST-----\nx'],
    ['of bad base64', `# ${block.replace(data!, `${data!.slice(0, 60)}*`)}\nx`],
  ])('%s is corrupted', (_title, text) => {
    expect(found(text).map(([code]) => code)).toEqual(
      text.includes('*') ? ['manifest.text.corruptedWrapper'] : ['manifest.text.corruptedWrapper'],
    );
  });
});

describe('HTML', () => {
  const store = AI.toString('base64');
  it.each([
    ['a script', `<html><script type="application/c2pa">${store}</script>`, 'manifest.present'],
    [
      'a link',
      '<html><link rel="c2pa-manifest" href="https://a.example/m.c2pa">',
      'manifest.remote',
    ],
    [
      'a bad script',
      '<html><script type="application/c2pa">*</script>',
      'manifest.text.corruptedWrapper',
    ],
  ])('carries it in %s', (_title, text, code) => {
    expect(found(text).map(([each]) => each)).toEqual([code]);
  });

  it('that is shown to readers carries nothing', () => {
    expect(found('Write <link rel="c2pa-manifest" href="https://a.example/m.c2pa">.')).toEqual([]);
  });
});

/** [signatureValid, bindingValid, status without anchors, status under the house's] */
const judged = (text: string) => {
  const [finding, ...more] = readCredentials(text);
  expect(more).toEqual([]);
  const { signatureValid, bindingValid } = finding!;
  return [
    signatureValid,
    bindingValid,
    credentialStatus(finding!, []),
    credentialStatus(finding!, [ANCHOR]),
  ];
};

describe('a signed credential', () => {
  const text = 'Cafe\u0301 and more.\n';
  const signed = credentialed(text, { sourceTypes: AI_CODE, signer: SIGNER });

  it('is signed under the anchor of its house, and unverified without one', () => {
    expect(judged(signed)).toEqual([true, true, 'present_unverified', 'signed']);
    expect(readCredentials(signed)[0]!.certificates).toEqual(SIGNER.chain.map(digestOf));
  });

  it('holds for the text in any normal form, and for no other text', () => {
    expect(judged(signed.normalize('NFC'))).toEqual([true, true, 'present_unverified', 'signed']);
    expect(judged(signed.replace('more', 'less'))).toEqual([true, false, 'broken', 'broken']);
    expect(judged(`A${signed}`)).toEqual([true, false, 'broken', 'broken']);
    expect(judged(`${signed}A`)).toEqual([true, false, 'broken', 'broken']);
  });

  it('moved to another text is that of another text', () => {
    const wrapper = signed.slice(signed.indexOf('\ufeff'));
    expect(judged(`My own words.${wrapper}`)).toEqual([true, false, 'broken', 'broken']);
  });

  it('by a stranger is valid and not trusted', () => {
    const strange = credentialed(text, { sourceTypes: AI_CODE, signer: STRANGER });
    expect(judged(strange)).toEqual([true, true, 'present_unverified', 'untrusted']);
  });

  it("by a stranger who pastes the house's certificate behind his own is not trusted", () => {
    const forger = { ...STRANGER, chain: [STRANGER.chain[0]!, HOUSE.chain[0]!] };
    const forged = credentialed(text, { sourceTypes: AI_CODE, signer: forger });
    expect(judged(forged)).toEqual([true, true, 'present_unverified', 'untrusted']);
    const thief = { ...STRANGER, chain: SIGNER.chain };
    const stolen = credentialed(text, { sourceTypes: AI_CODE, signer: thief });
    expect(judged(stolen)).toEqual([false, true, 'broken', 'broken']);
  });

  it('whose assertions were changed after signing is broken', () => {
    const tampered = credentialed(text, {
      sourceTypes: AI_CODE,
      signer: SIGNER,
      tamper: ['digitalCreation'],
    });
    expect(judged(tampered)).toEqual([false, true, 'broken', 'broken']);
  });

  it('that binds no text is never signed: it could stand anywhere', () => {
    const loose = text + unstructured(manifestStore({ sourceTypes: AI_CODE, signer: SIGNER }));
    expect(judged(loose)).toEqual([true, null, 'present_unverified', 'present_unverified']);
  });

  it('that leaves the text out of its digest binds nothing', () => {
    const bytes = Buffer.from('');
    const all = { bytes, start: 0, length: Buffer.byteLength(text) };
    const empty =
      text + unstructured(manifestStore({ sourceTypes: AI_CODE, signer: SIGNER, covers: all }));
    expect(judged(empty)).toEqual([true, false, 'broken', 'broken']);
  });

  it('in a block binds the raw bytes around it', () => {
    const body = 'print("e\u0301")\r\n';
    const of = (length: number) => {
      const covers = { bytes: Buffer.from(body), start: 0, length };
      return `# ${structured(manifestStore({ sourceTypes: AI_CODE, signer: SIGNER, covers }))}\n`;
    };
    let line = of(0);
    for (let round = 0; round < 3; round++) line = of(Buffer.byteLength(line));
    expect(judged(line + body)).toEqual([true, true, 'present_unverified', 'signed']);
    expect(judged((line + body).normalize('NFC'))).toEqual([true, false, 'broken', 'broken']);
    expect(judged(`${line + body}x`)).toEqual([true, false, 'broken', 'broken']);
  });
});

describe('CBOR and base64', () => {
  const plain: fc.Arbitrary<Plain> = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
      fc.string({ unit: 'binary' }).filter((s) => s.isWellFormed()),
      fc.constant(null),
      fc.uint8Array(),
      fc.array(tie('value'), { maxLength: 4 }),
    ),
  })).value as fc.Arbitrary<Plain>;

  it('come back as they were written', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(decodeCbor(Uint8Array.from(cbor(value)))).toEqual(value);
      }),
      { seed: 4 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
        expect(decodeBase64(Buffer.from(bytes).toString('base64url'))).toEqual(bytes);
      }),
      { seed: 4 },
    );
  });

  // RFC 8949, appendix A.
  it.each([
    ['1bffffffffffffffff', 18446744073709551615n],
    ['3903e7', -1000],
    ['c1fb41d452d9e20', 'cut short'],
    ['fb3ff199999999999a', 1.1],
    ['fa47c35000', 100000],
    ['f5', true],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['7f657374726561646d696e67ff', 'streaming'],
    [
      'bf6346756ef563416d7421ff',
      new Map<string, unknown>([
        ['Fun', true],
        ['Amt', -2],
      ]),
    ],
    ['d818456449455446', Uint8Array.from(Buffer.from('6449455446', 'hex'))],
    ['a201020103', 'twice the key'],
    ['ff', 'a break'],
    ['81'.repeat(40), 'too deep'],
  ])('%s is %o', (hex, value) => {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
    if (['cut short', 'twice the key', 'a break', 'too deep'].includes(value as string)) {
      expect(() => decodeCbor(bytes)).toThrow(RangeError);
    } else expect(decodeCbor(bytes)).toEqual(value);
  });
});

/** `fixtures/c2pa/make.py` made them with c2pa-python 0.38.1 (c2pa-rs) and c2pa-text 3.0.0. */
describe("other people's writers", () => {
  const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures/c2pa', name));
  const wrappers = JSON.parse(fixture('wrappers.json').toString()) as Record<string, string>;

  it.each([
    ['unstructured', 'unstructured'],
    ['padded', 'unstructured'],
    ['first line', 'structured'],
    ['last line', 'structured'],
    ['html', 'html'],
  ])('wrap as this reader unwraps: %s', (name, form) => {
    // The wrapper is read, down to its sixteen bytes, which are no manifest.
    const [finding, ...more] = findCredentials(wrappers[name]!);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ form, code: 'manifest.unreadable' });
    expect(finding!.detail).toContain('whose 16 bytes');
  });

  it('make the wrapper that our own encoder makes', () => {
    expect(unstructured(Buffer.from('0123456789abcdef'))).toBe(wrappers.vector);
  });

  it.each(['es256', 'ps256'])('sign with %s as this reader verifies', (name) => {
    const [finding] = readCredentials(`Some text.${unstructured(fixture(`${name}.c2pa`))}`);
    expect(finding).toMatchObject({
      code: 'manifest.present',
      generator: 'Ballast fixture',
      digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
      signatureValid: true,
      // The store was made for a picture.
      bindingValid: false,
    });
    expect(finding!.certificates).toHaveLength(2);
    const changed = fixture(`${name}.c2pa`);
    changed[changed.indexOf('trainedAlgorithmicMedia') + 1] = 'R'.charCodeAt(0);
    const [broken] = readCredentials(`Some text.${unstructured(changed)}`);
    expect(broken!.signatureValid).toBe(false);
  });
});
