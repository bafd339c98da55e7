/** What a plan holds of a domain: its size in words, and its human share as samples. */
import { describe, expect, it } from 'vitest';
import type { Allocation, Inventory, OptimalPlan } from '../core/schema/plan.js';
import type { DomainMeasure } from '../core/schema/risk.js';
import type { ShareEstimate, TruthShares } from '../core/schema/truth-shares.js';
import { domainMixOf, plannedDomains } from '../core/simulate/measure/domain-mix.js';
import { inventoryOf } from './plan-fixture.js';

const estimate = (point: number, low: number, high: number, basis: ShareEstimate['basis']) => ({
  ...{ point, low, high, basis, confidence: 0.95, reviews: 100 },
});
const NOTHING = estimate(1 / 3, 0, 1, 'unknown');
const UNKNOWN: TruthShares = { human_authored: NOTHING, human_edited: NOTHING, synthetic: NOTHING };

function truthOf(authored: number, edited: number): TruthShares {
  const around = (p: number) =>
    estimate(p, Math.max(0, p - 0.02), Math.min(1, p + 0.02), 'measured');
  return {
    human_authored: around(authored),
    human_edited: around(edited),
    synthetic: around(1 - authored - edited),
  };
}

interface Part {
  readonly label: Allocation['label'];
  readonly tokens: number;
  readonly truth: TruthShares;
  readonly family?: string;
}

function mixOf(parts: readonly Part[], given: Partial<DomainMeasure> = {}, runs = 200) {
  const strata = parts.map(({ label, tokens, truth, family = '' }, i) => ({
    ...{ source: `s${i}`, domain: 'health', label, modelFamily: family, grantId: 'g' },
    ...{ lineageDepth: 0, site: '', language: '', anchored: false },
    ...{ documents: 10, tokens, tokensMax: tokens, tokensMin: 1, truth },
  }));
  const inventory: Inventory = { ...inventoryOf(''), strata };
  const allocations = strata.map(
    ({ documents: _d, tokens, tokensMax: _x, tokensMin: _n, truth: _t, ...key }) => ({
      ...{ ...key, tokensAvailable: tokens, tokensRequested: tokens },
      ...{ tokensAllocated: tokens, epochs: 1 },
    }),
  );
  const plan = { status: 'optimal', allocations } as unknown as OptimalPlan;
  const measure = { domain: 'health', wordsPerToken: 0.75, ...given } as DomainMeasure;
  return domainMixOf({ recipe: { seed: 7 }, inventory, plan, measure, runs });
}

describe('the mix of a domain', () => {
  it('has its size in words, and shares by label and family', () => {
    const mix = mixOf([
      { label: 'human_authored', tokens: 600, truth: truthOf(1, 0) },
      { label: 'synthetic', tokens: 100, truth: truthOf(0, 0), family: 'b' },
      { label: 'synthetic', tokens: 300, truth: truthOf(0, 0), family: '' },
    ]);
    expect([mix.tokens, mix.words]).toEqual([1000, 750]);
    expect(mix.labels).toEqual({ human_authored: 0.6, synthetic: 0.4 });
    expect(mix.families).toEqual([
      { family: 'b', share: 0.25 },
      { family: 'unstated', share: 0.75 },
    ]);
    expect(mix.basis).toBe('measured');
    expect(mix.draws).toHaveLength(200);
    // Half-widths of 0.02 on 60 and 40 % of the tokens.
    expect(Math.abs(mix.humanShare.point - 0.6)).toBeLessThan(0.02);
    expect(mix.humanShare.low).toBeGreaterThan(0.57);
    expect(mix.humanShare.high).toBeLessThan(0.63);
  });

  it('counts text of unknown origin as two thirds human, and as synthetic besides', () => {
    const mix = mixOf([
      { label: 'human_authored', tokens: 500, truth: truthOf(1, 0) },
      { label: 'unknown', tokens: 500, truth: UNKNOWN },
    ]);
    // Beta(2, 1): mean 2/3, standard deviation 0.236; 2,000 draws at half weight give 0.0026.
    expect(Math.abs(mix.humanShare.point - 5 / 6)).toBeLessThan(0.016);
    expect(mix.humanShare.low).toBeLessThan(0.62);
    expect(mix.humanShareUnknownSynthetic.high).toBeLessThan(0.501);
    expect(mix.basis).toBe('assumed');
  });

  it('knows edited text by the direction of its edits', () => {
    const parts: Part[] = [{ label: 'human_edited', tokens: 100, truth: truthOf(0, 1) }];
    const share = (editDirections: Record<string, number>) =>
      mixOf(parts, { editDirections }).humanShare;
    // Means of Beta(4, 2), Beta(2, 4), Beta(2, 2); deviations to 0.22, 2,000 draws: 0.005, and 0.01 of the labels.
    expect(Math.abs(share({ human_then_ai: 9 }).point - 2 / 3)).toBeLessThan(0.03);
    expect(Math.abs(share({ ai_then_human: 9 }).point - 1 / 3)).toBeLessThan(0.03);
    expect(Math.abs(share({}).point - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(share({ human_then_ai: 5, ai_then_human: 5 }).point - 0.5)).toBeLessThan(0.03);
  });

  it('does not average doubt away over many strata of one evidence', () => {
    const one = mixOf([{ label: 'unknown', tokens: 1000, truth: UNKNOWN }]).humanShare;
    const many = Array.from({ length: 50 }, (): Part => {
      return { label: 'unknown', tokens: 20, truth: UNKNOWN };
    });
    const { humanShare } = mixOf(many);
    expect(humanShare.low).toBeCloseTo(one.low, 10);
    expect(humanShare.high).toBeCloseTo(one.high, 10);
  });

  it('draws the same again, and more draws begin with the same ones', () => {
    const parts: Part[] = [{ label: 'unknown', tokens: 10, truth: UNKNOWN }];
    expect(mixOf(parts)).toEqual(mixOf(parts));
    expect(mixOf(parts, {}, 3_000).draws.slice(0, 200)).toEqual(mixOf(parts).draws);
  });

  it('holds the domains that the plan gives tokens', () => {
    const at = (domain: string, tokensAllocated: number) =>
      ({ domain, tokensAllocated }) as Allocation;
    expect(plannedDomains({ allocations: [at('b', 1), at('a', 2), at('c', 0)] })).toEqual([
      'a',
      'b',
    ]);
  });
});
