/**
 * The report's view of a written mix: manifest (and the plan behind it) in, plain data out. Nothing
 * is recomputed by a renderer, and nothing small is dropped: every cap, stratum and reason stays.
 */
import { LABELS, type Label } from '../schema/label.js';
import type { Manifest } from '../schema/manifest.js';
import type { OptimalPlan } from '../schema/plan.js';
import type { ProvenanceRecord } from '../schema/provenance.js';
import { type Recipe, recipe as recipeSchema } from '../schema/recipe.js';
import type { RiskReport } from '../schema/risk.js';
import { byText, shareOf, sumBy, totals } from './tally.js';
import { capRows, familyRows, labelLimit, verdictOf } from './view-caps.js';
import { funnelsOf } from './view-funnel.js';
import { assumedStatements, measuredStatements, unknownStatements } from './view-statements.js';
import type { DomainRow, LicenceRow, ReportView, StratumRow } from './view-types.js';

export type { ReportView } from './view-types.js';

/**
 * @param manifest the sum of a written version
 * @param plan the plan it was written from; null leaves planned usage and shadow prices out
 * @param provenance what its labels come to; null leaves that part out
 * @param risk what was simulated of collapse; null leaves that part out
 */
export function reportView(
  manifest: Manifest,
  plan: OptimalPlan | null = null,
  provenance: ProvenanceRecord | null = null,
  risk: RiskReport | null = null,
): ReportView {
  const recipe = recipeOf(manifest);
  const strata = stratumRows(manifest);
  const verdict = verdictOf(manifest.caps);
  const families = familyRows(manifest, recipe);
  const funnels = funnelsOf({ sources: manifest.sources, leftOut: manifest.leftOut, strata });
  return {
    ...identityOf(manifest),
    verdict,
    tokensByLabel: byLabel(strata),
    syntheticLimit: labelLimit(manifest.caps, recipe, { domain: 'all', label: 'synthetic' }),
    unknownLimit: labelLimit(manifest.caps, recipe, { domain: 'all', label: 'unknown' }),
    domains: domainRows(manifest, recipe, strata),
    caps: capRows(manifest.caps, plan),
    families,
    familyNames: families[0]?.families.map((row) => row.family) ?? [],
    funnels,
    leftOut: [...manifest.leftOut].sort(
      (a, b) => b.tokens - a.tokens || byText(a.reason, b.reason),
    ),
    rejected: rejectedRows(manifest),
    strata,
    licences: licenceRows(manifest, recipe),
    provenance,
    risk,
    benchmarks: manifest.benchmarks,
    evaluation: manifest.evaluation,
    budgetPrice: plan?.budgetPrice ?? null,
    planNotes: (plan?.notes ?? []).filter((note) => !manifest.notes.includes(note)),
    emptyStrata: firstOf(manifest.notes),
    measured: measuredStatements(manifest, verdict),
    assumed: assumedStatements(manifest, recipe),
    unknown: unknownStatements(manifest, funnels[0]!),
  };
}

/** Notes that the report shows of one kind; mix.json has them all. */
const NOTES_SHOWN = 12;

function firstOf(notes: readonly string[]): string[] {
  const more = notes.length - NOTES_SHOWN;
  if (more <= 0) return [...notes];
  return [...notes.slice(0, NOTES_SHOWN), `${more} more: mix.json lists them under notes`];
}

/** The recipe inside a manifest; null when another version of the schema wrote it. */
export function recipeOf(manifest: Manifest): Recipe | null {
  const parsed = recipeSchema.safeParse(manifest.recipe);
  return parsed.success ? parsed.data : null;
}

function identityOf(manifest: Manifest) {
  const { name, version, recipeFingerprint, seed, tokenizer, tool, policies, asOf } = manifest;
  const { previousVersion, tokenBudget, tokensPlanned, tokensWritten, documentsWritten } = manifest;
  const { duplicates, holdout, inputs, files, licenceCost } = manifest;
  return {
    ...{ name, version, recipeFingerprint, seed, tokenizer, tool, policies, asOf },
    ...{ previousVersion, tokenBudget, tokensPlanned, tokensWritten, documentsWritten },
    ...{ duplicates, holdout, inputs, files, licenceCost },
  };
}

function stratumRows(manifest: Manifest): StratumRow[] {
  return manifest.strata.map((row) => ({
    source: row.source,
    domain: row.domain,
    label: row.label,
    modelFamily: row.modelFamily,
    grantId: row.grantId,
    lineageDepth: row.lineageDepth,
    site: row.site,
    language: row.language,
    anchored: row.anchored,
    available: row.tokensAvailable,
    requested: row.tokensRequested,
    planned: row.tokensPlanned,
    written: row.tokensWritten,
    documents: row.documentsWritten,
  }));
}

function byLabel(strata: readonly StratumRow[]): Record<Label, number> {
  const tokens = { human_authored: 0, human_edited: 0, synthetic: 0, unknown: 0 };
  for (const label of LABELS) {
    tokens[label] = sumBy(
      strata.filter((row) => row.label === label),
      (row) => row.written ?? 0,
    );
  }
  return tokens;
}

/** Every domain with a target, a cap or a stratum; most tokens first. */
function domainRows(
  manifest: Manifest,
  recipe: Recipe | null,
  strata: readonly StratumRow[],
): DomainRow[] {
  const targets = new Map(manifest.targets.map((row) => [row.domain, row.target]));
  const names = new Set([...targets.keys(), ...strata.map((row) => row.domain)]);
  const rows = [...names].map((domain): DomainRow => {
    const own = strata.filter((row) => row.domain === domain);
    const tokens = sumBy(own, (row) => row.written ?? 0);
    const targetShare = targets.get(domain) ?? null;
    const limit = (label: 'synthetic' | 'unknown') =>
      labelLimit(manifest.caps, recipe, { domain, label });
    return {
      domain,
      tokens,
      share: shareOf(tokens, manifest.tokensWritten),
      byLabel: byLabel(own),
      targetShare,
      targetTokens: targetShare === null ? null : Math.round(targetShare * manifest.tokenBudget),
      plannedTokens: sumBy(own, (row) => row.planned ?? 0),
      syntheticLimit: limit('synthetic'),
      unknownLimit: limit('unknown'),
    };
  });
  return rows.sort((a, b) => b.tokens - a.tokens || byText(a.domain, b.domain));
}

function rejectedRows(manifest: Manifest) {
  return manifest.sources.flatMap((tally) =>
    Object.entries(tally.rejectedByReason)
      .sort(([a], [b]) => byText(a, b))
      .map(([reason, documents]) => ({ source: tally.source, reason, documents })),
  );
}

/** Written tokens by grant, most first. */
function licenceRows(manifest: Manifest, recipe: Recipe | null): LicenceRow[] {
  const grants = new Map(recipe?.grants.map((row) => [row.grantId, row]));
  const written = manifest.strata.filter((row) => row.tokensWritten > 0);
  const sums = totals(
    written,
    (row) => row.grantId,
    (row) => row.tokensWritten,
  );
  return sums.map(([grantId, tokens]) => ({
    grantId,
    licence: grants.get(grantId)?.spdxConcluded ?? 'NOASSERTION',
    kind: grants.get(grantId)?.kind ?? 'unknown',
    grantor: grants.get(grantId)?.grantor ?? null,
    validUntil: grants.get(grantId)?.validUntil ?? null,
    tokens,
    share: shareOf(tokens, manifest.tokensWritten),
    documents: sumBy(
      written.filter((row) => row.grantId === grantId),
      (row) => row.documentsWritten,
    ),
  }));
}
