/**
 * Which unknown text to label first. If y of its tokens were labelled, they would move to the labels
 * that people find; how they divide is not known, but its truth shares say how it may. So the gain is a
 * distribution: each of a fixed number of keyed draws is planned in full, and mean and 5 % to 95 % are
 * stated. Where nothing is known of the truth there is no expectation, only the outcomes at the ends:
 * all human, and none (all by machines). Sizes halve from all such text while 95 % of the gain remains,
 * and one more is tried between the last two.
 */
import type {
  AdviceGain,
  LabelLine,
  LabelSize,
  LabelTextChange,
  Tried,
} from '../../schema/advice.js';
import type { Inventory } from '../../schema/plan.js';
import { SHARE_BASES } from '../../schema/truth-shares.js';
import { byCode } from '../stratum.js';
import { basisOf, TRUTH_DRAWS, unknownStrata } from './apply-change.js';
import { amountOf, type Gained, type Replans } from './replans.js';

/** Sizes tried: all, a half, a quarter, .. */
const SIZES_MAX = 5;
/** Labelling fewer is enough where so much of the gain remains. */
const GAIN_KEPT = 0.95;
/** Ends of the stated interval. */
const INTERVAL = [0.05, 0.95] as const;

/** Re-plans that one line takes at most. */
export const LABEL_REPLANS_MAX = (SIZES_MAX + 1) * (TRUTH_DRAWS + 2);

export type LabelQuestion = Pick<LabelTextChange, 'domain' | 'basis'>;

/** Domain and basis of all unknown text, most tokens first. */
export function labelQuestions(inventory: Inventory): LabelQuestion[] {
  const unknown = inventory.strata.filter((s) => s.label === 'unknown' && s.tokens > 0);
  const domains = [...new Set(unknown.map((s) => s.domain))].sort(byCode);
  const nameOf = ({ domain, basis }: LabelQuestion) => `${basis} ${domain}`;
  const tokens = new Map<string, number>();
  for (const s of unknown) {
    const name = nameOf({ domain: s.domain, basis: basisOf(s.truth) });
    tokens.set(name, (tokens.get(name) ?? 0) + s.tokens);
  }
  const tokensOf = (question: LabelQuestion) => tokens.get(nameOf(question)) ?? 0;
  return domains
    .flatMap((domain) => SHARE_BASES.map((basis) => ({ domain, basis })))
    .filter((question) => tokensOf(question) > 0)
    .sort((a, b) => tokensOf(b) - tokensOf(a) || byCode(a.domain, b.domain));
}

export async function labelFirst(replans: Replans, question: LabelQuestion): Promise<LabelLine> {
  const strata = unknownStrata(replans.problem.inventory, question);
  const tokens = strata.reduce((sum, stratum) => sum + stratum.tokens, 0);
  const documents = strata.reduce((sum, stratum) => sum + stratum.documents, 0);
  const sizeAt = (size: number) => measureSize(replans, question, size, documents / tokens);
  const all = await sizeAt(tokens);
  const gain = gainOfSize(replans, all);
  const sizes = [all];
  let first = gain === 'none' ? null : tokens;
  for (let n = 1; n < SIZES_MAX && gain !== 'none'; n++) {
    const size = Math.ceil(tokens / 2 ** n);
    if (size === sizes.at(-1)!.tokens) break;
    const next = await sizeAt(size);
    sizes.push(next);
    if (gainAmount(next, gain) < GAIN_KEPT * gainAmount(all, gain)) break;
    first = size;
  }
  const nearer = sizeBetween(sizes, gain);
  if (nearer !== null) {
    const next = await sizeAt(nearer);
    sizes.push(next);
    if (gainAmount(next, gain) >= GAIN_KEPT * gainAmount(all, gain)) first = nearer;
  }
  return {
    ...question,
    ...{ tokensUnknown: tokens, documentsUnknown: documents, gain },
    sizes: sizes.sort((a, b) => a.tokens - b.tokens),
    tokensFirst: first,
  };
}

/**
 * Between the last size, which falls short, and the one before: where a gain in proportion to the tokens
 * would reach what is asked of it. Null where there is no such size.
 */
function sizeBetween(sizes: readonly LabelSize[], gain: AdviceGain): number | null {
  const [all, high, low] = [sizes[0]!, sizes.at(-2), sizes.at(-1)!];
  const reached = gainAmount(low, gain);
  const wanted = GAIN_KEPT * gainAmount(all, gain);
  if (gain === 'none' || high === undefined || reached <= 0 || reached >= wanted) return null;
  const size = Math.ceil((low.tokens * wanted) / reached);
  return size > low.tokens && size < high.tokens ? size : null;
}

/** By expectation where there is one, else by the better end. */
function gainOfSize(replans: Replans, size: LabelSize): AdviceGain {
  const { expectedTokens, expectedDeviation } = size;
  if (expectedTokens !== null && expectedTokens.mean > replans.roundingTokens) return 'tokens';
  if (expectedDeviation !== null && expectedDeviation.mean > replans.roundingTokens)
    return 'deviation';
  if (expectedTokens !== null) return 'none';
  const ends = [size.allHuman, size.noneHuman];
  const gains: readonly Gained[] = ['tokens', 'deviation'];
  return gains.find((gain) => ends.some((end) => replans.isGain(end, gain))) ?? 'none';
}

/** Expected gain, or the better of the two ends where nothing is expected. */
export function gainAmount(size: LabelSize, gain: AdviceGain): number {
  const expected = gain === 'tokens' ? size.expectedTokens : size.expectedDeviation;
  if (expected !== null) return expected.mean;
  return Math.max(amountOf(size.allHuman, gain), amountOf(size.noneHuman, gain));
}

async function measureSize(
  replans: Replans,
  question: LabelQuestion,
  tokens: number,
  documentsPerToken: number,
): Promise<LabelSize> {
  const measure = (outcome: LabelTextChange['outcome']) =>
    replans.measure({ kind: 'label_text', ...question, tokens, outcome });
  const allHuman = await measure({ kind: 'all', label: 'human_authored' });
  const noneHuman = await measure({ kind: 'all', label: 'synthetic' });
  const documents = Math.ceil(tokens * documentsPerToken);
  const ends = { tokens, documents, allHuman, noneHuman };
  const nothing = { ...ends, expectedTokens: null, expectedDeviation: null };
  if (question.basis === 'unknown') return nothing;
  const draws: Tried[] = [];
  for (let draw = 0; draw < TRUTH_DRAWS; draw++) {
    draws.push(await measure({ kind: 'draw', draw }));
    // All human, all by machines and a mixture: where none of them moves anything, no draw will.
    if (draw === 0 && [allHuman, noneHuman, draws[0]!].every((one) => isStill(replans, one))) break;
  }
  return {
    ...ends,
    expectedTokens: expected(draws.map((one) => one.gainTokens)),
    expectedDeviation: expected(draws.map((one) => one.gainDeviation)),
  };
}

function isStill({ roundingTokens }: Replans, { gainTokens, gainDeviation }: Tried): boolean {
  return Math.abs(gainTokens) <= roundingTokens && Math.abs(gainDeviation) <= roundingTokens;
}

/** Mean and nearest-rank quantiles. */
function expected(gains: readonly number[]) {
  const sorted = [...gains].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  return { draws: gains.length, mean, low: at(INTERVAL[0]), high: at(INTERVAL[1]) };
}
