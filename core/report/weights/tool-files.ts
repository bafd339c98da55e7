/**
 * One blend in the words of each trainer. Every file is read by that tool's own reader in
 * `test/independent/check_weights.py`, with the versions named there. `<root>/<entry>/` stands for
 * the folder in which a team keeps an entry's files in the tool's format.
 */
import { entryText, headOf } from './blend-text.js';
import type { Blend, BlendEntry } from './blends.js';
import { plainDecimal } from './decimals.js';
import { filesOf, folderOf, type ToolFile, type ToolPlace } from './tool-place.js';
import { comment, quoted } from './yaml-text.js';

/** OLMo-core, `SourceMixtureList.from_yaml`: shares, and the passes that the recipe allows. */
export const olmoCoreFile: ToolFile = (blend, place) => {
  const entries = blend.entries.map((entry) => {
    const { fraction, repetition } = limitsOf(entry);
    return [
      comment([entryText(entry)], '  '),
      `  - source_name: ${quoted(entry.name)}\n`,
      `    target_ratio: ${entry.share}\n`,
      `    max_repetition_ratio: ${repetition}\n`,
      `    max_source_fraction: ${fraction}\n`,
      `    paths: [${quoted(`${folderOf(place, entry)}/*.npy`)}]\n`,
    ].join('');
  });
  const notes = [
    'OLMo-core source_mixture: read with SourceMixtureList.from_yaml. Paths are token files (.npy).',
    'max_repetition_ratio x max_source_fraction are the passes that the recipe allows. OLMo-core cuts each',
    'entry to whole instances, and has no cap on a label, a licence or a model family.',
  ];
  return `${comment([...headOf(blend), ...notes])}sources:\n${entries.join('')}`;
};

/** Of f passes: the fraction min(1, f) and the repetition max(1, f). Without a limit, what is planned. */
function limitsOf({ passesMax, passes }: BlendEntry): { fraction: string; repetition: string } {
  const limit = passesMax ?? Math.max(1, Number(passes));
  return {
    fraction: plainDecimal(Math.min(1, limit)),
    repetition: plainDecimal(Math.max(1, limit)),
  };
}

const prefixOf = (place: ToolPlace, entry: BlendEntry, split = 'train'): string =>
  `${folderOf(place, entry)}/${split}_text_document`;

const pairsOf = (blend: Blend, place: ToolPlace): string[] =>
  blend.entries.flatMap((entry) => [entry.share, prefixOf(place, entry)]);

/** Megatron `--data-args-path`: `weight prefix` pairs and nothing else, for the file is split at blanks. */
export const megatronListFile: ToolFile = (blend, place) => {
  const pairs = blend.entries.map((entry) => `${entry.share} ${prefixOf(place, entry)}\n`);
  return pairs.join('');
};

/** Megatron `--per-split-data-args-path`: the same, with the holdout of the written rows as `valid`. */
export const megatronSplitFile: ToolFile = (blend, place) => {
  const [first] = blend.entries;
  const holdout = blend.kind === 'written' && filesOf(blend, 'holdout').length > 0;
  const valid = holdout ? ['1.0', prefixOf(place, first!, 'holdout')] : null;
  return `${JSON.stringify({ train: pairsOf(blend, place), valid, test: null }, null, 1)}\n`;
};

/** Streaming: keyword arguments of one `Stream` per entry, as llm-foundry reads them. */
export const streamingFile: ToolFile = (blend, place) => {
  const streams = blend.entries.map((entry) =>
    [
      comment([entryText(entry)], '  '),
      `  ${quoted(entry.name)}:\n`,
      `    remote: ${quoted(folderOf(place, entry))}\n`,
      `    local: ${quoted(`cache/${entry.name}`)}\n`,
      `    repeat: ${entry.passes}\n`,
    ].join(''),
  );
  const notes = [
    'Streaming: [Stream(**s) for s in streams.values()], or streams of an llm-foundry loader. Folders hold',
    'MDS shards of every document of an entry. repeat is passes over the samples, at whose size an epoch ends;',
    'Streaming counts samples, not tokens, so pack samples to one length. It has no cap on passes.',
  ];
  return `${comment([...headOf(blend), ...notes])}streams:\n${streams.join('')}`;
};

/** Dolma, `ReshardingConfig.from_file` of `dolma.tokenizer.reshard`. */
export const dolmaFile: ToolFile = (blend, place) => {
  const sources = blend.entries.map((entry) =>
    [
      comment([entryText(entry)], '  '),
      `  - prefix: ${quoted(folderOf(place, entry))}\n`,
      `    sample_rate: ${entry.passes}\n`,
    ].join(''),
  );
  const notes = [
    'Dolma: python -m dolma.tokenizer.reshard <this file>. Prefixes hold token files (.npy and .csv.gz).',
    'sample_rate is passes over them. Dolma takes whole files for the fraction, at least one: many small',
    'files come near the plan, one large file is taken whole.',
  ];
  return [
    comment([...headOf(blend), ...notes]),
    `destination_prefix: ${quoted(`${place.root}/resharded`)}\n`,
    `max_size_bytes: ${2 ** 32}\n`,
    `source_prefixes:\n${sources.join('')}`,
  ].join('');
};
