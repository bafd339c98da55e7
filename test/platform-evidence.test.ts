/** What platforms say of a row: fields in the wild, what each means, and what they must not mean. */
import { describe, expect, it } from 'vitest';
import { bylineMeaning } from '../core/label/byline.js';
import { describeLabel } from '../core/label/describe.js';
import { sourceTypeMeaning } from '../core/label/digital-source-type.js';
import { readPlatform } from '../core/label/families/platform.js';
import { generatorFamily } from '../core/label/generator-families.js';
import { platformFacts } from '../core/label/platform-facts.js';
import type { PlatformRole } from '../core/schema/platform.js';
import { contextOf, rowOf, sourceOf } from './label-fixture.js';
import { judge } from './label-rows.js';

const IPTC = 'http://cv.iptc.org/newscodes/digitalsourcetype/';
const CONTEXT = contextOf();
const rowWith = (...fields: [PlatformRole, string, string][]) =>
  rowOf({ platform: fields.map(([role, field, value]) => ({ role, field, value })) });
const outcome = (...fields: [PlatformRole, string, string][]) =>
  judge([readPlatform], rowWith(...fields), CONTEXT).outcome;

const NOTHING = 'unknown/no_evidence';
const WEAK = 'unknown/weak';

describe('a digital source type', () => {
  it.each([
    ['digitalCapture', 'human_authored'],
    ['computationalCapture', 'human_authored'],
    ['negativeFilm', 'human_authored'],
    ['positiveFilm', 'human_authored'],
    ['print', 'human_authored'],
    ['digitalCreation', 'human_authored'],
    ['compositeWithTrainedAlgorithmicMedia', 'human_edited'],
    ['compositeSynthetic', 'human_edited'],
    ['trainedAlgorithmicMedia', 'synthetic'],
    ['algorithmicMedia', 'synthetic'],
    ['dataDrivenMedia', 'synthetic'],
    ['humanEdits', null],
    ['minorHumanEdits', null],
    ['algorithmicallyEnhanced', null],
    ['compositeCapture', null],
    ['composite', null],
    ['screenCapture', null],
    ['virtualRecording', null],
  ])('%s means %s, as address, code and name of schema.org', (code, label) => {
    const schemaOrg = `${code[0]!.toUpperCase()}${code.slice(1)}DigitalSource`;
    const spellings = [
      IPTC + code,
      code,
      schemaOrg,
      `https://schema.org/${schemaOrg}`,
      `digsrctype:${code}`,
    ];
    for (const written of spellings) expect(sourceTypeMeaning(written)?.label ?? null).toBe(label);
  });

  it.each([
    ['http://c2pa.org/digitalsourcetype/empty', null],
    ['DEFAULT', null],
    ['', null],
    ['constructor', null],
    ['DigitalArtDigitalSource', 'human_authored'],
    ['digitalArt', 'human_authored'],
  ])('%s means %s', (written, label) => {
    expect(sourceTypeMeaning(written)?.label ?? null).toBe(label);
  });

  it('that says AI is strong, that says people is weak, and programs are told from models', () => {
    const type = (value: string) =>
      [['digital_source_type', 'digitalSourceType', value]] as [[PlatformRole, string, string]];
    expect(outcome(...type('trainedAlgorithmicMedia'))).toBe('synthetic');
    expect(outcome(...type('compositeSynthetic'))).toBe('human_edited');
    expect(outcome(...type('digitalCreation'))).toBe(WEAK);
    expect(outcome(...type('DEFAULT'))).toBe(NOTHING);
    expect(platformFacts(rowWith(...type('dataDrivenMedia'))).syntheticKind).toBe('programmatic');
    expect(platformFacts(rowWith(...type('trainedAlgorithmicMedia'))).syntheticKind).toBe('llm');
  });
});

describe('a generator field', () => {
  it.each([
    ['model_name', 'gpt-4o-mini', 'synthetic', 'gpt'],
    ['teacher', 'deepseek-ai/DeepSeek-R1', 'synthetic', 'deepseek'],
    ['original_teacher', 'Qwen/QwQ-32B', 'synthetic', 'qwen'],
    ['Model Generated', '["OpenAI GPT-4"]', 'synthetic', 'gpt'],
    ['Model Generated', '["GPT-4","Claude 2"]', 'synthetic', null],
    ['model_name', 'house-writer-3', WEAK, 'house-writer-3'],
    ['teacher', 'Mrs. Smith', WEAK, 'mrs. smith'],
    ['teacher', 'Mrs. Bloom', WEAK, 'bloom'],
    ['teacher', 'Gemma Jones', WEAK, 'gemma'],
    ['teacher', 'Mistral Large', 'synthetic', 'mistral'],
    ['teacher', 'claude', 'synthetic', 'claude'],
    ['generator', 'Honda EU22i', WEAK, 'honda eu22i'],
    ['Model Generated', '[]', NOTHING, null],
    ['model_name', 'none', NOTHING, null],
    ['model_name', 'human', WEAK, null],
    ['generator', 'WordPress 6.4', NOTHING, null],
    ['generator', 'Docutils 0.19: https://docutils.sourceforge.io/', NOTHING, null],
    ['distilabel_metadata', '{"raw_output_text_generation_0":"x"}', WEAK, null],
    ['distilabel_metadata', '{}', NOTHING, null],
  ])('%s: %s is %s', (field, value, expected, family) => {
    expect(outcome(['generator', field, value])).toBe(expected);
    expect(platformFacts(rowWith(['generator', field, value])).modelFamily).toBe(family);
  });

  it('that the recipe names is strong whatever it is called', () => {
    const platform = [{ role: 'generator', field: 'writer', value: 'house-writer-3' }] as const;
    const named = { wellKnown: true, fields: { generator: 'writer' } };
    const row = rowOf({ platform, source: sourceOf({ platform: named }) });
    expect(judge([readPlatform], row, CONTEXT).outcome).toBe('synthetic');
    expect(platformFacts(row).modelFamily).toBe('house-writer-3');
  });

  it.each([
    ['openai/gpt-4o-mini-2024-07-18', 'gpt'],
    ['o1-preview', 'gpt'],
    ['ChatGPT', 'gpt'],
    ['text-davinci-003', 'gpt'],
    ['EleutherAI/gpt-neox-20b', 'eleutherai'],
    ['anthropic.claude-3-5-sonnet', 'claude'],
    ['gemini-1.5-pro', 'gemini'],
    ['google/gemma-2-9b-it', 'gemma'],
    ['meta-llama/Llama-3.1-70B-Instruct', 'llama'],
    ['codellama-34b', 'llama'],
    ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'mistral'],
    ['Qwen2.5-72B', 'qwen'],
    ['DeepSeek-R1-Distill-Llama-70B', 'deepseek'],
    ['microsoft/phi-4', 'phi'],
    ['CohereForAI/c4ai-command-r-plus', 'command'],
    [' Sophia-7B ', 'sophia-7b'],
  ])('%s is of the family %s', (name, family) => {
    expect(generatorFamily(name)).toBe(family);
  });
});

describe('tags', () => {
  it.each([
    ['tags', '["synthetic","distilabel"]', 'synthetic'],
    ['tags', '["distilabel"]', WEAK],
    ['tags', '["synthetic"]', WEAK],
    ['tags', '["organic-chemistry","synthetic"]', WEAK],
    ['tags', '["llm-generated"]', 'synthetic'],
    ['tags', '["synthetic biology"]', NOTHING],
    ['language_creators', '["machine-generated"]', 'synthetic'],
    ['language_creators', '["found"]', WEAK],
    ['language_creators', '["found","machine-generated"]', WEAK],
  ])('%s: %s is %s', (field, value, expected) => {
    expect(outcome(['tags', field, value])).toBe(expected);
  });
});

describe('a byline', () => {
  it.each([
    ['by ChatGPT', 'synthetic', null],
    ['ChatGPT (GPT-4)', 'synthetic', null],
    ['AI', 'synthetic', null],
    ['AI-generated', 'synthetic', null],
    ['Claude 3 Opus', 'synthetic', null],
    ['Generated by AI', 'synthetic', null],
    ['AI-assisted', 'human_edited', 'unknown'],
    ['Staff, with AI', 'human_edited', 'unknown'],
    ['Jane Doe with ChatGPT', 'human_edited', 'unknown'],
    ['Written by ChatGPT, edited by Jane Doe', 'human_edited', 'ai_then_human'],
    ['Jane Doe; edited with AI', 'human_edited', 'human_then_ai'],
    ['AI-edited', 'human_edited', 'human_then_ai'],
    ['Claude', 'synthetic', null],
    ['by Copilot', 'synthetic', null],
    ['An LLM', 'synthetic', null],
    ['LLM-generated', 'synthetic', null],
    ['Written with Claude', 'synthetic', null],
    ['Claude by Anthropic', 'synthetic', null],
    ['GitHub Copilot', 'synthetic', null],
    ['Jane Doe, using Copilot', 'human_edited', 'unknown'],
    ['Jane Doe with Claude', 'human_edited', 'unknown'],
    ['Written by Claude, edited by Jane Doe', 'human_edited', 'ai_then_human'],
    ['Written by AI and edited by Jane Doe', 'human_edited', 'ai_then_human'],
  ])('%s is %s, %s', (byline, label, direction) => {
    const meaning = bylineMeaning(byline);
    expect([meaning?.label, meaning?.editDirection]).toEqual([label, direction]);
  });

  it.each([
    'Claude Shannon',
    'Jean-Claude Juncker',
    'Jean-Claude',
    'Jean Claude',
    'Juncker, Jean-Claude',
    'Martin, Claude',
    'Claude, Martin',
    'by Claude Shannon',
    'Interview with Claude Shannon',
    'A. Copilot',
    'First officer and copilot J. Smith',
    'Report by copilot J. Smith',
    'John Smith, LLM',
    'John Smith LLM',
    'John Smith, OpenAI',
    'Jane Doe from OpenAI',
    'Interview with Ai Weiwei',
    'Gemma Arterton',
    'Gabriela Mistral',
    'Ai Weiwei',
    'AI WEIWEI',
    'Al Gore',
    'Phi Nguyen',
    'Gemini Editors',
    'Kai Llama',
    'Dalai Lama',
    'Guido van Rossum',
    'Bard College',
    'Weill, A. I.',
    'Open Aid',
    '',
  ])('%s is a person', (byline) => {
    expect(bylineMeaning(byline)).toBeNull();
  });
});

describe('an edit history', () => {
  const history = (...kinds: string[]) =>
    JSON.stringify(kinds.map((kind) => ({ author_kind: kind, text: '..' })));
  const judged = (value: string) => {
    const row = rowWith(['edit_history', 'revisions', value]);
    const { outcome: label } = judge([readPlatform], row, CONTEXT);
    return [label, platformFacts(row).editDirection];
  };

  it.each([
    [['model', 'human'], 'human_edited', 'ai_then_human'],
    [['human', 'human', 'llm'], 'human_edited', 'human_then_ai'],
    [['human', 'ai', 'human'], 'human_edited', 'interleaved'],
    [['ai', 'ai'], 'synthetic', null],
    [['human', 'user'], WEAK, null],
  ])('by %s is %s, %s', (kinds, label, direction) => {
    expect(judged(history(...kinds))).toEqual([label, direction]);
  });

  it('is read by date where every revision has one', () => {
    const [late, early] = [
      { by: 'human', date: '2024-02-02' },
      { by: 'model', date: '2024-01-01' },
    ];
    expect(judged(JSON.stringify([late, early]))).toEqual(['human_edited', 'ai_then_human']);
  });

  it('names people and models by name too, and bots are neither', () => {
    const named = [{ author: 'gpt-4o' }, { author: 'Jane Doe' }, { author: 'ClueBot NG' }];
    expect(judged(JSON.stringify(named))).toEqual(['human_edited', 'ai_then_human']);
    expect(judged(JSON.stringify([{ author: 'ClueBot NG' }]))).toEqual([NOTHING, null]);
  });

  it('that was cut off says who took part, not who came last', () => {
    expect(judged(history('model', 'human').slice(0, -10))).toEqual(['synthetic', null]);
    expect(judged(`${history('model', 'human').slice(0, -1)},{"author_ki`)).toEqual([
      'human_edited',
      null,
    ]);
  });

  it.each(['', 'no list', '{}', '[]', '[1,2]', '[{"x":1}]', 'null'])('%s is none', (value) => {
    expect(judged(value)).toEqual([NOTHING, null]);
  });
});

describe('a transformation', () => {
  it.each([
    ['transformed_by', 'machine_translation', ['machine_translation']],
    ['transformed_by', '["ocr","spell_check"]', ['ocr', 'spell_check']],
    ['transformed_by', 'Tesseract 5', ['ocr']],
    ['transformed_by', 'Whisper large', ['asr']],
    ['translator', 'DeepL', ['machine_translation']],
    ['translator', 'Constance Garnett', ['human_translation']],
    ['transformed_by', 'translation', []],
    ['translator', 'none', []],
  ])('%s: %s is %o, and changes no label', (field, value, expected) => {
    const row = rowWith(['transformed_by', field, value]);
    expect(platformFacts(row).transformedBy).toEqual(expected);
    expect(judge([readPlatform], row, CONTEXT).outcome).toBe(NOTHING);
  });
});

describe('a label', () => {
  it('is described by what platforms say, and by reviewers first', () => {
    const row = rowWith(
      ['generator', 'model_name', 'gpt-4o'],
      ['transformed_by', 'transformed_by', 'ocr'],
    );
    const described = describeLabel('synthetic', { row, context: CONTEXT, evidence: [] });
    expect(described).toMatchObject({
      syntheticKind: 'llm',
      modelFamily: 'gpt',
      transformedBy: ['ocr'],
    });
    const human = describeLabel('human_authored', { row, context: CONTEXT, evidence: [] });
    expect(human).toMatchObject({ syntheticKind: null, modelFamily: null, transformedBy: ['ocr'] });
  });

  it('names the field of every piece of evidence', () => {
    const { evidence } = judge(
      [readPlatform],
      rowWith(['generator', 'teacher', 'gpt-4o']),
      CONTEXT,
    );
    expect(evidence).toEqual([
      expect.objectContaining({
        family: 'platform',
        tier: 'T2',
        field: 'teacher',
        detail: 'field teacher says gpt-4o',
      }),
    ]);
  });

  it('is that of the edit where a generator is named beside it', () => {
    const both = rowWith(
      ['generator', 'model_name', 'gpt-4o'],
      ['digital_source_type', 'x', 'compositeSynthetic'],
    );
    expect(judge([readPlatform], both, CONTEXT).outcome).toBe('human_edited');
  });

  it('is a conflict where one field says edited and another synthetic', () => {
    const both = rowWith(
      ['author', 'author', 'Staff, with AI'],
      ['digital_source_type', 'x', 'trainedAlgorithmicMedia'],
    );
    expect(judge([readPlatform], both, CONTEXT).outcome).toBe('unknown/conflict');
  });
});
