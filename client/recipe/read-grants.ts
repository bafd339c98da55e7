/** The grants of a recipe, complete: written inside it, or in a file beside it. */
import { isAbsolute, join } from 'node:path';
import { completeGrant } from '../../core/license/complete-grant.js';
import type { Grant, GrantDraft, KeyPath, Problem } from '../../core/schema/index.js';
import { grantsFile, pathText, problemsOf } from '../../core/schema/index.js';
import { parseSpdx } from '../../engines/spdx.js';
import { failWithProblems } from './fail-with-problems.js';
import type { WrittenFile } from './read-text.js';
import { readText } from './read-text.js';
import { readTree } from './read-tree.js';

export interface GrantsRead {
  readonly grants: readonly Grant[];
  /** Place of a key path of the recipe that starts with `grants`. */
  readonly where: (path: KeyPath) => string;
}

/** Reads grants.yaml; `path` is relative to the recipe's folder. */
export async function readGrantsFile(path: string, baseFolder: string): Promise<GrantsRead> {
  const code = 'GRANTS_INVALID';
  const file: WrittenFile = {
    path: isAbsolute(path) ? path : join(baseFolder, path),
    subject: 'grants file',
    code,
    missingCode: code,
  };
  const tree = readTree(await readText(file), file);
  const listed = Array.isArray(tree.root);
  const parsed = grantsFile.safeParse(tree.root, { reportInput: true });
  if (!parsed.success) {
    const problems = problemsOf(parsed.error, tree.root);
    failWithProblems({ code, subject: file.subject, problems, where: tree.where });
  }
  // Paths of checks are those of a recipe: `grants` first. A bare list has no such key.
  const where = (key: KeyPath): string => tree.where(listed ? key.slice(1) : key);
  return { grants: completeGrants(parsed.data ?? [], file.subject, where), where };
}

/** Fills the drafts from their SPDX licences; refuses what is no licence. */
export function completeGrants(
  drafts: readonly GrantDraft[],
  subject: string,
  where: (path: KeyPath) => string = pathText,
): Grant[] {
  const problems: Problem[] = [];
  const grants = drafts.map((draft, index) => {
    const complete = completeGrant(draft, index, parseSpdx);
    problems.push(...complete.problems);
    return complete.grant;
  });
  failWithProblems({ code: 'GRANTS_INVALID', subject, problems, where });
  return grants;
}
