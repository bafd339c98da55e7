/**
 * A starting recipe from a blend: what the blend says becomes keys, what it does not say (grants,
 * provenance, topics, text files) becomes a TODO. The recipe parses as it stands. Weights become
 * target shares of domains, and a source is its own domain unless told otherwise, so the plan asks
 * for the same mix.
 */
import { Failure } from '../../schema/failure.js';
import type { BlendTool, ForeignBlend, ForeignSource } from '../../schema/foreign-blend.js';
import { uniqueNames } from '../weights/blends.js';
import { decimalShares, decimalSum, integersOf, plainDecimal } from '../weights/decimals.js';
import { comment, quoted } from '../weights/yaml-text.js';
import { notesOf, sourceName } from './source-notes.js';

/** What the domain of a source is: its name, its name up to the first of `-_.`, or one for all. */
export const DOMAIN_BY = ['name', 'prefix', 'one'] as const;
export type DomainBy = (typeof DOMAIN_BY)[number];

export interface StartOptions {
  readonly name: string;
  /** What the blend was read from, for the head. */
  readonly file: string;
  readonly domainBy: DomainBy;
  /** Tokens asked for; else the blend's own, else a guess that is marked. */
  readonly tokens: number | null;
}

const BUDGET_GUESS = 1_000_000_000;
const TOOL_NAMES: Readonly<Record<BlendTool, string>> = {
  'olmo-core': 'OLMo-core source_mixture',
  megatron: 'Megatron blend',
  levanter: 'Levanter train_weights',
  nemotron: 'Nemotron DataBlend',
};

interface Start {
  readonly source: ForeignSource;
  readonly name: string;
  readonly domain: string;
}

/** The text of the recipe. Throws RECIPE_INVALID where no weight is above 0. */
export function startingRecipe(blend: ForeignBlend, options: StartOptions): string {
  const names = uniqueNames(blend.sources.map(({ name }) => sourceName(name)));
  const starts = blend.sources.map((source, i): Start => {
    const name = names[i]!;
    return { source, name, domain: domainOf(name, options.domainBy) };
  });
  const tokens = options.tokens ?? blend.tokens;
  const budget =
    tokens === null
      ? `token_budget: ${BUDGET_GUESS}  # TODO: the blend does not say how many tokens`
      : `token_budget: ${tokens}`;
  return [
    comment(headOf(blend, options)),
    `name: ${quoted(recipeName(options.name))}\n`,
    'version: dev\n',
    'tokenizer: o200k_base  # TODO: the one that you train with; shares are of its tokens\n',
    `${budget}\n`,
    targetsText(starts, options),
    `sources:\n${starts.map((start) => sourceText(start)).join('')}`,
    comment([
      'TODO grants: a file or a list, see docs/how-to/write-grants.md',
      'TODO caps: what the blend could not say, for example',
      'caps:',
      '  - {id: synthetic-each, domain: each, provenance: [synthetic], max_share: 0.40}',
      '  - {id: unknown-each, domain: each, provenance: [unknown], max_share: 0.10}',
    ]),
  ].join('');
}

function headOf(blend: ForeignBlend, { file, domainBy }: StartOptions): string[] {
  const weights = blend.sources.map(({ weight }) => weight);
  const sum = weights.every((weight) => weight !== null) ? decimalSum(weights as number[]) : null;
  const normalised =
    sum === '1.0'
      ? 'Its weights sum to 1 and are taken as they are.'
      : `Its weights sum to ${sum}; they are normalised to sum to exactly 1.`;
  const domains: Readonly<Record<DomainBy, string>> = {
    name: 'Each source is a domain of its own, so that its weight is a target share.',
    prefix:
      "A domain is the first word of the sources' names. Weights inside a domain are not kept: cap a source there.",
    one: 'All sources are one domain, so their weights are not kept: cap a source instead.',
  };
  return [
    `Starting recipe from ${file} (${TOOL_NAMES[blend.tool]}): ${blend.sources.length} sources.`,
    sum === null ? 'It has no weights, so there are no target shares.' : normalised,
    domains[domainBy],
    ...blend.left,
    'It parses as it stands; what the blend does not say is marked TODO. Without a grant no text of a source is',
    'used, and what nobody declares is unknown. Weights there are of sequences or files, here of tokens.',
  ];
}

/** Share of each domain, in the order of the blend. */
function targetsText(starts: readonly Start[], { file }: StartOptions): string {
  if (starts.some(({ source }) => source.weight === null)) return '';
  const { integers: weights } = integersOf(starts.map(({ source }) => source.weight!));
  const domains = new Map<string, bigint>();
  for (const [i, { domain }] of starts.entries())
    domains.set(domain, (domains.get(domain) ?? 0n) + weights[i]!);
  if ([...domains.values()].every((weight) => weight === 0n)) {
    throw new Failure('RECIPE_INVALID', {
      subject: 'blend',
      expected: 'a weight above 0',
      found: 'none',
      where: file,
      remedy: 'give at least one source a weight',
    });
  }
  const shares = decimalShares([...domains.values()]);
  const lines = [...domains.keys()].map((domain, i) => `  ${quoted(domain)}: ${shares[i]}\n`);
  return `target_shares:\n${lines.join('')}`;
}

function sourceText({ source, name, domain }: Start): string {
  const notes = notesOf(source, name);
  const limit =
    source.passesMax === null
      ? ''
      : `    max_repetition_factor: ${plainDecimal(source.passesMax)}\n`;
  return [
    `  - name: ${quoted(name)}\n`,
    comment(notes, '    '),
    `    paths: [${source.paths.map(quoted).join(', ')}]\n`,
    `    domain: ${quoted(domain)}\n`,
    limit,
  ].join('');
}

function recipeName(name: string): string {
  const clean = sourceName(name.toLowerCase()).replace(/[-._]+$/, '');
  return clean === 'source' ? 'blend' : clean;
}

function domainOf(name: string, by: DomainBy): string {
  if (by === 'one') return 'general';
  const domain = by === 'name' ? name : (/^[^-_.]+/.exec(name)?.[0] ?? name);
  // Scopes of caps.
  return domain === 'all' || domain === 'each' ? `${domain}-text` : domain;
}
