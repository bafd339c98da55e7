/**
 * The public OLMo mid-training mix, as a shape: 61 sources with target ratios, planned here and by OLMo-core's
 * own `source_mixture`, four requests side by side.
 *   npm run build && node bench/olmo-midtraining.mjs [--json] [--inventory]
 *   BALLAST_BENCH_OLMO=<python with ai2-olmo-core>     without it that side is skipped aloud
 * `--inventory` prints the inventory alone. Tokens available are a thousandth of what the file's
 * comments state; where it states none, they are assumed (twice the target for web and PDF text, the target
 * itself for small sets whose ratio is plainly their size).
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readRecipe } from '../dist/client/recipe/read-recipe.js';
import { certify } from '../dist/core/plan/certificate.js';
import { planMix } from '../dist/core/plan/plan-mix.js';
import { estimateTruthShares } from '../dist/core/stats/truth-shares.js';
import { createHighs } from '../dist/engines/highs.js';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const SCALE = 1000;

/** Tokens that the comments of the file state, and sets used whole. */
const STATED = {
  code_fim: 21_390_279_634,
  swallowcode: 18_833_636_683,
  megamatt: 3_883_674_937,
  dolminos2math: 18_273_789_287,
  reddit: 9_860_465_314 + 21_390_279_634,
  rcqa: 4_215_210_848,
  'nemotron-synth-qa': 486_558_362_887,
  'instruction-new-format': 1_639_399_859,
  flan: 17_055_708_123,
  r1_reasoning: 2_483_453_165,
  qwq_reasoning: 4_774_150_082,
  gemini_reasoning: 245_738_848,
  llamanemotron_reasoning: 20_900_000_000,
  openthoughts2: 5_601_836_260,
};
const USED_WHOLE = ['verifiable_41', 'verifiable_o4', 'math_meta', 'code_meta'];

function availableOf(name, share, budget) {
  if (STATED[name] !== undefined) return Math.floor(STATED[name] / SCALE);
  return Math.ceil(share * budget * (USED_WHOLE.includes(name) ? 1 : 2));
}

const LABELS = { human_authored: 'human_authored', synthetic: 'synthetic' };

export function inventoryOf(recipe) {
  const strata = recipe.sources.map(({ name, domain, provenance, modelFamily, grant }) => {
    const label = (provenance.kind === 'declared' && LABELS[provenance.label]) || 'unknown';
    const tokens = availableOf(name, recipe.targetShares[name], recipe.tokenBudget);
    const tally = { label, own: null, domain: null, flags: null };
    return {
      ...{ source: name, domain: domain.value, label, modelFamily: modelFamily?.value ?? '' },
      ...{ grantId: grant.value, lineageDepth: 0, site: '', language: '', anchored: false },
      ...{ documents: Math.max(1, Math.ceil(tokens / 1000)), tokens },
      ...{ tokensMax: Math.min(tokens, 4000), tokensMin: Math.min(tokens, 50) },
      truth: estimateTruthShares(tally, { thresholds: recipe.labels.thresholds, confidence: 0.95 }),
    };
  });
  return { schemaVersion: 1, strata, leftOut: [], sources: [], previous: null };
}

/** Gives one source another share; the others keep their proportions. */
function withShare(recipe, name, share) {
  const rest = (1 - share) / (1 - recipe.targetShares[name]);
  const entries = Object.entries(recipe.targetShares).map(([domain, target]) => [
    domain,
    domain === name ? share : target * rest,
  ]);
  return { ...recipe, targetShares: Object.fromEntries(entries) };
}

const floorOf = (source, tokens) => ({
  ...{ id: `floor-${source}`, domain: 'all', provenance: null, source, modelFamily: null },
  ...{ licensed: null, lineageDepth: null, site: null, language: null, licenceTier: null },
  ...{ confidence: null, limit: { kind: 'min_tokens', tokens }, reason: 'the ratio is a must' },
});

function requestsOf(recipe) {
  const plain = { ...recipe, caps: [] };
  const starved = withShare(plain, 'gemini_reasoning', 0.01);
  return [
    { name: 'as published', recipe: plain },
    { name: 'caps by family', recipe },
    { name: 'gemini_reasoning at 1 %', recipe: starved },
    {
      name: 'gemini_reasoning at 1 %, a must',
      recipe: { ...starved, caps: [floorOf('gemini_reasoning', starved.tokenBudget / 100)] },
    },
    { name: 'twice the tokens', recipe: { ...plain, tokenBudget: plain.tokenBudget * 2 } },
  ];
}

/** Sum of the distances of reached shares from target shares, and the family of most tokens. */
function measures(recipe, reached) {
  const total = Object.values(reached).reduce((sum, n) => sum + n, 0);
  const shareOf = (names) => names.reduce((sum, name) => sum + (reached[name] ?? 0), 0) / total;
  const distances = Object.entries(recipe.targetShares).map(([name, target]) =>
    Math.abs((reached[name] ?? 0) / total - target),
  );
  const named = (wanted) =>
    recipe.sources.filter((s) => s.modelFamily?.value === wanted).map((s) => s.name);
  const synthetic = recipe.sources.filter((s) => s.provenance.label === 'synthetic');
  return {
    tokens: total,
    distance: distances.reduce((sum, d) => sum + d, 0),
    farthest: Math.max(...distances),
    openai: shareOf(named('openai')),
    nemotron: shareOf(named('nemotron')),
    synthetic: shareOf(synthetic.map((s) => s.name)),
  };
}

async function planned({ recipe }, inventory, solver) {
  const started = performance.now();
  const plan = await planMix(recipe, inventory, 'f', solver);
  const milliseconds = Math.round(performance.now() - started);
  const complaints = certify(recipe, inventory, plan);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  if (plan.status === 'infeasible') {
    return { milliseconds, says: plan.conflict.map(({ statement }) => statement) };
  }
  const reached = Object.fromEntries(plan.allocations.map((a) => [a.source, a.tokensAllocated]));
  const prices = plan.caps
    .filter((cap) => cap.shadowPrice)
    .map((cap) => [cap.capId, cap.shadowPrice]);
  return { milliseconds, reached, prices, says: plan.notes };
}

function askOlmo(requests, inventory) {
  const python = process.env.BALLAST_BENCH_OLMO;
  if (python === undefined) {
    console.error('BALLAST_BENCH_OLMO is not set: the side of OLMo-core is skipped');
    return [];
  }
  const available = new Map(inventory.strata.map((s) => [s.source, s.tokens]));
  const input = requests.map(({ name, recipe }) => ({
    ...{ name, tokens: recipe.tokenBudget },
    sources: recipe.sources.map((source) => ({
      ...{ name: source.name, ratio: recipe.targetShares[source.name] },
      available: available.get(source.name),
    })),
  }));
  const script = at('../test/independent/olmo_source_mixture.py');
  return JSON.parse(
    execFileSync(python, [script], { input: JSON.stringify(input), maxBuffer: 2 ** 26 }),
  );
}

const percent = (share) => `${(share * 100).toFixed(3)} %`;

function print(request, side, { reached, says, error }) {
  console.log(`\n${request.name}: ${side}`);
  if (reached === undefined) {
    for (const line of error === undefined ? says : [error]) console.log(`  ${line}`);
    return;
  }
  const m = measures(request.recipe, reached);
  const asked = request.recipe.tokenBudget;
  console.log(`  tokens ${m.tokens.toLocaleString('en')} of ${asked.toLocaleString('en')}`);
  console.log(
    `  distance from targets ${percent(m.distance)}, farthest source ${percent(m.farthest)}`,
  );
  console.log(
    `  synthetic ${percent(m.synthetic)}, openai ${percent(m.openai)}, nemotron ${percent(m.nemotron)}`,
  );
  for (const line of says ?? []) console.log(`  ${line}`);
}

const { recipe } = await readRecipe({
  path: at('../examples/olmo-midtraining-shape.yaml'),
  set: [],
});
const inventory = inventoryOf(recipe);
if (process.argv.includes('--inventory')) {
  console.log(JSON.stringify(inventory, null, 2));
} else {
  const solver = await createHighs();
  const requests = requestsOf(recipe);
  const theirs = askOlmo(requests, inventory);
  const results = [];
  for (const [i, request] of requests.entries()) {
    const ours = await planned(request, inventory, solver);
    results.push({
      request: request.name,
      tokens: request.recipe.tokenBudget,
      ours,
      olmo: theirs[i] ?? null,
    });
    if (process.argv.includes('--json')) continue;
    print(request, `Ballast (${ours.milliseconds} ms)`, ours);
    if (theirs[i] !== undefined) print(request, 'OLMo-core', theirs[i]);
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify(results, null, 2));
}
