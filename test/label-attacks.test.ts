/**
 * Attacks on labels as a table: what is done to a text, the label that it gets, and the reasons that
 * stand beside it. Families are read as a build reads them: from the bytes of the text.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { readAllowLists } from '../core/label/families/allow-list.js';
import { readBoilerplate } from '../core/label/families/boilerplate.js';
import { readCredentialEvidence } from '../core/label/families/credential.js';
import { readDates } from '../core/label/families/date.js';
import { readDeclaration } from '../core/label/families/declaration.js';
import { readPlatform } from '../core/label/families/platform.js';
import { findBoilerplate } from '../core/label/find-boilerplate.js';
import { labelDocument } from '../core/label/label-document.js';
import type { LabelInput } from '../core/label/label-input.js';
import { scoringForm } from '../core/label/scoring-form.js';
import { findTextDates } from '../core/label/text-dates.js';
import type { OwnOutputHit } from '../core/schema/own-output.js';
import { readCredentials } from '../engines/credential-signature.js';
import { credentialed, digestOf, identity, manifestStore, unstructured } from './c2pa-encoder.js';
import { allowListOf, contextOf, POLICY, rowOf, sourceOf } from './label-fixture.js';
import { judge } from './label-rows.js';
import { findInOutputs, type WrittenOutput } from './own-output-search.js';
import { outputText, rewriteOf } from './own-output-texts.js';

const READERS = [
  readDeclaration,
  readAllowLists,
  readCredentialEvidence,
  readPlatform,
  readDates,
  readBoilerplate,
];
const HOUSE = identity('House', 1);
const SIGNER = identity('Signer', 2, HOUSE);
const STRANGER = identity('Stranger', 3);
const CONTEXT = contextOf({
  allowLists: [allowListOf()],
  labels: { ...POLICY, trustAnchors: [digestOf(HOUSE.chain[0]!)] },
});

/** Says nothing by itself, and is longer than the edges that are read for set phrases. */
const PROSE = 'The committee met on a rainy day and found the bridge in good order. '.repeat(10);
const of = (code: string) => ({ sourceTypes: [code] });
const HUMAN_CODE = unstructured(manifestStore(of('digitalCreation')));
const AI_CODE = unstructured(manifestStore(of('trainedAlgorithmicMedia')));
const signed = (code: string, signer = SIGNER, text = PROSE) =>
  credentialed(text, { ...of(code), signer });
const wrapperOf = (text: string) => text.slice(text.indexOf('\ufeff'));
const ADMITS = 'As an AI language model, I can describe the bridge. ';

/** Under the allow-list "before chat models". */
const LISTED: Partial<LabelInput> = { created: '2015-01-01', source: sourceOf() };
const BY_MODEL: Partial<LabelInput> = {
  platform: [{ role: 'generator', field: 'model_name', value: 'gpt-4o' }],
};
/** Of no allow-list. */
const UNLISTED = sourceOf({ name: 'elsewhere' });
const NOTHING = 'unknown/no_evidence';
const LIST = 'allow_list_date';

/** [what is done, the text, what else the row says, label, reasons] */
type Attack = readonly [string, string, Partial<LabelInput>, string, readonly string[]];

const CREDENTIALS: readonly Attack[] = [
  ['nothing', PROSE, {}, NOTHING, []],
  ['a pasted human code', PROSE + HUMAN_CODE, {}, NOTHING, ['credential_present_unverified']],
  [
    'a pasted human code on text that a platform gives to a model',
    PROSE + HUMAN_CODE,
    BY_MODEL,
    'synthetic',
    ['credential_present_unverified', 'platform_names_generator'],
  ],
  ['a pasted AI code', PROSE + AI_CODE, {}, 'unknown/weak', ['credential_present_unverified']],
  [
    'a pasted AI code on listed text',
    PROSE + AI_CODE,
    LISTED,
    'human_authored',
    [LIST, 'credential_present_unverified'],
  ],
  [
    'two wrappers',
    PROSE + HUMAN_CODE + AI_CODE,
    {},
    NOTHING,
    ['credential_multiple', 'credential_multiple'],
  ],
  [
    'a second wrapper beside a signed one',
    signed('trainedAlgorithmicMedia') + HUMAN_CODE,
    {},
    NOTHING,
    ['credential_multiple', 'credential_multiple'],
  ],
  ['a truncated wrapper', PROSE + AI_CODE.slice(0, -60), {}, NOTHING, ['credential_unreadable']],
  [
    'a clean-up that dropped U+FEFF',
    (PROSE + AI_CODE).replaceAll(/\p{Cf}/gu, ''),
    {},
    NOTHING,
    ['credential_unreadable'],
  ],
  [
    'a clean-up that dropped the selectors',
    (PROSE + AI_CODE).replaceAll(/\p{M}/gu, ''),
    {},
    NOTHING,
    [],
  ],
  [
    'a signature under an anchor: AI',
    signed('trainedAlgorithmicMedia'),
    {},
    'synthetic',
    ['credential_signed'],
  ],
  [
    'a signature under an anchor: AI, on listed text',
    signed('trainedAlgorithmicMedia'),
    LISTED,
    'synthetic',
    [LIST, 'credential_signed'],
  ],
  [
    'a signature under an anchor: human',
    signed('digitalCreation'),
    {},
    'human_authored',
    ['credential_signed'],
  ],
  [
    'a signature under an anchor: both',
    signed('compositeWithTrainedAlgorithmicMedia'),
    {},
    'human_edited',
    ['credential_signed'],
  ],
  [
    'a signature under an anchor that says nothing',
    signed('http://c2pa.org/digitalsourcetype/empty'),
    {},
    NOTHING,
    ['credential_signed'],
  ],
  [
    'a signed human code moved to another text',
    PROSE.toUpperCase() + wrapperOf(signed('digitalCreation')),
    {},
    NOTHING,
    ['credential_of_another_text'],
  ],
  [
    'a signed human code on an edited text',
    signed('digitalCreation').replace('rainy', 'sunny'),
    {},
    NOTHING,
    ['credential_of_another_text'],
  ],
  [
    "a stranger's signature: human",
    signed('digitalCreation', STRANGER),
    {},
    NOTHING,
    ['credential_untrusted'],
  ],
  [
    "a stranger's signature: AI",
    signed('trainedAlgorithmicMedia', STRANGER),
    {},
    'unknown/weak',
    ['credential_untrusted'],
  ],
  [
    "a stranger's signature with the house's certificate pasted behind it",
    signed('digitalCreation', { ...STRANGER, chain: [...STRANGER.chain, ...HOUSE.chain] }),
    {},
    NOTHING,
    ['credential_untrusted'],
  ],
  [
    "a stranger's signature under the signer's certificate",
    signed('digitalCreation', { ...STRANGER, chain: SIGNER.chain }),
    {},
    NOTHING,
    ['credential_signature_wrong'],
  ],
  [
    'a block quoted inside a text about credentials',
    `${PROSE}\n-----BEGIN C2PA MANIFEST----- https://a.example/x -----END C2PA MANIFEST-----\n${PROSE}`,
    {},
    NOTHING,
    [],
  ],
];

const PHRASES: readonly Attack[] = [
  ['a set phrase at the start', ADMITS + PROSE, {}, 'unknown/weak', ['model_boilerplate']],
  [
    'a set phrase at the end',
    `${PROSE}\nLet me know if you'd like me to change anything.`,
    {},
    'unknown/weak',
    ['model_boilerplate'],
  ],
  ['a set phrase in the middle', PROSE + ADMITS + PROSE, {}, NOTHING, []],
  [
    'homoglyphs in it',
    ADMITS.replaceAll('a', 'а').replaceAll('e', 'е').replace('A', 'А') + PROSE,
    {},
    'unknown/weak',
    ['model_boilerplate'],
  ],
  [
    'zero-width characters in it',
    [...ADMITS].join('\u200b') + PROSE,
    {},
    'unknown/weak',
    ['model_boilerplate'],
  ],
  [
    'variation selectors in it',
    `As an A\ufe0fI lang\u{e0120}uage model, I may. ${PROSE}`,
    {},
    'unknown/weak',
    ['model_boilerplate'],
  ],
  [
    'full-width letters in it',
    `Ａｓ ａｎ ＡＩ ｌａｎｇｕａｇｅ ｍｏｄｅｌ, I may. ${PROSE}`,
    {},
    'unknown/weak',
    ['model_boilerplate'],
  ],
  [
    'AI text quoted in listed human text',
    `The reply began "As an AI language model, I cannot", which made us laugh. ${PROSE}`,
    LISTED,
    'human_authored',
    [LIST],
  ],
  [
    'AI text in typographic quotes',
    `It wrote “As an AI language model, I may” and stopped. ${PROSE}`,
    {},
    NOTHING,
    [],
  ],
  ['AI text in a quoted line', `> ${ADMITS}\n\nWhat a reply. ${PROSE}`, {}, NOTHING, []],
  [
    'human text quoted in AI text',
    `${ADMITS}The report says: "${PROSE}"`,
    {},
    'unknown/weak',
    ['model_boilerplate'],
  ],
  [
    'a set phrase pasted into listed human text',
    ADMITS + PROSE,
    LISTED,
    'unknown/weak',
    [LIST, 'model_boilerplate'],
  ],
  [
    'Vietnamese after English',
    `${PROSE}\nVới tư cách là một mô hình ngôn ngữ, tôi không có ý kiến.`,
    {},
    'unknown/weak',
    ['model_boilerplate'],
  ],
  [
    'Chinese before English',
    `作为一个AI语言模型，我没有意见。 ${PROSE}`,
    {},
    'unknown/weak',
    ['model_boilerplate'],
  ],
  ['three languages and no phrase', `Мост стоит. 桥很好。 Cây cầu tốt. ${PROSE}`, {}, NOTHING, []],
];

const DATES: readonly Attack[] = [
  [
    'a false date over a text of 2024',
    `Created: 2024-05-18\n${PROSE}`,
    LISTED,
    'unknown/conflict',
    [LIST, 'date_conflict_text_states_later'],
  ],
  [
    'a false date over an address of 2024',
    PROSE,
    { ...LISTED, url: 'https://a.example/2024/05/18/bridge' },
    'unknown/conflict',
    [LIST, 'date_conflict_address_is_later'],
  ],
  [
    'a false date over a day of 2024 in the body',
    `${PROSE}It was rebuilt on 18 May 2024.`,
    LISTED,
    'unknown/conflict',
    [LIST, 'date_conflict_text_mentions_later'],
  ],
  [
    'a plan for 2030 in a text of 2015',
    `${PROSE}It will close on 18 May 2030.`,
    LISTED,
    'human_authored',
    [LIST],
  ],
];

function attacked(text: string, change: Partial<LabelInput>): LabelInput {
  const boilerplate = findBoilerplate(text);
  return rowOf({
    source: UNLISTED,
    credentials: readCredentials(text),
    textDates: findTextDates(text),
    boilerplate,
    ...change,
  });
}

describe.each([
  ['credentials', CREDENTIALS],
  ['set phrases', PHRASES],
  ['dates', DATES],
])('%s', (_family, attacks) => {
  it.each(attacks)('%s', (_title, text, change, expected, reasons) => {
    const { outcome, evidence } = judge(READERS, attacked(text, change), CONTEXT);
    expect([outcome, evidence.map(({ reason }) => reason)]).toEqual([expected, reasons]);
    const weightless = evidence.filter(({ reason }) =>
      /multiple|unreadable|another|wrong/.test(reason),
    );
    for (const { strength } of weightless) expect(strength).toBe(0);
  });
});

describe('what hides in characters', () => {
  it('is undone for scorers and left in the text', () => {
    const hidden = [...PROSE.replaceAll('o', 'о').replaceAll('e', 'е')].join('\u200b') + AI_CODE;
    expect(scoringForm(hidden)).toBe(scoringForm(PROSE));
    expect(hidden).toContain('\u200b');
    expect(readCredentials(hidden)).toHaveLength(1);
  });
});

/** What our own models wrote on one day of 2021; one output has no date. */
const OUTPUTS: readonly WrittenOutput[] = [
  ...Array.from({ length: 100 }, (_, i) => outputText(i)),
  `Мост стоит над рекой с тысяча девятьсот второго года. ${outputText(310)} 桥很好，河水很清，大家都喜欢在这里散步。`,
  `${outputText(301)} It was said then: “${outputText(600)}”`,
].map((text, i) => ({
  ...{ id: `log-${i}`, text, modelFamily: 'house' },
  generated: i === 50 ? null : '2021-03-01',
}));
const MIXED = OUTPUTS[100]!.text;
const HUMAN = [500, 501, 502, 503, 504].map(outputText);
const QUOTING = `${HUMAN.slice(0, 3).join(' ')} “${outputText(8)}” ${HUMAN.slice(3).join(' ')}`;
const NEAR = `${outputText(6)} And so on.`;
const REWRITE = rewriteOf(7, 0.35);
const withGlyphs = (text: string) => text.replaceAll('o', 'о').replaceAll('e', 'е');
const withGaps = (text: string) => [...text].join('\u200b');

const YOUNGER: Partial<LabelInput> = { created: '2022-06-01' };
const OLDER: Partial<LabelInput> = { created: '2020-06-01' };
/** Younger than the outputs, and under the allow-list all the same. */
const LISTED_YOUNGER: Partial<LabelInput> = { ...YOUNGER, source: sourceOf() };
const SAME = 'same_text_as_own_output';
const COPY = 'near_copy_of_own_output';
const REWRITTEN = 'rewrite_of_own_output';
const COPIED = 'output_copied_document';
const QUOTED = 'quotes_own_output';
const CONFLICT = 'unknown/conflict';

const OWN_OUTPUTS: readonly Attack[] = [
  ['nothing', outputText(700), YOUNGER, NOTHING, []],
  ['the same text', outputText(3), YOUNGER, 'synthetic', [SAME]],
  ['the same text, listed', outputText(3), LISTED_YOUNGER, 'synthetic', [SAME, LIST]],
  ['nearly the same', NEAR, YOUNGER, 'synthetic', [COPY]],
  ['nearly the same, listed', NEAR, LISTED_YOUNGER, CONFLICT, [COPY, LIST]],
  ['a rewrite', REWRITE, YOUNGER, 'unknown/weak', [REWRITTEN]],
  ['a rewrite, listed', REWRITE, LISTED_YOUNGER, 'unknown/weak', [REWRITTEN, LIST]],
  ['a text that the output copied', outputText(3), OLDER, NOTHING, [COPIED]],
  ['a text that the output changed a little', NEAR, OLDER, NOTHING, [COPIED]],
  ['a text that the output rewrote', REWRITE, OLDER, NOTHING, [COPIED]],
  [
    'an older text, listed, that the output copied',
    outputText(3),
    { ...OLDER, source: sourceOf() },
    'human_authored',
    [COPIED, LIST],
  ],
  [
    'an older text that the output quotes',
    outputText(600),
    { ...OLDER, source: sourceOf() },
    'human_authored',
    [COPIED, LIST],
  ],
  ['the same text without a date', outputText(3), {}, 'unknown/weak', ['undated_match']],
  ['nearly the same without a date', NEAR, {}, 'unknown/weak', ['undated_match']],
  ['the output without a date', outputText(50), YOUNGER, 'unknown/weak', ['undated_match']],
  ['both of one day', outputText(3), { created: '2021-03-01' }, 'unknown/weak', ['same_day_match']],
  ['AI text quoted in human text', QUOTING, YOUNGER, NOTHING, [QUOTED]],
  [
    'AI text quoted in listed human text',
    QUOTING,
    LISTED_YOUNGER,
    'human_authored',
    [QUOTED, LIST],
  ],
  ['AI text quoted in undated human text', QUOTING, {}, NOTHING, [QUOTED]],
  [
    'a sentence of a person in AI text',
    `${outputText(9)} “${outputText(520).slice(0, 150)}”`,
    YOUNGER,
    'synthetic',
    [COPY],
  ],
  [
    'as much of a person as of AI',
    `${outputText(9)} “${outputText(520)}”`,
    YOUNGER,
    'unknown/weak',
    [COPY],
  ],
  ['homoglyphs in it', withGlyphs(outputText(5)), YOUNGER, 'synthetic', [SAME]],
  ['zero-width characters in it', withGaps(outputText(5)), YOUNGER, 'synthetic', [SAME]],
  [
    'homoglyphs in it, listed',
    withGlyphs(outputText(5)),
    LISTED_YOUNGER,
    'synthetic',
    [SAME, LIST],
  ],
  ['homoglyphs, and nearly the same', withGlyphs(NEAR), YOUNGER, 'synthetic', [REWRITTEN]],
  ['zero-width, and nearly the same', withGaps(NEAR), YOUNGER, 'synthetic', [REWRITTEN]],
  ['homoglyphs in a rewrite', withGlyphs(REWRITE), YOUNGER, 'unknown/weak', [REWRITTEN]],
  ['zero-width characters in a rewrite', withGaps(REWRITE), YOUNGER, 'unknown/weak', [REWRITTEN]],
  ['homoglyphs in an older text', withGlyphs(outputText(5)), OLDER, NOTHING, [COPIED]],
  ['three languages, the same', MIXED, YOUNGER, 'synthetic', [SAME]],
  ['three languages, nearly the same', `Да. ${MIXED} 是。`, YOUNGER, 'synthetic', [COPY]],
  ['three languages, the output copied it', MIXED, OLDER, NOTHING, [COPIED]],
  ['other text in three languages', `Мост есть. ${outputText(701)} 桥很美。`, YOUNGER, NOTHING, []],
];

describe('own outputs', () => {
  const found = new Map<string, readonly OwnOutputHit[]>();
  beforeAll(async () => {
    const texts = [...new Set(OWN_OUTPUTS.map(([, text]) => text))];
    const hits = await findInOutputs(OUTPUTS, texts);
    texts.forEach((text, i) => {
      found.set(text, hits[i]!);
    });
  }, 60_000);

  it.each(OWN_OUTPUTS)('%s', (_title, text, change, expected, reasons) => {
    const row = attacked(text, { ...change, ownOutputs: found.get(text)! });
    const { label, unknownReason, evidence } = labelDocument(row, CONTEXT);
    const outcome = unknownReason === null ? label : `${label}/${unknownReason}`;
    expect([outcome, evidence.map(({ reason }) => reason)]).toEqual([expected, reasons]);
    for (const { reason, strength } of evidence)
      expect(strength === 0).toBe(reason === QUOTED || reason === COPIED);
  });

  it('are quoted where the quotation stands', () => {
    const [{ span, covered }] = found.get(QUOTING) as [OwnOutputHit];
    const start = QUOTING.indexOf('“') + 1;
    // The edges of a span are those of runs of shared wording.
    expect(Math.abs(span[0] - start)).toBeLessThan(90);
    expect(Math.abs(span[1] - QUOTING.indexOf('”'))).toBeLessThan(90);
    expect(covered).toBeLessThan(0.3);
  });
});
