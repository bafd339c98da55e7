/** The demo's recipe.yaml, with comments that teach the format. */
import type { DemoDomain } from './demo-document.js';

export const DEMO_NAME = 'demo';
export const DEMO_VERSION = '2026.11.23';
export const DEMO_SEED = 7;
export const DEMO_TOKEN_BUDGET = 1_800_000;
export const DEMO_TARGETS: Record<DemoDomain, number> = {
  government: 0.45,
  literature: 0.35,
  software: 0.2,
};

/** Text of recipe.yaml; `budget` in tokens of o200k_base. */
export function demoRecipe(): string {
  const targets = Object.entries(DEMO_TARGETS).map(([domain, share]) => `${domain}: ${share}`);
  return `# The demo's recipe. Change a number and run it again under a new version:
#   ballast plan -c recipe.yaml --set version=${DEMO_VERSION}.1 --set token_budget=1000000
name: ${DEMO_NAME}
version: ${DEMO_VERSION}                 # ${DEMO_NAME}@${DEMO_VERSION} never changes once it is published
seed: ${DEMO_SEED}                             # the only source of chance: same recipe, same inputs, same bytes
tokenizer: o200k_base               # every count below is in its tokens, and exact
token_budget: ${DEMO_TOKEN_BUDGET}               # close to all that the caps let through, so that they bind
target_shares: {${targets.join(', ')}}

sources:
  # Dated human text: State of the Union addresses. Nobody declares anything; the allow-list does.
  - name: sotu
    paths: [data/sotu-*.jsonl]
    domain: government
    grant: us-government-work

  # Declared human text, dated as well.
  - name: novels
    paths: [data/novels.jsonl]
    domain: literature
    provenance: {declared: human_authored, by: publisher}
    grant: public-domain

  # Declared human text whose contract ran out: read, labelled, left out.
  - name: archive
    paths: [data/archive.jsonl]
    domain: literature
    provenance: {declared: human_authored, by: publisher}
    grant: archive-contract-2022

  # READMEs of installed packages: real, and nobody says who wrote them. Each row names its licence.
  - name: readmes
    paths: [data/readmes.jsonl]
    domain: software
    grant: {field: license}
    value: 0.4                      # all else equal, other text goes first

  # A mirror: copies of the sources above, slightly or heavily changed, and text of its own.
  - name: mirror
    paths: [data/mirror.jsonl]
    domain: {field: domain}
    grant: mirror-terms
    value: 0.3

  # Three language models that this demo trained; they say what they are.
  - name: generated
    paths: [data/generated-*.jsonl]
    domain: {field: domain}
    provenance: {declared: synthetic, by: publisher}
    model_family: {field: model_family}
    grant: own-models
    value: 0.5

allow_lists:                        # where, when and why text is known to be human; each one expires
  - {source: sotu, before: 2022-11-30, label: human_authored, reason: spoken and printed before the first chat models, expires: 2036-01-01}
  - {source: novels, before: 1930-01-01, label: human_authored, reason: printed before there were computers, expires: 2036-01-01}

own_outputs:                        # what two of the three models logged when they wrote it: the mirror republished some
  - {name: model-logs, paths: [own/*.jsonl], model_family: {field: model_family}, generated: {field: created}}

benchmarks:                         # evaluation sets that the mix must not hold
  - {name: quiz, path: benchmarks/quiz.jsonl, fields: [question, answer], action: drop}

review: {documents: 40, packet_size: 10, random_share: 0.25}   # whom nothing tells apart, people are asked about

grants: grants.yaml

caps:                               # hard; every share is of the tokens really written
  - {id: synthetic-each, domain: each, provenance: [synthetic], max_share: 0.30, reason: at most three tokens in ten by machines}
  - {id: unknown-government, domain: government, provenance: [unknown], max_share: 0.10, reason: text that nobody vouches for}
  - {id: unknown-literature, domain: literature, provenance: [unknown], max_share: 0.10, reason: text that nobody vouches for}
  - {id: unknown-software, domain: software, provenance: [unknown], max_share: 0.75, reason: there is no declared software text yet}
  - {id: unknown-all, domain: all, provenance: [unknown], max_share: 0.20, reason: the mix as a whole}
  - {id: human-government, domain: government, provenance: [human_authored, human_edited], licensed: true, min_share: 0.60, reason: licensed people first}
  - {id: human-literature, domain: literature, provenance: [human_authored, human_edited], licensed: true, min_share: 0.60, reason: licensed people first}

model_families: {min_count: 3, max_share: 0.50}   # of the synthetic tokens, mix-wide and per domain
max_repetition_factor: 1            # no document twice
use: {purposes: [pretrain, commercial], territory: WORLD, training_ends: 2035-12-31}
output: {formats: [parquet, arrow], compression: zstd, shard_megabytes: 64, holdout_share: 0.01}
`;
}
