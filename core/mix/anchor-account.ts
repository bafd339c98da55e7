/**
 * What became of the human text that an earlier version held. Every document of it is found usable,
 * lost for a reason, or absent; the three add up to what was held. Tokens of the account are those that
 * the earlier version counted; `tokensUsable` are those of today's texts.
 */
import { decideGrant } from '../license/decide.js';
import { grantIdsOf } from '../license/resolve.js';
import { NOTHING_RETRACTED, type Retracted } from '../license/retracted.js';
import { byCode } from '../plan/stratum.js';
import { assert } from '../schema/failure.js';
import type { Grant } from '../schema/grant.js';
import type { Label } from '../schema/label.js';
import type { PreviousMix } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';

interface Sum {
  readonly documents: number;
  readonly tokens: number;
}

/** Human documents of one source under one grant, as the earlier version wrote them. */
export interface HeldTally extends Sum {
  readonly source: string;
  readonly grantId: string;
}

/** One held document that a source still holds. */
export interface FoundDocument {
  readonly source: string;
  readonly held: { readonly grantId: string; readonly tokens: number };
  /** `available`, or why it was left out. */
  readonly outcome: string;
  readonly label: Label;
  /** Tokens of its text today. */
  readonly tokens: number;
}

export function isHuman(label: Label): boolean {
  return label === 'human_authored' || label === 'human_edited';
}

const NOTHING: Sum = { documents: 0, tokens: 0 };
const plus = (a: Sum, b: Sum): Sum => ({
  documents: a.documents + b.documents,
  tokens: a.tokens + b.tokens,
});
const minus = (a: Sum, b: Sum): Sum => ({
  documents: a.documents - b.documents,
  tokens: a.tokens - b.tokens,
});

/** Sums by a text. */
class Sums {
  readonly #sums = new Map<string, Sum>();

  add(name: string, more: Sum): void {
    this.#sums.set(name, plus(this.#sums.get(name) ?? NOTHING, more));
  }

  of(name: string): Sum {
    return this.#sums.get(name) ?? NOTHING;
  }

  entries(): [string, Sum][] {
    return [...this.#sums].sort(([a], [b]) => byCode(a, b));
  }
}

const placeOf = ({ source, grantId }: { source: string; grantId: string }) =>
  `${source}\u001f${grantId}`;

/** Takes every held document that was found, and tells what became of all of them. */
export class AnchorAccount {
  readonly #found = new Sums();
  readonly #lost = new Sums();
  #usable: Sum = NOTHING;
  #tokensUsable = 0;

  add({ source, held, outcome, label, tokens }: FoundDocument): void {
    const one = { documents: 1, tokens: held.tokens };
    this.#found.add(placeOf({ source, grantId: held.grantId }), one);
    if (outcome !== 'available') this.#lost.add(outcome, one);
    else if (!isHuman(label)) this.#lost.add(label, one);
    else {
      this.#usable = plus(this.#usable, one);
      this.#tokensUsable += tokens;
    }
  }

  /**
   * What was held less what was found is absent, save where the recipe still knows its grant and refuses
   * it: that text was withdrawn, and is lost for that reason.
   */
  result(version: string, held: readonly HeldTally[], refusalOf: RefusalOf): Anchor {
    let absent = NOTHING;
    let whole = NOTHING;
    const lost = new Sums();
    for (const [reason, sum] of this.#lost.entries()) lost.add(reason, sum);
    for (const tally of held) {
      whole = plus(whole, tally);
      const missing = minus(tally, this.#found.of(placeOf(tally)));
      assert(missing.documents >= 0, `${tally.source}: more documents found than were held`);
      if (missing.documents === 0) continue;
      const refusal = refusalOf(tally);
      if (refusal === null) absent = plus(absent, missing);
      else lost.add(refusal, missing);
    }
    const reasons = lost.entries();
    const sum = reasons.reduce((all, [, each]) => plus(all, each), plus(this.#usable, absent));
    assert(
      sum.documents === whole.documents && sum.tokens === whole.tokens,
      `anchor: ${sum.documents} documents, ${sum.tokens} tokens accounted for, ${whole.documents} and ${whole.tokens} held`,
    );
    return {
      version,
      ...whole,
      tokensUsable: this.#tokensUsable,
      absent,
      lost: reasons.map(([reason, each]) => ({ reason, ...each })),
    };
  }
}

type Anchor = NonNullable<PreviousMix['anchor']>;
type RefusalOf = (held: HeldTally) => string | null;

/**
 * Why text that no source holds any more could not be used if one did; null where the recipe knows its
 * grants and allows it, or no longer knows them. The dates of such texts are not known, so limits to
 * dated text are not judged.
 */
export function refusalsOf(
  { grants, use }: Recipe,
  asOf: string,
  retracted: Retracted = NOTHING_RETRACTED,
): RefusalOf {
  const byId = new Map(grants.map((grant) => [grant.grantId, undated(grant)]));
  return ({ source, grantId }) => {
    if (retracted.sources.has(source)) return 'retracted';
    if (grantIdsOf(grantId).some((id) => retracted.grants.has(id))) return 'retracted';
    for (const id of grantIdsOf(grantId)) {
      const grant = byId.get(id);
      if (grant === undefined) continue;
      const decision = decideGrant({ grant, use, asOf, source, created: null });
      if (!decision.usable) return decision.refusal;
    }
    return null;
  };
}

function undated(grant: Grant): Grant {
  return { ...grant, scope: { ...grant.scope, contentBefore: null, contentAfter: null } };
}
