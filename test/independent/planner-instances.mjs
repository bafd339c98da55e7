/**
 * Random planning problems and the planner's answers, one JSON document per line, for `check_planner.py`.
 *   node test/independent/planner-instances.mjs [--count 200] [--seed 1] > instances.jsonl
 * Needs `npm run build`. A line has the recipe and the inventory in full, so that a reader needs
 * nothing else. A third each: plain, with a conflict planted among other caps, with integers.
 */
import { parseArgs } from 'node:util';
import { certify } from '../../dist/core/plan/certificate.js';
import { planMix } from '../../dist/core/plan/plan-mix.js';
import { createHighs } from '../../dist/engines/highs.js';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});

/** xorshift32: the same problems on every machine. */
function drawsFrom(seed) {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 20; i++) next();
  const below = (n) => Math.floor(next() * n);
  return { next, below, pick: (list) => list[below(list.length)], chance: (p) => next() < p };
}

const LABELS = ['human_authored', 'human_edited', 'synthetic', 'unknown'];
const DOMAINS = ['art', 'code', 'health', 'law', 'math', 'news'];
const FAMILIES = ['gpt', 'llama', 'qwen', 'mistral', ''];
const GRANTS = ['open', 'nc', 'academic', 'silent', 'open AND nc', 'paid', 'fixed'];

function inventoryOf(draws, { hasFees }) {
  const strata = new Map();
  const size = 2 + draws.below(draws.pick([6, 20, 59]));
  const domains = DOMAINS.slice(0, 1 + draws.below(DOMAINS.length));
  for (let i = 0; i < size; i++) {
    const label = draws.pick(LABELS);
    const low = draws.below(60) / 100;
    const high = Math.min(1, low + draws.below(40) / 100);
    const share = (a, b) => {
      const [l, h] = [Number(a.toFixed(2)), Number(b.toFixed(2))];
      return { point: l, low: l, high: h, confidence: 0.95, basis: 'assumed', reviews: 0 };
    };
    const key = {
      source: `s${draws.below(12)}`,
      domain: draws.pick(domains),
      label,
      modelFamily: label === 'synthetic' ? draws.pick(FAMILIES) : '',
      grantId: draws.pick(hasFees ? GRANTS : GRANTS.slice(0, 5)),
      lineageDepth: draws.pick([0, 0, 0, 1, 2]),
      site: draws.pick(['', '', 'a.org', 'www.a.org']),
      language: draws.pick(['', 'en', 'en-GB', 'es']),
      anchored: false,
    };
    const tokens = 20_000 + draws.below(draws.pick([50_000, 2_000_000]));
    strata.set(JSON.stringify(key), {
      ...{ ...key, documents: Math.ceil(tokens / 200), tokens, tokensMax: 400, tokensMin: 100 },
      truth: {
        human_authored: share(1 - high, 1 - low),
        human_edited: share(0, 0),
        synthetic: share(low, high),
      },
    });
  }
  return {
    ...{ schemaVersion: 1, strata: [...strata.values()], leftOut: [], sources: [] },
    previous: null,
  };
}

const NO_FILTER = {
  ...{ provenance: null, source: null, modelFamily: null, licensed: null, lineageDepth: null },
  ...{ site: null, language: null, licenceTier: null, confidence: null },
};

function capOf(draws, id, { domains, total }) {
  const filter = draws.pick([
    { provenance: ['synthetic'] },
    { provenance: ['synthetic'] },
    { provenance: ['human_authored', 'human_edited'] },
    { provenance: ['unknown'] },
    { source: `s${draws.below(12)}` },
    { site: 'a.org' },
    { language: draws.pick(['en', 'es']) },
    { licenceTier: draws.pick([['non_commercial', 'academic_only'], ['commercial']]) },
    { modelFamily: draws.pick(['gpt', 'llama', 'unstated']) },
    { lineageDepth: draws.pick([1, 2]) },
    { provenance: ['synthetic'], confidence: 0.9 },
    { provenance: ['human_authored', 'unknown'], confidence: 0.95 },
    { provenance: ['human_authored'], licensed: true, language: 'en' },
  ]);
  const tight = draws.next();
  const maxima = [
    { kind: 'max_share', share: Number((0.05 + 0.9 * tight).toFixed(2)) },
    { kind: 'max_share', share: Number((0.05 + 0.9 * tight).toFixed(3)) },
    { kind: 'max_tokens', tokens: Math.floor(total * 0.3 * tight) },
  ];
  const minima = [
    { kind: 'min_share', share: Number((0.12 * tight).toFixed(2)) },
    { kind: 'min_tokens', tokens: Math.floor(total * 0.01 * tight) },
  ];
  const limit = draws.pick(draws.chance(0.1) ? minima : maxima);
  const isMinimum = limit.kind.startsWith('min');
  const domain = draws.pick(
    isMinimum ? ['all', 'all', draws.pick(domains)] : ['all', 'each', draws.pick(domains)],
  );
  return { ...NO_FILTER, ...filter, id, domain, limit, reason: '' };
}

/** Caps that no mix can keep together, among which each is needed. */
function plantedConflict(draws, { domains, total, budget }) {
  const domain = draws.pick(domains);
  const cap = (id, given) => ({ ...NO_FILTER, domain: 'all', reason: '', id, ...given });
  const human = ['human_authored', 'human_edited'];
  const share = (kind, value) => ({ kind, share: value });
  const floor = { kind: 'min_tokens', tokens: 1000 };
  return draws.pick([
    () => [
      cap('p1', { domain, limit: floor }),
      cap('p2', { domain, provenance: ['synthetic', 'unknown'], limit: share('max_share', 0.3) }),
      cap('p3', { domain, provenance: human, limit: share('max_share', 0.6) }),
    ],
    () => [
      cap('p1', { provenance: human, limit: share('min_share', 0.7) }),
      cap('p2', { provenance: ['synthetic'], limit: share('min_share', 0.4) }),
    ],
    () => [cap('p1', { source: 's1', limit: { kind: 'min_tokens', tokens: total + 1 } })],
    () => [
      cap('p1', {
        provenance: human,
        limit: { kind: 'min_tokens', tokens: Math.ceil(budget * 0.6) },
      }),
      cap('p2', {
        provenance: ['synthetic'],
        limit: { kind: 'min_tokens', tokens: Math.ceil(budget * 0.6) },
      }),
    ],
    () => [
      cap('p1', { domain, limit: floor }),
      ...LABELS.map((label, i) =>
        cap(`p${i + 2}`, { domain, provenance: [label], limit: share('max_share', 0.2) }),
      ),
    ],
    () => [
      cap('p1', { lineageDepth: 1, limit: share('max_share', 0.1) }),
      cap('p2', { lineageDepth: 1, domain, limit: { kind: 'min_tokens', tokens: 2000 } }),
      cap('p3', { limit: { kind: 'max_tokens', tokens: 15_000 } }),
    ],
  ])();
}

const USES = [
  'pretrain',
  'finetune',
  'eval',
  'rag',
  'synthetic_generation',
  'redistribute_text',
  'commercial',
];

function grantOf(grantId, uses, fee) {
  const right = Object.fromEntries(USES.map((use) => [use, 'allow']));
  return {
    ...{ grantId, kind: 'contract', grantor: null, spdxDeclared: null, spdxConcluded: null },
    ...{ scope: { sources: null, contentBefore: null, contentAfter: null }, validFrom: null },
    ...{ validUntil: null, noticeDays: 0, uses: { ...right, ...uses } },
    conditions: { attributionText: null, shareAlike: false, noDerivatives: false },
    territory: { include: ['WORLD'], exclude: [] },
    fee:
      fee === null
        ? null
        : {
            ...{ currency: 'USD', fixed: null, perToken: null, perDocument: null, perEpoch: null },
            ...{ cap: null, minimum: null, meter: 'trained', ...fee },
          },
    ...{ revokedAt: null, status: 'active', evidence: [] },
  };
}

function grantsOf(draws) {
  const price = () => String((1 + draws.below(9)) / 1e4);
  return [
    grantOf('open', {}, null),
    grantOf('nc', { commercial: 'deny' }, null),
    grantOf(
      'academic',
      { commercial: 'deny', redistribute_text: 'deny', pretrain: 'conditional' },
      null,
    ),
    grantOf('silent', { commercial: 'unstated' }, null),
    grantOf('paid', {}, draws.pick([{ perToken: price() }, { perToken: price(), cap: '150' }])),
    grantOf(
      'fixed',
      {},
      draws.pick([
        { fixed: '120' },
        { fixed: '20', perToken: price() },
        { perToken: price(), minimum: '90' },
      ]),
    ),
  ];
}

function problemOf(number) {
  const draws = drawsFrom(Number(values.seed) * 7919 + number * 104729 + 17);
  const style = ['plain', 'conflict', 'integers'][number % 3];
  const inventory = inventoryOf(draws, { hasFees: style === 'integers' });
  const { strata } = inventory;
  const total = strata.reduce((sum, s) => sum + s.tokens, 0);
  const budget = Math.max(1000, Math.floor(total * (0.1 + draws.next())));
  const domains = [...new Set(strata.map((s) => s.domain))];
  const caps = Array.from({ length: 1 + draws.below(draws.pick([5, 20])) }, (_, i) =>
    capOf(draws, `c${String(i).padStart(2, '0')}`, { domains, total }),
  );
  if (style === 'conflict') caps.push(...plantedConflict(draws, { domains, total, budget }));
  const weights = domains.map(() => 1 + draws.below(9));
  const sum = weights.reduce((a, b) => a + b, 0);
  const targets = draws.chance(0.7)
    ? Object.fromEntries(domains.map((domain, i) => [domain, weights[i] / sum]))
    : {};
  if (domains.length > 2 && draws.chance(0.2)) {
    // One domain without a target of its own.
    const [first, second] = domains;
    if (targets[first] !== undefined) targets[second] += targets[first];
    delete targets[first];
  }
  const families =
    style === 'integers'
      ? { minCount: draws.pick([1, 2, 3]), maxShare: draws.pick([0.4, 0.6, 1]) }
      : draws.pick([null, { minCount: 1, maxShare: draws.pick([0.5, 0.7]) }]);
  const names = [...new Set(strata.map((s) => s.source))].sort();
  const recipe = {
    ...{ schemaVersion: 1, name: 'mix', version: 'dev', seed: 7, tokenizer: { kind: 'bytes' } },
    ...{ tokenBudget: budget, targetShares: targets, targetTolerances: {}, minBudgetShare: 0 },
    ...{ diversity: ['families'], anchor: null, churnMax: null, allowLists: [], ownOutputs: [] },
    ...{ benchmarks: [], caps, modelFamilies: families, grants: grantsOf(draws) },
    maxRepetitionFactor: draws.pick([1, 1, 2, 1.5, 0.7]),
    licenceBudget:
      style === 'integers' && draws.chance(0.7)
        ? { currency: 'USD', amount: String(50 + draws.below(500)), rates: {} }
        : null,
    sources: names.map((name) => ({
      ...{ name, value: draws.pick([1, 1, 2]), maxRepetitionFactor: draws.pick([null, null, 3]) },
    })),
  };
  return { number, style, recipe, inventory };
}

const solver = await createHighs();
for (let number = 0; number < Number(values.count); number++) {
  const problem = problemOf(number);
  const started = performance.now();
  const plan = await planMix(problem.recipe, problem.inventory, 'f', solver, {
    explain: 'conflict',
  });
  const milliseconds = Math.round(performance.now() - started);
  const complaints = certify(problem.recipe, problem.inventory, plan);
  process.stdout.write(`${JSON.stringify({ ...problem, plan, complaints, milliseconds })}\n`);
}
