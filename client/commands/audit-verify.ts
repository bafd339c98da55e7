/** `ballast audit verify`: everything that was published and sealed, checked with no server. */
import { defineCommand } from 'citty';
import type { LedgerHead } from '../../core/schema/sealed-history.js';
import { type AuditResult, verifyWorkspace } from '../audit/verify-workspace.js';
import { auditedWorkspace } from '../build/workspace-option.js';
import { sharedArgs, usage } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';

const COMMAND = 'ballast audit verify';

/** `12:ab34..`, as `ballast audit head` prints it. */
function headOption(text: string | undefined): LedgerHead | null {
  if (text === undefined) return null;
  const [, sequence, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw usage(COMMAND, 'number:hash after --head, as `ballast audit head` prints it', text);
  return { sequence: Number(sequence), hash };
}

function onlyOption(text: string | undefined): { name: string; version: string | null } | null {
  if (text === undefined) return null;
  const at = text.lastIndexOf('@');
  return at > 0
    ? { name: text.slice(0, at), version: text.slice(at + 1) }
    : { name: text, version: null };
}

function print(output: Output, workspace: string, result: AuditResult, replays: boolean): void {
  const { mixes, ledgerEntries, replayed, otherHistories, signatures } = result;
  output.table(
    '',
    ['mix', 'files', 'bytes', 'histories'],
    mixes.map(({ mix, files, bytes, histories }) => [
      ...[mix, files, bytes, histories === 0 ? 'not sealed' : histories],
    ]),
  );
  if (otherHistories > 0)
    output.line(`${otherHistories} histories beside those of published mixes`);
  const signed = signatures === 0 ? '' : `; ${signatures} signatures are good`;
  const replay = replays ? `; ${replayed} histories replay` : '; histories were not replayed';
  if (mixes.length === 0) output.line(`no mix is published in ${workspace}`);
  if (ledgerEntries > 0)
    output.line(
      output.colors.green(
        `the ledger's ${ledgerEntries} entries and every digest hold${signed}${replay}`,
      ),
    );
}

export default defineCommand({
  meta: {
    name: 'verify',
    description: 'Check the ledger, every file, every decision and every sealed history',
  },
  args: {
    mix: {
      type: 'positional',
      required: false,
      description: 'name, or name@version; all where none is given',
    },
    replay: {
      type: 'boolean',
      default: true,
      description: 'Replay the histories against this release',
      negativeDescription: 'Check digests and records only',
    },
    head: {
      type: 'string',
      valueHint: 'number:hash',
      description: 'A head of the ledger that was kept elsewhere, see: ballast audit head',
    },
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await auditedWorkspace(args.workspace);
    const progress = createProgress([
      { name: 'files', label: 'read files' },
      { name: 'replay', label: 'replay histories' },
    ]);
    let files = 0;
    const { failure, ...result } = await verifyWorkspace(workspace, {
      only: onlyOption(args.mix),
      head: headOption(args.head),
      replays: args.replay !== false,
      onFile: (path) => progress.update('files', ++files, 0, path),
      onReplayed: (done, total, path) => progress.update('replay', done, total, path),
    }).finally(progress.stop);
    if (failure !== null) throw failure;
    print(output, workspace, { ...result, failure }, args.replay !== false);
    output.emit({ workspace, ...result });
    return 0;
  },
});
