/**
 * YAML or JSON text as a tree of plain data that knows where each value stands. YAML 1.2 core: no
 * dates, no `yes` for true, no merge keys. JSON is read by the same parser, which also refuses
 * duplicate keys there.
 */
import type { Document, Node } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { Failure } from '../../core/schema/failure.js';
import type { KeyPath } from '../../core/schema/file-problems.js';
import { foundText, pathText } from '../../core/schema/file-problems.js';
import type { WrittenFile } from './read-text.js';

/** How often aliases may repeat anchored text: enough for thrift, too little for a bomb. */
const ALIAS_COUNT_MAX = 100;

export interface FileTree {
  readonly root: unknown;
  /** `recipe.yaml:12:5, caps[3].max_share`; for a missing key, its nearest parent that is there. */
  readonly where: (path: KeyPath) => string;
}

export function readTree(text: string, file: WrittenFile): FileTree {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    lineCounter: lines,
    prettyErrors: false,
  });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file.path}:${line}:${col}`;
  };
  refuseSyntax(document, file, place);
  refuseOddKeys(document, file, place);
  return {
    root: toPlain(document, file),
    where: (path) => {
      const offset = offsetOf(document, path);
      const key = path.length === 0 ? '' : `, ${pathText(path)}`;
      return `${offset === null ? file.path : place(offset)}${key}`;
    },
  };
}

const REMEDIES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  DUPLICATE_KEY: 'remove or rename the second one',
  MULTIPLE_DOCS: 'keep one document in the file',
};

type Place = (offset: number) => string;

function refuseSyntax(document: Document.Parsed, file: WrittenFile, place: Place): void {
  const first = document.errors[0] ?? document.warnings[0];
  if (first === undefined) return;
  throw new Failure(file.code, {
    subject: file.subject,
    expected: 'valid YAML or JSON',
    found: first.message.split('\n')[0]!.replace(/[.:]$/, ''),
    where: place(first.pos[0]),
    remedy: REMEDIES[first.code] ?? 'mend the syntax there',
  });
}

/** Keys that plain data cannot hold faithfully: a list or mapping as key, a merge key, `__proto__`. */
function refuseOddKeys(document: Document.Parsed, file: WrittenFile, place: Place): void {
  visit(document, {
    Pair(_, pair) {
      const key = pair.key as Node | null;
      const plain = isScalar(key) && key.value !== null;
      const odd = plain && (key.value === '<<' || key.value === '__proto__');
      if (plain && !odd) return;
      throw new Failure(file.code, {
        subject: file.subject,
        expected: 'a plain text key',
        found: odd ? foundText(key.value) : 'a key that is empty, a list, a mapping or an alias',
        where: place(key?.range?.[0] ?? 0),
        remedy: 'write the keys out',
      });
    },
  });
}

function toPlain(document: Document.Parsed, file: WrittenFile): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIAS_COUNT_MAX });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const unresolved = /^Unresolved alias.*: (.*)$/.exec(error.message)?.[1];
    if (unresolved !== undefined) {
      throw new Failure(file.code, {
        subject: file.subject,
        expected: 'an anchor before each alias',
        found: `*${unresolved} without &${unresolved}`,
        where: file.path,
        remedy: 'put text that starts with * in quotes',
      });
    }
    throw new Failure(file.code, {
      subject: file.subject,
      expected: `aliases that repeat at most ${ALIAS_COUNT_MAX} values`,
      found: error.message,
      where: file.path,
      remedy: 'write the values out',
    });
  }
}

/** Where the value at a path starts; its key where it is a pair; the nearest parent if missing. */
function offsetOf(document: Document.Parsed, path: KeyPath): number | null {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? null;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => String((item.key as { value?: unknown }).value) === step,
      );
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      node = (node.items[step as number] as Node | undefined) ?? null;
      if (node === null) return offset;
      offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
