/**
 * Bad recipes, grants files and --set options. Each row edits a good recipe in one place and says
 * which code must come out, and what the message must hold: found, place and remedy.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecipe } from '../client/recipe/read-recipe.js';
import type { FailureCode } from '../core/schema/index.js';
import { exitCodeOf, Failure } from '../core/schema/index.js';

const GOOD = `name: clinic-assistant
version: 2026.11.23
token_budget: 20_000_000
target_shares: {health: 0.6, law: 0.4}
sources:
  - name: medquad
    paths: [data/medquad.jsonl.gz]
    domain: health
    provenance: {declared: human_authored, by: publisher}
    grant: medquad-cc-by
  - name: statutes
    paths: [data/statutes.parquet]
    domain: law
    grant: press
allow_lists:
  - {source: medquad, before: 2022-11-30, label: human_authored, reason: early, expires: 2027-06-30}
grants:
  - {grant_id: medquad-cc-by, spdx: CC-BY-4.0}
  - grant_id: press
    uses: {pretrain: allow}
    fee: {currency: USD, fixed: "5000.00"}
caps:
  - {id: synthetic-each, domain: each, provenance: [synthetic], max_share: 0.40}
  - {id: one-site, source: medquad, max_tokens: 10_000_000}
licence_budget: {currency: USD, amount: "12000.00"}
use: {purposes: [pretrain], territory: EU, training_ends: 2027-03-31}
`;
const GRANTS = `- grant_id: medquad-cc-by
  spdx: CC-BY-4.0
- grant_id: press
  uses: {pretrain: allow}
  fee: {currency: USD, fixed: "5000.00"}
`;
/** The good recipe with its grants in a file. */
const APART = GOOD.replace(/grants:\n[\s\S]*?(?=caps:)/, 'grants: grants.yaml\n');

interface Bad {
  /** What is wrong, as the end of "refuses ..". */
  readonly title: string;
  /** Text of the recipe: an edit of the good one, or all of it. */
  readonly edit?: readonly [from: string, to: string];
  readonly recipe?: string | Uint8Array;
  readonly grants?: readonly [from: string, to: string];
  readonly set?: readonly string[];
  readonly code: FailureCode;
  /** Each must stand in the message: found, where, remedy. */
  readonly says: readonly string[];
}

const R = 'RECIPE_INVALID' as const;
const G = 'GRANTS_INVALID';

const BAD: readonly Bad[] = [
  // The file itself.
  { title: 'an empty file', recipe: '', code: 'USAGE', says: ['an empty file', 'recipe.yaml'] },
  { title: 'a file of comments', recipe: '# later\n', code: R, says: ['a mapping', 'found null'] },
  {
    title: 'a binary file',
    recipe: new Uint8Array([80, 0, 65]),
    code: 'USAGE',
    says: ['a binary file', 'UTF-8'],
  },
  {
    title: 'bytes that are not UTF-8',
    recipe: new Uint8Array([97, 0xff, 98]),
    code: 'USAGE',
    says: ['not UTF-8'],
  },
  { title: 'a list instead of a mapping', recipe: '- a\n', code: R, says: ['a mapping', '["a"]'] },
  {
    title: 'tabs as indentation',
    edit: ['    domain: law', '\tdomain: law'],
    code: R,
    says: ['Tabs', ':13:', 'spaces'],
  },
  {
    title: 'a bracket that is not closed',
    edit: ['[data/medquad.jsonl.gz]', '[data/medquad.jsonl.gz'],
    code: R,
    says: ['valid YAML', 'recipe.yaml:8:'],
  },
  {
    title: 'a key that stands twice',
    edit: ['token_budget:', 'name: other\ntoken_budget:'],
    code: R,
    says: ['unique', ':3:1', 'second one'],
  },
  {
    title: 'two documents in one file',
    edit: ['caps:', '---\ncaps:'],
    code: R,
    says: ['multiple documents', 'one document'],
  },
  {
    title: 'an alias bomb',
    recipe: bomb(),
    code: R,
    says: ['aliases', 'alias count', 'write the values out'],
  },
  {
    title: 'an unknown tag',
    recipe: `${GOOD}seed: !random 3\n`,
    code: R,
    says: ['!random', ':27:7'],
  },
  { title: 'a merge key', recipe: `${GOOD}<<: {seed: 3}\n`, code: R, says: ['"<<"', ':27:1'] },
  {
    title: 'a list as key',
    recipe: `${GOOD}? [a]\n: 3\n`,
    code: R,
    says: ['a plain text key', ':27:3'],
  },
  {
    title: 'the key __proto__',
    recipe: `${GOOD}__proto__: {seed: 3}\n`,
    code: R,
    says: ['"__proto__"'],
  },
  // Keys.
  {
    title: 'an unknown key, with the nearest',
    edit: ['token_budget', 'token_buget'],
    code: R,
    says: ['"token_buget"', 'recipe.yaml:3:1', 'did you mean "token_budget"?', '1 more problem'],
  },
  {
    title: 'an unknown key of a source',
    edit: ['    grant: press', '    grants: press'],
    code: R,
    says: ['"grants"', ':14:5, sources[1].grants', 'did you mean "grant"?'],
  },
  {
    title: 'an unknown key of a cap',
    edit: ['max_share: 0.40', 'max_shares: 0.40'],
    code: R,
    says: ['"max_shares"', 'caps[0].max_shares', '"max_share"'],
  },
  {
    title: 'a camelCase key',
    edit: ['allow_lists', 'allowLists'],
    code: R,
    says: ['"allowLists"', '"allow_lists"'],
  },
  {
    title: 'a key like nothing known',
    recipe: `${GOOD}zzzzqq: 1\n`,
    code: R,
    says: ['"zzzzqq"', 'use one of: name, version'],
  },
  {
    title: 'a missing name',
    edit: ['name: clinic-assistant\n', ''],
    code: R,
    says: ['found nothing', 'add "name"'],
  },
  {
    title: 'no sources',
    edit: [GOOD.slice(GOOD.indexOf('sources:'), GOOD.indexOf('allow_lists')), 'sources: []\n'],
    code: R,
    says: ['at least 1 sources', 'sources'],
  },
  {
    title: 'a path instead of a list of paths',
    edit: ['[data/medquad.jsonl.gz]', 'data/medquad.jsonl.gz'],
    code: R,
    says: ['a list of at least 1 paths', 'sources[0].paths'],
  },
  {
    title: 'an unknown key beside field',
    edit: ['domain: health', 'domain: {feild: topic}'],
    code: R,
    says: ['"feild"', 'did you mean "field"?'],
  },
  // Values.
  {
    title: 'capitals in the name',
    edit: ['clinic-assistant', 'Clinic Assistant'],
    code: R,
    says: ['"Clinic Assistant"', 'small letters'],
  },
  {
    title: 'a version that YAML reads as a number',
    edit: ['2026.11.23', '2026.11'],
    code: R,
    says: ['found 2026.11', ':2:1', 'YAML read it as a number'],
  },
  {
    title: 'a version on a day that is not',
    edit: ['2026.11.23', '2026.02.30'],
    code: R,
    says: ['a real day', '"2026.02.30"'],
  },
  {
    title: 'a budget of none',
    edit: ['20_000_000', '0'],
    code: R,
    says: ['at least 1', 'found 0', 'token_budget'],
  },
  { title: 'a negative budget', edit: ['20_000_000', '-5'], code: R, says: ['found -5'] },
  {
    title: 'a fractional budget',
    edit: ['20_000_000', '2.5'],
    code: R,
    says: ['a whole number', 'found 2.5'],
  },
  { title: 'NaN as budget', edit: ['20_000_000', '.nan'], code: R, says: ['found NaN'] },
  {
    title: 'infinity as value',
    edit: ['    grant: press', '    grant: press\n    value: .inf'],
    code: R,
    says: ['found Infinity', 'sources[1].value'],
  },
  {
    title: 'a budget that no double holds',
    edit: ['20_000_000', '99999999999999999999'],
    code: R,
    says: ['a whole number'],
  },
  { title: 'misplaced underscores', edit: ['20_000_000', '20__000'], code: R, says: ['"20__000"'] },
  {
    title: 'an unknown tokenizer',
    set: ['tokenizer=o200k'],
    code: R,
    says: ['"o200k"', 'o200k_base', '--set tokenizer=o200k'],
  },
  {
    title: 'an unknown label',
    edit: ['declared: human_authored', 'declared: human'],
    code: R,
    says: ['one of human_authored', '"human"', ':9:'],
  },
  {
    title: 'a misspelled label in a map',
    set: ['sources.medquad.provenance={field: kind, map: {h: human_autored}}'],
    code: R,
    says: ['"human_autored"', 'did you mean "human_authored"?'],
  },
  {
    title: 'a number as domain',
    edit: ['domain: law', 'domain: 7'],
    code: R,
    says: ['found 7', 'put it in quotes'],
  },
  {
    title: 'a scope as domain',
    edit: ['domain: law', 'domain: all'],
    code: R,
    says: ['"all"', 'rename'],
  },
  {
    title: 'a negative repetition',
    set: ['max_repetition_factor=-1'],
    code: R,
    says: ['found -1'],
  },
  {
    title: 'a holdout of more than half',
    set: ['output.holdout_share=0.9'],
    code: R,
    says: ['from 0 to 0.5', 'found 0.9'],
  },
  {
    title: 'a format twice',
    set: ['output.formats=[parquet, parquet]'],
    code: R,
    says: ['each value once'],
  },
  {
    title: 'an unknown compression',
    set: ['output.compression=zst'],
    code: R,
    says: ['"zst"', 'did you mean "zstd"?'],
  },
  {
    title: 'a near-duplicate threshold out of range',
    set: ['near_duplicates={jaccard: 0.2}'],
    code: R,
    says: ['from 0.5 to 1'],
  },
  // Shares and caps.
  {
    title: 'target shares that do not sum to 1',
    edit: ['law: 0.4', 'law: 0.5'],
    code: R,
    says: ['a sum of 1.1', ':4:1, target_shares'],
  },
  {
    title: 'a share in percent',
    edit: ['max_share: 0.40', 'max_share: 40'],
    code: R,
    says: ['found 40', 'write 0.4 for 40 %'],
  },
  {
    title: 'a share as text',
    edit: ['max_share: 0.40', 'max_share: 40%'],
    code: R,
    says: ['"40%"', 'write 0.4'],
  },
  {
    title: 'a negative share',
    edit: ['health: 0.6', 'health: -0.6'],
    code: R,
    says: ['found -0.6', 'target_shares.health'],
  },
  {
    title: 'a target for a domain of no source',
    edit: ['law: 0.4', 'lwa: 0.4'],
    code: R,
    says: ['"lwa"', 'did you mean "law"?'],
  },
  {
    title: 'a cap with two limits',
    edit: ['max_share: 0.40', 'max_share: 0.40, min_tokens: 5'],
    code: R,
    says: ['exactly one', 'max_share and min_tokens', 'caps[0]'],
  },
  {
    title: 'a cap without limit',
    edit: [', max_share: 0.40', ''],
    code: R,
    says: ['exactly one', 'found none'],
  },
  {
    title: 'two caps of one id',
    edit: ['id: one-site', 'id: synthetic-each'],
    code: R,
    says: ['caps[0] and caps[1]', 'rename'],
  },
  {
    title: 'a cap on a source that is not',
    edit: ['source: medquad, max_tokens', 'source: medqud, max_tokens'],
    code: R,
    says: ['"medqud"', 'did you mean "medquad"?'],
  },
  {
    title: 'a cap on a domain that is not',
    edit: ['domain: each', 'domain: eech'],
    code: R,
    says: ['"eech"', 'did you mean "each"?'],
  },
  {
    title: 'a share of everything',
    edit: ['source: medquad, max_tokens: 10_000_000', 'max_share: 0.5'],
    code: R,
    says: [
      'provenance, source, site, language, licence_tier, model_family, lineage_depth or licensed',
      'found none',
      'target_shares',
    ],
  },
  {
    title: 'a cap on no label',
    edit: ['provenance: [synthetic]', 'provenance: []'],
    code: R,
    says: ['at least 1 labels'],
  },
  {
    title: 'yes for true',
    edit: ['max_tokens: 10_000_000', 'max_tokens: 10_000_000, licensed: yes'],
    code: R,
    says: ['true or false', '"yes"'],
  },
  // Sources, allow-lists, dates, money.
  {
    title: 'two sources of one name',
    edit: ['name: statutes', 'name: medquad'],
    code: R,
    says: ['sources[0] and sources[1]', ':11:5'],
  },
  {
    title: 'a grant that is not',
    edit: ['grant: press', 'grant: pres'],
    code: R,
    says: ['"pres"', 'did you mean "press"?'],
  },
  {
    title: 'an allow-list for a source that is not',
    edit: ['{source: medquad, before', '{source: medquat, before'],
    code: R,
    says: ['"medquat"', 'allow_lists[0].source'],
  },
  {
    title: 'an allow-list without expiry',
    edit: [', expires: 2027-06-30', ''],
    code: R,
    says: ['found nothing', 'add "expires"'],
  },
  {
    title: 'an allow-list without a date',
    edit: ['before: 2022-11-30, ', ''],
    code: R,
    says: ['before, after or both', 'neither'],
  },
  {
    title: 'an allow-list of no day',
    edit: ['before: 2022-11-30', 'after: 2023-01-01, before: 2022-11-30'],
    code: R,
    says: ['a window with a day in it'],
  },
  {
    title: 'a date that is not',
    edit: ['before: 2022-11-30', 'before: 2022-11-31'],
    code: R,
    says: ['a real date', '"2022-11-31"'],
  },
  {
    title: 'a date in another order',
    edit: ['2027-03-31', '31.03.2027'],
    code: R,
    says: ['"31.03.2027"', 'year-month-day'],
  },
  {
    title: 'a currency in small letters',
    set: ['licence_budget.currency=usd'],
    code: R,
    says: ['"usd"', 'capitals'],
  },
  {
    title: 'a negative amount',
    set: ['licence_budget.amount=-3'],
    code: R,
    says: ['found -3', 'licence_budget.amount'],
  },
  {
    title: 'fees in another currency than the budget',
    set: ['licence_budget.currency=EUR'],
    code: R,
    says: ['EUR, as in licence_budget', 'USD', 'grants[1].fee.currency'],
  },
  { title: 'UK as territory', set: ['use.territory=UK'], code: R, says: ['"UK"', 'GB'] },
  {
    title: 'an unknown use',
    edit: ['purposes: [pretrain]', 'purposes: [pretraining]'],
    code: R,
    says: ['"pretraining"', 'did you mean "pretrain"?'],
  },
  // Grants.
  {
    title: 'an unknown key of a grant',
    edit: ['spdx: CC-BY-4.0', 'spxd: CC-BY-4.0'],
    code: G,
    says: ['"spxd"', 'grants[0].spxd', 'did you mean "spdx"?'],
  },
  {
    title: 'a licence spelled wrong',
    edit: ['spdx: CC-BY-4.0', 'spdx: cc-by-4.0'],
    code: G,
    says: ['"cc-by-4.0"', 'grants[0].spdx', 'exact ids'],
  },
  {
    title: 'an allowed use that the licence denies',
    edit: ['spdx: CC-BY-4.0', 'spdx: CC-BY-NC-4.0, uses: {commercial: allow}'],
    code: G,
    says: ['deny, as CC-BY-NC-4.0 says', 'grants[0].uses.commercial'],
  },
  {
    title: 'a grant that ends before it starts',
    edit: ['spdx: CC-BY-4.0', 'spdx: CC-BY-4.0, valid_from: 2026-01-01, valid_until: 2025-01-01'],
    code: G,
    says: ['a day after valid_from', '2025-01-01'],
  },
  {
    title: 'a price as a word',
    edit: ['fixed: "5000.00"', 'fixed: free'],
    code: G,
    says: ['"free"', 'grants[1].fee.fixed'],
  },
  {
    title: 'a grants file that is not there',
    recipe: APART.replace('grants.yaml', 'absent.yaml'),
    code: G,
    says: ['no such file', 'absent.yaml'],
  },
  {
    title: 'an empty grants file',
    recipe: APART,
    grants: [GRANTS, ''],
    code: G,
    says: ['an empty file', 'grants.yaml'],
  },
  {
    title: 'a grants file with a bad key',
    recipe: APART,
    grants: ['spdx:', 'licence:'],
    code: G,
    says: ['"licence"', 'grants.yaml:2:3'],
  },
  {
    title: 'a grants file with one id twice',
    recipe: APART,
    grants: ['grant_id: press', 'grant_id: medquad-cc-by'],
    code: G,
    says: ['"medquad-cc-by"', 'grants.yaml:3:3'],
  },
  {
    title: 'a grants file with a wrong licence',
    recipe: APART,
    grants: ['CC-BY-4.0', 'MIT-style'],
    code: G,
    says: ['"MIT-style"', 'grants.yaml:2:3'],
  },
  {
    title: 'a grant narrowed in a way that cannot be checked',
    edit: ['spdx: CC-BY-4.0', 'spdx: CC-BY-4.0, scope: {url_patterns: [example.org]}'],
    code: G,
    says: ['no url_patterns', 'grants[0].scope.url_patterns', 'conditional'],
  },
  {
    title: 'a grant with a misspelled use',
    edit: ['uses: {pretrain: allow}', 'uses: {pretrian: allow}'],
    code: G,
    says: ['"pretrian"', 'did you mean "pretrain"?'],
  },
  // --set.
  { title: '--set without a value', set: ['seed'], code: 'USAGE', says: ['key=value', '"seed"'] },
  {
    title: '--set of an unknown key',
    set: ['tokn_budget=3'],
    code: 'USAGE',
    says: ['"tokn_budget"', 'did you mean "token_budget"?'],
  },
  {
    title: '--set of an unknown cap',
    set: ['caps.synthetic-eech.max_share=0.3'],
    code: 'USAGE',
    says: ['"synthetic-eech"', 'did you mean "synthetic-each"?'],
  },
  {
    title: '--set past the end of a list',
    set: ['caps.7.max_share=0.3'],
    code: 'USAGE',
    says: ['"7"', 'synthetic-each, one-site'],
  },
  {
    title: '--set below a number',
    set: ['token_budget.x=3'],
    code: 'USAGE',
    says: ['"20_000_000" at token_budget', 'shorten'],
  },
  {
    title: '--set of a broken value',
    set: ['target_shares={health: '],
    code: 'USAGE',
    says: ['valid YAML', 'Flow map', '--set target_shares={health: , value:1:10'],
  },
  {
    title: '--set of a bad value, naming the option',
    set: ['caps.synthetic-each.max_share=1.5'],
    code: R,
    says: ['found 1.5', '(--set caps.synthetic-each.max_share=1.5)'],
  },
  {
    title: '--set inside a grants file',
    recipe: APART,
    set: ['grants.press.status=draft'],
    code: 'USAGE',
    says: ['grants.yaml', 'edit'],
  },
  {
    title: '--set of __proto__',
    set: ['__proto__.polluted=1'],
    code: 'USAGE',
    says: ['"__proto__"'],
  },
  {
    title: '--set of an alias without anchor',
    set: ['seed=*a'],
    code: 'USAGE',
    says: ['*a without &a', '--set seed=*a', 'quotes'],
  },
  {
    title: '--set with a line break',
    set: ['se\ned=1'],
    code: 'USAGE',
    says: ['"se\\ned"', 'did you mean "seed"?', '--set se ed=1'],
  },
  {
    title: '--set of a mapping with __proto__',
    set: ['target_shares={__proto__: 0.5}'],
    code: 'USAGE',
    says: ['"__proto__"'],
  },
  // Evidence.
  {
    title: 'an unknown declarer',
    edit: ['by: publisher', 'by: pubisher'],
    code: R,
    says: ['"pubisher"', ':9:44', 'did you mean "publisher"?'],
  },
  {
    title: 'a warranty without a contract',
    edit: ['by: publisher', 'by: warranty'],
    code: R,
    says: ['a source whose grant is a contract', 'sources[0].provenance.by', 'by: publisher'],
  },
  {
    title: 'an unknown role under platform',
    edit: ['    domain: law', '    platform: {generatr: model}\n    domain: law'],
    code: R,
    says: ['"generatr"', ':13:', 'did you mean "generator"?'],
  },
  {
    title: 'an audit rate over 1',
    edit: ['reason: early', 'audit_rate: 2, reason: early'],
    code: R,
    says: ['allow_lists[0].audit_rate', 'found 2'],
  },
  {
    title: 'a policy of another release',
    recipe: `${GOOD}labels: {policy: labels-v1}\n`,
    code: R,
    says: ['"labels-v1"', 'labels.policy', 'did you mean "labels-v2"?'],
  },
  {
    title: 'an unknown threshold',
    recipe: `${GOOD}labels: {thresholds: {syntetic: 0.99}}\n`,
    code: R,
    says: ['"syntetic"', ':27:', 'did you mean "synthetic"?'],
  },
  {
    title: 'a threshold over 1',
    recipe: `${GOOD}labels: {thresholds: {synthetic: 99}}\n`,
    code: R,
    says: ['labels.thresholds.synthetic', 'found 99', 'write 0.99 for 99 %'],
  },
  {
    title: 'a trust anchor that is no digest',
    recipe: `${GOOD}labels: {trust_anchors: [CA]}\n`,
    code: R,
    says: ['a SHA-256 in hex', '"CA"', 'labels.trust_anchors[0]'],
  },
  {
    title: 'an unknown key of own outputs',
    recipe: `${GOOD}own_outputs: [{name: logs, paths: [o.jsonl], model_famly: c1}]\n`,
    code: R,
    says: ['"model_famly"', ':27:', 'did you mean "model_family"?'],
  },
  {
    title: 'own outputs without a model family',
    recipe: `${GOOD}own_outputs: [{name: logs, paths: [o.jsonl]}]\n`,
    code: R,
    says: ['own_outputs[0].model_family', 'nothing'],
  },
  {
    title: 'own outputs of no mix version',
    recipe: `${GOOD}own_outputs: [{name: l, paths: [o.jsonl], model_family: c1, trained_on: [clinic]}]\n`,
    code: R,
    says: ['a mix version, name@YYYY.MM.DD', '"clinic"', 'own_outputs[0].trained_on[0]'],
  },
  {
    title: 'own outputs of a version that never stands',
    recipe: `${GOOD}own_outputs: [{name: l, paths: [o.jsonl], model_family: c1, trained_on: [c@dev]}]\n`,
    code: R,
    says: ['"c@dev"', 'own_outputs[0].trained_on[0]', 'write name@version'],
  },
  {
    title: 'own outputs of no day',
    recipe: `${GOOD}own_outputs: [{name: l, paths: [o.jsonl], model_family: c1, generated: may}]\n`,
    code: R,
    says: ['"may"', 'own_outputs[0].generated'],
  },
  {
    title: 'two own outputs of one name',
    recipe: `${GOOD}own_outputs:
  - {name: logs, paths: [a.jsonl], model_family: c1}
  - {name: logs, paths: [b.jsonl], model_family: c1}
`,
    code: R,
    says: ['"logs" in own_outputs[0] and own_outputs[1]', ':29:', 'rename one'],
  },
  {
    title: 'two benchmarks of one name',
    recipe: `${GOOD}benchmarks:
  - {name: quiz, path: a.jsonl, fields: [question]}
  - {name: quiz, path: b.jsonl, fields: [question]}
`,
    code: R,
    says: ['"quiz" in benchmarks[0] and benchmarks[1]', ':29:', 'rename one'],
  },
  {
    title: 'a benchmark with many paths',
    recipe: `${GOOD}benchmarks: [{name: quiz, paths: [q.jsonl], fields: [question]}]\n`,
    code: R,
    says: ['"paths"', 'did you mean "path"?'],
  },
  {
    title: 'a benchmark without fields',
    recipe: `${GOOD}benchmarks: [{name: quiz, path: q.jsonl, fields: []}]\n`,
    code: R,
    says: ['benchmarks[0].fields', 'field names'],
  },
  {
    title: 'an unknown action on a benchmark',
    recipe: `${GOOD}benchmarks: [{name: quiz, path: q.jsonl, fields: [question], action: drp}]\n`,
    code: R,
    says: ['"drp"', 'benchmarks[0].action', 'did you mean "drop"?'],
  },
  {
    title: 'a confidence of a cap that limits no label',
    edit: ['max_tokens: 10_000_000', 'max_tokens: 10_000_000, confidence: 0.95'],
    code: R,
    says: ['a cap on provenance', 'caps[1].confidence', 'leave confidence out'],
  },
  {
    title: 'a confidence that no interval has',
    edit: ['max_share: 0.40', 'max_share: 0.40, confidence: 95'],
    code: R,
    says: ['caps[0].confidence', 'found 95'],
  },
  {
    title: 'a lineage depth of none',
    edit: ['max_share: 0.40', 'max_share: 0.40, lineage_depth: 0'],
    code: R,
    says: ['caps[0].lineage_depth', 'found 0'],
  },
  {
    title: 'an unknown key of a review',
    recipe: `${GOOD}review: {reviwers: [ada]}\n`,
    code: R,
    says: ['"reviwers"', ':27:', 'did you mean "reviewers"?'],
  },
  {
    title: 'a review that chance picks too little of',
    recipe: `${GOOD}review: {random_share: 0.1}\n`,
    code: R,
    says: ['review.random_share', 'found 0.1', '0.2'],
  },
  ...['3 days', '72', '0h', '1.5h', 'P3D'].map((deadline) => ({
    title: `a deadline of ${deadline}`,
    recipe: `${GOOD}review: {deadline: "${deadline}"}\n`,
    code: R,
    says: ['a length of time such as 30m, 72h or 3d', `"${deadline}"`, 'review.deadline'],
  })),
  {
    title: 'an approval by nobody',
    recipe: `${GOOD}review: {approvals: 0}\n`,
    code: R,
    says: ['a whole number from 1 to 10', 'found 0', 'review.approvals'],
  },
  {
    title: 'more approvals than approvers',
    recipe: `${GOOD}review: {approval: required, approvers: [ann, ben], approvals: 3}\n`,
    code: R,
    says: ['at most 2', 'found 3', 'review.approvals', 'name more approvers'],
  },
  {
    title: 'approvers of whom two are one person',
    recipe: `${GOOD}review: {approval: required, approvers: [ann, " Ann"], approvals: 1}\n`,
    code: R,
    says: ['each person once', 'which are one', 'review.approvers[1]'],
  },
  {
    title: 'a schedule without a time',
    recipe: `${GOOD}schedules: [{name: nightly}]\n`,
    code: R,
    says: ['either `cron` or `every`', 'neither', 'schedules[0].cron', 'write one of the two'],
  },
  {
    title: 'two schedules of one name',
    recipe: `${GOOD}schedules: [{name: a, every: 1h}, {name: a, every: 2h}]\n`,
    code: R,
    says: ['a name of its own', 'schedules[1].name'],
  },
  {
    title: 'a time zone that nobody knows',
    recipe: `${GOOD}schedules: [{name: a, every: 1h, timezone: Mars/Olympus}]\n`,
    code: R,
    says: ['an IANA time zone', '"Mars/Olympus"', 'schedules[0].timezone'],
  },
  {
    title: 'a cron line of four fields',
    recipe: `${GOOD}schedules: [{name: a, cron: "0 2 * *"}]\n`,
    code: R,
    says: ['five fields of cron', 'schedules[0].cron', 'day of week'],
  },
  {
    title: 'a quiet period without a unit',
    recipe: `${GOOD}line: {quiet_period: 10}\n`,
    code: R,
    says: ['a length of time such as 30s, 10m or 6h', 'found 10', 'line.quiet_period'],
  },
  {
    title: 'a policy of the simulation that nobody knows',
    recipe: `${GOOD}risk: {policy: keep}\n`,
    code: R,
    says: ['replace', 'accumulate', '"keep"', 'risk.policy'],
  },
];

/** Nine levels of nine: 9^9 values if they were written out. */
function bomb(): string {
  let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n';
  for (let i = 1; i < 9; i++) {
    text += `a${i}: &a${i} [${Array(9)
      .fill(`*a${i - 1}`)
      .join(', ')}]\n`;
  }
  return text;
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballast-recipe-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function failureOf(path: string, set: readonly string[] = []): Promise<Failure> {
  const outcome: unknown = await readRecipe({ path, set }).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(Failure);
  return outcome as Failure;
}

function edited(text: string, edit: readonly [string, string] | undefined): string {
  if (edit === undefined) return text;
  expect(text).toContain(edit[0]);
  return text.replace(edit[0], () => edit[1]);
}

describe('a bad recipe, grants file or --set', () => {
  it.each(BAD)('refuses $title', async (bad) => {
    const at = await mkdtemp(join(folder, 'case-'));
    await writeFile(join(at, 'recipe.yaml'), bad.recipe ?? edited(GOOD, bad.edit));
    await writeFile(join(at, 'grants.yaml'), edited(GRANTS, bad.grants));
    const failure = await failureOf(join(at, 'recipe.yaml'), bad.set);
    expect(failure.message).toSatisfy((text: string) => !text.includes('\n'), 'one line');
    for (const words of bad.says) expect(failure.message).toContain(words);
    expect(failure.code).toBe(bad.code);
    expect(exitCodeOf(failure.code)).toBe(2);
  });

  it('refuses a file that is not there', async () => {
    const failure = await failureOf(join(folder, 'absent.yaml'));
    expect(failure.code).toBe('USAGE');
    expect(failure.message).toContain('no such file');
  });

  it('refuses a folder', async () => {
    await mkdir(join(folder, 'nest'));
    const failure = await failureOf(join(folder, 'nest'));
    expect(failure.code).toBe('USAGE');
    expect(failure.message).toContain('a folder');
  });

  it('lists every problem in the details and counts the others in the message', async () => {
    const path = join(folder, 'several.yaml');
    const text = GOOD.replace('0.40', '4').replace('20_000_000', 'many').replace('EU', 'Europe');
    await writeFile(path, text);
    const failure = await failureOf(path);
    const { problems } = failure.details as { problems: { where: string }[] };
    expect(problems.map((p) => p.where.split(', ').at(-1))).toEqual([
      'token_budget',
      'caps[0].max_share',
      'use.territory',
    ]);
    expect(failure.message).toContain('then 2 more problems');
  });

  it('names the place of a duplicate key in JSON too', async () => {
    const path = join(folder, 'twice.json');
    await writeFile(path, '{\n\t"name": "a",\n\t"name": "b"\n}\n');
    const failure = await failureOf(path);
    expect(failure.message).toContain('twice.json:3:2');
  });
});
