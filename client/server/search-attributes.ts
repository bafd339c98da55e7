/**
 * Search attributes that every server of ours has. A name that exists with another type is refused:
 * the server accepts the repeated registration, changes nothing, and later fails the builds.
 */
import type { Connection } from '@temporalio/client';
import { Failure } from '../../core/schema/failure.js';

export type SearchAttributeKind = 'Keyword' | 'KeywordList' | 'Datetime' | 'Double' | 'Int';

/** Names and types of the contract. SQL stores allow 10 Keyword and 3 of each other type. */
export const SEARCH_ATTRIBUTES: Readonly<Record<string, SearchAttributeKind>> = {
  MixName: 'Keyword',
  MixVersion: 'Keyword',
  MixPhase: 'Keyword',
  ReviewState: 'Keyword',
  TriggerKind: 'Keyword',
  RiskDecision: 'Keyword',
  CodeVersion: 'Keyword',
  SourceNames: 'KeywordList',
  GrantIds: 'KeywordList',
  ReviewDueAt: 'Datetime',
  SyntheticShare: 'Double',
  MixTokens: 'Int',
};

/** `IndexedValueType` of the server's API, as numbers on the wire. */
const WIRE_TYPE: Readonly<Record<SearchAttributeKind, number>> = {
  Keyword: 2,
  Int: 3,
  Double: 4,
  Datetime: 6,
  KeywordList: 7,
};
const WIRE_NAMES = ['none', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];

export interface AttributeState {
  readonly missing: readonly string[];
  readonly wrong: readonly { name: string; expected: string; found: string }[];
}

/** Compares the namespace's attributes with ours. */
export async function compareSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<AttributeState> {
  const answer = await connection.operatorService.listSearchAttributes({ namespace });
  const found = answer.customAttributes ?? {};
  const names = Object.keys(SEARCH_ATTRIBUTES);
  return {
    missing: names.filter((name) => found[name] === undefined),
    wrong: names.flatMap((name) => {
      const expected = SEARCH_ATTRIBUTES[name]!;
      const wire = found[name];
      if (wire === undefined || wire === null || wire === WIRE_TYPE[expected]) return [];
      return [{ name, expected, found: WIRE_NAMES[wire] ?? `type ${wire}` }];
    }),
  };
}

/** Adds the missing attributes; a name with another type is a failure. Returns the added names. */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  address: string,
): Promise<readonly string[]> {
  const { missing, wrong } = await compareSearchAttributes(connection, namespace);
  if (wrong.length > 0) throw wrongTypes(wrong, namespace, address);
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(
    missing.map((name) => [name, WIRE_TYPE[SEARCH_ATTRIBUTES[name]!]]),
  );
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  return missing;
}

function wrongTypes(wrong: AttributeState['wrong'], namespace: string, address: string): Failure {
  const list = (kind: 'expected' | 'found'): string =>
    wrong.map((entry) => `${entry.name} ${entry[kind]}`).join(', ');
  const names = wrong.map((entry) => `--name ${entry.name}`).join(' ');
  return new Failure(
    'SERVER_UNREACHABLE',
    {
      subject: 'search attributes of the server',
      expected: list('expected'),
      found: list('found'),
      where: `namespace "${namespace}" at ${address}`,
      remedy: `remove them with: temporal operator search-attribute remove ${names} --namespace ${namespace} --address ${address} --yes; then run: ballast up`,
    },
    wrong,
  );
}
