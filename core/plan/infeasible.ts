/** The answer to a problem without a mix: a conflict, its proof, and the ways out of it. */
import type { InfeasiblePlan, WayOut } from '../schema/plan.js';
import { findConflict } from './conflict.js';
import { conflictInWhole } from './conflict-in-whole.js';
import { furtherConflicts } from './further-conflicts.js';
import type { Instance } from './instance.js';
import type { MixModelOptions } from './mix-model.js';
import type { Solver } from './model.js';
import { RelaxedModel, sharpened } from './relaxed-model.js';
import { type Replan, waysOut } from './ways-out.js';

export interface Infeasible {
  readonly instance: Instance;
  /** Those of the model that had no answer. */
  readonly options: MixModelOptions;
  readonly solver: Solver;
  readonly replan: Replan;
}

/** How far an infeasible problem is explained. */
export type Explain = 'ways' | 'conflict' | 'nothing';

type Explained = Pick<
  InfeasiblePlan,
  'conflict' | 'smallest' | 'further' | 'waysOut' | 'search' | 'notes'
>;

/** The rules hold together in fractions: what was found rests on plans that were not found. */
const WHOLE_NOTE =
  'the rules leave a mix in fractions of tokens and documents; no mix of whole ones was found: a little more room in a rule may be enough';

const NOTHING: Explained = {
  ...{ conflict: [], smallest: 'not_proven', further: [], waysOut: [] },
  search: { solves: 0, plans: 0 },
  notes: [],
};

/**
 * Conflict and ways out. Cost for n groups, a conflict of k: about k log2(n / k) + 96 + k solves for the conflict, at
 * most 62 a limit and 3 a text for the ways, and at most 5 plans a way (60 in a problem of up to 64 strata
 * in which whole tokens need more than fractions). Where no limit frees alone, k log2(n / k) + k solves for each further
 * conflict, of which at most three are told.
 */
export async function explainInfeasible(given: Infeasible, explain: Explain): Promise<Explained> {
  if (explain === 'nothing') return NOTHING;
  const { instance, options, solver } = given;
  const model = RelaxedModel.open(instance, options, solver);
  let plans = 0;
  const replan: Replan = (changed) => {
    plans += 1;
    return given.replan(changed);
  };
  const sharpOptions = sharpened(instance, options);
  const isSame = sharpOptions === options;
  const sharp = isSame ? model : RelaxedModel.open(instance, sharpOptions, solver);
  const { inventory } = instance;
  const inFractions = await findConflict(model, sharp);
  const found =
    inFractions ?? (await conflictInWhole(model, (recipe) => replan({ recipe, inventory })));
  const context = { model, sharp, options, solver };
  const ways =
    found === null || explain === 'conflict' ? [] : await waysOut(context, found.groups, replan);
  // A limit that frees alone leaves no conflict without its members.
  const further =
    found === null || explain === 'conflict' || ways.some(isSingleLimit)
      ? []
      : await furtherConflicts(sharp, found.groups);
  for (const one of new Set([model, sharp])) one.close();
  const search = { solves: model.solves + (isSame ? 0 : sharp.solves), plans };
  const { members, smallest } = found ?? { members: [], smallest: 'not_proven' };
  const notes = inFractions === null ? [WHOLE_NOTE] : [];
  return { conflict: members, smallest, further, waysOut: ways, search, notes };
}

const isSingleLimit = ({ changes }: WayOut) => changes.length === 1 && changes[0]!.setting !== null;
