/** Tables as plain data: the CLI prints them, the page lays them out. A cell is text, ready to read. */
import { keyText, stratumKeyFrom } from '../plan/stratum.js';
import { budgetAfter, settingsOf } from '../plan/way-line.js';
import type {
  CapUsage,
  InfeasiblePlan,
  Inventory,
  LeftOut,
  OptimalPlan,
  Plan,
  Price,
  WayOut,
} from '../schema/plan.js';
import {
  currencyOf,
  formatChange,
  formatCount,
  formatEpochs,
  formatMoney,
  formatShare,
  formatWord,
  NONE,
  plural,
} from './format.js';
import { budgetLine, priceColumns } from './price-cells.js';
import { byText, shareOf, sumBy, totals } from './tally.js';
import { isShareKind, tightnessOf } from './view-caps.js';
import { funnelsOf } from './view-funnel.js';
import type { Funnel, StratumRow } from './view-types.js';

export interface Table {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

/** `left('source', 'domain')` and `right('tokens')`: columns in order. */
export const left = (...names: string[]) => names.map((name) => ({ name, align: 'left' as const }));
export const right = (...names: string[]) =>
  names.map((name) => ({ name, align: 'right' as const }));

/** A cap's usage, and what a plan or a report knows besides. */
export type CapLine = CapUsage & {
  readonly planned?: number | null;
  readonly shadowPrice?: number | null;
  readonly price?: Price | null;
};

/** Every cap: breached first, then tightest first. `currency` is that of the licence budget. */
export function capsTable(usages: readonly CapLine[], currency: string): Table {
  const withPlan = usages.some((cap) => cap.planned !== undefined && cap.planned !== null);
  const withConfidence = usages.some((cap) => cap.confidence !== null);
  const sorted = [...usages].sort(
    (a, b) =>
      Number(a.kept) - Number(b.kept) ||
      tightnessOf(b) - tightnessOf(a) ||
      byText(a.capId, b.capId) ||
      byText(a.scope, b.scope),
  );
  const prices = priceColumns(sorted, currency);
  return {
    title: 'Caps',
    columns: [
      ...left('cap', 'scope', 'kind', 'kept'),
      ...right('limit', ...(withConfidence ? ['at confidence'] : [])),
      ...right(...(withPlan ? ['planned'] : []), 'used', 'slack'),
      ...prices.columns,
      ...left('reason'),
    ],
    rows: sorted.map((cap, i) => [
      ...[cap.capId, cap.scope, formatWord(cap.kind), cap.kept ? 'kept' : 'BREACHED'],
      capAmount(cap, cap.limit, currency),
      ...(withConfidence ? [formatConfidence(cap.confidence)] : []),
      ...(withPlan ? [cap.planned == null ? NONE : capAmount(cap, cap.planned, currency)] : []),
      capAmount(cap, cap.used, currency),
      capSlack(cap, currency),
      ...prices.rows[i]!,
      cap.reason === '' ? NONE : cap.reason,
    ]),
  };
}

/** `99.99 %`, without zeros that say nothing. */
function formatConfidence(confidence: number | null): string {
  return confidence === null ? NONE : `${Number((confidence * 100).toFixed(2))} %`;
}

/** A limit or a usage in the unit of the cap's kind. */
export function capAmount(cap: CapUsage, amount: number, currency: string): string {
  if (cap.kind === 'licence_budget') return formatMoney(amount, currency);
  if (isShareKind(cap.kind)) return formatShare(amount, 2);
  if (cap.kind === 'repetition') return formatEpochs(amount);
  return formatCount(amount);
}

export function capSlack(cap: CapUsage, currency: string): string {
  if (cap.kind === 'licence_budget') return formatMoney(cap.slack, currency);
  return cap.kind === 'families_min_count' ? formatCount(cap.slack) : plural(cap.slack, 'token');
}

export function leftOutTable(rows: readonly LeftOut[]): Table {
  const sorted = [...rows].sort(
    (a, b) =>
      b.tokens - a.tokens ||
      byText(a.source, b.source) ||
      byText(a.domain, b.domain) ||
      byText(a.reason, b.reason),
  );
  return {
    title: 'Left out',
    columns: [...left('source', 'domain', 'reason'), ...right('documents', 'tokens')],
    rows: sorted.map((row) => [
      ...[row.source, row.domain, formatWord(row.reason)],
      ...[formatCount(row.documents), formatCount(row.tokens)],
    ]),
  };
}

/** One line per step for one source or for all together. */
export function funnelTable(funnel: Funnel): Table {
  const name = funnel.source === 'all' ? 'all sources' : funnel.source;
  return {
    title: `From read to written: ${name}`,
    columns: [...left('step'), ...right('documents', 'tokens')],
    rows: [
      ...funnel.steps.map((step) => [
        ...[step.name, formatCount(step.documents), formatCount(step.tokens)],
      ]),
      [
        'holdout (apart)',
        formatCount(funnel.holdout.documents),
        formatCount(funnel.holdout.tokens),
      ],
    ],
  };
}

/** One line per source, one column per step, in one unit. */
export function funnelsTable(funnels: readonly Funnel[], unit: 'documents' | 'tokens'): Table {
  const steps = funnels[0]?.steps ?? [];
  const shown = steps.filter((_, i) => funnels.some((f) => f.steps[i]?.[unit] !== null));
  return {
    title: `From read to written, in ${unit}`,
    columns: [...left('source'), ...right(...shown.map((step) => step.name), 'holdout')],
    rows: funnels.map((funnel) => [
      funnel.source === 'all' ? 'all sources' : funnel.source,
      ...shown.map((step) =>
        formatCount(funnel.steps.find((own) => own.name === step.name)?.[unit] ?? null),
      ),
      formatCount(funnel.holdout[unit]),
    ]),
  };
}

/** Whole tokens where there are many; fractions where one token matters. */
function formatRequest(tokens: number | null): string {
  if (tokens === null) return NONE;
  if (tokens >= 100 || Number.isInteger(tokens)) return formatCount(Math.round(tokens));
  return String(Number(tokens.toPrecision(3)));
}

/** Every stratum, however small. */
export function strataTable(rows: readonly StratumRow[]): Table {
  const requested = rows.some((row) => row.requested !== null);
  const planned = rows.some((row) => row.planned !== null);
  const written = rows.some((row) => row.written !== null);
  const traced = rows.some((row) => row.lineageDepth > 0);
  const [sited, spoken] = [
    rows.some((row) => row.site !== ''),
    rows.some((row) => row.language !== ''),
  ];
  const anchored = rows.some((row) => row.anchored);
  return {
    title: 'Strata',
    columns: [
      ...left('source', 'domain', 'label', 'model family', 'grant'),
      ...(traced ? right('lineage depth') : []),
      ...left(...(sited ? ['site'] : []), ...(spoken ? ['language'] : [])),
      ...left(...(anchored ? ['anchored'] : [])),
      ...right('available', ...(requested ? ['requested'] : [])),
      ...right(...(planned ? ['planned', 'epochs'] : [])),
      ...(written ? right('written', 'difference', 'documents') : []),
    ],
    rows: rows.map((row) => [
      ...[row.source, row.domain, formatWord(row.label)],
      ...[row.modelFamily === '' ? NONE : row.modelFamily, row.grantId],
      ...(traced ? [formatCount(row.lineageDepth)] : []),
      ...(sited ? [row.site || NONE] : []),
      ...(spoken ? [row.language || NONE] : []),
      ...(anchored ? [row.anchored ? 'yes' : 'no'] : []),
      formatCount(row.available),
      ...(requested ? [formatRequest(row.requested)] : []),
      ...(planned
        ? [formatCount(row.planned), formatEpochs(shareOf(row.planned ?? 0, row.available))]
        : []),
      ...(written
        ? [
            formatCount(row.written),
            formatChange((row.written ?? 0) - (row.planned ?? 0)),
            formatCount(row.documents),
          ]
        : []),
    ]),
  };
}

/** The strata of an inventory with what a plan gives each; nothing is hidden. */
export function plannedStrata(plan: Plan, inventory: Inventory): StratumRow[] {
  const allocations = plan.status === 'optimal' ? plan.allocations : [];
  const given = new Map(allocations.map((row) => [keyText(row), row]));
  const isPlanned = plan.status === 'optimal';
  return inventory.strata.map((stratum) => {
    const row = given.get(keyText(stratum));
    return {
      ...{ ...stratumKeyFrom(stratum), available: stratum.tokens },
      requested: isPlanned ? (row?.tokensRequested ?? 0) : null,
      planned: isPlanned ? (row?.tokensAllocated ?? 0) : null,
      written: null,
      documents: null,
    };
  });
}

/** What `ballast plan` prints: the decision (or the conflict), then what it rests on. */
export function planTables(plan: Plan, inventory: Inventory): Table[] {
  const strata = plannedStrata(plan, inventory);
  const funnel = funnelsOf({ sources: inventory.sources, leftOut: inventory.leftOut, strata })[0]!;
  const tables = plan.status === 'optimal' ? optimalTables(plan) : infeasibleTables(plan);
  tables.push(strataTable(strata));
  if (inventory.leftOut.length > 0) tables.push(leftOutTable(inventory.leftOut));
  return [...tables, funnelTable(funnel)];
}

function optimalTables(plan: OptimalPlan): Table[] {
  return [domainPlanTable(plan), capsTable(planLines(plan), currencyOf(plan.licenceCost))];
}

/** The caps of a plan with their prices, and the token budget with its own. */
export function planLines(plan: OptimalPlan): CapLine[] {
  return [...plan.caps, ...budgetLine(plan)];
}

function infeasibleTables(plan: InfeasiblePlan): Table[] {
  const further = plan.further.map((members) => {
    return { ...conflictTable({ conflict: members }), title: 'Nor can these, another conflict' };
  });
  const ways = plan.waysOut.length > 0 ? [waysTable(plan)] : [];
  return [conflictTable(plan), ...further, ...ways];
}

/** Members of the conflict; the last column is the proof that each is needed. */
export function conflictTable({ conflict }: Pick<InfeasiblePlan, 'conflict'>): Table {
  return {
    title: 'These cannot hold together',
    columns: [
      ...left('rule', 'scope', 'what it asks for'),
      ...right('tokens under the other rules of this conflict'),
    ],
    rows: conflict.map((row) => [
      ...[row.capId, row.scope, row.statement, formatCount(row.without)],
    ]),
  };
}

/** Every way out, cheapest first. */
export function waysTable(plan: Pick<InfeasiblePlan, 'waysOut' | 'tokenBudget'>): Table {
  return {
    title:
      'Ways out: each planned again and certified, cheapest first by the part changed (of a limit; text and labels: of the budget)',
    columns: [
      ...left('change', 'setting'),
      ...right('part changed', 'tokens then', 'of the budget'),
    ],
    rows: plan.waysOut.map((way) => {
      const settings = settingsOf(way);
      return [
        `${way.statement}${way.forBudget === null ? '' : ` (${fullOf(way.forBudget)})`}`,
        settings === '' ? NONE : settings,
        ...[formatShare(way.cost), formatCount(way.tokensAllocated)],
        formatShare(shareOf(way.tokensAllocated, budgetAfter(way, plan.tokenBudget))),
      ];
    }),
  };
}

const fullOf = ({ amount, tokensAllocated }: NonNullable<WayOut['forBudget']>) =>
  `${formatCount(amount)} for a mix of ${formatCount(tokensAllocated)}`;

function domainPlanTable(plan: OptimalPlan): Table {
  const targets = new Map(plan.targets.map((row) => [row.domain, row.target]));
  const sums = new Map(
    totals(
      plan.allocations,
      (row) => row.domain,
      (row) => row.tokensAllocated,
    ),
  );
  for (const domain of targets.keys()) if (!sums.has(domain)) sums.set(domain, 0);
  const all = sumBy(plan.allocations, (row) => row.tokensAllocated);
  const line = (domain: string, tokens: number, target: number | null) => [
    ...[domain, formatCount(tokens), formatShare(shareOf(tokens, all)), formatShare(target)],
    target === null ? NONE : formatCount(Math.round(target * plan.tokenBudget)),
  ];
  return {
    title: 'Domains',
    columns: [...left('domain'), ...right('tokens', 'share', 'target', 'target tokens')],
    rows: [
      ...[...sums].map(([domain, tokens]) => line(domain, tokens, targets.get(domain) ?? null)),
      ['all', formatCount(all), formatShare(1), NONE, formatCount(plan.tokenBudget)],
    ],
  };
}
