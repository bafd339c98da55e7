/**
 * A blend for Levanter. Its mixture gives each entry a whole number of sequences of a block, cut
 * down, and the rest to the largest; so the block's size decides how near the plan it comes.
 */
import type { DataFile } from '../../schema/manifest.js';
import { entryText, headOf } from './blend-text.js';
import type { Blend } from './blends.js';
import { filesOf, folderOf, type ToolFile } from './tool-place.js';
import { comment, quoted } from './yaml-text.js';

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

function hasParquet({ kind, view }: Blend): boolean {
  return kind !== 'written' || view.files.some(({ format }) => format === 'parquet');
}
