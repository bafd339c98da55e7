/**
 * From recipe.yaml to the resolved recipe: text -> tree -> `--set` -> parse with defaults -> grants
 * -> cross-checks -> fingerprint. Every error names its line and key, or the `--set` that caused it.
 */
import { dirname, resolve } from 'node:path';
import type {
  Grant,
  KeyPath,
  Operations,
  Problem,
  Recipe,
  RecipeFile,
} from '../../core/schema/index.js';
import {
  checkRecipe,
  Failure,
  foundText,
  knownKeysAt,
  operationsOfFile,
  problemsOf,
  recipeFile,
  recipeOfFile,
  recipe as recipeSchema,
  valueAt,
} from '../../core/schema/index.js';
import { ZONE_EXPECTED } from '../../core/schema/recipe-operations.js';
import type { Edit } from './edit-tree.js';
import { editTree, settingText } from './edit-tree.js';
import { failWithProblems } from './fail-with-problems.js';
import { fingerprintOf } from './fingerprint.js';
import { completeGrants, readGrantsFile } from './read-grants.js';
import type { WrittenFile } from './read-text.js';
import { readText } from './read-text.js';
import { readTree } from './read-tree.js';

export interface RecipeOptions {
  readonly path: string;
  /** `--set key=value`, in the order given. */
  readonly set: readonly string[];
}

export interface RecipeRead {
  readonly recipe: Recipe;
  /** Line and schedules: how it is kept going. */
  readonly operations: Operations;
  readonly fingerprint: string;
  /** Absolute folder that relative paths of the recipe start from. */
  readonly baseFolder: string;
  /** Absolute path of the recipe file. */
  readonly file: string;
}

type Where = (path: KeyPath) => string;
const CODE = 'RECIPE_INVALID';

export async function readRecipe({ path, set }: RecipeOptions): Promise<RecipeRead> {
  const written: WrittenFile = { path, subject: 'recipe', code: CODE, missingCode: 'USAGE' };
  const tree = readTree(await readText(written), written);
  const baseFolder = dirname(resolve(path));
  refuseGrantEdits(tree.root, set);
  const edits = editTree(tree.root, set, (key) => knownKeysAt(tree.root, key));
  const where = whereWithEdits(tree.where, edits);
  const file = parseFile(tree.root, where);
  const { grants, grantsWhere } = await grantsOf(file, dirname(path), where);
  const recipe = recipeOfFile(file, grants);
  const subject = `${recipe.name}@${recipe.version}`;
  const operations = operationsOfFile(file);
  const problems = [...checkRecipe(recipe), ...zoneProblems(operations)];
  failGrants(problems, file, subject, grantsWhere);
  failWithProblems({ code: CODE, subject, problems, where });
  return {
    recipe: recipeSchema.parse(recipe),
    operations,
    fingerprint: fingerprintOf(recipe),
    baseFolder,
    file: resolve(path),
  };
}

/** Time zones that this machine does not know. */
function zoneProblems({ schedules }: Operations): Problem[] {
  return schedules.flatMap(({ timezone }, i) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: timezone });
      return [];
    } catch {
      const path = ['schedules', i, 'timezone'];
      return [{ path, expected: ZONE_EXPECTED, found: foundText(timezone), remedy: 'write UTC' }];
    }
  });
}

function parseFile(root: unknown, where: Where): RecipeFile {
  const parsed = recipeFile.safeParse(root, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error, root);
  const inGrants = problems.filter(isInGrants);
  const first = problems[0] !== undefined && isInGrants(problems[0]);
  const code = first && inGrants.length > 0 ? 'GRANTS_INVALID' : CODE;
  failWithProblems({ code, subject: subjectOf(root), problems, where });
  throw parsed.error;
}

function isInGrants(problem: Problem): boolean {
  return problem.path[0] === 'grants' && problem.path.length > 1;
}

/** The mix's name as far as it can be read. */
function subjectOf(root: unknown): string {
  const [name, version] = [valueAt(root, ['name']), valueAt(root, ['version'])];
  return typeof name === 'string' && typeof version === 'string' ? `${name}@${version}` : 'recipe';
}

async function grantsOf(
  file: RecipeFile,
  shownFolder: string,
  where: Where,
): Promise<{ grants: readonly Grant[]; grantsWhere: Where }> {
  if (file.grants.kind === 'inline') {
    return { grants: completeGrants(file.grants.drafts, 'grants', where), grantsWhere: where };
  }
  const read = await readGrantsFile(file.grants.file, shownFolder);
  return { grants: read.grants, grantsWhere: read.where };
}

/** Cross-checks that a grants file fails are told with its own lines, and first. */
function failGrants(
  problems: readonly Problem[],
  file: RecipeFile,
  subject: string,
  where: Where,
): void {
  if (file.grants.kind === 'inline') return;
  const ofGrants = problems.filter(isInGrants);
  failWithProblems({ code: 'GRANTS_INVALID', subject, problems: ofGrants, where });
}

/** Grants in a file are not part of the tree that `--set` edits. */
function refuseGrantEdits(root: unknown, settings: readonly string[]): void {
  const grants = valueAt(root, ['grants']);
  const setting = settings.find((written) => written.startsWith('grants.'));
  if (setting === undefined || typeof grants !== 'string') return;
  throw new Failure('USAGE', {
    subject: 'option --set',
    expected: 'a key of the recipe',
    found: `grants in the file ${foundText(grants)}`,
    where: settingText(setting),
    remedy: `edit ${grants}, or set grants to another file`,
  });
}

function whereWithEdits(where: Where, edits: readonly Edit[]): Where {
  return (path) => {
    const edit = edits.findLast(
      (made) => made.path.length <= path.length && made.path.every((step, i) => step === path[i]),
    );
    return edit === undefined ? where(path) : settingText(edit.written);
  };
}
