/**
 * The mix model with every rule switchable. A group is what stands or falls as one: a cap in one scope, the
 * budget, the share of it that must be reached, the rules on families and money, a repetition factor,
 * any other rule by its id. A group is `on`, `off` (its rows have no bounds), or `soft`: its limits get a slack that
 * the objective pays for, while rows that only count (what a licence costs) stay. The program stays with the solver; a question costs one warm solve.
 */
import { LIMITS } from '../schema/limits.js';
import { solveBranching } from './branching.js';
import { FAMILIES_CAP, LICENCE_CAP, REPETITION_CAP } from './cap-rows.js';
import { Decided } from './decided.js';
import { groupBy } from './group-by.js';
import type { Instance } from './instance.js';
import { type MixModel, type MixModelOptions, mixModel } from './mix-model.js';
import type { Objective, Row, Session, Solver } from './model.js';
import { rayGroups } from './ray-groups.js';
import { byCode } from './stratum.js';
import { sumAt, sumOf } from './sums.js';

/** Less than this many tokens is no mix: one token, or the solver's noise on a large budget. */
export function tokensLeast(instance: Instance): number {
  return Math.max(1 - 1e-6, 1e-6 * instance.tokensPerUnit);
}

/** Smallest mix that a question with another objective asks for, in LP units: 1e4 tolerances. */
const UNITS_LEAST = 1e-3;
/** How far a row may be missed and count as kept: ten times the solver's tolerance, in LP units. */
const KEPT = 1e-6;
/** From this many LP units on a mix is no noise, and what it keeps holds. */
const UNITS_HELD = 1;
/** From this many groups on the proof of a conflict is looked at for one with fewer. */
const NARROWED_MIN = 16;
/** Up to this many members each is left out once. */
const SINGLES_MAX = 8;
/** Up to this many domains the number of families can be stated with integers in each. */
const PRESENCE_DOMAINS_MAX = 12;

/**
 * Options that state the number of model families with integers wherever there is synthetic text; the same
 * options where that changes nothing, or would take too many.
 */
export function sharpened(instance: Instance, options: MixModelOptions): MixModelOptions {
  if ((instance.recipe.modelFamilies?.minCount ?? 1) <= 1) return options;
  const domains = new Set(instance.families.map(({ scope }) => scope));
  domains.delete('all');
  const isMore = [...domains].some((domain) => !options.presence.has(domain));
  if (!isMore || domains.size > PRESENCE_DOMAINS_MAX) return options;
  return { ...options, presence: new Set([...options.presence, ...domains]) };
}

export interface Group {
  readonly capId: string;
  readonly scope: string;
  /** Rows of the draft. */
  readonly rows: readonly number[];
  /** Strata whose columns it bounds: repetition. */
  readonly strata: readonly number[];
  /** Column of its slack, and what a unit of it costs as a share of the rule's size; null: none. */
  readonly slack: { readonly column: number; readonly cost: number } | null;
}

interface MostOptions {
  /** From scratch: faster where nearly everything has changed since the last solve. */
  readonly isFresh?: boolean;
  /** Any mix of `unitsLeast` will do, where integers would have to be searched for the most. */
  readonly isAnyMix?: boolean;
}

export type Mode = 'on' | 'off' | 'soft';

/** Values of columns, in LP units. */
export type Point = Float64Array;

/** Nothing bounded: what a row or column has when its group is off. */
const FREE = { lower: -Infinity, upper: Infinity } as const;

export class RelaxedModel {
  readonly instance: Instance;
  readonly mix: MixModel;
  readonly groups: readonly Group[];
  readonly session: Session;
  /** Column for the change that a question looks for; attached to rows by the asker. */
  readonly change: number;
  solves = 0;
  /** A solve ended without an answer; what rests on it is not proven. */
  isUnsure = false;
  readonly decided = new Decided();
  private readonly most: readonly number[];
  private readonly leastRow: number;
  private readonly elastic: ReadonlySet<number>;

  private constructor(
    instance: Instance,
    mix: MixModel,
    most: readonly number[],
    session: Session,
  ) {
    this.instance = instance;
    this.mix = mix;
    this.most = most;
    this.session = session;
    this.leastRow = session.addRow({ indices: [mix.total], values: [1], ...FREE });
    this.change = session.addColumn({ lower: 0, upper: Infinity });
    this.elastic = elasticRows(mix);
    this.groups = groupsOf(instance, mix).map((group) => this.withSlack(group));
  }

  static open(instance: Instance, options: MixModelOptions, solver: Solver): RelaxedModel {
    const most = mostTokens(instance);
    const mix = mixModel(instance, { ...options, most });
    const { columns, rows } = mix.draft;
    const objective = { sense: 'maximise', indices: [mix.total], values: [1] } as const;
    const session = solver.open({ columns, rows, objective });
    return new RelaxedModel(instance, mix, most, session);
  }

  close(): void {
    this.session.close();
  }

  /** Fewest units that a mix of a question other than `most` holds. */
  get unitsLeast(): number {
    return Math.max(tokensLeast(this.instance) / this.instance.tokensPerUnit, UNITS_LEAST);
  }

  private withSlack(group: Omit<Group, 'slack'>): Group {
    const rows = group.rows.filter((row) => this.elastic.has(row));
    if (rows.length === 0) return { ...group, slack: null };
    const column = this.session.addColumn({ lower: 0, upper: 0 });
    for (const row of rows) {
      this.session.setCoefficient(row, column, signOf(this.mix.draft.rows[row]!));
    }
    return { ...group, slack: { column, cost: 1 / sizeOf(this.instance, this.mix, group) } };
  }

  /** Sets every group; `modeOf` answers for its position. */
  private set(modeOf: (group: number) => Mode): void {
    this.groups.forEach((group, g) => {
      const mode = modeOf(g);
      const isBound = mode === 'on' || (mode === 'soft' && group.slack !== null);
      for (const row of group.rows) {
        this.session.setRowBounds(row, isBound ? this.mix.draft.rows[row]! : FREE);
      }
      for (const i of group.strata) {
        const tokens = mode === 'on' ? this.instance.writable[i]! : this.most[i]!;
        const upper = tokens / this.instance.tokensPerUnit;
        this.session.setColumnBounds(this.mix.x[i]!, { lower: 0, upper });
      }
      if (group.slack === null) return;
      const upper = mode === 'soft' ? Infinity : 0;
      this.session.setColumnBounds(group.slack.column, { lower: 0, upper });
    });
  }

  private async solve(objective: Objective, enough?: number): Promise<Point | null> {
    this.solves += 1;
    this.session.setObjective(objective);
    const solution = await solveBranching(this.session, this.mix.draft.columns, {
      sense: objective.sense,
      ...(enough === undefined ? {} : { enough }),
    });
    if (solution.status === 'optimal') return solution.values;
    if (solution.status !== 'infeasible') this.isUnsure = true;
    return null;
  }

  /**
   * Most tokens under the groups that are on, as a point; null where they exclude each other.
   */
  async mostUnder(
    active: ReadonlySet<number>,
    { isFresh = false, isAnyMix = false }: MostOptions = {},
  ): Promise<{ point: Point; tokens: number } | null> {
    if (isFresh) this.session.start(null);
    this.set((g) => (active.has(g) ? 'on' : 'off'));
    this.session.setRowBounds(this.leastRow, FREE);
    const { total } = this.mix;
    const objective = { sense: 'maximise', indices: [total], values: [1] } as const;
    const point = await this.solve(objective, isAnyMix ? this.unitsLeast : undefined);
    return point === null ? null : { point, tokens: point[total]! * this.instance.tokensPerUnit };
  }

  /** Tokens that can be written under the groups; 0 where there is no mix. */
  async tokensUnder(active: readonly number[], isFresh = false): Promise<number> {
    const found = await this.mostUnder(new Set(active), { isFresh });
    return found === null || found.tokens < tokensLeast(this.instance) ? 0 : found.tokens;
  }

  /** Whether any mix keeps all groups as they now stand in the session. */
  async isFree(): Promise<boolean> {
    const found = await this.mostUnder(new Set(this.groups.keys()), { isAnyMix: true });
    return found !== null && found.tokens >= tokensLeast(this.instance);
  }

  /** Whether no mix keeps the groups. What one answer says of other sets is remembered. */
  async isConflict(active: readonly number[]): Promise<boolean> {
    const known = this.decided.answer(active);
    if (known !== null) return known;
    const wasUnsure = this.isUnsure;
    const found = await this.mostUnder(new Set(active), { isAnyMix: true });
    if (found !== null && found.tokens >= tokensLeast(this.instance)) {
      this.decided.held(this.heldBy(active, found.point));
      return false;
    }
    if (this.isUnsure !== wasUnsure) return true;
    this.decided.conflicting(active);
    if (found === null) await this.narrow(active);
    return true;
  }

  /** The groups, and all others that the mix keeps. */
  private heldBy(active: readonly number[], point: Point): Set<number> {
    const held = new Set(active);
    if (point[this.mix.total]! < UNITS_HELD) return held;
    this.groups.forEach((_, g) => {
      if (!held.has(g) && this.keeps(point, g, 0)) held.add(g);
    });
    return held;
  }

  /** The conflict among the groups that the proof of the last solve uses, where a solve confirms it. */
  private async narrow(active: readonly number[]): Promise<void> {
    const ray = active.length < NARROWED_MIN ? null : this.session.infeasibilityRay();
    if (ray === null) return;
    const { draft, x } = this.mix;
    const used = rayGroups({ ray, rows: draft.rows, x }, this.groups, active);
    if (used.length === 0 || used.length > active.length / 2) return;
    const found = await this.mostUnder(new Set(used), { isFresh: true, isAnyMix: true });
    if (found !== null || this.isUnsure) return;
    this.decided.conflicting(used);
    if (used.length > SINGLES_MAX) return;
    // A mix that needs only one of them to go answers every question about sets without it.
    for (const g of used) await this.isConflict(active.filter((other) => other !== g));
  }

  /** Least of an objective over mixes of at least `unitsLeast` in the given modes. */
  async least(
    modeOf: (group: number) => Mode,
    objective: Omit<Objective, 'sense'>,
    unitsLeast = this.unitsLeast,
  ): Promise<Point | null> {
    this.set(modeOf);
    this.session.setRowBounds(this.leastRow, { lower: unitsLeast, upper: Infinity });
    return this.solve({ sense: 'minimise', ...objective });
  }

  /** True when a point keeps every row and bound of a group, but for `room`. */
  keeps(point: Point, group: number, room = KEPT): boolean {
    const { rows, strata } = this.groups[group]!;
    return (
      rows.every((row) => {
        const { indices, values, lower, upper } = this.mix.draft.rows[row]!;
        const at = indices.reduce((sum, column, k) => sum + values[k]! * point[column]!, 0);
        return at >= lower - room && at <= upper + room;
      }) &&
      strata.every((i) => {
        const upper = this.instance.writable[i]! / this.instance.tokensPerUnit;
        return point[this.mix.x[i]!]! <= upper + room;
      })
    );
  }
}

/** +1 where more of a column helps a row to its lower bound, -1 where it must fall below an upper one. */
export const signOf = (row: Row) => (row.upper === Infinity ? 1 : -1);

/** Rows of caps, shares of families, sums of money and other one-sided rules: not those of integers. */
function elasticRows({ draft, familyRows, licence }: MixModel): Set<number> {
  const shares = new Set([...familyRows.values()].flat());
  const rows = draft.rows.flatMap(({ capId, lower, upper, indices }, row) => {
    if (capId === null || (lower === -Infinity) === (upper === Infinity)) return [];
    if (capId === FAMILIES_CAP) return shares.has(row) ? [row] : [];
    if (capId === LICENCE_CAP) return row === licence?.row ? [row] : [];
    return indices.some((column) => draft.columns[column]!.integer) ? [] : [row];
  });
  return new Set(rows);
}

/** Size of a rule in LP units, by which its slack is measured: its tokens, or its share of what it is a share of. */
function sizeOf(instance: Instance, mix: MixModel, group: Omit<Group, 'slack'>): number {
  const { tokensPerUnit, recipe } = instance;
  const budget = recipe.tokenBudget / tokensPerUnit;
  const at = mix.capRows.indexOf(group.rows[0]!);
  const row = mix.draft.rows[group.rows[0]!]!;
  const bound = Math.abs(row.upper === Infinity ? row.lower : row.upper);
  if (at < 0) return bound > 0 ? bound : budget;
  const { kind, limit, whole } = instance.caps[at]!;
  if (kind.endsWith('tokens')) return Math.max(limit, 1) / tokensPerUnit;
  const tokens = sumAt(instance.writable, whole) / tokensPerUnit;
  return Math.max(0.01, limit) * Math.max(1e-3, Math.min(budget, tokens));
}

/** Bounds of columns when neither budget nor repetition bound them: the largest factor, within reason. */
function mostTokens({ strata, writable, recipe }: Instance): number[] {
  const floors = recipe.caps.map(({ limit }) => ('tokens' in limit ? limit.tokens : 0));
  const all = sumOf(writable);
  const needed = 10 * Math.max(recipe.tokenBudget, all, ...floors);
  return strata.map(({ tokens }, i) =>
    Math.max(writable[i]!, Math.min(tokens * LIMITS.maxRepetitionFactor, needed)),
  );
}

/** In order of their rows; then repetition. So the order of caps in a file cannot matter. */
function groupsOf(instance: Instance, { draft }: MixModel): Omit<Group, 'slack'>[] {
  const known = new Set(instance.recipe.caps.map(({ id }) => id));
  const groups = new Map<string, { capId: string; scope: string; rows: number[] }>();
  draft.rows.forEach((row, at) => {
    const { capId } = row;
    if (capId === null) return;
    const scope = known.has(capId) ? row.scope : 'all';
    const name = JSON.stringify([capId, scope]);
    const group = groups.get(name) ?? { capId, scope, rows: [] };
    if (group.rows.length === 0) groups.set(name, group);
    group.rows.push(at);
  });
  return [
    ...[...groups.values()].map((group) => ({ ...group, strata: [] })),
    ...repeated(instance),
  ];
}

/** The recipe's factor, and each factor that a source has of its own. */
function repeated({ recipe, strata }: Instance): Omit<Group, 'slack'>[] {
  const own = new Set(
    recipe.sources.filter((s) => s.maxRepetitionFactor !== null).map((s) => s.name),
  );
  const places = groupBy(strata, ({ source }) =>
    own.has(source) ? `${REPETITION_CAP}:${source}` : REPETITION_CAP,
  );
  return [...places.keys()].sort(byCode).map((capId) => {
    return { capId, scope: 'all', rows: [], strata: places.get(capId)! };
  });
}
