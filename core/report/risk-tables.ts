/** Tables of a simulation of collapse: verdict by domain, definitions, inputs, levers, rounds, self-test. */
import { groupBy } from '../label/group-by.js';
import type { Interval, RiskReport, TableRow } from '../schema/risk.js';
import { formatCount, formatShare, NONE } from './format.js';
import { left, right, type Table } from './tables.js';

/** Names of the bins of the suppression curve, by copies in half of the human text. */
export const BIN_NAMES = ['1', '2-5', '6-20', '21-100', '>100'] as const;

const figure = (value: number | null, digits = 3): string => {
  if (value === null || !Number.isFinite(value)) return NONE;
  return value.toFixed(digits);
};

const range = ({ point, low, high }: Interval, format: (value: number) => string): string =>
  `${format(point)} (${format(low)} to ${format(high)})`;

const share = (value: number) => formatShare(value);
const number = (value: number) => figure(value);

/** One line per domain: what the mix has, what it needs, and the verdict. */
export function riskVerdictTable({ domains }: RiskReport): Table {
  return {
    title: 'Verdict by domain',
    columns: [
      ...left('domain', 'decision'),
      ...right('human share', 'critical human share', 'w = 1 to w = 0'),
      ...right('tail coverage', 'floor to optimistic', 'all unknown synthetic'),
      ...left('why'),
    ],
    rows: domains.map(({ domain, decision, mix, critical, coverage, why }) => [
      ...[domain, decision, range(mix.humanShare, share)],
      range(critical.estimate, share),
      `${share(critical.optimistic)} to ${share(critical.floor)}`,
      number(coverage.estimate),
      `${number(coverage.floor)} to ${number(coverage.optimistic)}`,
      `${number(coverage.unknownSynthetic)}, ${coverage.holdsUnknownSynthetic ? 'holds' : 'not surely enough'}`,
      why,
    ]),
  };
}

/** Every definition of collapse on every domain. */
export function riskDefinitionsTable({ domains }: RiskReport): Table {
  return {
    title: 'Definitions of collapse, side by side',
    columns: [
      ...left('domain', 'definition', 'simulator', 'outcome', 'counts'),
      ...right('threshold', 'at the horizon', 'P(collapse)'),
      ...left('why'),
    ],
    rows: domains.flatMap(({ domain, definitions }) =>
      definitions.map((row) => [
        ...[domain, wordsOf(row.definition), row.simulator, row.outcome.replace('_', ' ')],
        row.gates ? 'decides' : 'shown',
        figure(row.threshold, 2),
        row.value === null ? NONE : range(row.value, number),
        row.probability === null ? NONE : range(row.probability, number),
        row.why,
      ]),
    ),
  };
}

/** `tailCoverage` -> `tail coverage`. */
export function wordsOf(name: string): string {
  return name.replace(/([a-z])(?=[A-Z0-9])|(\d)(?=[A-Z])/g, '$1$2 ').toLowerCase();
}

/** Sizes, families, depth, half-life: what the simulation rests on. */
export function riskInputsTable({ domains }: RiskReport): Table {
  return {
    title: 'What the simulation rests on',
    columns: [
      ...left('domain', 'human share is'),
      ...right('tokens', 'words', 'families', 'effective', 'correlation of cuts', 'mean depth'),
      ...right('effective human corpus', 'half-life of 1, 5, 20 copies'),
      ...left('size'),
    ],
    rows: domains.map(({ domain, mix, families, chainDepth, ...row }) => [
      ...[domain, mix.basis, formatCount(mix.tokens), formatCount(mix.words)],
      ...[String(families.count), figure(families.effective, 2), figure(families.rho, 2)],
      ...[figure(chainDepth.mean, 2), formatShare(row.effectiveCorpus)],
      row.halfLife.map(({ generations }) => generations ?? 'never').join(', '),
      row.extrapolation === '' ? 'measured at planned size' : row.extrapolation,
    ]),
  };
}

/** How much rarer each family writes the words of each bin. */
export function suppressionTable({ domains }: RiskReport): Table {
  return {
    title: 'Suppression w, by copies in half of the human text',
    columns: [
      ...left('domain', 'family', 'copies', 'basis'),
      ...right('w', 'types', 'synthetic count', 'human count'),
    ],
    rows: domains.flatMap(({ domain, suppression }) =>
      suppression.map((row) => [
        ...[domain, row.family, BIN_NAMES[row.bin]!, row.basis],
        range(row.w, (value) => figure(value, 2)),
        ...[row.types, row.syntheticCount, row.humanCount].map(formatCount),
      ]),
    ),
  };
}

/** The least changes that would give a PASS, cheapest first. */
export function leversTable({ levers }: RiskReport): Table {
  return {
    title: 'What would change the verdict, cheapest first',
    columns: [...left('domain', 'lever', 'change', 'enough'), ...right('tokens')],
    rows: levers.map((row) => [
      ...[row.domain, row.lever, row.change, row.suffices ? 'yes, by the closed forms' : 'no'],
      row.cost === null ? NONE : formatCount(row.cost),
    ]),
  };
}

/** Each attempt, what it came to, and the caps that it added. */
export function roundsTable({ rounds }: RiskReport): Table {
  return {
    title: 'Attempts',
    columns: [
      ...right('attempt', 'risk budget'),
      ...left('plan', 'decision', 'failing', 'caps added'),
    ],
    rows: rounds.map((row) => [
      ...[String(row.round), figure(row.riskBudget, 4), row.planSha256.slice(0, 12), row.decision],
      row.failing.join(', ') || NONE,
      row.capsAdded
        .map(
          ({ id, limit }) =>
            `${id} ${'share' in limit ? formatShare(limit.share, 0) : limit.tokens}`,
        )
        .join(', ') || NONE,
    ]),
  };
}

export function selfTestTable({ selfTest }: Pick<RiskReport, 'selfTest'>): Table {
  return {
    title: 'Self-test of the simulators',
    columns: [...left('test', 'what', 'result'), ...right('theory', 'simulated', 'SE', 'z')],
    rows: selfTest.map((row) => [
      ...[String(row.test), row.what, row.pass ? 'pass' : 'RED'],
      ...[String(Number(row.theory.toPrecision(6))), String(Number(row.simulated.toPrecision(6)))],
      ...[row.se === 0 ? '0' : row.se.toPrecision(2), figure(row.z, 2)],
    ]),
  };
}

/** Generations across, one row per synthetic share, policy, families and metric. */
export function knownTable(rows: readonly TableRow[]): Table {
  const generations = [...new Set(rows.map(({ g }) => g))].sort((a, b) => a - b);
  const keyOf = (row: TableRow) =>
    [row.metric, row.policy, row.families, row.syntheticShare].join('\u001f');
  const groups = groupBy(rows, keyOf);
  return {
    title: 'Synthetic share by generations, on this text',
    columns: [
      ...left('metric', 'policy'),
      ...right('families', 'synthetic', ...generations.map((g) => `g = ${g}`)),
    ],
    rows: [...groups.values()].map((own) => {
      const [first] = own;
      const at = new Map(own.map((row) => [row.g, row]));
      return [
        ...[wordsOf(first!.metric), first!.policy, String(first!.families)],
        formatShare(first!.syntheticShare, 0),
        ...generations.map((g) => figure(at.get(g)?.mean ?? null)),
      ];
    }),
  };
}
