/** What a report shows, as plain data: every number is settled here, the renderers only lay it out. */
import type { Label } from '../schema/label.js';
import type { DataFile, Manifest } from '../schema/manifest.js';
import type { CapUsage, LeftOut, Price, StratumKey } from '../schema/plan.js';
import type { ProvenanceRecord } from '../schema/provenance.js';
import type { RiskReport } from '../schema/risk.js';

/** One domain: its tokens by label, and what was asked for. */
export interface DomainRow {
  readonly domain: string;
  readonly tokens: number;
  /** Share of all written tokens. */
  readonly share: number;
  readonly byLabel: Readonly<Record<Label, number>>;
  readonly targetShare: number | null;
  /** targetShare of the token budget, rounded; null without a target. */
  readonly targetTokens: number | null;
  readonly plannedTokens: number;
  /** Tightest cap on the domain's synthetic and on its unknown share; null where none applies. */
  readonly syntheticLimit: number | null;
  readonly unknownLimit: number | null;
}

/** A cap as written, with what the plan foresaw. */
export interface CapRow extends CapUsage {
  /** `used` of the plan; null where the plan does not hold this cap. */
  readonly planned: number | null;
  readonly shadowPrice: number | null;
  /** With the range in which it holds; null where no plan states it. */
  readonly price: Price | null;
  /** 1 at the limit, below 1 inside it: how much of what the cap allows is taken. */
  readonly tightness: number;
}

/** Synthetic tokens by model family, for the mix (`all`) or for one domain. */
export interface FamilyRow {
  readonly scope: string;
  readonly tokens: number;
  readonly families: readonly { family: string; tokens: number; share: number }[];
  readonly maxShare: number | null;
  readonly minCount: number | null;
}

export interface FunnelStep {
  readonly name: string;
  /** null where the step does not count it (rows that were not read have no tokens). */
  readonly documents: number | null;
  readonly tokens: number | null;
}

/** From read to written, for all sources (`all`) or for one. */
export interface Funnel {
  readonly source: string;
  readonly steps: readonly FunnelStep[];
  readonly holdout: { readonly documents: number; readonly tokens: number };
  /** Tokens kept but neither left out nor in a stratum: 0 unless records disagree. */
  readonly unaccountedTokens: number;
}

/** One stratum: what was there, what was planned, what was written. */
export interface StratumRow extends StratumKey {
  readonly available: number;
  /** What the wishes come to, in fractions of tokens; null where nothing says it. */
  readonly requested: number | null;
  /** null where no plan allocates: an infeasible one. */
  readonly planned: number | null;
  /** null before anything is written. */
  readonly written: number | null;
  readonly documents: number | null;
}

export interface LicenceRow {
  readonly grantId: string;
  /** SPDX expression concluded, or NOASSERTION. */
  readonly licence: string;
  readonly kind: string;
  readonly grantor: string | null;
  readonly validUntil: string | null;
  readonly tokens: number;
  readonly share: number;
  readonly documents: number;
}

export interface InputRow {
  readonly source: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Verdict {
  readonly kept: number;
  readonly breached: number;
  readonly sentence: string;
}

export interface ReportView {
  readonly name: string;
  readonly version: string;
  readonly recipeFingerprint: string;
  readonly seed: number;
  readonly tokenizer: string;
  readonly tool: Manifest['tool'];
  readonly policies: Manifest['policies'];
  readonly asOf: string;
  readonly previousVersion: string | null;
  readonly verdict: Verdict;
  readonly tokenBudget: number;
  readonly tokensPlanned: number;
  readonly tokensWritten: number;
  readonly documentsWritten: number;
  readonly tokensByLabel: Readonly<Record<Label, number>>;
  /** Tightest mix-wide caps on the synthetic and the unknown share; null where none applies. */
  readonly syntheticLimit: number | null;
  readonly unknownLimit: number | null;
  readonly duplicates: Manifest['duplicates'];
  readonly holdout: Manifest['holdout'];
  /** Most tokens first. */
  readonly domains: readonly DomainRow[];
  /** Breached first, then tightest first. */
  readonly caps: readonly CapRow[];
  /** The mix first, then domains that hold synthetic text, by name. */
  readonly families: readonly FamilyRow[];
  readonly familyNames: readonly string[];
  /** All sources first, then each by name. */
  readonly funnels: readonly Funnel[];
  readonly leftOut: readonly LeftOut[];
  readonly rejected: readonly { source: string; reason: string; documents: number }[];
  readonly strata: readonly StratumRow[];
  readonly licences: readonly LicenceRow[];
  readonly licenceCost: Manifest['licenceCost'];
  readonly inputs: readonly InputRow[];
  readonly files: readonly DataFile[];
  /** What the labels rest on; null where the version holds no record of it. */
  readonly provenance: ProvenanceRecord | null;
  /** What was simulated of collapse; null where nothing was. */
  readonly risk: RiskReport | null;
  readonly benchmarks: Manifest['benchmarks'];
  readonly evaluation: Manifest['evaluation'];
  /** Price of a token more of budget; null where no plan states it. */
  readonly budgetPrice: Price | null;
  readonly planNotes: readonly string[];
  /** Strata that were planned and hold no document, each with the reason. */
  readonly emptyStrata: readonly string[];
  readonly measured: readonly string[];
  readonly assumed: readonly string[];
  readonly unknown: readonly string[];
}
