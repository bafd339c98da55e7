/** The SPDX grammar and licence list (`spdx-expression-parse`, `spdx-license-ids`) as plain data. */
import { createRequire } from 'node:module';
import type { SpdxExpression } from '../core/license/spdx.js';

type Node =
  | { readonly license: string; readonly plus?: true; readonly exception?: string }
  | { readonly left: Node; readonly conjunction: 'and' | 'or'; readonly right: Node };

const load = createRequire(import.meta.url);
const parseExpression = load('spdx-expression-parse') as (text: string) => Node;
const currentIds = new Set(load('spdx-license-ids') as string[]);

/** Longest expression that is parsed; a field with more holds prose, not a licence. */
const EXPRESSION_CHARACTERS_MAX = 1_000;

/** True for an id of the current licence list, exactly as spelled there. */
export function isSpdxId(text: string): boolean {
  return currentIds.has(text);
}

/** The expression as data, or null: nothing is guessed from a wrong spelling. */
export function parseSpdx(text: string): SpdxExpression | null {
  if (text.trim() === '' || text.length > EXPRESSION_CHARACTERS_MAX) return null;
  try {
    return expressionOf(parseExpression(text));
  } catch {
    return null;
  }
}

function expressionOf(node: Node): SpdxExpression {
  if ('conjunction' in node) {
    const sides = [expressionOf(node.left), expressionOf(node.right)];
    const parts = sides.flatMap((s) => (s.kind === node.conjunction ? s.parts : [s]));
    return { kind: node.conjunction, parts };
  }
  const plus = node.plus ? '+' : '';
  const exception = node.exception === undefined ? '' : ` WITH ${node.exception}`;
  return { kind: 'licence', id: `${node.license}${plus}${exception}` };
}
