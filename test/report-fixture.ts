/**
 * A manifest, its plan and its inventory that agree with each other: 23 domains, 5 sources, 4 model
 * families, a hard cap at its limit. All numbers come from one small hash, so the goldens are stable.
 */

import { stratumKeyFrom } from '../core/plan/stratum.js';
import type { Grant } from '../core/schema/grant.js';
import type { Label } from '../core/schema/label.js';
import type { Manifest } from '../core/schema/manifest.js';
import type {
  CapUsage,
  Inventory,
  LeftOut,
  OptimalPlan,
  Price,
  StratumKey,
} from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { POLICY } from './label-fixture.js';
import { assumedTruth } from './plan-fixture.js';

export const LONG_DOMAIN = 'environmental-regulation-and-industrial-policy-of-the-european-union';
export const HOSTILE_DOMAIN = '<script>alert("x")</script> & "quotes" | pipe';

const DOMAINS = [
  ...['academic', 'biography', 'chemistry', 'civic', 'code', 'cooking', 'education'],
  ...['finance', 'games', 'geography', 'health', 'history', 'law', 'literature', 'music'],
  ...['news', 'philosophy', 'physics', 'reviews', 'software', 'travel', LONG_DOMAIN],
  HOSTILE_DOMAIN,
];
const FAMILIES = ['gemini-1.5', 'gpt-4o', 'house-7b', 'llama-3'];

interface Cell extends StratumKey {
  documents: number;
  available: number;
  written: number;
  documentsWritten: number;
}

/** A number in [0, 1) from text (FNV-1a, then a mix). */
function noise(text: string): number {
  let hash = 2166136261;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

function cell(key: StratumKey, tokens: number): Cell {
  const written = Math.round(tokens);
  const { source, domain, label, modelFamily, grantId } = key;
  const named = { source, domain, label, modelFamily, grantId };
  const spare = 1.05 + noise(`spare${JSON.stringify(named)}`);
  const available = Math.round(written * spare) + 40;
  return {
    ...key,
    documents: Math.ceil(available / 640),
    available,
    written,
    documentsWritten: Math.ceil(written / 640),
  };
}

/** Per domain: human text, edited text, synthetic text at or under 30 %, unknown text under 10 %. */
function cellsOf(domain: string, index: number): Cell[] {
  const total = Math.round(60_000 * (0.3 + noise(domain)) ** 2) * (index === 10 ? 12 : 1);
  const synthetic = index % 6 === 4 ? 0.3 : 0.08 + 0.2 * noise(`s${domain}`);
  const unknown = index % 5 === 1 ? 0 : 0.02 + 0.075 * noise(`u${domain}`);
  const key = (source: string, label: Label, modelFamily: string, grantId: string) => ({
    ...{
      source,
      domain,
      label,
      modelFamily,
      grantId,
      lineageDepth: 0,
      site: '',
      language: '',
      anchored: false,
    },
  });
  const edited = index % 3 === 0 ? 0.12 : 0;
  const human = 1 - synthetic - unknown - edited;
  const home = index === 10 ? 'medquad' : index % 2 === 0 ? 'archive' : 'encyclopedia';
  const grant = { medquad: 'medquad-cc-by', archive: 'archive-2024', encyclopedia: 'cc-by-sa-4' };
  const weights = FAMILIES.map((family) => 0.6 + noise(`${family}${domain}`));
  const weightSum = weights.reduce((a, b) => a + b, 0);
  const cells = [cell(key(home, 'human_authored', '', grant[home]), total * human)];
  if (edited > 0) cells.push(cell(key('faid', 'human_edited', '', 'faid-cc0'), total * edited));
  for (const [i, family] of FAMILIES.entries()) {
    const tokens = (total * synthetic * weights[i]!) / weightSum;
    cells.push(cell(key('l2r', 'synthetic', family, 'l2r-mit'), Math.floor(tokens)));
  }
  if (unknown > 0) cells.push(cell(key('archive', 'unknown', '', 'archive-2024'), total * unknown));
  return cells;
}

const sum = <T>(rows: readonly T[], value: (row: T) => number) =>
  rows.reduce((total, row) => total + value(row), 0);

function usage(
  capId: string,
  scope: string,
  parts: { limit: number; part: number; whole: number; reason: string },
): CapUsage {
  const { limit, part, whole, reason } = parts;
  const limitTokens = Math.floor(limit * whole);
  return {
    ...{ capId, scope, kind: 'max_share', limit, limitTokens, part, whole, reason },
    confidence: null,
    used: whole === 0 ? 0 : part / whole,
    slack: limitTokens - part,
    kept: part <= limitTokens,
  };
}

function capsOf(cells: readonly Cell[]): CapUsage[] {
  const of = (rows: readonly Cell[], keep: (row: Cell) => boolean) =>
    sum(rows.filter(keep), (row) => row.written);
  const caps: CapUsage[] = [];
  for (const domain of DOMAINS) {
    const rows = cells.filter((row) => row.domain === domain);
    const whole = of(rows, () => true);
    const synthetic = of(rows, (row) => row.label === 'synthetic');
    const unknown = of(rows, (row) => row.label === 'unknown');
    const share = (id: string, limit: number, part: number, reason: string) =>
      caps.push(usage(id, domain, { limit, part, whole, reason }));
    share('synthetic-each', 0.3, synthetic, 'policy 12: most of every domain is written by people');
    share('unknown-each', 0.1, unknown, 'policy 13');
    const largest = Math.max(
      ...FAMILIES.map((family) => of(rows, (row) => row.modelFamily === family)),
    );
    caps.push({
      ...usage('model_families', domain, {
        limit: 0.5,
        part: largest,
        whole: synthetic,
        reason: '',
      }),
      kind: 'families_max_share',
    });
  }
  caps.push({
    ...{ capId: 'model_families', scope: 'all', kind: 'families_min_count', limit: 3, reason: '' },
    ...{ limitTokens: 3, part: FAMILIES.length, whole: FAMILIES.length, used: FAMILIES.length },
    ...{ slack: FAMILIES.length - 3, kept: true, confidence: null },
  });
  caps.push({
    ...{ capId: 'licence_budget', scope: 'all', kind: 'licence_budget', limit: 1_200_000 },
    ...{ limitTokens: 1_200_000, part: 481_250, whole: 481_250, used: 481_250 },
    ...{ slack: 718_750, kept: true, confidence: null, reason: 'procurement 2026-14' },
  });
  return caps;
}

export const GRANTS: Grant[] = [
  ['medquad-cc-by', 'CC-BY-4.0', 'public_licence', null],
  ['archive-2024', 'LicenseRef-Archive-2024', 'contract', '2027-12-31'],
  ['cc-by-sa-4', 'CC-BY-SA-4.0', 'public_licence', null],
  ['faid-cc0', 'CC0-1.0', 'public_licence', null],
  ['l2r-mit', 'MIT', 'public_licence', null],
].map(([grantId, spdx, kind, validUntil]) => ({
  grantId: grantId!,
  kind: kind as Grant['kind'],
  grantor: kind === 'contract' ? 'City Archive & Sons' : null,
  spdxDeclared: spdx!,
  spdxConcluded: spdx!,
  scope: { sources: null, contentBefore: null, contentAfter: null },
  validFrom: '2024-01-01',
  validUntil: validUntil ?? null,
  noticeDays: 90,
  uses: {
    ...{ pretrain: 'allow', finetune: 'allow', eval: 'allow', rag: 'unstated' },
    ...{ synthetic_generation: 'unstated', redistribute_text: 'unstated', commercial: 'allow' },
  } as Grant['uses'],
  conditions: { attributionText: null, shareAlike: false, noDerivatives: false },
  territory: { include: [], exclude: [] },
  fee: null,
  revokedAt: null,
  status: 'active',
  evidence: [],
}));

const SOURCES = ['archive', 'encyclopedia', 'faid', 'l2r', 'medquad'];

function recipeOf(tokenBudget: number, targets: Record<string, number>): Recipe {
  return {
    ...{ schemaVersion: 1, name: 'clinic-assistant', version: '2026.11.23', seed: 7 },
    tokenizer: { kind: 'o200k_base' },
    tokenBudget,
    ...{ targetTolerances: {}, minBudgetShare: 0, diversity: ['families'], anchor: null },
    churnMax: null,
    targetShares: targets,
    sources: SOURCES.map((name) => ({
      name,
      paths: [`data/${name}-*.jsonl.gz`],
      fields: { id: 'id', text: 'text', created: 'created', url: 'url' },
      domain: { kind: 'field', field: 'domain' },
      provenance:
        name === 'archive'
          ? { kind: 'none' }
          : { kind: 'field', field: 'truth', map: {}, by: 'publisher' },
      modelFamily: name === 'l2r' ? { kind: 'field', field: 'model_family' } : null,
      language: null,
      platform: { wellKnown: true, fields: {} },
      grant: { kind: 'field', field: 'license' },
      value: 1,
      maxRepetitionFactor: null,
      metadata: [],
    })),
    allowLists: [
      {
        ...{ source: 'medquad', before: '2022-11-30', after: null, label: 'human_authored' },
        ...{ url: null, author: null, auditRate: 0.02 },
        ...{ reason: 'published before the first chat models', expires: '2027-06-30' },
      },
    ],
    ownOutputs: [],
    benchmarks: [],
    labels: POLICY,
    grants: GRANTS,
    caps: (['synthetic', 'unknown'] as const).map((label) => ({
      ...{ id: `${label}-each`, domain: 'each', provenance: [label], source: null },
      ...{
        modelFamily: null,
        licensed: null,
        lineageDepth: null,
        site: null,
        language: null,
        licenceTier: null,
        confidence: null,
      },
      reason: 'policy 12',
      limit: { kind: 'max_share', share: label === 'synthetic' ? 0.3 : 0.1 },
    })),
    modelFamilies: { minCount: 3, maxShare: 0.5 },
    maxRepetitionFactor: 4,
    licenceBudget: { currency: 'USD', amount: '12000.00', rates: {} },
    use: { purposes: ['pretrain', 'commercial'], territory: 'EU', trainingEnds: '2027-03-31' },
    nearDuplicates: { jaccard: 0.8 },
    rejects: { maxShare: 0.01 },
    risk: null,
    review: null,
    output: {
      ...{ formats: ['parquet'], compression: 'zstd', shardMegabytes: 256, holdoutShare: 0.001 },
    },
  };
}

function leftOutOf(): LeftOut[] {
  const row = (source: string, domain: string, reason: string, documents: number) => ({
    ...{ source, domain, reason, documents, tokens: documents * 611 },
  });
  return [
    row('medquad', 'health', 'duplicate', 749),
    row('encyclopedia', 'history', 'duplicate', 86),
    row('archive', 'law', 'grant_expired', 212),
    row('archive', 'news', 'no_grant', 1204),
    row('l2r', 'code', 'use_unstated', 33),
    ...SOURCES.map((source) => row(source, 'health', 'holdout', 4)),
  ];
}

export interface Fixture {
  readonly manifest: Manifest;
  readonly plan: OptimalPlan;
  readonly inventory: Inventory;
}

export function reportFixture(): Fixture {
  const cells = DOMAINS.flatMap(cellsOf);
  const leftOut = leftOutOf();
  const tokensWritten = sum(cells, (row) => row.written);
  const tokenBudget = tokensWritten + 913;
  const targets = targetsOf(cells, tokenBudget);
  const sources = SOURCES.map((source) => tallyOf(source, cells, leftOut));
  const caps = capsOf(cells);
  const written = (domain: string) =>
    sum(
      cells.filter((row) => row.domain === domain),
      (row) => row.written,
    );
  const licenceCost = { currency: 'USD', minorUnits: 481_250 };
  const train = sum(cells, (row) => row.documentsWritten);
  const holdoutRows = leftOut.filter((row) => row.reason === 'holdout');
  const holdout = {
    documents: sum(holdoutRows, (row) => row.documents),
    tokens: sum(holdoutRows, (row) => row.tokens),
  };
  const digest = (text: string) =>
    Array.from({ length: 64 }, (_, i) => Math.floor(noise(`${text}${i}`) * 16).toString(16)).join(
      '',
    );
  const manifest: Manifest = {
    ...{ schemaVersion: 1, name: 'clinic-assistant', version: '2026.11.23', seed: 7 },
    recipeFingerprint: digest('recipe'),
    recipe: recipeOf(tokenBudget, targets),
    tokenizer: 'o200k_base',
    tool: { name: 'ballast', version: '0.1.0' },
    policies: { labels: 'labels-v2', duplicates: 'duplicates-v1', selection: 'selection-v1' },
    asOf: '2026-11-23',
    ...{ benchmarks: [], evaluation: [], notes: [] },
    inputs: SOURCES.map((source) => ({
      ...{ source, path: `data/${source}-000.jsonl.gz`, sha256: digest(source) },
      bytes: 1_000_000 + Math.round(noise(source) * 9e6),
    })),
    ...{ sources, leftOut },
    duplicates: { exactGroups: 412, nearPairs: 1530, clusters: 640, documentsRemoved: 835 },
    tokenBudget,
    tokensPlanned: tokensWritten + 350,
    tokensWritten,
    documentsWritten: train,
    targets: DOMAINS.map((domain) => ({
      domain,
      target: targets[domain] ?? null,
      written: written(domain) / tokensWritten,
      tokens: written(domain),
    })),
    strata: cells.map((row, i) => ({
      ...stratumKeyFrom(row),
      tokensAvailable: row.available,
      tokensRequested: row.written + (i === 0 ? 350 : 0) + 0.25,
      tokensPlanned: row.written + (i === 0 ? 350 : 0),
      tokensWritten: row.written,
      documentsWritten: row.documentsWritten,
    })),
    ...{ caps, licenceCost, holdout, risk: null, approval: null },
    files: [
      dataFileOf('train', { rows: train, tokens: tokensWritten, sha256: digest('train') }),
      dataFileOf('holdout', {
        ...{ rows: holdout.documents, tokens: holdout.tokens, sha256: digest('holdout') },
      }),
    ],
    attachments: [{ path: 'plan.json', sha256: digest('plan'), bytes: 4096 }],
    previousVersion: '2026.11.01',
  };
  const plan = planOf(manifest, targets);
  const inventory: Inventory = {
    ...{ schemaVersion: 1, leftOut, sources, previous: null },
    strata: cells.map((row) => ({
      ...stratumKeyFrom(row),
      ...{ documents: row.documents, tokens: row.available, tokensMax: 900, tokensMin: 12 },
      truth: assumedTruth(row.label),
    })),
  };
  return { manifest, plan, inventory };
}

function dataFileOf(
  split: 'train' | 'holdout',
  content: { rows: number; tokens: number; sha256: string },
): Manifest['files'][number] {
  const path = `data/${split}-00000-of-00001.parquet`;
  return { path, split, format: 'parquet', bytes: content.tokens * 2, ...content };
}

/** The largest domain carries the difference, so that the shares sum to 1. */
function targetsOf(cells: readonly Cell[], budget: number): Record<string, number> {
  const rest = DOMAINS.filter((domain) => domain !== 'health' && domain !== 'reviews');
  const shares = rest.map((domain): [string, number] => {
    const tokens = sum(
      cells.filter((row) => row.domain === domain),
      (row) => row.written,
    );
    return [domain, Math.round((tokens / budget) * 1000 * (0.93 + noise(domain) / 6)) / 1000];
  });
  const health = Math.round((1 - sum(shares, ([, share]) => share)) * 1000) / 1000;
  return Object.fromEntries([...shares, ['health', health]]);
}

function tallyOf(source: string, cells: readonly Cell[], leftOut: readonly LeftOut[]) {
  const own = cells.filter((row) => row.source === source);
  const lost = leftOut.filter((row) => row.source === source);
  const rowsKept = sum(own, (row) => row.documents) + sum(lost, (row) => row.documents);
  const rejectedByReason: Record<string, number> =
    source === 'archive' ? { broken_json: 7, missing_text: 3 } : {};
  const rowsRejected = sum(Object.values(rejectedByReason), (count) => count);
  const tokens = sum(own, (row) => row.available) + sum(lost, (row) => row.tokens);
  return {
    ...{ source, shards: 1, rowsRead: rowsKept + rowsRejected, rowsKept, rowsRejected },
    ...{ rejectedByReason, tokens, textBytes: tokens * 4 },
  };
}

function priceOf(tokens: number, range: Price['range'], deviation: number): Price {
  return { tokens, unique: true, less: tokens, more: tokens, range, deviation, money: null };
}

function planOf(manifest: Manifest, targets: Record<string, number>): OptimalPlan {
  return {
    ...{ schemaVersion: 1, status: 'optimal', recipeFingerprint: manifest.recipeFingerprint },
    solver: { name: 'highs', version: '1.15.3' },
    tokenBudget: manifest.tokenBudget,
    tokensAllocated: manifest.tokensPlanned,
    targets: Object.entries(targets).map(([domain, target]) => {
      const tokens = manifest.targets.find((row) => row.domain === domain)?.tokens ?? 0;
      return { domain, target, planned: tokens / manifest.tokensPlanned, tokens };
    }),
    allocations: manifest.strata.map((row) => ({
      ...stratumKeyFrom(row),
      ...{ tokensAvailable: row.tokensAvailable, tokensRequested: row.tokensRequested ?? 0 },
      tokensAllocated: row.tokensPlanned,
      epochs: row.tokensPlanned / row.tokensAvailable,
    })),
    budgetPrice: priceOf(0, { from: -563, to: null }, 0),
    caps: manifest.caps.map((cap) => {
      const isBinding = cap.slack < 3 && cap.kind === 'max_share';
      const price = isBinding
        ? priceOf(1.25, { from: -1200.5, to: 340.25 }, -0.375)
        : priceOf(0, { from: -cap.slack, to: null }, 0);
      return { ...cap, shadowPrice: price.tokens, price };
    }),
    licenceCost: manifest.licenceCost,
    stages: [{ name: 'budget', objective: manifest.tokensPlanned }],
    notes: ['The budget is missed by 563 tokens: cap "synthetic-each" binds in 4 domains.'],
  };
}
