/**
 * Bylines that own up to a model: `by ChatGPT`, `AI-assisted`, `Staff, with AI`. A model is named by
 * what no person is called: Claude, Gemma, Gabriela Mistral and Ai Weiwei write for themselves.
 */
import type { EditDirection } from '../schema/label.js';
import { mappedFamily } from './generator-families.js';

export interface BylineMeaning {
  readonly label: 'synthetic' | 'human_edited';
  readonly editDirection: EditDirection | null;
  readonly modelFamily: string | null;
}

const MODEL =
  /\b(?:chat-?gpt|gpt-?[3-9][\w.-]*|openai|claude(?=$|[ -](?:ai\b|opus|sonnet|haiku|\d))|google gemini|gemini(?=$|[ -](?:ai\b|pro|flash|ultra|\d))|bard ai|deepseek|qwen[\w.-]*|llama-?\d[\w.-]*|mixtral[\w.-]*|copilot|large language model|llm)\b/i;
const AI =
  /^ai$|^a\.i\.$|\b(?:generative|by|with|using|via|from) (?:an? )?(?:AI|A\.I\.|artificial intelligence)(?=$|[\s,.;)])|\bAI[- ](?:assisted|generated|written|edited|enhanced|polished|translated|author|writer|tools?|model|bot|assistant|assistance|content)\b|\bartificial intelligence (?:tools?|model|assistant)\b/i;
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
  const model = MODEL.exec(written);
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
