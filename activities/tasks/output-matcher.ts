/**
 * One document against one block of own outputs, by three methods. A text of fewer than WORDS_MIN
 * words can only be the very same text, and that says little: short sentences are written twice
 * without being copied.
 */
import { hash } from 'node:crypto';
import { CLAMP, STRENGTH_T3 } from '../../core/label/policy.js';
import { scoringForm } from '../../core/label/scoring-form.js';
import type { OwnOutputHit } from '../../core/schema/own-output.js';
import { OWN_OUTPUT_METHODS } from '../../core/schema/own-output.js';
import { BLOCK_OUTPUTS_MIN } from '../../engines/retrieval/block.js';
import { Searcher } from '../../engines/retrieval/search.js';
import { coveredSpan, createSpanWriter } from '../../engines/retrieval/span.js';
import { HIT_STRENGTH_MIN, resemblanceStrength } from '../../engines/retrieval/strength.js';
import { BANDS, jaccard, type TextKernel } from '../../engines/text-kernel.js';
import { bandKey, type OutputBlock, sampledKeys } from './output-block.js';

/** Words of a document that can be nearly the same, or a rewrite. */
const WORDS_MIN = 8;
/** Jaccard of word 5-grams from which two texts are nearly the same. */
const NEAR_JACCARD = 0.8;
/** A document holds this share of an output's shingles, word for word: a quotation. */
const QUOTED_SHARE = 0.5;
const QUOTED_SHINGLES_MIN = 12;
/** Sampled shingles in common from which an output is compared. */
const QUOTED_SAMPLES_MIN = 2;
/** Outputs that share a band are compared up to this many: buckets of templates are bounded. */
const NEAR_COMPARED = 64;
/** Outputs of one block and method that are kept of a document. */
const KEPT = 3;

export type Found = OwnOutputHit;

/** What is looked for: the text, its SHA-256 in hex, and its MinHash bands. */
export interface SoughtText {
  readonly text: string;
  readonly digest: string;
  readonly bands: Uint32Array;
}

/** Methods in their order, then strength, then the older output; names settle the rest. */
export function strongestFirst(a: Found, b: Found): number {
  return (
    OWN_OUTPUT_METHODS.indexOf(a.method) - OWN_OUTPUT_METHODS.indexOf(b.method) ||
    b.strength - a.strength ||
    compare(a.generated ?? '~', b.generated ?? '~') ||
    compare(a.output, b.output) ||
    compare(a.id, b.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

interface Loaded extends SoughtText {
  readonly scored: string;
  readonly block: OutputBlock;
  readonly entry: string;
  /** From a span of the scoring form to one of the text. */
  readonly written: ReturnType<typeof createSpanWriter>;
}

type Measured = Pick<OwnOutputHit, 'method' | 'cosine' | 'containment' | 'strength' | 'span'>;

function hitOf({ block, entry, text }: Loaded, output: number, measured: Measured): Found {
  const [start, end] = measured.span;
  const covered = (end - start) / text.length;
  return { output: entry, ...block.outputs[output]!, ...measured, covered };
}

export function createOutputMatcher(
  kernel: TextKernel,
): (block: OutputBlock, entry: string, sought: SoughtText) => Found[] {
  const searcher = new Searcher();

  function exactHits(loaded: Loaded): Map<number, Found> {
    const { block, digest, scored, text } = loaded;
    const isLong = searcher.reader.wordCount >= WORDS_MIN;
    const same = [
      ...(block.byDigest.get(digest) ?? []).slice(0, KEPT),
      ...(scored === '' ? [] : (block.byScoredDigest.get(hash('sha256', scored)) ?? [])).slice(
        0,
        KEPT,
      ),
    ];
    const measured: Measured = {
      ...{ method: 'exact', cosine: 1, containment: 1, span: [0, text.length] },
      strength: isLong ? CLAMP.T1 : STRENGTH_T3,
    };
    return new Map(same.map((output) => [output, hitOf(loaded, output, measured)]));
  }

  /** Outputs that share a band of the sketch or some shingles with the document. */
  function nearCandidates({ block, bands }: Loaded, shingles: BigUint64Array): Set<number> {
    const candidates = new Set<number>();
    for (let band = 0; band < BANDS.bandCount; band++) {
      for (const output of block.byBand.get(bandKey(bands, 0, band)) ?? []) candidates.add(output);
    }
    const shared = new Map<number, number>();
    for (const key of sampledKeys(shingles)) {
      const holders = block.byShingle.get(key);
      if (holders === undefined || holders.length > NEAR_COMPARED) continue;
      for (const output of holders) {
        const count = (shared.get(output) ?? 0) + 1;
        shared.set(output, count);
        if (count >= QUOTED_SAMPLES_MIN) candidates.add(output);
      }
    }
    return candidates;
  }

  function nearHits(loaded: Loaded, known: ReadonlyMap<number, Found>): Found[] {
    const { block, text } = loaded;
    kernel.load(text);
    const shingles = kernel.shingles();
    const candidates = nearCandidates(loaded, shingles);
    const compared = [...candidates].filter((output) => !known.has(output)).sort((a, b) => a - b);
    return compared.slice(0, NEAR_COMPARED).flatMap((output) => {
      const others = block.shinglesOf(output);
      const likeness = jaccard(shingles, others);
      const shared = (likeness * (shingles.length + others.length)) / (1 + likeness);
      const isQuoted = shared >= QUOTED_SHARE * others.length && shared >= QUOTED_SHINGLES_MIN;
      if (likeness < NEAR_JACCARD && !isQuoted) return [];
      const measured: Measured = {
        ...{ method: 'minhash', strength: CLAMP.T2, span: spanOf(loaded, output) },
        containment: searcher.containment(block.retrieval, output),
        cosine: searcher.cosine(block.retrieval, output),
      };
      return [hitOf(loaded, output, measured)];
    });
  }

  function rewriteHits(loaded: Loaded): Found[] {
    const { retrieval } = loaded.block;
    if (retrieval.outputs < BLOCK_OUTPUTS_MIN) return [];
    const strong = searcher
      .search(retrieval)
      .map((pair) => ({ ...pair, strength: resemblanceStrength(pair) }))
      .filter(({ strength }) => strength >= HIT_STRENGTH_MIN)
      .sort((a, b) => b.strength - a.strength);
    return strong.slice(0, KEPT).map(({ output, cosine, strength }) =>
      hitOf(loaded, output, {
        ...{ method: 'retrieval', cosine, strength, span: spanOf(loaded, output) },
        containment: searcher.containment(retrieval, output),
      }),
    );
  }

  function spanOf({ block, written }: Loaded, output: number): [number, number] {
    return written(coveredSpan(searcher.reader, block.retrieval, output));
  }

  return (block, entry, sought) => {
    const scored = scoringForm(sought.text);
    searcher.load(scored);
    const written = createSpanWriter(sought.text, scoringForm);
    const loaded: Loaded = { ...sought, scored, block, entry, written };
    const known = exactHits(loaded);
    if (searcher.reader.wordCount < WORDS_MIN) return [...known.values()].sort(strongestFirst);
    const near = nearHits(loaded, known);
    const ids = new Set([...known.values(), ...near].map(({ id }) => id));
    const rewrites = rewriteHits(loaded).filter(({ id }) => !ids.has(id));
    return [...known.values(), ...near, ...rewrites].sort(strongestFirst);
  };
}
