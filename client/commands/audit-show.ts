/** `ballast audit show`: the story of a build, from its sealed histories, else from the server. */
import { defineCommand } from 'citty';
import { type AuditStory, tellStory } from '../../core/audit/audit-story.js';
import type { Signatures } from '../../core/audit/ledger-story.js';
import { renderStory } from '../../core/report/story-page.js';
import { storyFacts, storyTables, storyVerdict } from '../../core/report/story-tables.js';
import type { LedgerEntry } from '../../core/schema/ledger.js';
import { readLedger } from '../../storage/ledger.js';
import { keysByRecipe } from '../audit/check-approved.js';
import { lineSignature } from '../audit/check-signatures.js';
import { findRun, noRun, workflowIdOf } from '../audit/find-run.js';
import { findSeal } from '../audit/find-seal.js';
import { sealedRuns, serverRuns } from '../audit/recorded-runs.js';
import { openSession } from '../build/session.js';
import { openWorkspace } from '../build/workspace-option.js';
import { writeWhole } from '../planning/write-whole.js';
import { parseReference } from '../records/mix-reference.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';

interface Told {
  readonly story: AuditStory;
  readonly from: 'seal' | 'server';
}

/** A name alone stands for its newest published version. */
function subjectOf(text: string, workspace: string): string {
  if (text.includes('@') || text.includes('/')) return text;
  const { name, version } = parseReference(text, workspace);
  return `${name}@${version}`;
}

/** Whether signatures of lines about one mix hold. */
async function signaturesOf(
  workspace: string,
  entries: readonly LedgerEntry[],
  subject: string,
): Promise<Signatures> {
  const keys = await keysByRecipe(workspace, entries, (mix) => mix === subject);
  return (entry) => lineSignature(entry, keys);
}

async function fromServer(
  output: Output,
  where: { subject: string; workspace: string; address: string | undefined },
  { entries, signatures }: { entries: readonly LedgerEntry[]; signatures: Signatures },
): Promise<Told> {
  const { subject, workspace, address } = where;
  const { client, runtime } = await openSession({ address, onProgress: output.progress });
  const run = await findRun(client, subject);
  if (run === null) throw noRun(subject, workspace);
  const { namespace } = runtime.server;
  const runs = await serverRuns({ client, namespace }, run, workspace);
  return {
    story: tellStory(subject, run.workflowId, runs, entries, signatures),
    from: 'server',
  };
}

function print(output: Output, { story, from }: Told): void {
  const { bold, green, red } = output.colors;
  const { good, sentence } = storyVerdict(story);
  output.line(`${bold(story.subject)}: ${good ? green(sentence) : red(sentence)}`);
  const facts = storyFacts(story);
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts) output.line(`  ${name.padEnd(width)}  ${value}`);
  for (const { title, columns, rows } of storyTables(story)) {
    output.line();
    output.table(
      title,
      columns.map(({ name: label, align }) => ({ label, align })),
      rows.map((row) => [...row]),
    );
  }
  output.line();
  output.line(
    from === 'seal'
      ? 'told from the sealed histories'
      : 'told from the server: these histories are not sealed',
  );
}

export default defineCommand({
  meta: { name: 'show', description: 'Tell the story of a build as an auditor wants it' },
  args: {
    mix: { type: 'positional', required: true, description: 'name@version, or name' },
    out: { type: 'string', valueHint: 'story.html', description: 'Write it as a page, too' },
    ...sharedArgs.workspace,
    ...sharedArgs.address,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const subject = subjectOf(args.mix, workspace);
    const entries = await readLedger(workspace);
    const signatures = await signaturesOf(workspace, entries, subject);
    const seal = await findSeal(workspace, subject, entries);
    const told: Told =
      seal === null
        ? await fromServer(
            output,
            { subject, workspace, address: args.address },
            { entries, signatures },
          )
        : {
            story: tellStory(
              subject,
              workflowIdOf(subject),
              sealedRuns(workspace, seal.line.path, seal.index),
              entries,
              signatures,
            ),
            from: 'seal',
          };
    if (args.out !== undefined) await writeWhole(args.out, renderStory(told.story));
    print(output, told);
    output.emit({ from: told.from, ...told.story });
    return 0;
  },
});
