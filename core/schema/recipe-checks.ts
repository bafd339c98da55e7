/**
 * What only the whole recipe can show to be wrong: names that refer to nothing, shares that do not
 * sum to 1, two currencies, windows that hold no day. Paths are those of the written file.
 */
import type { KeyPath, Problem } from './file-problems.js';
import { foldName } from './fold-name.js';
import { suggest } from './nearest.js';
import type { Recipe } from './recipe.js';

/** Largest distance of a sum of shares from 1: room for the rounding of doubles, no more. */
export const SHARE_SUM_TOLERANCE = 1e-9;

type Report = (path: KeyPath, expected: string, found: string, remedy: string) => void;

/** Every cross-check; the sources first, since the others refer to them. */
export function checkRecipe(recipe: Recipe): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, expected, found, remedy) => {
    problems.push({ path, expected, found, remedy });
  };
  checkSources(recipe, report);
  checkTargets(recipe, report);
  checkAllowLists(recipe, report);
  checkEvidence(recipe, report);
  checkCaps(recipe, report);
  checkMoney(recipe, report);
  checkLists(recipe, report);
  checkPeople(recipe, report);
  return problems;
}

/** Domains of the sources, or null when a field of the rows says them. */
function knownDomains(recipe: Recipe): string[] | null {
  const domains = new Set<string>();
  for (const source of recipe.sources) {
    if (source.domain.kind === 'field') return null;
    domains.add(source.domain.value);
  }
  return [...domains];
}

function checkTargets(recipe: Recipe, report: Report): void {
  const entries = Object.entries(recipe.targetShares);
  if (entries.length === 0) return;
  const sum = entries.reduce((total, [, share]) => total + share, 0);
  if (Math.abs(sum - 1) > SHARE_SUM_TOLERANCE) {
    const found = `a sum of ${Number(sum.toPrecision(12))}`;
    report(['target_shares'], 'shares that sum to 1', found, 'change the shares to sum to 1');
  }
  for (const domain of Object.keys(recipe.targetTolerances)) {
    if (Object.hasOwn(recipe.targetShares, domain)) continue;
    const remedy = suggest(domain, Object.keys(recipe.targetShares));
    const expected = 'a domain with a target';
    report(['target_tolerance', domain], expected, `"${domain}"`, remedy);
  }
  const known = knownDomains(recipe);
  if (known === null) return;
  for (const [domain] of entries) {
    if (known.includes(domain)) continue;
    report(
      ['target_shares', domain],
      'a domain of some source',
      `"${domain}"`,
      suggest(domain, known),
    );
  }
}

/** Reports each value that stands a second time, and where it stood first. */
function checkUnique(list: string, key: string, values: readonly string[], report: Report): void {
  const first = new Map<string, number>();
  values.forEach((value, index) => {
    const before = first.get(value);
    if (before === undefined) first.set(value, index);
    else {
      const found = `"${value}" in ${list}[${before}] and ${list}[${index}]`;
      report([list, index, key], `a ${key} of its own`, found, 'rename one of the two');
    }
  });
}

function checkSources(recipe: Recipe, report: Report): void {
  const names = recipe.sources.map((source) => source.name);
  const grantIds = recipe.grants.map((grant) => grant.grantId);
  checkUnique('sources', 'name', names, report);
  checkUnique('grants', 'grant_id', grantIds, report);
  const known = new Set(grantIds);
  recipe.sources.forEach((source, index) => {
    const { grant, domain } = source;
    if (grant?.kind === 'constant' && !known.has(grant.value)) {
      const remedy =
        grantIds.length === 0 ? `add it under "grants"` : suggest(grant.value, grantIds);
      report(['sources', index, 'grant'], 'the id of a grant', `"${grant.value}"`, remedy);
    }
    if (domain.kind === 'constant' && (domain.value === 'all' || domain.value === 'each')) {
      const expected = 'a domain other than the scopes `all` and `each`';
      report(['sources', index, 'domain'], expected, `"${domain.value}"`, 'rename the domain');
    }
  });
  recipe.grants.forEach((grant, index) => {
    for (const name of grant.scope.sources ?? []) {
      if (names.includes(name) || recipe.sources.some((s) => s.grant?.kind === 'field')) continue;
      const used = recipe.sources.some(
        (s) => s.grant?.kind === 'constant' && s.grant.value === grant.grantId,
      );
      if (!used) continue;
      const path = ['grants', index, 'scope', 'sources'];
      report(path, 'a source of this recipe', `"${name}"`, suggest(name, names));
    }
  });
}

function checkAllowLists(recipe: Recipe, report: Report): void {
  const names = recipe.sources.map((source) => source.name);
  recipe.allowLists.forEach((list, index) => {
    const path = ['allow_lists', index];
    if (!names.includes(list.source)) {
      const remedy = suggest(list.source, names);
      report([...path, 'source'], 'the name of a source', `"${list.source}"`, remedy);
    }
    if (list.before === null && list.after === null) {
      const remedy = 'add the day that makes it true, for example before: 2022-11-30';
      report([...path, 'before'], 'before, after or both', 'neither', remedy);
    }
    if (list.before !== null && list.after !== null && list.after >= list.before) {
      const found = `${list.after} to ${list.before}`;
      report([...path, 'before'], 'a window with a day in it', found, 'swap or mend the two dates');
    }
  });
}

/** Names of own outputs and benchmarks, warranties without a contract, mixes that they name. */
function checkEvidence(recipe: Recipe, report: Report): void {
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
  checkUnique('own_outputs', 'name', names(recipe.ownOutputs), report);
  checkUnique('benchmarks', 'name', names(recipe.benchmarks), report);
  recipe.ownOutputs.forEach(({ trainedOn }, index) => {
    trainedOn.forEach((mix, i) => {
      if (/^[a-z0-9][a-z0-9._-]*@\d{4}\.\d{2}\.\d{2}(\.\d+)?$/.test(mix)) return;
      const path = ['own_outputs', index, 'trained_on', i];
      report(path, 'a mix version, name@YYYY.MM.DD', `"${mix}"`, 'write name@version of the mix');
    });
  });
  const contracts = new Set(
    recipe.grants.filter(({ kind }) => kind === 'contract').map(({ grantId }) => grantId),
  );
  recipe.sources.forEach(({ provenance, grant }, index) => {
    if (provenance.kind === 'none' || provenance.by !== 'warranty') return;
    if (grant?.kind === 'constant' && contracts.has(grant.value)) return;
    const path = ['sources', index, 'provenance', 'by'];
    const remedy = 'name the contract under grant, or write by: publisher';
    report(path, 'a source whose grant is a contract', 'warranty without one', remedy);
  });
}

function checkCaps(recipe: Recipe, report: Report): void {
  const names = recipe.sources.map((source) => source.name);
  const domains = knownDomains(recipe);
  checkUnique(
    'caps',
    'id',
    recipe.caps.map((cap) => cap.id),
    report,
  );
  recipe.caps.forEach((cap, index) => {
    const path = ['caps', index];
    if (cap.source !== null && !names.includes(cap.source)) {
      const remedy = suggest(cap.source, names);
      report([...path, 'source'], 'the name of a source', `"${cap.source}"`, remedy);
    }
    const scopes = ['all', 'each', ...(domains ?? [])];
    if (domains !== null && !scopes.includes(cap.domain)) {
      const remedy = suggest(cap.domain, scopes);
      report([...path, 'domain'], 'a domain, `each` or `all`', `"${cap.domain}"`, remedy);
    }
    const filters = [
      ...[cap.provenance, cap.source, cap.modelFamily, cap.licensed, cap.lineageDepth],
      ...[cap.site, cap.language, cap.licenceTier],
    ];
    if ('share' in cap.limit && filters.every((filter) => filter === null)) {
      const expected =
        'provenance, source, site, language, licence_tier, model_family, lineage_depth or licensed: the part that the share is of';
      report(path, expected, 'none', 'name the part; for shares of domains use target_shares');
    }
    if (cap.confidence !== null && cap.provenance === null) {
      const remedy = 'name the labels that it limits, or leave confidence out';
      report([...path, 'confidence'], 'a cap on provenance', 'none', remedy);
    }
    if (cap.licenceTier !== null && new Set(cap.licenceTier).size < cap.licenceTier.length) {
      const found = cap.licenceTier.join(', ');
      report([...path, 'licence_tier'], 'each tier once', found, 'remove the second one');
    }
    if (cap.licensed === false) {
      report(
        [...path, 'licensed'],
        'true',
        'false',
        'leave it out: text without a grant is never used',
      );
    }
    if (cap.provenance !== null && new Set(cap.provenance).size < cap.provenance.length) {
      const found = cap.provenance.join(', ');
      report([...path, 'provenance'], 'each label once', found, 'remove the second one');
    }
  });
}

/** Money of one build is added up, so it must be of one currency. */
function checkMoney(recipe: Recipe, report: Report): void {
  const budget = recipe.licenceBudget?.currency ?? null;
  const rates = recipe.licenceBudget?.rates ?? {};
  let currency = budget;
  recipe.grants.forEach((grant, index) => {
    if (grant.fee === null) return;
    currency ??= grant.fee.currency;
    if (grant.fee.currency === currency || Object.hasOwn(rates, grant.fee.currency)) return;
    const expected = `${currency}, as in ${budget === null ? 'the fees before it' : 'licence_budget'}`;
    const remedy =
      budget === null
        ? 'state all fees in one currency, or add licence_budget with rates'
        : `add licence_budget.rates.${grant.fee.currency}, or state the fee in ${currency}`;
    report(['grants', index, 'fee', 'currency'], expected, grant.fee.currency, remedy);
  });
}

/** Lists in which a second mention would count twice or mean nothing. */
function checkLists(recipe: Recipe, report: Report): void {
  const lists: [KeyPath, readonly string[]][] = [
    [['use', 'purposes'], recipe.use.purposes],
    [['output', 'formats'], recipe.output.formats],
    [['diversity'], recipe.diversity],
  ];
  for (const [path, values] of lists) {
    if (new Set(values).size === values.length) continue;
    report(path, 'each value once', values.join(', '), 'remove the second one');
  }
}

/** Names that are one person in two spellings, and more approvals than there are people to give them. */
function checkPeople({ review }: Recipe, report: Report): void {
  if (review === null) return;
  const { approval } = review;
  const approvers = approval?.approvers ?? [];
  const lists: [string, readonly string[]][] = [
    ['reviewers', review.reviewers],
    ['approvers', approvers],
    ['keys', Object.keys(review.keys)],
  ];
  for (const [list, names] of lists) {
    const folded = names.map(foldName);
    folded.forEach((name, index) => {
      const first = folded.indexOf(name);
      if (first === index) return;
      const found = `"${names[first]}" and "${names[index]}", which are one`;
      const place = list === 'keys' ? names[index]! : index;
      report(['review', list, place], 'each person once', found, 'remove the second one');
    });
  }
  const people = new Set(approvers.map(foldName)).size;
  if (approval === null || people === 0 || approval.approvals <= people) return;
  const expected = `at most ${people}: as many people as are named under approvers`;
  const remedy = 'name more approvers, or ask for fewer approvals';
  report(['review', 'approvals'], expected, String(approval.approvals), remedy);
}
