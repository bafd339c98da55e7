/**
 * IPTC `digitalSourceType` (list of 2024-09-17), with the names that schema.org gives the same ideas:
 * full address, short code, or schema.org name. What each says of a text; a code that says only that
 * the text inherits from others, or that is not in the list, says nothing.
 */
import type { SyntheticKind, TruthLabel } from '../schema/label.js';

export interface SourceTypeMeaning {
  /** The code in the list's own spelling. */
  readonly code: string;
  readonly label: TruthLabel;
  /** Of synthetic text: by a language model or by a program. */
  readonly syntheticKind: SyntheticKind | null;
}

const MEANINGS: Readonly<Record<TruthLabel, readonly string[]>> = {
  human_authored: [
    ...['digitalCapture', 'computationalCapture', 'negativeFilm', 'positiveFilm', 'print'],
    'digitalCreation',
  ],
  human_edited: ['compositeWithTrainedAlgorithmicMedia', 'compositeSynthetic'],
  synthetic: ['trainedAlgorithmicMedia', 'algorithmicMedia', 'dataDrivenMedia'],
};
const PROGRAMMATIC = ['algorithmicMedia', 'dataDrivenMedia'];

/** Codes that the list has replaced. */
const OLDER: Readonly<Record<string, string>> = { digitalart: 'digitalcreation' };

const BY_CODE: ReadonlyMap<string, SourceTypeMeaning> = new Map(
  Object.entries(MEANINGS).flatMap(([label, codes]) =>
    codes.map((code) => [
      code.toLowerCase(),
      {
        code,
        label: label as TruthLabel,
        syntheticKind:
          label === 'synthetic' ? (PROGRAMMATIC.includes(code) ? 'programmatic' : 'llm') : null,
      },
    ]),
  ),
);

/** What a code says; null where it says nothing, or is none. */
export function sourceTypeMeaning(written: string): SourceTypeMeaning | null {
  const name = written.trim().replace(/\/+$/, '').split(/[/#:]/).at(-1)!.toLowerCase();
  const code = name.replace(/digitalsource$/, '');
  return BY_CODE.get(OLDER[code] ?? code) ?? null;
}
