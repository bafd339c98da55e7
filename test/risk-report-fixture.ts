/** A risk report of five domains with every part filled: numbers from smooth formulas, so goldens are stable. */
import type {
  CurvePoint,
  DomainRisk,
  RiskDecision,
  RiskReport,
  TableRow,
} from '../core/schema/risk.js';
import { HOSTILE_DOMAIN } from './report-fixture.js';

const GENERATIONS = 10;
const around = (point: number, half: number) => ({
  point,
  low: Math.max(0, point - half),
  high: point + half,
});

function curvesOf(loss: number): CurvePoint[] {
  const metrics = {
    tailCoverage: loss,
    heterozygosity: loss / 6,
    effectiveVocabulary: loss / 2,
    'survival:1': loss * 1.6,
    'survival:2-5': loss,
    'survival:6-20': loss / 4,
    perplexityRatio: -loss * 0.8,
    distinct2Ratio: loss / 3,
    'subgroup:de': loss * 1.1,
    varianceRatio: loss / 2,
  };
  return Object.entries(metrics).flatMap(([metric, rate]) =>
    Array.from({ length: GENERATIONS + 1 }, (_, g) => {
      const mean = 1 - rate * (1 - Math.exp(-g / 4));
      const half = 0.004 * g;
      return { metric, g, mean, sd: half * 5, low: mean - half, high: mean + half, runs: 100 };
    }),
  );
}

interface Case {
  readonly domain: string;
  readonly human: number;
  readonly critical: number;
  readonly loss: number;
  readonly decision: RiskDecision;
}

function domainRisk({ domain, human, critical, loss, decision }: Case): DomainRisk {
  const coverage = 1 - loss * (1 - Math.exp(-GENERATIONS / 4));
  return {
    domain,
    mix: {
      ...{ domain, tokens: 2_000_000, words: 1_540_000, humanShare: around(human, 0.03) },
      humanShareUnknownSynthetic: around(human - 0.05, 0.02),
      labels: { human_authored: human - 0.04, synthetic: 1 - human - 0.05, unknown: 0.05 },
      families: [
        { family: 'gpt-4o', share: 0.6 },
        { family: 'llama-3', share: 0.4 },
      ],
      basis: 'assumed',
    },
    critical: {
      estimate: around(critical, 0.02),
      ...{ floor: critical + 0.2, optimistic: critical - 0.2, massWeighted: critical - 0.07 },
    },
    coverage: {
      estimate: coverage,
      floor: coverage - 0.2,
      optimistic: Math.min(1, coverage + 0.1),
      ...{ unknownSynthetic: coverage - 0.02, holdsUnknownSynthetic: decision === 'PASS' },
    },
    suppression: [0, 1, 2, 3, 4].flatMap((bin) =>
      ['gpt-4o', 'llama-3'].map((family, i) => ({
        ...{ family, bin, types: 4_000 - 700 * bin, syntheticCount: 900 * (bin + 1) },
        ...{ syntheticWords: 400_000, humanCount: 1_500 * (bin + 1), humanWords: 500_000 },
        ...{ w: around(0.6 + 0.1 * bin - 0.05 * i, 0.04), basis: 'measured' as const },
      })),
    ),
    families: { count: 2, effective: 1.4, rho: 0.43, basis: 'measured' },
    chainDepth: { mean: 0.43, shareOfTwoAndMore: 0.09 },
    effectiveCorpus: 0.16,
    halfLife: [
      { copies: 1, generations: 2 },
      { copies: 5, generations: 13 },
      { copies: 20, generations: null },
    ],
    definitions: [
      {
        ...{ definition: 'tailCoverage', simulator: 'drift', threshold: 0.9, gates: true },
        value: around(coverage, 0.01),
        probability: around(decision === 'FAIL' ? 0.97 : 0.01, 0.02),
        outcome: decision === 'FAIL' ? 'collapses' : 'holds',
        why: 'rare words against all-human text',
      },
      {
        ...{ definition: 'perplexityRatio', simulator: 'loop', threshold: 1.1, gates: false },
        ...{ value: around(1 + loss / 2, 0.01), probability: null, outcome: 'unclear' },
        why: 'judged jointly with distinct-2',
      },
    ],
    curves: curvesOf(loss),
    extrapolation: '',
    decision,
    why: decision === 'PASS' ? 'the human share is above what is needed' : 'too little human text',
  };
}

function table(): TableRow[] {
  return [0.1, 0.3, 0.6, 0.9].flatMap((syntheticShare) =>
    ['replace', 'accumulate'].flatMap((policy) =>
      [1, 4].flatMap((families) =>
        [1, 2, 3, 4, 5].map((g) => {
          const loss = policy === 'replace' ? syntheticShare * 0.12 * g : syntheticShare * 0.03 * g;
          const mean = 1 - loss / (families === 1 ? 1 : 1.3);
          const at = { mean, low: mean - 0.01, high: mean + 0.01, runs: 5 };
          return { syntheticShare, policy, families, metric: 'survival', g, ...at };
        }),
      ),
    ),
  );
}

/** Selected parts may be replaced. */
export function riskReportFixture(change: Partial<RiskReport> = {}): RiskReport {
  const cases: Case[] = [
    { domain: 'health', human: 0.72, critical: 0.55, loss: 0.08, decision: 'PASS' },
    { domain: 'academic', human: 0.66, critical: 0.52, loss: 0.06, decision: 'PASS' },
    { domain: 'code', human: 0.5, critical: 0.5, loss: 0.12, decision: 'INCONCLUSIVE' },
    { domain: 'news', human: 0.1, critical: 0.62, loss: 0.7, decision: 'FAIL' },
    { domain: HOSTILE_DOMAIN, human: 0.8, critical: 0.4, loss: 0.03, decision: 'PASS' },
  ];
  return {
    schemaVersion: 1,
    ...{ name: 'clinic-assistant', version: '2026.11.23', recipeFingerprint: 'ab'.repeat(32) },
    ...{ planSha256: 'cd'.repeat(32), simulator: 'simulate@1' },
    settings: {
      ...{ policy: 'replace', human: 'fixed', horizonGenerations: GENERATIONS },
      ...{ thresholds: 'collapse-v1', onFail: 'replan', onInconclusive: 'stop', maxReplans: 3 },
      ...{ margin: 0.02, sampleWords: 500_000, loopRuns: 20, driftRuns: 100, temperature: 1 },
      ...{ terms: [], table: true },
    },
    policy: {
      ...{ name: 'collapse-v1', author: 'Ballast', date: '2026-11-25' },
      ...{ riskBudget: 0.05, confidence: 0.95 },
      definitions: [
        {
          ...{ definition: 'tailCoverage', simulator: 'drift', threshold: 0.9, gates: true },
          reason: 'Rare words go first.',
        },
        {
          ...{ definition: 'perplexityRatio', simulator: 'loop', threshold: 1.1, gates: false },
          reason: 'Perplexity can improve while diversity dies.',
        },
      ],
    },
    decision: 'FAIL',
    why: ['news: 10.0 % human text where 62.0 % is needed'],
    domains: cases.map(domainRisk),
    rounds: [
      {
        ...{ round: 1, riskBudget: 0.05, planSha256: 'cd'.repeat(32), decision: 'FAIL' },
        failing: ['news'],
        capsAdded: [],
      },
    ],
    levers: [
      {
        ...{
          domain: 'news',
          lever: 'add human text',
          change: 'add 1,200,000 tokens of human text',
        },
        ...{ amount: 1_200_000, unit: 'tokens', cost: 1_200_000, suffices: true },
      },
    ],
    table: table(),
    selfTest: [
      {
        ...{ test: 1, what: 'unbiased Gaussian, n = t = 100: E W2^2', theory: 1.4463 },
        ...{ simulated: 1.449, se: 0.0051, z: 0.53, pass: true },
      },
    ],
    benefit: { tokens: 10_000_000, uniqueEquivalent: 8_700_000, epochs: 1.4 },
    seeds: { seed: 7, loopRuns: 20, driftRuns: 100, sampleWords: 500_000 },
    disclosure: ['Hallucination is not modelled.', 'Transformer capacity is not modelled.'],
    ...change,
  };
}
