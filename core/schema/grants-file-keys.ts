/**
 * Keys of grants.yaml, each described. What they come to is in `grants-file.ts`.
 */
import { z } from 'zod';
import {
  currency,
  day,
  decimalText,
  leaf,
  listOf,
  mapping,
  oneOf,
  pattern,
  prose,
  territory,
  text,
  wholeNumber,
  yesNo,
} from './file-values.js';
import type { Fee } from './grant.js';
import { LIMITS } from './limits.js';

/** No spaces (ids are joined by ` AND `), and none of the words for "no licence". */
export const GRANT_ID = /^(?!(?:NONE|NOASSERTION|UNLICENSED)$)[A-Za-z0-9][A-Za-z0-9._:+-]*$/;
const GRANT_KINDS = [
  'public_licence',
  'contract',
  'statutory',
  'own_content',
  'preference_signal',
] as const;
const GRANT_STATES = ['draft', 'active', 'expiring', 'expired', 'revoked', 'disputed'] as const;

const optional = <T extends z.ZodType>(schema: T, what: string) =>
  schema.nullable().prefault(null).describe(what);

/** Keys that narrow a grant in ways that this version cannot check: read, then refused if in use. */
const unchecked = optional(
  leaf('any value', (value) => (value === undefined ? undefined : (value as object))),
  'Refused in this version, which cannot check it.',
);

const right = (what: string) =>
  oneOf(['allow', 'deny', 'conditional', 'unstated']).nullable().prefault(null).describe(what);

const usesKeys = mapping({
  pretrain: right('Train a base model.'),
  finetune: right('Fine-tune a model.'),
  eval: right('Evaluate a model.'),
  rag: right('Retrieve at inference time.'),
  synthetic_generation: right('Use as material for generated text.'),
  redistribute_text: right('Hand the text itself on.'),
  commercial: right('Any of these for commercial ends.'),
});

const money = (what: string) => optional(decimalText(15), what);

const feeKeys = mapping({
  currency: currency().describe('ISO 4217 code. One build knows one currency.'),
  fixed: money('Paid once if any text is used.'),
  per_token: money('Per token that the meter counts.'),
  per_document: money('Per document that the meter counts.'),
  per_epoch: money('Per pass begun.'),
  cap: money('The most that is paid.'),
  minimum: money('The least that is paid once anything is used.'),
  meter: oneOf(['ingested', 'in_mix', 'trained'])
    .prefault('in_mix')
    .describe('What is counted: what was read, what was written, or what was trained on.'),
}).transform(
  (f): Fee => ({
    currency: f.currency,
    fixed: f.fixed,
    perToken: f.per_token,
    perDocument: f.per_document,
    perEpoch: f.per_epoch,
    cap: f.cap,
    minimum: f.minimum,
    meter: f.meter,
  }),
);

const scopeKeys = mapping({
  sources: optional(
    listOf(text('the name of a source'), 'source names', 1, LIMITS.sources),
    'Sources that it covers; without it, whatever refers to the grant.',
  ),
  content_before: optional(day(), 'Covers text created before this day only.'),
  content_after: optional(day(), 'Covers text created on this day or later only.'),
  url_patterns: unchecked,
  doc_ids: unchecked,
  collection: unchecked,
  excludes: unchecked,
});

const territoryKeys = mapping({
  include: listOf(territory(), 'territories', 1, 300)
    .prefault(['WORLD'])
    .describe('Where it holds.'),
  exclude: listOf(territory(), 'territories', 0, 300)
    .prefault([])
    .describe('Where it does not hold, even inside an included territory.'),
});

const conditionsKeys = mapping({
  attribution_text: optional(prose('a sentence'), 'What a credit must say.'),
  share_alike: optional(yesNo(), 'Adaptations go under the same licence.'),
  no_derivatives: optional(yesNo(), 'Adaptations may not be handed on.'),
  max_verbatim_tokens: optional(
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
    'Longest quotation that a model may give. For the record.',
  ),
  confidentiality: optional(prose('a sentence'), 'What must stay secret. For the record.'),
  model_allowlist: unchecked,
});

const survivesKeys = mapping({
  trained_models: optional(oneOf(['yes', 'no', 'unclear']), 'Whether trained models may stay.'),
  stored_copies: optional(oneOf(['yes', 'no']), 'Whether stored copies may stay.'),
  days_to_delete: optional(wholeNumber(0, 36_500), 'Days within which they must go.'),
});

const revocationKeys = mapping({
  revocable: optional(yesNo(), 'Whether it can be revoked.'),
  grounds: optional(prose('a sentence'), 'On what grounds.'),
  revoked_at: optional(day(), 'Day on which it was revoked.'),
  effective_at: optional(day(), 'First day without it, where that is later than `revoked_at`.'),
  retroactive: optional(yesNo(), 'Whether text already used must go.'),
});

const evidenceKeys = mapping({
  uri: text('an address').describe('Where the licence or contract can be read.'),
  sha256: optional(
    pattern('64 hexadecimal digits', /^[0-9a-f]{64}$/),
    'Digest of the captured copy.',
  ),
  media_type: optional(text('a media type'), 'Of the captured copy. For the record.'),
  captured_at: optional(day(), 'When it was captured. For the record.'),
  page: optional(wholeNumber(0, 1_000_000), 'Page that decides. For the record.'),
  clause: optional(text('a clause'), 'Clause that decides. For the record.'),
  signer: optional(text('a name'), 'Who signed. For the record.'),
});

const partyKeys = z.union([
  text('a name').transform((name) => ({ name, id: null })),
  mapping({
    name: text('a name').describe('Name of the party.'),
    id: optional(text('an id'), 'Its id in some register. For the record.'),
  }),
]);

const party = (what: string) => optional(text('a name'), what);
const spdxText = (what: string) => optional(text('an SPDX expression'), what);

/** One entry as written. */
export const grantEntry = mapping({
  grant_id: pattern(
    'a grant id of letters, digits and . _ : + -, without spaces',
    GRANT_ID,
  ).describe('Name of the grant; stands in `grant_id` of every written row.'),
  kind: optional(oneOf(GRANT_KINDS), 'Default: public_licence with an SPDX id, else contract.'),
  spdx: spdxText('Short for `spdx_declared` and `spdx_concluded` in one.'),
  spdx_declared: spdxText('What the publisher states.'),
  spdx_concluded: spdxText('What a person found after reading; beats what is declared.'),
  concluded_by: party('Who concluded.'),
  concluded_at: optional(day(), 'When it was concluded.'),
  source_id: optional(text('the name of a source'), 'Short for `scope.sources` with one name.'),
  grantor: optional(partyKeys, 'Who grants.'),
  grantee: party('To whom.'),
  capacity: optional(
    oneOf(['rightsholder', 'agent', 'platform', 'unknown']),
    'As what the grantor acts.',
  ),
  scope: scopeKeys.prefault({}).describe('Which text it covers.'),
  valid_from: optional(day(), 'First day on which it holds.'),
  valid_until: optional(day(), 'First day on which it no longer holds.'),
  notice_days: wholeNumber(0, 3650).prefault(90).describe('Warn this many days before the end.'),
  auto_renew: optional(yesNo(), 'Kept for the record: `valid_until` decides all the same.'),
  uses: usesKeys
    .prefault({})
    .describe('allow, deny, conditional or unstated, per use. Only allow makes text usable.'),
  conditions: conditionsKeys.prefault({}).describe('What must be kept to.'),
  territory: territoryKeys.prefault({}).describe('Where it holds.'),
  fee: feeKeys.nullable().prefault(null).describe('What it costs; decimals as text.'),
  survives: survivesKeys.prefault({}).describe('What outlives the grant. For the record.'),
  processing_region: listOf(territory(), 'territories', 0, 300)
    .prefault([])
    .describe('Where it may be processed. For the record: this tool does not know where it runs.'),
  revocation: revocationKeys.prefault({}).describe('Whether and when it ends early.'),
  supersedes: optional(text('a grant id'), 'The grant that this one replaces.'),
  status: oneOf(GRANT_STATES)
    .prefault('active')
    .describe('Only active and expiring grants make text usable.'),
  reviewer: party('Who checked the entry.'),
  reviewed_at: optional(day(), 'When it was checked.'),
  evidence: listOf(evidenceKeys, 'addresses', 0, 100)
    .prefault([])
    .describe('Captured licences and contracts.'),
});
export type GrantEntry = z.output<typeof grantEntry>;
