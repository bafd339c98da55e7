/** What is simulated of a domain, in which blocks of runs, and with which budget. */
import { describe, expect, test } from 'vitest';
import type { DomainMix } from '../core/schema/risk.js';
import type { RiskSettings } from '../core/schema/risk-settings.js';
import {
  domainBlocks,
  drawsOf,
  riskBudgetOf,
  runsOf,
  scenariosOf,
  simulationSeed,
} from '../core/simulate/blocks.js';
import { COLLAPSE_V1 } from '../core/simulate/gate/policy.js';
import { clopperPearson } from '../core/stats/intervals.js';
import { riskReportFixture } from './risk-report-fixture.js';

const { settings } = riskReportFixture();
const MIX: DomainMix = { ...riskReportFixture().domains[0]!.mix, draws: [] };
const asked = (attempt: number, doubled = false, wanted: RiskSettings = settings) => ({
  settings: wanted,
  riskBudget: riskBudgetOf(wanted, attempt),
  doubled,
});

describe('the risk budget', () => {
  test('halves with every attempt, so that all attempts stay within it', () => {
    const attempts = Array.from({ length: settings.maxReplans + 1 }, (_, i) => i + 1);
    const spent = attempts.reduce((sum, attempt) => sum + riskBudgetOf(settings, attempt), 0);
    expect(riskBudgetOf(settings, 2)).toBe(COLLAPSE_V1.riskBudget / 4);
    expect(spent).toBeLessThan(COLLAPSE_V1.riskBudget);
  });

  test('is whole where no plan may follow a FAIL', () => {
    for (const change of [{ onFail: 'stop' as const }, { maxReplans: 0 }])
      expect(riskBudgetOf({ ...settings, ...change }, 1)).toBe(COLLAPSE_V1.riskBudget);
  });

  test('is met by zero collapses in the runs of every attempt', () => {
    for (let attempt = 1; attempt <= 4; attempt++) {
      const { riskBudget } = asked(attempt);
      const runs = runsOf('drift', asked(attempt));
      expect(clopperPearson(0, runs, COLLAPSE_V1.confidence).high).toBeLessThanOrEqual(riskBudget);
    }
  });
});

describe('blocks of runs', () => {
  const runsIn = (blocks: ReturnType<typeof domainBlocks>, simulator: string) =>
    blocks.filter(({ scenario }) => scenario.simulator === simulator);

  test('cover every run once, in order', () => {
    for (const simulator of ['drift', 'lengths', 'loop']) {
      let next = 0;
      for (const { firstRun, runs } of runsIn(domainBlocks(MIX, asked(1)), simulator)) {
        expect(firstRun).toBe(next);
        next += runs;
      }
      expect(next).toBeGreaterThanOrEqual(simulator === 'loop' ? 20 : 100);
    }
  });

  test('of more runs are the same blocks and as many more', () => {
    for (const more of [asked(1, true), asked(2), asked(4, true)]) {
      const blocks = domainBlocks(MIX, more);
      for (const simulator of ['drift', 'lengths', 'loop']) {
        const before = runsIn(domainBlocks(MIX, asked(1)), simulator);
        expect(runsIn(blocks, simulator).slice(0, before.length)).toEqual(before);
      }
    }
  });

  test('stay within the draws of a mix, and few, whatever is asked for', () => {
    for (const runs of [60, 100, 777, 10_000]) {
      const wanted = { ...settings, driftRuns: runs, loopRuns: Math.min(runs, 10_000) };
      const blocks = domainBlocks(MIX, asked(4, true, wanted));
      const drift = runsIn(blocks, 'drift');
      const last = drift.at(-1)!;
      expect(last.firstRun + last.runs).toBeLessThanOrEqual(drawsOf(wanted));
      expect(drift.length).toBeLessThanOrEqual(41);
      expect(blocks.length).toBeLessThanOrEqual(123);
    }
  });
});

describe('scenarios', () => {
  test('are one per simulator, at the planned mix', () => {
    const scenarios = scenariosOf(MIX, settings);
    expect(scenarios.map(({ simulator }) => simulator)).toEqual(['drift', 'lengths', 'loop']);
    expect(new Set(scenarios.map(({ humanShare }) => humanShare))).toEqual(
      new Set([MIX.humanShare.point]),
    );
  });

  test('are none where all text is labelled as written by people alone', () => {
    expect(scenariosOf({ ...MIX, labels: { human_authored: 1 } }, settings)).toEqual([]);
    const labels = { human_authored: 0.9, human_edited: 0.1 };
    expect(scenariosOf({ ...MIX, labels }, settings)).not.toEqual([]);
  });

  test('have a seed of recipe and measure alone, a whole number that a schema takes', () => {
    const seed = simulationSeed(7, 'ab');
    expect(Number.isSafeInteger(seed)).toBe(true);
    expect(new Set([seed, simulationSeed(8, 'ab'), simulationSeed(7, 'ac')]).size).toBe(3);
  });
});
