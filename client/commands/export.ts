/** `ballast export`: weights of a published mix, or of a plan, for trainers and spreadsheets. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineCommand } from 'citty';
import {
  isWeightPath,
  WEIGHT_FORMATS,
  type WeightFormat,
  weightFiles,
} from '../../core/report/weights/weight-files.js';
import {
  type WeightsView,
  weightsOfManifest,
  weightsOfPlan,
} from '../../core/report/weights/weights-view.js';
import { Failure } from '../../core/schema/failure.js';
import { suggest } from '../../core/schema/nearest.js';
import { type OptimalPlan, plan as planSchema } from '../../core/schema/plan.js';
import { isThere, readJson } from '../../storage/workspace.js';
import { openWorkspace } from '../build/workspace-option.js';
import { writeFolder } from '../export/write-folder.js';
import { readPlanFile } from '../planning/plan-file.js';
import { openMix } from '../records/mix-reference.js';
import { warnOfVersion } from '../records/version-warning.js';
import { sharedArgs, usage, valuesOf } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';

const COMMAND = 'ballast export';

/** `--format a,b --format c`; none means all. */
function formatsOf(rawArgs: readonly string[]): WeightFormat[] {
  const words = valuesOf(rawArgs, 'format').flatMap((value) => value.split(','));
  const names = words.map((word) => word.trim()).filter((word) => word !== '');
  const known: readonly string[] = WEIGHT_FORMATS;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw usage(COMMAND, 'known formats after --format', unknown, suggest(unknown, known));
  return names.length === 0 ? [...WEIGHT_FORMATS] : (names as WeightFormat[]);
}

interface Exported {
  readonly view: WeightsView;
  /** Folder of the version's own data files. */
  readonly version: string;
}

async function viewOf(
  text: string,
  workspaceOption: string | undefined,
  warn: Output['warn'],
): Promise<Exported> {
  if (text.endsWith('.json') || existsSync(text)) {
    const { plan, recipe } = await readPlanFile(text);
    if (plan.status === 'infeasible') throw noAllocation(text);
    const name = recipe === null ? basename(text, '.json') : `${recipe.name}@${recipe.version}`;
    return { view: weightsOfPlan(plan, { name, recipe }), version: '.' };
  }
  const workspace = await openWorkspace(workspaceOption);
  const { manifest, path } = await openMix(text, workspace);
  await warnOfVersion({ warn }, workspace, `${manifest.name}@${manifest.version}`);
  const version = join(workspace, path);
  const plan = publishedPlan(version);
  if (plan === null) warn(`${path}/plan.json is of another version of ballast: no shadow prices`);
  return { view: weightsOfManifest(manifest, plan), version };
}

function noAllocation(path: string): Failure {
  return new Failure('CAP_INFEASIBLE', {
    subject: 'plan file',
    expected: 'a plan with an allocation',
    found: 'an infeasible one',
    where: path,
    remedy: 'take one of its ways out, plan again, and export that plan',
  });
}

/** The plan of a published version, for its prices; null where this version cannot read it. */
function publishedPlan(version: string): OptimalPlan | null {
  const path = join(version, 'plan.json');
  const found = isThere(path) ? (readJson(path) as { plan?: unknown }) : {};
  const parsed = planSchema.safeParse(found.plan);
  return parsed.success && parsed.data.status === 'optimal' ? parsed.data : null;
}

/** Root of the entries' folders: one word, since Megatron's list is split at blanks. */
function rootOf(option: string | undefined): string {
  const root = (option ?? 'parts').replace(/\/+$/, '');
  if (root !== '' && !/[\s\u0000-\u001f]/.test(root)) return root;
  throw usage(COMMAND, 'a folder or URL without blanks after --root', JSON.stringify(option));
}

export default defineCommand({
  meta: { name: 'export', description: 'Write a mix or a plan for trainers and spreadsheets' },
  args: {
    what: {
      type: 'positional',
      required: true,
      description: 'name@version, or a file with a plan (ballast plan --json)',
    },
    format: {
      type: 'string',
      valueHint: 'a,b',
      description: `Only these: ${WEIGHT_FORMATS.join(', ')}; may be repeated`,
    },
    output: { type: 'string', valueHint: 'folder', description: 'Where to write; weights' },
    root: {
      type: 'string',
      valueHint: 'folder|url',
      description: "Where the entries' own folders are; parts",
    },
    force: { type: 'boolean', description: 'Replace an earlier export' },
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const formats = formatsOf(rawArgs);
    const root = rootOf(args.root);
    const { view, version } = await viewOf(args.what, args.workspace, output.warn);
    const files = weightFiles(view, { root, version }, formats);
    const folder = await writeFolder({
      folder: args.output ?? 'weights',
      files,
      force: args.force === true,
      isOurs: isWeightPath,
    });
    const rows = files.map(({ path, text }) => [path, Buffer.byteLength(text)]);
    output.table(`${view.mix}, tokens ${view.counted}`, ['file', 'bytes'], rows);
    output.line(`written to ${output.colors.cyan(folder)}; README.md there says which is which`);
    const paths = files.map(({ path }) => path);
    output.emit({ mix: view.mix, counted: view.counted, folder, files: paths });
    return 0;
  },
});
