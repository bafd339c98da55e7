/**
 * Planning problems of a stated size, from a seed: strata over sources, domains, labels, families and
 * grants, and caps of every kind at several scopes. Nothing is read from files.
 *   roomy       the budget is reached, caps hinder the targets
 *   tight       more is asked for than caps and repetition allow, so caps have prices in tokens
 *   infeasible  tight, and two floors contradict two maxima of one domain
 */
import { derive, draw } from '../dist/core/random/draw.js';
import { estimateTruthShares } from '../dist/core/stats/truth-shares.js';

const DOMAINS = 20;
const FAMILIES = 8;
const DEPTHS = 3;
/** Labels as they come, and what one in so many strata has. */
const LABELS = ['human_authored', 'human_edited', 'synthetic', 'synthetic', 'unknown'];
const THRESHOLDS = { human_authored: 0.95, human_edited: 0.95, synthetic: 0.95 };
const USES = ['pretrain', 'finetune', 'commercial', 'release_weights', 'distribute_data'];

const named = (name, i) => `${name}-${String(i).padStart(3, '0')}`;

/** `{recipe, inventory}` of `strata` strata and `caps` caps (rows of `each` caps count as one). */
export function planInstance({ strata: count, caps: capCount, kind, seed = 1 }) {
  const of = (...parts) => draw(derive(seed, 'plan-instance'), parts.join(' '));
  const pick = (list, ...parts) => list[Math.floor(of(...parts) * list.length)];
  const sources = Math.max(5, Math.round(count / 25));
  const strata = strataOf({ of, pick, count, sources });
  const tokens = strata.reduce((sum, s) => sum + s.tokens, 0);
  const caps = capsOf({ of, pick, count: capCount, sources, kind, tokens });
  const recipe = {
    ...{ schemaVersion: 1, name: 'bench', version: 'dev', seed, tokenizer: { kind: 'bytes' } },
    tokenBudget: Math.round(tokens * (kind === 'roomy' ? 0.25 : 2)),
    targetShares: targetsOf(of),
    sources: Array.from({ length: sources }, (_, i) => sourceOf(named('source', i), of)),
    ...{ allowLists: [], ownOutputs: [], benchmarks: [], caps, grants: grantsOf(of) },
    labels: { policy: 'labels-v2', thresholds: THRESHOLDS },
    modelFamilies: { minCount: 3, maxShare: 0.4 },
    maxRepetitionFactor: 2,
    licenceBudget: { currency: 'USD', amount: String(Math.round(tokens * 1e-7)) },
    use: { purposes: ['pretrain'], territory: 'WORLD', trainingEnds: null },
  };
  return { recipe, inventory: { schemaVersion: 1, strata, leftOut: [], sources: [] } };
}

function strataOf({ of, pick, count, sources }) {
  const strata = new Map();
  for (let i = 0; strata.size < count; i++) {
    const label = pick(LABELS, 'label', i);
    const synthetic = label === 'synthetic';
    const size = Math.ceil(10 ** (3 + 4 * of('size', i)));
    const reviewed = of('reviewed', i) < 0.5;
    const tally = {
      ...{ label, domain: null, flags: null },
      own: reviewed ? reviewsOf(label, Math.floor(20 + 200 * of('reviews', i))) : null,
    };
    const key = {
      source: named('source', Math.floor(of('source', i) * sources)),
      domain: named('domain', Math.floor(of('domain', i) ** 1.5 * DOMAINS)),
      label,
      modelFamily: synthetic ? named('family', Math.floor(of('family', i) * FAMILIES)) : '',
      grantId: named('grant', Math.floor(of('grant', i) * 12)),
      lineageDepth: synthetic ? Math.floor(of('depth', i) ** 3 * DEPTHS) : 0,
    };
    strata.set(JSON.stringify(key), {
      ...key,
      ...{ documents: Math.ceil(size / 500), tokens: size, tokensMax: 900, tokensMin: 40 },
      truth: estimateTruthShares(tally, { thresholds: THRESHOLDS, confidence: 0.95 }),
    });
  }
  return [...strata.values()];
}

/** Reviews that mostly confirm the label. */
function reviewsOf(label, reviews) {
  const wrong = Math.floor(reviews * 0.03);
  const own = { human_authored: 0, human_edited: 0, synthetic: 0 };
  const truth = label === 'unknown' ? 'human_authored' : label;
  own[truth] += reviews - wrong;
  own[truth === 'synthetic' ? 'human_edited' : 'synthetic'] += wrong;
  return own;
}

function targetsOf(of) {
  const raw = Array.from({ length: DOMAINS }, (_, d) => 0.2 + of('target', d));
  const whole = raw.reduce((sum, n) => sum + n, 0);
  const units = raw.map((n) => Math.floor((n / whole) * 1000));
  units[0] += 1000 - units.reduce((sum, n) => sum + n, 0);
  return Object.fromEntries(units.map((n, d) => [named('domain', d), n / 1000]));
}

function sourceOf(name, of) {
  const factor = of('factor', name);
  return {
    ...{ name, paths: ['x'], fields: { id: 'id', text: 'text', created: 'created', url: 'url' } },
    ...{ domain: { kind: 'field', field: 'domain' }, provenance: { kind: 'none' } },
    ...{ language: null, modelFamily: null, grant: null, metadata: [] },
    value: 0.5 + Math.round(of('value', name) * 4) / 4,
    maxRepetitionFactor: factor < 0.3 ? 1 : factor < 0.4 ? 4 : null,
  };
}

/** Every third grant costs: some per token, one fixed, one with a minimum. */
function grantsOf(of) {
  return Array.from({ length: 12 }, (_, g) => {
    const none = { fixed: null, perToken: null, perDocument: null, perEpoch: null };
    const some =
      g === 0 ? { fixed: '250.00' } : g === 3 ? { minimum: '100.00', perToken: '0.000001' } : {};
    const perToken = (Math.ceil(of('fee', g) * 9) / 1e7).toFixed(7);
    const fee = {
      currency: 'USD',
      ...none,
      perToken,
      cap: null,
      minimum: null,
      meter: 'trained',
      ...some,
    };
    return {
      ...{ grantId: named('grant', g), kind: 'contract', grantor: null },
      ...{ spdxDeclared: null, spdxConcluded: null },
      scope: { sources: null, contentBefore: null, contentAfter: null },
      ...{ validFrom: null, validUntil: null, noticeDays: 0 },
      uses: Object.fromEntries(USES.map((use) => [use, 'allow'])),
      conditions: { attributionText: null, shareAlike: false, noDerivatives: false },
      territory: { include: ['WORLD'], exclude: [] },
      fee: g % 3 === 0 ? fee : null,
      ...{ revokedAt: null, status: 'active', evidence: [] },
    };
  });
}

const NO_FILTER = {
  ...{ domain: 'all', provenance: null, source: null, modelFamily: null, licensed: null },
  ...{ lineageDepth: null, confidence: null, reason: 'bench' },
};

function capsOf({ of, pick, count, sources, kind, tokens }) {
  const caps = [
    { domain: 'each', provenance: ['synthetic'], limit: { kind: 'max_share', share: 0.3 } },
    { domain: 'each', provenance: ['unknown'], limit: { kind: 'max_share', share: 0.15 } },
    { provenance: ['synthetic'], lineageDepth: 2, limit: { kind: 'max_share', share: 0.02 } },
    ...(kind === 'infeasible' ? contradiction(tokens) : []),
  ];
  for (let i = caps.length; i < count; i++) caps.push(capAt({ of, pick, sources, tokens }, i));
  return caps.map((cap, i) => ({ ...NO_FILTER, ...cap, id: named('cap', i) }));
}

/** At least 40 % proven human text by a floor on tokens, at most 10 % of text that is not synthetic. */
function contradiction(tokens) {
  const domain = named('domain', 4);
  return [
    { domain, limit: { kind: 'min_tokens', tokens: Math.round(tokens * 1e-4) } },
    { domain, provenance: ['synthetic', 'unknown'], limit: { kind: 'min_share', share: 0.9 } },
  ];
}

function capAt({ of, pick, sources, tokens }, i) {
  const domain = named('domain', Math.floor(of('cap-domain', i) * DOMAINS));
  const source = named('source', Math.floor(of('cap-source', i) * sources));
  const family = named('family', Math.floor(of('cap-family', i) * FAMILIES));
  const level = of('cap-level', i);
  const share = (low, high) => Math.round(1000 * (low + level * (high - low))) / 1000;
  const maximum = (low, high) => ({ kind: 'max_share', share: share(low, high) });
  switch (i % 8) {
    case 0:
      return {
        source,
        limit: { kind: 'max_tokens', tokens: Math.round((tokens / sources) * level) },
      };
    case 1:
      return { domain, source, limit: maximum(0.01, 0.1) };
    case 2:
      return { domain, modelFamily: family, provenance: ['synthetic'], limit: maximum(0.02, 0.08) };
    case 3:
      return { source, limit: maximum(0.5 / sources, 2 / sources) };
    case 4: {
      const provenance = ['human_authored', 'human_edited'];
      return { domain, provenance, limit: { kind: 'min_share', share: share(0.3, 0.6) } };
    }
    case 5: {
      const limit = maximum(0.3, 0.5);
      return {
        domain,
        provenance: ['synthetic'],
        confidence: pick([0.8, 0.9, 0.95], 'c', i),
        limit,
      };
    }
    case 6: {
      const limit = { kind: 'max_tokens', tokens: Math.round((tokens / DOMAINS) * 0.2 * level) };
      return { domain, provenance: ['unknown'], limit };
    }
    default:
      return { domain, modelFamily: family, lineageDepth: 1, limit: maximum(0.01, 0.05) };
  }
}
