/** What goes with a label, as platforms and credentials state it: direction, kind, family, changes. */
import type { EditDirection, SyntheticKind } from '../schema/label.js';
import type { Transformation } from '../schema/review.js';
import { sourceTypeMeaning } from './digital-source-type.js';
import type { LabelInput } from './label-input.js';
import { platformStatements } from './platform-fields.js';

export interface PlatformFacts {
  /** Null where nobody says, or where two fields differ. */
  readonly editDirection: EditDirection | null;
  readonly transformedBy: readonly Transformation[];
  readonly syntheticKind: SyntheticKind | null;
  readonly modelFamily: string | null;
}

export function platformFacts(
  row: Pick<LabelInput, 'platform' | 'source' | 'credentials'>,
): PlatformFacts {
  const statements = platformStatements(row);
  const codes = row.credentials.flatMap(({ whole, digitalSourceType }) =>
    whole && digitalSourceType !== null ? digitalSourceType.split(' ') : [],
  );
  const credentialKinds = codes.map((code) => sourceTypeMeaning(code)?.syntheticKind);
  const kinds = [...statements.map(({ syntheticKind }) => syntheticKind), ...credentialKinds];
  const directions = statements
    .map(({ editDirection }) => editDirection)
    .filter((direction) => direction !== 'unknown');
  return {
    editDirection: onlyOne(directions),
    transformedBy: present(statements.map(({ transformation }) => transformation)),
    syntheticKind: onlyOne(kinds),
    modelFamily: onlyOne(statements.map(({ modelFamily }) => modelFamily)),
  };
}

function present<T>(values: readonly (T | null | undefined)[]): T[] {
  const known = values.filter((value) => value !== null && value !== undefined) as T[];
  return [...new Set(known)].sort();
}

function onlyOne<T>(values: readonly (T | null | undefined)[]): T | null {
  const distinct = present(values);
  return distinct.length === 1 ? distinct[0]! : null;
}
