/** Labelled documents of a build as candidates for review; each knows where its text stands. */
import type { Candidate, EarlierDecision } from '../core/review/candidate.js';
import type { ContaminationHit } from '../core/schema/contamination.js';
import type { Evidence } from '../core/schema/evidence.js';
import type { UnknownReason } from '../core/schema/label.js';
import type { ReviewDecision } from '../core/schema/review.js';
import type { Build } from './build-context.js';
import { AVAILABLE } from './label-columns.js';
import { type LabelledBatch, type LabelledShard, labelledBatches } from './labelled-documents.js';
import { textDigest } from './row-judge.js';

/** Row of a shard, both over the whole build. */
export interface RowPlace {
  readonly shard: number;
  readonly row: number;
}

/** Distinct lists of evidence whose audit rate is remembered. */
const RATES_REMEMBERED = 10_000;

function earlier(decisions: readonly ReviewDecision[] | undefined): EarlierDecision | null {
  const first = decisions?.[0];
  if (decisions === undefined || first === undefined) return null;
  return {
    reviewers: decisions.map(({ reviewer }) => reviewer),
    inclusionProbability: first.inclusionProbability,
    isRandom: first.isRandom,
  };
}

function hasWeakHitOnly(contamination: string): boolean {
  if (contamination === '') return false;
  const hits = JSON.parse(contamination) as ContaminationHit[];
  return hits.length > 0 && hits.every(({ kind }) => kind === '8-gram');
}

/** The largest audit rate of the allow-lists that a document's evidence names with a weight. */
function auditRates(build: Build): (evidence: string) => number {
  const rates = build.recipe.allowLists.map(({ auditRate }) => auditRate);
  const known = new Map<string, number>();
  if (rates.every((rate) => rate === 0)) return () => 0;
  const read = (evidence: string): number => {
    const named = (JSON.parse(evidence) as Evidence[]).filter(
      ({ family, strength }) => family === 'allow_list' && strength > 0,
    );
    const places = named.map(({ field }) => Number(/^allow_lists\[(\d+)\]$/.exec(field)?.[1]));
    return Math.max(0, ...places.map((place) => rates[place] ?? 0));
  };
  return (evidence) => {
    if (!evidence.includes('"allow_list"')) return 0;
    const rate = known.get(evidence) ?? read(evidence);
    if (known.size >= RATES_REMEMBERED) known.clear();
    known.set(evidence, rate);
    return rate;
  };
}

/** Every document that the mix may use. Rows that are left out anyway are nobody's work. */
export async function* reviewCandidates(
  build: Build,
  shards: readonly LabelledShard[],
  onRows: (rows: number) => void,
): AsyncGenerator<Candidate> {
  const rateOf = auditRates(build);
  for (const [index, shard] of shards.entries()) {
    const { source } = shard.profile.shard;
    let first = 0;
    for await (const batch of labelledBatches(shard)) {
      for (let row = 0; row < batch.length; row++) {
        if (batch.labels.outcome(row) !== AVAILABLE) continue;
        const place: RowPlace = { shard: index, row: first + row };
        yield candidateOf(build, source.name, batch, row, { rateOf, place });
      }
      first += batch.length;
      onRows(batch.length);
    }
  }
}

function candidateOf(
  { decisions }: Build,
  source: string,
  { documents, labels }: LabelledBatch,
  row: number,
  { rateOf, place }: { rateOf: (evidence: string) => number; place: RowPlace },
): Candidate {
  const textSha256 = textDigest({ columns: documents, row });
  return {
    source,
    id: documents.id(row),
    textSha256,
    domain: labels.domain(row),
    tokens: documents.tokens[row]!,
    unknownReason: labels.unknownReason(row) as UnknownReason | '',
    posterior: [labels.humanAuthored[row]!, labels.humanEdited[row]!, labels.synthetic[row]!],
    conflict: labels.conflicts[row]!,
    hasWeakHit: hasWeakHitOnly(labels.contamination(row)),
    auditRate: rateOf(labels.evidence(row)),
    decided: earlier(decisions.get(textSha256)),
    place,
  };
}
