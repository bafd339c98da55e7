/** What every file of a blend says in its head, and beside an entry: what the numbers are. */
import { formatCount, formatShare } from '../format.js';
import type { Blend, BlendEntry } from './blends.js';

/** Drift below this share is whole documents' rounding, no news. */
const DRIFT_SHOWN = 0.0005;

/** `Tokens are those written, counted with o200k_base.` and what an entry is; sentences. */
export function headOf(blend: Blend): string[] {
  const { view, tokens, entries } = blend;
  const counter = view.tokenizer === null ? "the recipe's tokenizer" : view.tokenizer;
  return [
    `${view.mix}: ${formatCount(tokens)} tokens ${view.counted}, counted with ${counter}.`,
    `Shares are of these tokens and sum to exactly 1 over ${entries.length === 1 ? 'the one entry' : `${formatCount(entries.length)} entries`}.`,
    ...KIND_TEXTS[blend.kind],
    ...driftText(blend),
  ];
}

const KIND_TEXTS: Readonly<Record<Blend['kind'], readonly string[]>> = {
  written: [
    'One entry: the rows of data/, each once. They are the mix: every cap holds on them, and passes are',
    'rows already. Read them once, whole; nothing is to be weighed.',
  ],
  'by-source': [
    'An entry is the usable text of one source in one domain, each document once. A loader draws evenly',
    'from it: the labels inside an entry cannot be weighed here. Use by-stratum/ where caps on them matter.',
  ],
  'by-stratum': [
    'An entry is one stratum (source, domain, label, model family, grant, ..), each document once. Text of one',
    'stratum is alike to every cap, so these weights carry out the plan, on average over what is drawn.',
  ],
};

function driftText({ entries }: Blend): string[] {
  const drifting = entries.filter(({ drift }) => drift >= DRIFT_SHOWN);
  if (drifting.length === 0) return [];
  const worst = drifting.reduce((a, b) => (b.drift > a.drift ? b : a));
  return [
    `Drawn evenly, ${drifting.length === 1 ? '1 entry gives' : `${formatCount(drifting.length)} entries give`} other labels than the plan: at worst ${formatShare(worst.drift)} of ${worst.name}.`,
  ];
}

/** One line about an entry. */
export function entryText(entry: BlendEntry): string {
  const { what, tokens, tokensAvailable, passes, drift } = entry;
  const off = drift >= DRIFT_SHOWN ? `; ${formatShare(drift)} off the plan if drawn evenly` : '';
  return `${what}: ${formatCount(tokens)} of ${formatCount(tokensAvailable)} tokens, ${Number(passes).toFixed(3)} passes${off}`;
}
