/**
 * Own outputs: a text that our own models wrote, or nearly, comes back. A match has no direction, so
 * dates give it one: only an output older than the document (`document-day.ts`) speaks. The very same text decides (T1),
 * a near-copy is strong (T2), a rewrite that retrieval found is weak (T3) unless it is overwhelming.
 * A document older than the output was copied by the model, and a small part of a document is a
 * quotation: both are named, with strength 0. However many outputs match, one speaks: the strongest.
 */
import type { Evidence, EvidenceTier } from '../../schema/evidence.js';
import type { Lineage, OwnOutputHit } from '../../schema/own-output.js';
import type { DatedRow } from '../dated-facts.js';
import { documentDay } from '../document-day.js';
import type { EvidenceFamilyReader, LabelContext, LabelInput } from '../label-input.js';
import { CLAMP } from '../policy.js';

/** Share of a document from which a match is about the whole of it; below it is a quotation. */
const WHOLE_COVERED = 0.5;
/** A copy is strong where it is nearly the whole document. */
const COPY_COVERED_T2 = 0.8;
/** A rewrite is strong where unrelated text would have to be as rare as this, in nats .. */
const REWRITE_STRENGTH_T2 = CLAMP.T1;
/** .. and this much of its wording was kept (half of the rewrites of `l2r` keep 51 %). */
const REWRITE_CONTAINMENT_T2 = 0.6;

type HitRow = DatedRow & Pick<LabelInput, 'ownOutputs'>;

interface Reading {
  readonly hit: OwnOutputHit;
  readonly tier: EvidenceTier;
  readonly strength: number;
  readonly reason: string;
  readonly remark: string;
}

export const readOwnOutputs: EvidenceFamilyReader = (row, context) => {
  const readings = readHits(row, context.asOf);
  const speaking = strongest(readings);
  const kept = readings.filter((reading) => reading === speaking || reading.strength === 0);
  const evidence = kept.map(evidenceOf);
  const loop = speaking === undefined ? null : loopOf(speaking, context);
  return loop === null ? evidence : [...evidence, loop];
};

/** Depth of the own models behind a text, the loop that it closes and who wrote it, by its hits. */
export function lineageOfHits(
  row: HitRow,
  context: Pick<LabelContext, 'lineages' | 'asOf'>,
): { lineageDepth: number; loop: string | null; modelFamily: string | null } {
  const traced = strongest(readHits(row, context.asOf));
  if (traced === undefined || !isTraced(traced))
    return { lineageDepth: 0, loop: null, modelFamily: null };
  const lineage = context.lineages.get(traced.hit.output);
  return {
    lineageDepth: lineage?.depth ?? 1,
    loop: lineage === undefined ? null : latestLoop(lineage),
    modelFamily: traced.hit.modelFamily,
  };
}

/** True if an older output is the source for all that is known: weak matches name no lineage. */
function isTraced({ hit, tier, reason }: Reading): boolean {
  return tier !== 'T3' || (reason === 'rewrite_of_own_output' && hit.strength >= CLAMP.T2);
}

const TIERS: readonly EvidenceTier[] = ['T1', 'T2', 'T3'];

function strongest(readings: readonly Reading[]): Reading | undefined {
  const speaking = readings.filter(({ strength }) => strength > 0);
  return speaking.sort(
    (a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || b.strength - a.strength,
  )[0];
}

function readHits(row: HitRow, asOf: string): Reading[] {
  if (row.ownOutputs.length === 0) return [];
  const day = documentDay(row, asOf);
  return row.ownOutputs.map((hit) => readHit(hit, day));
}

function readHit(hit: OwnOutputHit, day: string | null): Reading {
  const silent = { hit, tier: 'T3' as const, strength: 0 };
  const { generated } = hit;
  if (hit.covered < WHOLE_COVERED) {
    const remark = `only ${percent(hit.covered)} of the document`;
    return { ...silent, reason: 'quotes_own_output', remark };
  }
  if (day !== null && generated !== null && day < generated) {
    const remark = `the document of ${day} is older, so the output copied it`;
    return { ...silent, reason: 'output_copied_document', remark };
  }
  const weak = { ...silent, strength: Math.min(hit.strength, CLAMP.T3) };
  if (day === null || generated === null) {
    const whose = day === null ? 'the document' : 'the output';
    return { ...weak, reason: 'undated_match', remark: `${whose} has no readable date` };
  }
  if (day === generated) {
    return { ...weak, reason: 'same_day_match', remark: `both of ${day}: who was first is open` };
  }
  const tier = tierOf(hit);
  const strength = tier === 'T3' ? weak.strength : CLAMP[tier];
  return { hit, tier, strength, reason: REASONS[hit.method], remark: `older than ${day}` };
}

const REASONS: Readonly<Record<OwnOutputHit['method'], string>> = {
  exact: 'same_text_as_own_output',
  minhash: 'near_copy_of_own_output',
  retrieval: 'rewrite_of_own_output',
};

/** Tier of an output that is older than the document and covers most of it. */
function tierOf({ method, strength, containment, covered }: OwnOutputHit): EvidenceTier {
  if (method === 'exact') return strength >= CLAMP.T1 ? 'T1' : 'T3';
  if (method === 'minhash') return covered >= COPY_COVERED_T2 ? 'T2' : 'T3';
  const isOverwhelming = strength >= REWRITE_STRENGTH_T2 && containment >= REWRITE_CONTAINMENT_T2;
  return isOverwhelming ? 'T2' : 'T3';
}

const LIKENESS: Readonly<Record<OwnOutputHit['method'], string>> = {
  exact: 'the same text as',
  minhash: 'nearly the same text as',
  retrieval: 'looks like a rewrite of',
};

function evidenceOf({ hit, tier, strength, reason, remark }: Reading): Evidence {
  const { output, id, modelFamily, generated, method, cosine, containment } = hit;
  const written = `written by ${modelFamily}${generated === null ? '' : ` on ${generated}`}`;
  const numbers = `cosine ${cosine.toFixed(2)}, ${percent(containment)} of its wording`;
  return {
    ...{ family: 'own_output', tier, supports: 'synthetic', direction: 'for', strength, reason },
    detail: `${LIKENESS[method]} ${output}/${id}, ${written}; ${numbers}; ${remark}`,
    field: `own_outputs.${output}`,
    span: hit.span,
  };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Names the loop of a traced text whose model was trained on this mix. */
function loopOf(reading: Reading, { lineages }: LabelContext): Evidence | null {
  const lineage = lineages.get(reading.hit.output);
  const version = lineage === undefined ? null : latestLoop(lineage);
  if (lineage === undefined || version === null || !isTraced(reading)) return null;
  return {
    ...evidenceOf(reading),
    strength: 0,
    reason: 'loop',
    detail: `text of \`${reading.hit.modelFamily}\`, which was trained on ${version}, comes back; depth ${lineage.depth}`,
  };
}

/** The latest of the versions of this mix that the models were trained on. */
function latestLoop({ loops }: Lineage): string | null {
  return [...loops].sort().at(-1) ?? null;
}
