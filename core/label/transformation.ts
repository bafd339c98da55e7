/** What a text went through after it was written; an axis of its own that changes no label. */
import { TRANSFORMATIONS, type Transformation } from '../schema/review.js';

const WORDS: readonly (readonly [Transformation, RegExp])[] = [
  ['ocr', /\bocr\b|optical character|tesseract|abbyy|kraken|surya/i],
  ['asr', /\basr\b|speech[- ]to[- ]text|whisper|transcribed|auto[- ]?caption|wav2vec/i],
  ['spell_check', /spell|grammarly|languagetool/i],
  [
    'machine_translation',
    /machine[- _]?translat|auto[- _]?translat|google translate|deepl|\bnllb\b|\bopus-mt\b|\bm2m|madlad|marian|\bmt\b|microsoft translator/i,
  ],
  ['human_translation', /human[- _]?translat|translated by (?!ai\b|a machine)/i],
];
const TRANSLATOR_FIELDS = ['translator', 'translated_by'];
const NOBODY = /^(?:none|n\/?a|null|unknown|no|false|true|-)$/i;

/** The transformation that a value names; a name in a translator's field is a person's. */
export function transformationOf(value: string, field: string): Transformation | null {
  const written = value.trim();
  const exact = TRANSFORMATIONS.find((known) => known === written.toLowerCase());
  if (exact !== undefined) return exact;
  if (written === '' || NOBODY.test(written)) return null;
  const named = WORDS.find(([, words]) => words.test(written));
  if (named !== undefined) return named[0];
  return TRANSLATOR_FIELDS.includes(field) ? 'human_translation' : null;
}
