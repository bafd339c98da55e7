/**
 * Bylines that own up to a model: `by ChatGPT`, `AI-assisted`, `Staff, with AI`. A name that nobody
 * else bears counts wherever it stands. A bare `Claude`, `Gemini`, `copilot` or `LLM` is also a person,
 * a job or a degree: it counts as the whole byline, or after `by`, `with`, `using`, `via`, `from` with
 * no name behind it. Claude Shannon, Jean-Claude and `John Smith, LLM` write for themselves.
 */
import type { EditDirection } from '../schema/label.js';
import { mappedFamily } from './generator-families.js';

export interface BylineMeaning {
  readonly label: 'synthetic' | 'human_edited';
  readonly editDirection: EditDirection | null;
  readonly modelFamily: string | null;
}

/** Names of models that nothing else is called. */
const MODEL =
  /\b(?:chat-?gpt|gpt-?[3-9][\w.-]*|(?<!-)claude(?=[ -](?:ai\b|opus|sonnet|haiku|\d)|,? (?:by |from |\()anthropic)|anthropic(?:['’]s)? claude|google gemini|gemini(?=[ -](?:ai\b|pro|flash|ultra|\d))|bard ai|qwen-?\d[\w.-]*|deepseek-[\w.-]+|llama-?\d[\w.-]*|mixtral[\w.-]*|(?:github|microsoft) copilot|(?<!,\s*)llm[- ](?:assisted|generated|written|edited|enhanced|polished|translated)|large language model)\b/i;
/** Names that people, jobs, degrees and houses have too, as the whole byline .. */
const BARE_WHOLE = /^(?:an? )?(?:claude|gemini|copilot|llm|deepseek|qwen|openai)[.!]?$/i;
/** .. or as a tool. What follows must not be the rest of a name: `by Claude Shannon`. */
const BARE_TOOL =
  /\b(?:by|with|using|via|from):? (?:an? )?(?:claude|gemini|copilot|llm|deepseek|qwen|(?<!\b(?:from|with) )openai|ai|a\.i\.|artificial intelligence)(?=$|['’]s\b|\s*[.,;:()/]|\s+(?:for|to|help|support|assistance|then|(?:and|&) (?:then )?(?:edited|reviewed|checked|revised))\b)/i;
const AI =
  /^ai$|^a\.i\.$|\bgenerative (?:AI|A\.I\.|artificial intelligence)(?=$|[\s,.;)])|\bAI[- ](?:assisted|generated|written|edited|enhanced|polished|translated|author|writer|tools?|model|bot|assistant|assistance|content)\b|\bartificial intelligence (?:tools?|model|assistant)\b/i;
/** A person is named, or a house whose people answer for the text. */
const TOGETHER =
  /\b(?:assisted|assistance|with|help|using|tools?|edited|enhanced|polished|reviewed|checked|and|staff|editor)\b|[&+,;]/i;
const AI_FIRST =
  /(?:generated|written|drafted|created)\b.*\b(?:edited|reviewed|checked|revised)\b/i;
const HUMAN_FIRST =
  /\b(?:ai|gpt\S*|chatgpt|claude)[- ](?:edited|enhanced|polished)|\b(?:edited|polished|enhanced) (?:with|by|using) (?:an? )?(?:ai|chatgpt|gpt|claude|copilot|generative)\b/i;
/** Longest byline that is looked at. */
const CHARACTERS_MAX = 300;

/** What a byline says of models; null where it names none. */
export function bylineMeaning(byline: string): BylineMeaning | null {
  const written = byline.trim().replace(/^by\s+/i, '');
  if (written.length > CHARACTERS_MAX) return null;
  const model = MODEL.exec(written) ?? BARE_WHOLE.exec(written) ?? BARE_TOOL.exec(written);
  if (model === null && !AI.test(written)) return null;
  const modelFamily = model === null ? null : mappedFamily(model[0]);
  const alone = written.replace(
    /^(?:ai[- ])?(?:generated|written|created|content)(?: (?:with|by|using))?\s*/i,
    '',
  );
  if (!TOGETHER.test(alone)) return { label: 'synthetic', editDirection: null, modelFamily };
  return { label: 'human_edited', editDirection: directionOf(written), modelFamily };
}

function directionOf(byline: string): EditDirection {
  if (HUMAN_FIRST.test(byline)) return 'human_then_ai';
  return AI_FIRST.test(byline) ? 'ai_then_human' : 'unknown';
}
