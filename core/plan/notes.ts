/** Sentences about what a plan does not reach, what binds, and what the recipe says in vain. */
import type { OptimalPlan } from '../schema/plan.js';
import { weightsOf } from './cap-rows.js';
import { WHOLE_WEIGHT } from './cap-weights.js';
import { emptyNote, smallestText } from './empty-strata.js';
import { groupBy } from './group-by.js';
import type { Instance } from './instance.js';
import { familiesPresentable } from './mix-model.js';
import { documentNotes, lookingBackNotes } from './rule-notes.js';
import { amountsOf, contaminatedOf, count, percent } from './rule-statement.js';
import { byCode } from './stratum.js';

/** A target missed by less than this share of the mix is rounding, and gets no note. */
const TARGET_MISS_LEAST = 1e-4;

/** Notes on caps at a confidence; `each` may give one per domain. */
const UNSURE_SHOWN = 8;

type Planned = Pick<
  OptimalPlan,
  'tokenBudget' | 'tokensAllocated' | 'targets' | 'allocations' | 'caps'
>;

export function planNotes(
  instance: Instance,
  plan: Planned,
  unfinished: readonly string[],
): string[] {
  const stages = unfinished.map(
    (name) =>
      `the solver did not finish the stage ${name}; the plan stands without that preference`,
  );
  const notes = [
    ...budgetNotes(plan),
    ...targetNotes(instance, plan),
    ...recipeNotes(instance),
    ...smallNotes(instance, plan),
    ...documentNotes(instance, plan),
    ...stages,
  ];
  return [...new Set(notes)];
}

function budgetNotes({ tokenBudget, tokensAllocated, caps }: Planned): string[] {
  if (tokensAllocated === tokenBudget) return [];
  const binding = caps
    .filter((cap) => cap.shadowPrice !== null && cap.shadowPrice !== 0)
    .sort((a, b) => Math.abs(b.shadowPrice!) - Math.abs(a.shadowPrice!));
  // A rule may bind in two kinds of limit, as that on families does.
  const all = [...new Set(binding.map((cap) => `${cap.capId} in ${cap.scope}`))];
  const names = all.slice(0, 8);
  const more = all.length > names.length ? ` and ${all.length - names.length} more` : '';
  const why =
    names.length > 0
      ? `what binds: ${names.join(', ')}${more}`
      : 'no cap binds: this is rounding to whole tokens';
  const share = percent(tokensAllocated / tokenBudget);
  return [
    `${count(tokensAllocated)} of ${count(tokenBudget)} tokens of the budget are reached (${share}); ${why}`,
  ];
}

function targetNotes(instance: Instance, plan: Planned): string[] {
  const notes: string[] = [];
  for (const { domain, target, planned } of plan.targets) {
    if (!instance.domains.includes(domain)) {
      const why = contaminatedOf(instance.inventory, domain);
      const lost = why === null ? '' : `; ${why}`;
      if (target > 0)
        notes.push(`target of ${domain} (${percent(target)}): no usable text of it${lost}`);
    } else if (Math.abs(planned - target) > TARGET_MISS_LEAST) {
      notes.push(`target of ${domain}: ${percent(target)} wanted, ${percent(planned)} planned`);
    }
  }
  if (plan.targets.length === 0) return notes;
  const wanted = new Set(plan.targets.map((t) => t.domain));
  for (const domain of instance.domains.filter((d) => !wanted.has(d))) {
    const rows = plan.allocations.filter((a) => a.domain === domain);
    const tokens = rows.reduce((sum, a) => sum + a.tokensAllocated, 0);
    if (tokens > 0)
      notes.push(`${domain} has no target and got ${count(tokens)} tokens to reach the budget`);
  }
  return notes;
}

/** Domains without human text from which decontamination took something: it may have been the human text. */
export function contaminationNotes(instance: Instance): string[] {
  const domains = new Set(instance.inventory.leftOut.map(({ domain }) => domain));
  return [...domains].sort().flatMap((domain) => {
    const why = contaminatedOf(instance.inventory, domain);
    const labels = instance.strata.filter((row) => row.domain === domain).map((row) => row.label);
    if (why === null || labels.some((label) => label.startsWith('human_'))) return [];
    const left = labels.length === 0 ? 'nothing' : [...new Set(labels)].sort().join(' and ');
    return [`${domain}: no human text is left, ${left} remains: ${why}`];
  });
}

/** Caps on what is not there, and domains whose synthetic text cannot reach the number of families. */
export function recipeNotes(instance: Instance): string[] {
  const notes = [...contaminationNotes(instance), ...lookingBackNotes(instance)];
  for (const cap of [...instance.recipe.caps].sort((a, b) => byCode(a.id, b.id))) {
    const rows = instance.caps.filter((row) => row.capId === cap.id);
    const absent =
      cap.domain !== 'all' && cap.domain !== 'each' && !instance.domains.includes(cap.domain);
    if (absent) notes.push(`cap ${cap.id}: no usable text of domain ${cap.domain}`);
    else if (rows.every((row) => row.part.length === 0)) {
      notes.push(`cap ${cap.id}: no usable text that it counts`);
    }
  }
  const unsure = confidenceNotes(instance);
  notes.push(...unsure.slice(0, UNSURE_SHOWN));
  const more = unsure.length - UNSURE_SHOWN;
  if (more > 0) notes.push(`${more} more caps at a confidence that not all usable text would keep`);
  const rule = instance.recipe.modelFamilies;
  if (rule === null) return notes;
  for (const domain of groupBy(instance.families, (row) => row.scope).keys()) {
    if (domain === 'all') continue;
    const families = familiesPresentable(instance, domain);
    if (families.size >= rule.minCount) continue;
    const found = `${families.size} of ${rule.minCount} model families`;
    notes.push(
      `${domain}: its synthetic text is of ${found} that the recipe asks for, so none is used`,
    );
  }
  return notes;
}

/**
 * Caps at a confidence that all usable text together would not keep, with the reason: how much of it
 * is surely (or may be) of the cap's labels, and how much of that is text of unknown label.
 */
function confidenceNotes({ caps, strata, recipe }: Instance): string[] {
  const tokens = strata.map((stratum) => stratum.tokens);
  const unknown = strata.map((s) => (s.label === 'unknown' ? s.tokens : 0));
  return caps.flatMap((row) => {
    if (row.confidence === null || !row.kind.endsWith('share')) return [];
    const { part, whole } = amountsOf(row, tokens);
    const isMaximum = row.kind === 'max_share';
    if (whole === 0 || (isMaximum ? part <= row.limit * whole : part >= row.limit * whole))
      return [];
    const labels = recipe.caps.find((cap) => cap.id === row.capId)!.provenance!.join(' or ');
    const place = row.scope === 'all' ? 'all usable text' : `usable text of ${row.scope}`;
    const share = `${percent(part / whole)} of ${place} ${isMaximum ? 'may be' : 'is surely'}`;
    const unlabelled = amountsOf(row, unknown);
    const why =
      unlabelled.whole === 0
        ? ''
        : `; ${count(unlabelled.whole)} tokens of unknown label count as ${count(unlabelled.part)}`;
    const most = Math.max(0, ...weightsOf(row).values()) / WHOLE_WEIGHT;
    const never =
      !isMaximum && most < row.limit ? `; no text proves more than ${percent(most)}` : '';
    const at = `cap ${row.capId} in ${row.scope} at ${percent(row.confidence)} confidence`;
    return [`${at}: ${share} ${labels}${why}${never}`];
  });
}

/** Strata that a note names; the rest is counted. */
const SMALL_SHOWN = 12;

/** Quotas too small for any document, each named: they will be written as nothing. */
function smallNotes(instance: Instance, plan: Planned): string[] {
  const small = plan.allocations.flatMap((a, i) => {
    const least = instance.strata[i]!.tokensMin;
    return a.tokensAllocated > 0 && a.tokensAllocated < least ? [{ ...a, least }] : [];
  });
  const notes = small.slice(0, SMALL_SHOWN).map((a) => {
    return emptyNote(a, a.tokensAllocated, smallestText(a.least));
  });
  const rest = small.slice(SMALL_SHOWN);
  if (rest.length === 0) return notes;
  const tokens = rest.reduce((sum, a) => sum + a.tokensAllocated, 0);
  const strata = rest.length === 1 ? '1 more stratum is' : `${rest.length} more strata are`;
  return [
    ...notes,
    `${strata} given less than the smallest document (${count(tokens)} tokens in all)`,
  ];
}
