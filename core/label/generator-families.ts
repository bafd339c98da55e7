/**
 * From the name of a generator to its model family, by a pinned table: `openai/gpt-4o-mini` is gpt,
 * `Mixtral-8x7B-Instruct` is mistral. A name that the table lacks is a family of its own. Of several
 * names in one (`DeepSeek-R1-Distill-Llama-70B`) the first counts.
 */

/** Family, and what its names hold. Names are compared in lower case. */
const FAMILIES: readonly (readonly [string, RegExp])[] = [
  ['eleutherai', /gpt-?j\b|gpt-?neo|pythia/],
  ['gpt', /gpt|\bo[134](?:-(?:mini|preview|pro))?\b|davinci|openai/],
  ['claude', /claude|anthropic/],
  ['gemini', /gemini|\bbard\b|\bpalm-?2\b|text-bison/],
  ['gemma', /gemma/],
  ['llama', /llama/],
  ['mistral', /mi[sx]tral|ministral|codestral|magistral|pixtral/],
  ['qwen', /qwen|\bqwq\b/],
  ['deepseek', /deepseek/],
  ['phi', /\bphi-?\d/],
  ['command', /\bcommand-?(?:r|a|light|nightly|xlarge)\b|\bcohere\b|\baya-/],
  ['grok', /\bgrok\b/],
  ['glm', /glm/],
  ['yi', /\byi-\d/],
  ['nemotron', /nemotron/],
  ['granite', /\bgranite\b/],
  ['olmo', /\bolmo/],
  ['kimi', /\bkimi|moonshot/],
  ['nova', /amazon[.-]nova|\bnova-(?:micro|lite|pro|premier)/],
  ['falcon', /\bfalcon-?\d/],
  ['jamba', /jamba|jurassic/],
  ['copilot', /\bcopilot\b/],
  ['smollm', /smollm/],
  ['bloom', /\bbloomz?\b/],
  ['t5', /\b(?:flan-)?m?t5\b/],
];

/** Family that the table gives a name; null where it has none. */
export function mappedFamily(name: string): string | null {
  const [model, owner] = name.trim().toLowerCase().split('/').reverse() as [string, string?];
  return firstFamily(model) ?? (owner === undefined ? null : firstFamily(owner));
}

/** Family of a generator; an unmapped name is its own. */
export function generatorFamily(name: string): string {
  return mappedFamily(name) ?? name.trim().toLowerCase();
}

const TITLE = /^(?:mrs?|ms|miss|dr|prof|professor|sir|fr|herr|frau|mme|m)\b\.?\s/i;
/** Names of models that people bear as well. */
const BORNE_BY_PEOPLE = /^(?:claude|gemma|gemini|mistral|llama|bloom|granite|nova)$/;
/** Words that stand beside the name of a model. */
const VARIANT =
  /\b(?:ai|chat|instruct|base|it|opus|sonnet|haiku|instant|pro|flash|ultra|nano|large|medium|small|nemo|tiny|mini|scout|maverick|anthropic|google|meta|bigscience|ibm|amazon)\b/i;

/** True if a mapped name may be a person's: a title before it, or two plain words such as Gemma Jones. */
export function isPersonLike(name: string): boolean {
  const written = name.trim();
  if (TITLE.test(written)) return true;
  if (!BORNE_BY_PEOPLE.test(mappedFamily(written) ?? '')) return false;
  return /^[\p{L}.'’-]+(?:,? [\p{L}.'’-]+)+$/u.test(written) && !VARIANT.test(written);
}

function firstFamily(name: string): string | null {
  let first: { family: string; at: number } | null = null;
  for (const [family, pattern] of FAMILIES) {
    const at = name.search(pattern);
    if (at >= 0 && (first === null || at < first.at)) first = { family, at };
  }
  return first?.family ?? null;
}
