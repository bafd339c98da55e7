/**
 * `ballast review`: what people are asked about, and their answers. `list`, `show` and `export` read
 * the workspace alone; `decide` and `import` send answers to the review, `approve` and `reject` to the
 * build, which run on the server.
 */
import { writeFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { readMachineViews, readPacket } from '../../activities/review-packets.js';
import { plural } from '../../core/report/format.js';
import { guardIo } from '../../storage/io-failure.js';
import { openSession } from '../build/session.js';
import { openWorkspace } from '../build/workspace-option.js';
import { answersFrom } from '../review/answers-from.js';
import { isReviewed, listedApprovals, printApprovals } from '../review/approval-records.js';
import { approve, reject } from '../review/approve-command.js';
import { readCsvFile } from '../review/csv-file.js';
import { delegate } from '../review/delegate-command.js';
import { key } from '../review/key-command.js';
import { listedReview, printReview } from '../review/list-reviews.js';
import { badRows, readCsv, writeCsv } from '../review/packet-csv.js';
import { printEvidence, printMachine, printPacket } from '../review/print-packet.js';
import { readKeyFile } from '../review/private-key.js';
import {
  againArg,
  keyArg,
  mixArg,
  needed,
  packetArgs,
  packetOf,
  reviewerArg,
} from '../review/review-args.js';
import { askQueues } from '../review/review-queue.js';
import { answersTo, readReviews } from '../review/review-records.js';
import { sendAnswers } from '../review/send-answers.js';
import serve from '../review-page/serve-command.js';
import { sharedArgs, valuesOf } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

const list = defineCommand({
  meta: { name: 'list', description: 'Packets, who answered them, when they close, agreement' },
  args: { ...mixArg, ...sharedArgs.workspace, ...sharedArgs.address, ...sharedArgs.json },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const mix = args.mix === '' ? undefined : args.mix;
    const approvals = await listedApprovals(workspace, mix, args.address);
    const records =
      approvals.length > 0 && !(await isReviewed(workspace, mix))
        ? []
        : await readReviews(workspace, mix);
    const { queues } = await askQueues(
      records.map(({ mix }) => mix),
      args.address,
    );
    const reviews = records.map((review) => listedReview(review, queues.get(review.mix)));
    for (const review of reviews) printReview(output, review);
    printApprovals(output, approvals);
    if (reviews.length + approvals.length === 0)
      output.line(`nobody is asked about anything in ${workspace}`);
    output.emit({ workspace, reviews, approvals });
    return 0;
  },
});

const show = defineCommand({
  meta: {
    name: 'show',
    description: 'The texts of a packet; what the machine thinks comes after the answer',
  },
  args: { ...packetArgs, ...reviewerArg, ...sharedArgs.workspace, ...sharedArgs.json },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const { review, entry, packet } = await packetOf(args, workspace, 'show');
    const hasAnswered = answersTo(review, packet.packet).some(
      ({ reviewer }) => reviewer === args.reviewer,
    );
    printPacket(output, packet);
    const machine = hasAnswered
      ? await readMachineViews(workspace, review.opened.index, packet.packet)
      : null;
    if (machine !== null) {
      printMachine(output, machine.views);
      printEvidence(output, machine);
    } else output.line("the machine's view is shown to those who have answered: --reviewer <name>");
    const documents = packet.documents.map(
      ({ why: _why, inclusionProbability: _chance, isRandom: _isRandom, ...shown }) => shown,
    );
    const { round } = packet;
    output.emit({
      ...{ mix: review.mix, packet: packet.packet, sha256: entry.sha256, round, documents },
      machine: machine?.views ?? null,
    });
    return 0;
  },
});

const decide = defineCommand({
  meta: { name: 'decide', description: 'Answer a packet, whole' },
  args: {
    ...packetArgs,
    ...reviewerArg,
    answer: {
      type: 'string',
      valueHint: '1=synthetic:reason',
      description: 'Answer to one document; repeated. Without any, you are asked one by one',
    },
    ...againArg,
    ...keyArg,
    ...sharedArgs.workspace,
    ...sharedArgs.address,
    ...sharedArgs.json,
  },
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const reviewer = needed(args.reviewer, 'decide', 'who answers, --reviewer <name>');
    const found = await packetOf(args, workspace, 'decide');
    const answers = await answersFrom(found.packet, valuesOf(rawArgs, 'answer'));
    if (answers === null) {
      output.progress('left; nothing was sent');
      return 130;
    }
    const session = await openSession({ address: args.address, onProgress: output.progress });
    const again = args.again === true;
    const sending = { ...found, reviewer, answers, again, key: await readKeyFile(args.key) };
    const { ledgerSequence, machine } = await sendAnswers(session, sending);
    const { packet } = found.entry;
    printMachine(output, machine);
    output.line(
      output.colors.green(
        `packet ${packet} answered by ${reviewer}: line ${ledgerSequence} of the ledger`,
      ),
    );
    output.emit({ mix: found.review.mix, packet, reviewer, ledgerSequence, machine });
    return 0;
  },
});

const exportCsv = defineCommand({
  meta: { name: 'export', description: 'Packets as CSV, to be answered in a spreadsheet' },
  args: {
    ...mixArg,
    to: { type: 'string', valueHint: 'file.csv', description: 'File to write' },
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const file = needed(args.to, 'export', 'a file, --to file.csv');
    const mix = needed(args.mix, 'export', 'a mix, name@version');
    const [review] = await readReviews(workspace, mix);
    const packets = await shownPackets(workspace, review!);
    await guardIo(file, () => writeFile(file, writeCsv(packets)));
    const documents = packets.reduce((sum, { packet }) => sum + packet.documents.length, 0);
    output.line(`${plural(documents, 'row')} of ${plural(packets.length, 'packet')} in ${file}`);
    output.emit({ mix, file, packets: packets.length, documents });
    return 0;
  },
});

async function shownPackets(workspace: string, review: Awaited<ReturnType<typeof readReviews>>[0]) {
  const shown: { sha256: string; packet: Awaited<ReturnType<typeof readPacket>> }[] = [];
  for (const entry of review.index.packets) {
    const packet = await readPacket(workspace, review.opened.index, entry);
    shown.push({ sha256: entry.sha256, packet });
  }
  return shown;
}

const importCsv = defineCommand({
  meta: { name: 'import', description: 'Answers out of a CSV; all rows are good or none counts' },
  args: {
    ...mixArg,
    from: { type: 'string', valueHint: 'file.csv', description: 'File to read' },
    ...reviewerArg,
    ...againArg,
    ...keyArg,
    ...sharedArgs.workspace,
    ...sharedArgs.address,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const file = needed(args.from, 'import', 'a file, --from file.csv');
    const mix = needed(args.mix, 'import', 'a mix, name@version');
    const reviewer = needed(args.reviewer, 'import', 'who answers, --reviewer <name>');
    const [review] = await readReviews(workspace, mix);
    const text = await readCsvFile(file);
    const { answered, problems } = readCsv(text, await shownPackets(workspace, review!));
    if (problems.length > 0) throw badRows(file, problems);
    const again = args.again === true;
    const key = await readKeyFile(args.key);
    const packets: { packet: string; ledgerSequence: number }[] = [];
    if (answered.size > 0) {
      const session = await openSession({ address: args.address, onProgress: output.progress });
      for (const entry of review!.index.packets) {
        const answers = answered.get(entry.packet);
        if (answers === undefined) continue;
        const sending = { review: review!, entry, reviewer, answers, again, key };
        const { ledgerSequence } = await sendAnswers(session, sending);
        packets.push({ packet: entry.packet, ledgerSequence });
        output.line(`packet ${entry.packet}: line ${ledgerSequence} of the ledger`);
      }
    }
    if (packets.length === 0) output.line(`no row of ${file} has an answer`);
    output.emit({ mix, file, reviewer, packets });
    return 0;
  },
});

export default defineCommand({
  meta: { name: 'review', description: 'What people are asked about, and their answers' },
  subCommands: {
    ...{ list, show, decide, export: exportCsv, import: importCsv },
    ...{ approve, reject, delegate, key, serve },
  },
});
