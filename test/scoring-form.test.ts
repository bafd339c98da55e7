/** The form in which texts are scored: what is hidden in characters is undone, nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoringForm } from '../core/label/scoring-form.js';

const PLAIN = 'The quick brown fox jumps over a lazy dog.';
const FORM = 'the quick brown fox jumps over a lazy dog.';

describe('the scoring form', () => {
  it.each([
    ['plain text', PLAIN],
    [
      'white space of all kinds',
      '  The quick\r\n\r\nbrown\tfox \u00a0jumps over\u2028a\u3000lazy dog.\n',
    ],
    ['Cyrillic look-alikes', 'Тhе quiсk brоwn fох jumрs оvеr а lаzу dоg.'],
    ['Greek look-alikes', 'Τhe quick brοwn fοx jumps οver a lazy dοg.'],
    ['Armenian look-alikes', 'The quick browո fօx jսmps օver a lazy dog.'],
    [
      'zero-width characters',
      'T\u200bhe qu\u200cick\u2060 bro\u00adwn fox ju\ufeffmps over a lazy d\u200dog.',
    ],
    ['variation selectors', 'The\ufe0f quick\u{e0121} brown fox jumps over a lazy dog.\u{e01ef}'],
    ['tag characters', 'The quick\u{e0041}\u{e0042} brown fox jumps over a lazy dog.'],
    ['bidirectional overrides', 'The \u202equick\u202c brown fox jumps over a lazy dog.'],
    ['full-width letters', 'Ｔｈｅ ｑｕｉｃｋ brown fox jumps over a lazy dog.'],
    ['mathematical letters', '𝐓𝐡𝐞 𝓆𝓊𝒾𝒸𝓀 brown fox jumps over a lazy dog.'],
  ])('undoes %s', (_title, text) => {
    expect(scoringForm(text)).toBe(FORM);
  });

  it.each([
    ['Russian', 'Рост а не счёт', 'рост а не счёт'],
    ['Ukrainian beside English', 'see Київ, а не Kiev', 'see київ, а не kiev'],
    ['Greek letters of mathematics', 'let α and ρ be', 'let α and ρ be'],
    ['Greek', 'Ο ΛΟΓΟΣ', 'ο λογος'],
    ['Armenian', 'Հայոց օր', 'հայոց օր'],
    ['Vietnamese', 'Tiếng Việt', 'tiếng việt'],
    ['Chinese and emoji', '你好 👋', '你好 👋'],
    ['nothing', ' \n ', ''],
  ])('keeps the letters of %s', (_title, text, form) => {
    expect(scoringForm(text)).toBe(form);
  });

  it('is its own form, and holds no invisible character and no loose white space', () => {
    const letters = fc.constantFrom(
      ...'aZ е́Рс\u0301\u0308οΣİßǅ\u200b\ufeff\ufe0f\u{e0100}\u3000\n\t\u0085𝐓ﬁ㍿ﾀ\uffa0\u1160각\u03d2ΐ',
    );
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: letters }));
    fc.assert(
      fc.property(text, (written) => {
        const form = scoringForm(written);
        expect(scoringForm(form)).toBe(form);
        expect(form).not.toMatch(/\p{Default_Ignorable_Code_Point}/u);
        expect(form).not.toMatch(/[\t-\r\u0085\u2028\u2029]| {2}|^ | $/);
      }),
      { seed: 4, numRuns: 3000 },
    );
  });

  it('is the same for ASCII by the short way and by the long one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (written) => {
        expect(scoringForm(`${written}é`)).toBe(scoringForm(`${written}|`).replace(/\|$/, 'é'));
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});
