/** `ballast retract`: withdraws text that may no longer be used, or labels that were overturned. */

import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { defineCommand } from 'citty';
import { isIsoDate } from '../../core/schema/calendar.js';
import type { Impact, RetractInput } from '../../core/schema/retraction.js';
import { haveFolder } from '../../storage/remote/mirror.js';
import { EXIT_INTERRUPTED } from '../build/build-command.js';
import { identity, openSession } from '../build/session.js';
import { readableFolder, workspaceOf } from '../build/workspace-option.js';
import { readRecipe } from '../recipe/read-recipe.js';
import { findImpact } from '../retract/find-impact.js';
import { followRetraction, startRetraction } from '../retract/follow-retraction.js';
import { failureOf, printImpact, printResult } from '../retract/print-retraction.js';
import { COMMAND, type Scoped, scopeFrom } from '../retract/scope-from.js';
import { sharedArgs, usage, valuesOf } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function dayOf(text: string | undefined): string {
  const day = text ?? today();
  if (isIsoDate(day)) return day;
  throw usage(COMMAND, 'a day such as 2026-12-31 after --effective', day);
}

/** Where relative paths of recipes start, by mix, from the recipes that were named; '' is for the rest. */
async function baseFoldersOf(rawArgs: readonly string[]): Promise<Record<string, string>> {
  const folders: Record<string, string> = { '': process.cwd() };
  for (const path of [...valuesOf(rawArgs, 'config'), ...shortConfigs(rawArgs)]) {
    const { recipe, baseFolder } = await readRecipe({ path, set: [] });
    folders[recipe.name] = baseFolder ?? dirname(resolve(path));
  }
  return folders;
}

function shortConfigs(rawArgs: readonly string[]): string[] {
  return rawArgs.flatMap((token, i) => (rawArgs[i - 1] === '-c' ? [token] : []));
}

/** True where a person at the terminal agrees, or said so before. */
async function isAgreed(output: Output, yes: boolean, { versions, key }: Impact): Promise<boolean> {
  if (yes) return true;
  if (process.stdin.isTTY !== true || output.json)
    throw usage(
      COMMAND,
      '--yes, or a terminal to ask on',
      'neither',
      'look at --dry-run, then add --yes',
    );
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(
    `Withdraw ${key}? ${versions.length} versions are marked, their mixes built anew. [y/N] `,
  );
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}

interface Options {
  readonly output: Output;
  readonly input: RetractInput;
  readonly address: string | undefined;
  readonly found: Impact;
}

async function carryOut({ output, input, address, found }: Options): Promise<number> {
  const session = await openSession({ address, onProgress: output.progress });
  const started = await startRetraction(session, input);
  const url = session.runUrl(started.workflowId, started.runId);
  const result = await followRetraction(session, started, output);
  if (result === null) {
    output.progress('the retraction goes on; the same command follows it again');
    output.emit({ status: 'running', ...started });
    return EXIT_INTERRUPTED;
  }
  printResult(output, result);
  const failure = failureOf(result, found);
  if (failure !== null) throw failure;
  output.emit({ status: 'retracted', ...started, url, ...result, impactSummary: found });
  return 0;
}

const text = (valueHint: string, description: string) =>
  ({ type: 'string', valueHint, description }) as const;
const flag = (description: string) => ({ type: 'boolean', description }) as const;

export default defineCommand({
  meta: { name: 'retract', description: 'Withdraw a grant, a source, documents or labels' },
  args: {
    grant: text('id', 'Every row under this grant'),
    source: text('name', 'Every row of this source'),
    ids: text('file', 'These documents and their exact copies; source/id a line, or CSV'),
    'text-sha256': text('file', 'Texts by their SHA-256, one a line'),
    'label-reversal': text('mix', 'Labels of this mix were overturned; with --ids or --evidence'),
    evidence: text(
      'family/tier/reason',
      'Evidence that was found false, or the beginning of its name',
    ),
    reason: text('text', 'Why; stands in the ledger and on the certificate'),
    by: text('name', 'Who asks; the user of this machine where absent'),
    effective: text('day', 'Day from which it may not be used; today where absent'),
    'dry-run': flag('Print what it would touch, and do nothing'),
    yes: flag('Do not ask'),
    'delete-copies': flag('Remove cached artifacts that hold copies of the text'),
    'delete-versions': flag('Remove the data files of affected versions; manifests stay'),
    ...sharedArgs.config,
    ...sharedArgs.address,
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = workspaceOf(args.workspace);
    const local = await readableFolder(workspace);
    await haveFolder(join(local, 'mixes'));
    const effective = dayOf(args.effective);
    const flags = {
      ...{ grant: args.grant, source: args.source, ids: args.ids },
      ...{ textSha256: args['text-sha256'], labelReversal: args['label-reversal'] },
      evidence: args.evidence,
    };
    const scoped: Scoped = await scopeFrom(local, flags, effective);
    const deletes = {
      deleteCopies: args['delete-copies'] === true,
      deleteVersions: args['delete-versions'] === true,
    };
    if (flags.labelReversal !== undefined && (deletes.deleteCopies || deletes.deleteVersions))
      throw usage(COMMAND, 'a withdrawal where something is to be deleted', 'a reversal of labels');
    const found = await findImpact(local, scoped);
    printImpact(output, found);
    if (args['dry-run'] === true) {
      output.emit({ status: 'dry-run', impactSummary: found });
      return 0;
    }
    if (!(await isAgreed(output, args.yes === true, found))) {
      output.line('nothing was done');
      return 0;
    }
    const input: RetractInput = {
      ...{ schemaVersion: 1, workspace, ...scoped, reason: args.reason ?? '' },
      ...{ requestedBy: args.by ?? identity(), effective, asOf: today(), ...deletes },
      baseFolders: await baseFoldersOf(rawArgs),
    };
    return carryOut({ output, input, address: args.address, found });
  },
});
