/** Small recipes and inventories for the planner's tests: only what a test names differs. */
import { stratumKeyFrom } from '../core/plan/stratum.js';
import { type Grant, USES, type Use } from '../core/schema/grant.js';
import type { Label } from '../core/schema/label.js';
import type { Inventory, Stratum } from '../core/schema/plan.js';
import type { Cap, Recipe } from '../core/schema/recipe.js';
import type { TruthShares } from '../core/schema/truth-shares.js';
import { estimateTruthShares } from '../core/stats/truth-shares.js';
import { POLICY } from './label-fixture.js';

const LETTERS: Record<string, Label> = {
  h: 'human_authored',
  e: 'human_edited',
  s: 'synthetic',
  u: 'unknown',
};

/** Truth of text with a label, as one threshold of all labels promises it. */
export function assumedTruth(label: Label, threshold = 0.95): TruthShares {
  const thresholds = { human_authored: threshold, human_edited: threshold, synthetic: threshold };
  const tally = { label, own: null, domain: null, flags: null };
  return estimateTruthShares(tally, { thresholds, confidence: 0.95 });
}

/**
 * `web health h 1000`, `gen health s:gpt 500 doc=100 grant=paid depth=1 site=a.org language=en anchored=yes`: source, domain,
 * label[:family], tokens. Truth as the thresholds assume it.
 */
export function stratum(line: string): Stratum {
  const [source = '', domain = '', kind = '', tokens = '', ...options] = line.trim().split(/\s+/);
  const [letter = '', modelFamily = ''] = kind.split(':');
  const option = new Map(options.map((o) => o.split('=') as [string, string]));
  const size = Number(option.get('doc') ?? '1');
  return {
    ...{
      source,
      domain,
      label: LETTERS[letter]!,
      modelFamily,
      grantId: option.get('grant') ?? 'open',
      lineageDepth: Number(option.get('depth') ?? '0'),
      site: option.get('site') ?? '',
      language: option.get('language') ?? '',
      anchored: option.get('anchored') === 'yes',
    },
    truth: assumedTruth(LETTERS[letter]!),
    ...{ documents: Math.ceil(Number(tokens) / size), tokens: Number(tokens) },
    ...{ tokensMax: size, tokensMin: size },
  };
}

export function inventoryOf(text: string): Inventory {
  const strata = text.trim().split('\n').map(stratum);
  return { schemaVersion: 1, strata, leftOut: [], sources: [], previous: null };
}

/**
 * An inventory after an earlier version: lines of its strata, and what the anchor says of human text
 * that is in no source any more.
 */
export function inventoryAfter(text: string, before: string, absent = 0): Inventory {
  const inventory = inventoryOf(text);
  const anchored = inventory.strata.filter((row) => row.anchored);
  const sum = (values: readonly { readonly tokens: number }[]) =>
    values.reduce((total, row) => total + row.tokens, 0);
  const strata = inventoryOf(before).strata.map((row) => ({
    ...stratumKeyFrom({ ...row, anchored: false }),
    tokens: row.tokens,
  }));
  const anchor = {
    ...{ version: '2026.05.01', documents: 1, tokens: sum(anchored) + absent },
    ...{ tokensUsable: sum(anchored), absent: { documents: Math.min(1, absent), tokens: absent } },
    lost: [],
  };
  return { ...inventory, previous: { version: '2026.05.01', strata, anchor } };
}

type CapText = Partial<Omit<Cap, 'limit'>> & {
  readonly max?: number;
  readonly min?: number;
  readonly maxTokens?: number;
  readonly minTokens?: number;
};

export function cap(id: string, given: CapText): Cap {
  const { max, min, maxTokens, minTokens, ...rest } = given;
  const limit: Cap['limit'] =
    max !== undefined
      ? { kind: 'max_share', share: max }
      : min !== undefined
        ? { kind: 'min_share', share: min }
        : maxTokens !== undefined
          ? { kind: 'max_tokens', tokens: maxTokens }
          : { kind: 'min_tokens', tokens: minTokens ?? 0 };
  return {
    ...{ domain: 'all', provenance: null, source: null, modelFamily: null, licensed: null },
    ...{
      lineageDepth: null,
      site: null,
      language: null,
      licenceTier: null,
      confidence: null,
      reason: '',
    },
    ...rest,
    id,
    limit,
  };
}

export function recipeOf(inventory: Inventory, given: Partial<Recipe>): Recipe {
  const names = [...new Set(inventory.strata.map((s) => s.source))];
  return {
    ...{ schemaVersion: 1, name: 'mix', version: 'dev', seed: 7, tokenizer: { kind: 'bytes' } },
    ...{ targetTolerances: {}, minBudgetShare: 0, diversity: ['families'], anchor: null },
    churnMax: null,
    ...{ tokenBudget: 1000, targetShares: {}, allowLists: [], ownOutputs: [], benchmarks: [] },
    labels: POLICY,
    ...{ grants: [], caps: [], modelFamilies: null, maxRepetitionFactor: 1, licenceBudget: null },
    sources: names.map((name) => sourceOf(name)),
    use: { purposes: ['pretrain'], territory: 'WORLD', trainingEnds: null },
    nearDuplicates: { jaccard: 0.8 },
    rejects: { maxShare: 0.01 },
    ...{ risk: null, review: null },
    output: { formats: ['parquet'], compression: 'zstd', shardMegabytes: 256, holdoutShare: 0 },
    ...given,
  } as Recipe;
}

export function sourceOf(
  name: string,
  given: Partial<Recipe['sources'][number]> = {},
): Recipe['sources'][number] {
  return {
    ...{ name, paths: ['x'], fields: { id: 'id', text: 'text', created: 'created', url: 'url' } },
    ...{ domain: { kind: 'field', field: 'domain' }, provenance: { kind: 'none' } },
    ...{ language: null, platform: { wellKnown: true, fields: {} } },
    ...{ modelFamily: null, grant: null, value: 1, maxRepetitionFactor: null, metadata: [] },
    ...given,
  } as Recipe['sources'][number];
}

export function feeGrant(grantId: string, fee: Partial<NonNullable<Grant['fee']>>): Grant {
  return {
    ...{ grantId, kind: 'contract', grantor: null, spdxDeclared: null, spdxConcluded: null },
    scope: { sources: null, contentBefore: null, contentAfter: null },
    ...{
      validFrom: null,
      validUntil: null,
      noticeDays: 0,
      uses: Object.fromEntries(USES.map((use) => [use, 'allow'])) as Record<Use, 'allow'>,
    },
    conditions: { attributionText: null, shareAlike: false, noDerivatives: false },
    territory: { include: ['WORLD'], exclude: [] },
    fee: {
      ...{ currency: 'USD', fixed: null, perToken: null, perDocument: null, perEpoch: null },
      ...{ cap: null, minimum: null, meter: 'trained' },
      ...fee,
    },
    ...{ revokedAt: null, status: 'active', evidence: [] },
  } as Grant;
}
