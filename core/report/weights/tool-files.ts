/**
 * One blend in the words of each trainer. Every file is read by that tool's own reader in
 * `test/independent/check_weights.py`, with the versions named there. `<root>/<entry>/` stands for
 * the folder in which a team keeps an entry's files in the tool's format.
 */
import type { DataFile } from '../../schema/manifest.js';
import { entryText, headOf } from './blend-text.js';
import type { Blend, BlendEntry } from './blends.js';
import { plainDecimal } from './decimals.js';
import { comment, quoted } from './yaml-text.js';

export interface ToolPlace {
  /** Folder or URL of the entries' files, without a slash at its end. */
  readonly root: string;
  /** Folder or URL of the published version, for its own data files. */
  readonly version: string;
}

export type ToolFile = (blend: Blend, place: ToolPlace) => string;

const folderOf = ({ root }: ToolPlace, { name }: BlendEntry): string => `${root}/${name}`;

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

function hasParquet({ kind, view }: Blend): boolean {
  return kind !== 'written' || view.files.some(({ format }) => format === 'parquet');
}

/** Files of a split in one format, Parquet where there is any: all formats hold the same rows. */
function filesOf({ view }: Blend, split: DataFile['split']): DataFile[] {
  const files = view.files.filter((file) => file.split === split);
  const parquet = files.filter(({ format }) => format === 'parquet');
  return parquet.length > 0 ? parquet : files;
}

/** Largest block that Levanter takes, its usual one, and sequences of a block per entry. */
const BLOCK_MAX = 2 ** 15;
const BLOCK_USUAL = 2 ** 11;
const SEQUENCES_PER_ENTRY = 1000;

/** Levanter, `data:` of a training config (`LMMixtureDatasetConfig`). */
export const levanterFile: ToolFile = (blend, place) => {
  const { block, lost } = blockOf(blend);
  const list = (files: readonly DataFile[]) =>
    `[${files.map(({ path }) => quoted(`${place.version}/${path}`)).join(', ')}]`;
  const configs = blend.entries.map((entry) => {
    const urls = { train: `[${quoted(`${folderOf(place, entry)}/*.parquet`)}]`, validation: '[]' };
    if (blend.kind === 'written') {
      urls.train = list(filesOf(blend, 'train'));
      urls.validation = list(filesOf(blend, 'holdout'));
    }
    return [
      comment([entryText(entry)], '    '),
      `    ${quoted(entry.name)}:\n`,
      `      train_urls: ${urls.train}\n`,
      urls.validation === '[]' ? '' : `      validation_urls: ${urls.validation}\n`,
    ].join('');
  });
  const weights = blend.entries.map(({ name, share }) => `    ${quoted(name)}: ${share}\n`);
  const notes = [
    'Levanter: merge into the training config, and name your tokenizer under data. Weights are shares of',
    'sequences. A source that ends is started again, without limit: Levanter has no cap on passes.',
    ...(hasParquet(blend)
      ? []
      : [
          'Levanter reads no Arrow files: convert data/ to Parquet, or write it so (output.formats).',
        ]),
    ...(lost === 0
      ? []
      : [
          `Too small for the largest block, so never drawn: ${lost} of ${blend.entries.length} entries.`,
        ]),
  ];
  return [
    comment([...headOf(blend), ...notes]),
    `data:\n  mixture_block_size: ${block}\n`,
    `  configs:\n${configs.join('')}  train_weights:\n${weights.join('')}`,
  ].join('');
};

/**
 * A block, a power of 2, in which every entry has a sequence, and cutting all shares down to whole sequences
 * moves at most a thousandth of it; and how many entries have none in the largest block.
 */
function blockOf({ entries }: Blend): { block: number; lost: number } {
  const shares = entries.map(({ share }) => Number(share));
  const least = Math.min(...shares);
  const wanted = SEQUENCES_PER_ENTRY * (entries.length - 1);
  let block = BLOCK_USUAL;
  while (block < BLOCK_MAX && (least * block < 1 || block < wanted)) block *= 2;
  return { block, lost: shares.filter((share) => share * block < 1).length };
}

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
