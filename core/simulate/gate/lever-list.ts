/** The levers, each with its least change and its price. Shares of tokens are of the domain's planned tokens. */
import type { RiskLever } from '../../schema/risk.js';
import { type Change, type LeverState, leastThat, wouldHold } from './lever-state.js';
import { pointCurve, type Suppression, withoutFamily } from './suppression.js';

export type Lever = (state: LeverState) => RiskLever | null;

const whole = (tokens: number) => Math.ceil(tokens);
const written = (tokens: number) => whole(tokens).toLocaleString('en-US');
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/**
 * Human share whose lower bound rises as unknown text is labelled. Labelling a share x of it finds the human part
 * that its draws expect, and takes away x of what its uncertainty costs the lower bound.
 */
export function lowAfterLabelling({ mix }: LeverState, labelled: number): number {
  const { humanShare, humanShareUnknownSynthetic: strict } = mix;
  const expected = Math.max(0, humanShare.point - strict.point);
  const sure = Math.max(0, humanShare.low - strict.low);
  return humanShare.low + labelled * Math.max(0, expected - sure);
}

const labelUnknown: Lever = (state) => {
  const unknown = (state.mix.labels.unknown ?? 0) * state.mix.tokens;
  if (unknown <= 0) return null;
  const after = (x: number): Change => ({ humanShareLow: lowAfterLabelling(state, x) });
  const least = leastThat(1, (x) => wouldHold(state, after(x)));
  const tokens = whole((least ?? 1) * unknown);
  return leverOf(state, 'label unknown text', {
    change: `label ${written(tokens)} tokens of unknown origin, if as much of them is human as is expected`,
    ...{ amount: tokens, unit: 'tokens', cost: tokens, suffices: least !== null },
  });
};

/** Human tokens on top of the plan: the share and the size grow. */
export function afterHumanTokens({ mix }: LeverState, added: number): Change {
  const tokens = mix.tokens + added;
  return {
    humanShareLow: (mix.humanShare.low * mix.tokens + added) / tokens,
    words: (mix.words * tokens) / mix.tokens,
  };
}

/** At most so many times the planned tokens are thought of as addable. */
const ADDED_MOST = 100;

const addHuman: Lever = (state) => {
  const { mix, measure } = state;
  const least = leastThat(ADDED_MOST * mix.tokens, (added) =>
    wouldHold(state, afterHumanTokens(state, added)),
  );
  if (least === null) {
    return leverOf(state, 'add human text', {
      change: `no amount up to ${ADDED_MOST} times the plan is enough`,
      ...{ amount: null, unit: 'tokens', cost: null, suffices: false },
    });
  }
  const tokens = whole(least);
  const unused = Math.max(0, measure.humanTokens - mix.humanShare.point * mix.tokens);
  const from =
    unused >= tokens
      ? 'the sources hold as many unused'
      : `the sources hold ${written(unused)} unused`;
  return leverOf(state, 'add human text', {
    change: `add ${written(tokens)} tokens of human text (${from})`,
    ...{ amount: tokens, unit: 'tokens', cost: tokens, suffices: true },
  });
};

const refresh: Lever = (state) => {
  const { mix, settings } = state;
  if (settings.human === 'fresh') return null;
  const tokens = whole(mix.humanShare.point * mix.tokens * (settings.horizonGenerations - 1));
  return leverOf(state, 'fresh human text', {
    change: `new human text in each later generation instead of the same: ${written(tokens)} tokens over ${settings.horizonGenerations} generations`,
    ...{ amount: tokens, unit: 'tokens', cost: tokens },
    suffices: wouldHold(state, { loop: { human: 'fresh' } }),
  });
};

const accumulate: Lever = (state) => {
  if (state.settings.policy === 'accumulate') return null;
  return leverOf(state, 'accumulate', {
    change:
      'train later generations on all corpora so far instead of the newest (risk.policy: accumulate)',
    ...{ amount: null, unit: '', cost: 0 },
    suffices: wouldHold(state, { loop: { policy: 'accumulate' } }),
  });
};

const decoder: Lever = (state) => {
  const least = leastThat(1, (w) => wouldHold(state, { w: (own) => Math.max(own, w) }));
  const change =
    least === null
      ? 'no decoder is enough: drift alone (w = 1) asks for more human text'
      : `decode so that rare words come at ${percent(least)} of their human rate or more (less truncation, temperature nearer 1)`;
  return leverOf(state, 'raise w', {
    ...{ change, amount: least, unit: 'w', cost: null, suffices: least !== null },
  });
};

const dropFamily: Lever = (state) => {
  const { mix, known } = state;
  const worst = lowestFamily(known);
  const rest = worst === null ? null : withoutFamily(known, worst.family);
  if (worst === null || rest === null) return null;
  const synthetic = (mix.labels.synthetic ?? 0) * mix.tokens;
  const tokens = whole(worst.share * synthetic);
  return leverOf(state, 'drop a family', {
    change: `write the ${written(tokens)} tokens of ${worst.family}, which has the lowest w, with the other families`,
    ...{ amount: tokens, unit: 'tokens', cost: tokens },
    suffices: wouldHold(state, { known: rest }),
  });
};

/** The family whose w of the rarest bin is least; null where there is one only. */
function lowestFamily({ families, scale }: Suppression) {
  if (families.length < 2) return null;
  const rarest = families.map((family) => ({
    ...family,
    w: pointCurve({
      families: [{ ...family, share: 1 }],
      scale,
      basis: 'measured',
    } as Suppression)[0]!,
  }));
  return rarest.sort((a, b) => a.w - b.w || (a.family < b.family ? -1 : 1))[0]!;
}

/** Share of the synthetic text that a new family may have. */
const FAMILY_SHARE_MOST = 0.5;

const addFamily: Lever = (state) => {
  const { mix } = state;
  const synthetic = (1 - mix.humanShare.point) * mix.tokens;
  const after = (share: number): Change => ({ w: (w) => (1 - share) * w + share });
  const least = leastThat(FAMILY_SHARE_MOST, (share) => wouldHold(state, after(share)));
  const share = least ?? FAMILY_SHARE_MOST;
  const tokens = whole(share * synthetic);
  return leverOf(state, 'add a family', {
    change: `give ${percent(share)} of the synthetic text (${written(tokens)} tokens) to a family that does not lack the words the others lack`,
    ...{ amount: tokens, unit: 'tokens', cost: tokens, suffices: least !== null },
  });
};

function leverOf(
  { mix }: LeverState,
  lever: string,
  rest: Omit<RiskLever, 'domain' | 'lever'>,
): RiskLever {
  return { domain: mix.domain, lever, ...rest };
}

export const LEVERS: readonly Lever[] = [
  labelUnknown,
  addHuman,
  refresh,
  accumulate,
  decoder,
  dropFamily,
  addFamily,
];
