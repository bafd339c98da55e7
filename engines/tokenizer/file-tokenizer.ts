/** Tokens by a Hugging Face `tokenizer.json`, in plain JavaScript; special tokens are not added. */
import { Tokenizer } from '@huggingface/tokenizers';
import { Failure } from '../../core/schema/failure.js';

/** A counter for the tokenizer in `json`; `path` names the file in errors. */
export function createFileTokenizer(path: string, json?: string): (text: string) => number {
  const tokenizer = parse(path, json);
  return (text) => tokenizer.encode(wellFormed(text), { add_special_tokens: false }).ids.length;
}

function parse(path: string, json?: string): Tokenizer {
  if (json === undefined) throw invalid(path, 'no content');
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    throw invalid(path, reasonOf(error));
  }
  if (typeof content !== 'object' || content === null || !('model' in content)) {
    throw invalid(path, 'JSON without a "model"');
  }
  try {
    const tokenizer = new Tokenizer(content, {});
    tokenizer.encode('probe', { add_special_tokens: false });
    return tokenizer;
  } catch (error) {
    throw invalid(path, reasonOf(error));
  }
}

/** Lone surrogates as U+FFFD, as UTF-8 has them. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function invalid(path: string, found: string): Failure {
  return new Failure('TOKENIZER_INVALID', {
    subject: `tokenizer file ${path}`,
    expected: 'a Hugging Face tokenizer.json with a supported model',
    found,
    where: path,
    remedy:
      'save it again with tokenizers (tokenizer.save) or name a built-in tokenizer: o200k_base, cl100k_base, bytes',
  });
}
