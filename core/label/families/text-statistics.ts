/**
 * Text statistics: one stacked score of style per text, as a likelihood ratio of synthetic against everything
 * else, by the calibration of its domain. T3: it never decides. Kept visible with strength 0 where it is off: the domain
 * was not calibrated, the text is too short, or nobody reviewed its language there. A text that people
 * decided themselves gets none: its own review taught the model.
 */
import type { Calibration, DomainCalibration } from '../../schema/calibration.js';
import type { Evidence } from '../../schema/evidence.js';
import type { UnknownReason } from '../../schema/label.js';
import type { EvidenceFamilyReader, LabelContext, LabelInput } from '../label-input.js';
import { CLAMP, EVEN_PRIOR } from '../policy.js';

export const readTextStatistics: EvidenceFamilyReader = (row, { calibration }) => {
  if (calibration === null || calibration.domains.length === 0) return [];
  if (row.reviews.some(({ label }) => label !== 'unknown')) return [];
  const domain = namesOf(calibration).domains.get(row.domain);
  if (domain === undefined || domain.state !== 'calibrated') {
    return [silent('uncalibrated', `${domain?.reviews ?? 0} random reviews of its domain`)];
  }
  if (row.textScore === null) return [silent('out_of_scope', 'too short to have a style')];
  if (!domain.languages.includes(row.language ?? '')) {
    const language = row.language ?? 'not stated';
    return [silent('out_of_scope', `hardly any text in its language (${language}) was reviewed`)];
  }
  return [weigh(row.textScore, domain)];
};

interface Names {
  readonly domains: ReadonlyMap<string, DomainCalibration>;
  readonly priors: ReadonlyMap<string, Calibration['priors'][number]>;
}

const namesKnown = new WeakMap<Calibration, Names>();

/** A calibration by name of domain and source. */
function namesOf(calibration: Calibration): Names {
  const known = namesKnown.get(calibration);
  if (known !== undefined) return known;
  const names = {
    domains: new Map(calibration.domains.map((domain) => [domain.domain, domain])),
    priors: new Map(calibration.priors.map((prior) => [prior.source, prior])),
  };
  namesKnown.set(calibration, names);
  return names;
}

function weigh(score: number, domain: DomainCalibration): Evidence {
  const ratio = domain.slope! * score + domain.intercept! - domain.priorLogOdds!;
  const strength = Math.min(CLAMP.T3, Math.abs(ratio));
  return {
    ...silent('style', `${domain.reviews} random reviews of ${domain.domain} calibrate its style`),
    direction: ratio < 0 ? 'against' : 'for',
    // Four places: enough to add up, and equal styles share their words in a column.
    strength: Math.round(strength * 1e4) / 1e4,
  };
}

function silent(reason: string, detail: string): Evidence {
  return {
    family: 'text_statistics',
    tier: 'T3',
    supports: 'synthetic',
    direction: 'for',
    strength: 0,
    ...{ reason, detail, field: 'text', span: null },
  };
}

/** Why nothing is known of a document, where it is the text statistics that were silent. */
export function unknownReasonOf(
  evidence: readonly Evidence[],
  reason: UnknownReason,
): UnknownReason {
  if (reason !== 'no_evidence') return reason;
  const found = evidence.find(({ family }) => family === 'text_statistics');
  if (found === undefined) return reason;
  if (found.reason === 'uncalibrated' || found.reason === 'out_of_scope') return found.reason;
  return found.strength > 0 ? 'weak' : reason;
}

/** Log prior of a document's source: its reviewed rates; even where too few were reviewed. */
export function priorOf(
  { source }: Pick<LabelInput, 'source'>,
  { calibration }: Pick<LabelContext, 'calibration'>,
): readonly [number, number, number] {
  if (calibration === null) return EVEN_PRIOR;
  return namesOf(calibration).priors.get(source.name)?.logs ?? EVEN_PRIOR;
}
