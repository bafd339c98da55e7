/**
 * Caps that a FAIL adds for the next plan: less text that is, or may be, synthetic. Shares stand on a grid of
 * .01, each cap is tighter than what it replaces and than what the plan held, so a chain of plans ends.
 *
 * Needed is the human share a = upper(alpha*) + margin, or more where runs ask for it or another definition does. Text that is labelled
 * human yields u = lower(human share) / (its share of the tokens), u <= 1, all text of unknown origin taken as
 * synthetic; so the rest may be at most 1 - a / u. Where u < a no cap on synthetic and unknown text is enough; then
 * edited text is in the cap too.
 */
import type { Label } from '../../schema/label.js';
import type { Cap } from '../../schema/recipe.js';
import type { DomainRisk } from '../../schema/risk.js';
import type { RiskSettings } from '../../schema/risk-settings.js';
import { neededByDefinitions } from './needed-share.js';
import { TAIL_COVERAGE } from './policy.js';
import { worstFamilyCap } from './tighten-family.js';

export interface TightenOptions {
  /** All domains; the failing ones are tightened. */
  readonly domains: readonly DomainRisk[];
  readonly settings: Pick<RiskSettings, 'margin'>;
  /** Of the recipe that failed, with the caps of earlier rounds. */
  readonly caps: readonly Cap[];
  /** Human share at which a definition stays within the next risk budget, found by simulation; else alpha* and chords count. */
  readonly needed?: (domain: string, definition: string) => number | null;
}

/** Caps with ids `risk-<domain>` and `risk-<domain>-<family>`; one of an id that is there replaces it. [] where nothing can be tightened. */
export function tightenedCaps(options: TightenOptions): Cap[] {
  const failing = options.domains.filter(({ decision }) => decision === 'FAIL');
  return [...failing]
    .sort((a, b) => (a.domain < b.domain ? -1 : 1))
    .flatMap((risk) => capsOf(risk, options));
}

/** The caps of the next recipe: those of equal id give way. */
export function withCaps(caps: readonly Cap[], added: readonly Cap[]): Cap[] {
  const ids = new Set(added.map(({ id }) => id));
  return [...caps.filter(({ id }) => !ids.has(id)), ...added];
}

function capsOf(risk: DomainRisk, options: TightenOptions): Cap[] {
  const share = shareCap(risk, options);
  const family = worstFamilyCap(risk, options.caps);
  return [...(share === null ? [] : [share]), ...(family === null ? [] : [family])];
}

/** Whole hundredths of a share, rounded down; a share that is one up to rounding is that one. */
export function hundredths(share: number): number {
  return Math.max(0, Math.floor(share * 100 + 1e-9));
}

const MOST: readonly Label[] = ['synthetic', 'unknown'];
const WITH_EDITED: readonly Label[] = ['human_edited', 'synthetic', 'unknown'];

const held = (risk: DomainRisk, labels: readonly Label[]) =>
  labels.reduce((sum, label) => sum + (risk.mix.labels[label] ?? 0), 0);

function shareCap(risk: DomainRisk, options: TightenOptions): Cap | null {
  const need = neededShare(risk, options);
  const plain = allowed(risk, MOST, need.share);
  const labels = plain < 0 && held(risk, ['human_edited']) > 0 ? WITH_EDITED : MOST;
  const id = labels === MOST ? `risk-${risk.domain}` : `risk-${risk.domain}-edited`;
  const before = earlierShare(options.caps, id, labels);
  const now = hundredths(held(risk, labels) + ROUNDED_UP);
  const most = Math.min(hundredths(allowed(risk, labels, need.share)), now - 1, before - 1);
  if (most < 0) return before > 0 && now > 0 ? cap(risk, id, labels, 0, need.why) : null;
  return cap(risk, id, labels, most, need.why);
}

/** The held share is rounded up to the grid before a step is taken from it. */
const ROUNDED_UP = 0.01 - 1e-9;

/** 1 - a / u: what may be of these labels. */
function allowed(risk: DomainRisk, labels: readonly Label[], needed: number): number {
  const rest = 1 - held(risk, labels);
  const surely = Math.min(risk.mix.humanShare.low, risk.mix.humanShareUnknownSynthetic.low);
  if (rest <= 0) return 1 - needed;
  const yieldOfRest = Math.min(1, surely / rest);
  return yieldOfRest <= 0 ? -1 : 1 - needed / yieldOfRest;
}

/** Hundredths of the cap of that id; 101 where there is none. */
function earlierShare(caps: readonly Cap[], id: string, labels: readonly Label[]): number {
  const earlier = caps.find((row) => row.id === id);
  if (earlier === undefined || earlier.limit.kind !== 'max_share') return 101;
  const isSame = earlier.provenance?.length === labels.length;
  return isSame ? hundredths(earlier.limit.share) : 101;
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

function neededShare(risk: DomainRisk, options: TightenOptions): { share: number; why: string } {
  const { estimate } = risk.critical;
  const { margin } = options.settings;
  const byRuns = options.needed?.(risk.domain, TAIL_COVERAGE) ?? 0;
  const tail = { share: Math.max(estimate.high, byRuns) + margin, definition: TAIL_COVERAGE };
  const others = neededByDefinitions(risk, options.needed).map(({ share, definition }) => ({
    ...{ share: share + margin, definition },
  }));
  const [most] = [tail, ...others].sort((a, b) => b.share - a.share);
  const because = most === tail ? '' : `, ${most!.definition} needs ${percent(most!.share)}`;
  const why = `critical human share ${percent(estimate.point)} (at most ${percent(estimate.high)})${because}; planned were ${percent(risk.mix.humanShare.point)} human, ${percent(held(risk, MOST))} synthetic or unknown`;
  return { share: Math.min(1, most!.share), why };
}

function cap(
  { domain }: DomainRisk,
  id: string,
  labels: readonly Label[],
  most: number,
  why: string,
): Cap {
  return {
    ...{ id, domain, provenance: [...labels], source: null, modelFamily: null, licensed: null },
    ...{ lineageDepth: null, site: null, language: null, licenceTier: null, confidence: null },
    limit: { kind: 'max_share', share: most / 100 },
    reason: `collapse risk: ${why}`,
  };
}
