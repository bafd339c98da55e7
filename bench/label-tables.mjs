/** Tables of the label bench. */
import { TRUTHS } from './label-measures.mjs';

const NAME = 28;
const STEPS = [
  ['text, no local reviews', (row) => row.statistics.before],
  ['text, Platt on local reviews', (row) => row.statistics.platt],
  ['text, trained and calibrated', (row) => row.statistics.after],
  ['stack, no local reviews', (row) => row.stack.before],
  ['stack, calibrated', (row) => row.stack.after],
];
const METHODS = [
  ['whole stack', (row) => row.stack],
  ['text alone at .5', (row) => row.statistics.at50],
  ['text alone at .95', (row) => row.statistics.at95],
  ['calibrated text at .95', (row) => row.statistics.calibratedAt95],
  ['declarations alone', (row) => row.declarations],
];
const FIGURES = ['auroc', 'truePositivesAt1', 'error', 'noise', 'brier'];

/** Mean over the rows that have a figure; null where none has. */
function average(values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Means over domains, each domain counting once. */
export function meansOf(table) {
  const chances = STEPS.map(([name, pick]) => [
    name,
    Object.fromEntries(FIGURES.map((f) => [f, average(table.map((row) => pick(row)[f]))])),
  ]);
  const labels = METHODS.map(([name, pick]) => [name, meanLabelling(table.map(pick))]);
  return { chances: Object.fromEntries(chances), labels: Object.fromEntries(labels) };
}

function meanLabelling(list) {
  const classes = TRUTHS.map((truth) => {
    const of = list.flatMap(({ classes: known }) => known[truth] ?? []);
    const shares = ['right', 'wrong', 'unknown', 'synthetic'];
    return [truth, Object.fromEntries(shares.map((s) => [s, average(of.map((c) => c[s]))]))];
  });
  const figures = ['unknown', 'accuracy', 'humanCalledSynthetic'];
  const means = figures.map((f) => [f, average(list.map((one) => one[f]))]);
  return { classes: Object.fromEntries(classes), ...Object.fromEntries(means) };
}

function cells(values) {
  return values
    .map((v) => (v === null || v === undefined ? '-' : v.toFixed(3)).padStart(7))
    .join('');
}

function heading(title, columns) {
  console.log(`\n${title}`);
  console.log(''.padEnd(NAME) + columns.join(' |'));
}

export function printTables(table) {
  const means = meansOf(table);
  heading(
    'P(synthetic): AUROC and TPR at 1 % FPR, human against synthetic; ECE over all text, and the ECE that chance alone would show',
    [
      '   text before: auc tpr1 ece',
      '  Platt',
      '  text after: auc tpr1 ece noise',
      '  stack after: auc tpr1 ece noise',
    ],
  );
  const line = (name, [before, platt, after, , stack]) =>
    console.log(
      [
        name.padEnd(NAME) + cells([before.auroc, before.truePositivesAt1, before.error]),
        cells([platt.error]),
        cells([after.auroc, after.truePositivesAt1, after.error, after.noise]),
        cells([stack.auroc, stack.truePositivesAt1, stack.error, stack.noise]),
      ].join(' |'),
    );
  for (const row of table)
    line(
      row.group,
      STEPS.map(([, pick]) => pick(row)),
    );
  line('mean', Object.values(means.chances));
  printLabels(table, means);
}

function printLabels(table, means) {
  heading('whole stack: shares of each truth class labelled so (right) and otherwise (wrong)', [
    '   human: right wrong',
    ' edited: right wrong',
    ' synthetic: right wrong',
    ' unknown accuracy human-as-synthetic',
  ]);
  for (const row of table) {
    printLabelling(row.group, row.stack);
    if (row.bySplit.length < 2) continue;
    for (const split of row.bySplit)
      printLabelling(`  ${split.split.replaceAll('Unseen_', 'new ')}`, split);
  }
  heading(
    'side by side, per domain: accuracy of what is labelled, unknown, human text called synthetic',
    [...METHODS.map(([name]) => name.padStart(21))],
  );
  const beside = (name, labellings) =>
    console.log(
      name.padEnd(NAME) +
        labellings.map((l) => cells([l.accuracy, l.unknown, l.humanCalledSynthetic])).join(' |'),
    );
  for (const row of table)
    beside(
      row.group,
      METHODS.map(([, pick]) => pick(row)),
    );
  beside('mean', Object.values(means.labels));
  heading('side by side, means over domains', [
    '   human: right wrong',
    ' edited: right wrong',
    ' synthetic: right wrong',
    ' unknown accuracy human-as-synthetic',
  ]);
  for (const [name, labelling] of Object.entries(means.labels)) printLabelling(name, labelling);
}

function printLabelling(name, { classes, unknown, accuracy, humanCalledSynthetic }) {
  const pair = (truth) => cells([classes[truth]?.right, classes[truth]?.wrong]);
  const figures = cells([unknown, accuracy, humanCalledSynthetic]);
  console.log(name.slice(0, NAME).padEnd(NAME) + [...TRUTHS.map(pair), figures].join(' |'));
}
