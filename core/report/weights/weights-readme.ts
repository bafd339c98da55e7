/** `weights/README.md`: which file is for whom, what its numbers are, and what a trainer cannot keep. */

import { escapeMarkdown } from '../card.js';
import { formatCount, plural } from '../format.js';
import type { Blend, BlendKind } from './blends.js';
import type { ToolPlace } from './tool-place.js';
import type { WeightFormat } from './weight-files.js';
import type { WeightsView } from './weights-view.js';

const KINDS: Readonly<Record<BlendKind, string>> = {
  written:
    'The rows of `data/`, each once: one entry. Every cap holds on them. This is what to train on, unless your own writer makes the data.',
  'by-source':
    'An entry per source and domain, for a loader of your own. It draws evenly from an entry, so labels inside one cannot be weighed: each file says how far that is off.',
  'by-stratum':
    'An entry per source, domain, label, model family and grant. These weights carry out the plan, on average over what is drawn.',
};

const TOOLS: readonly (readonly [WeightFormat, string, string, string])[] = [
  [
    'olmo-core',
    'olmo-core-source-mixture.yaml',
    'OLMo-core, `SourceMixtureList.from_yaml`',
    'caps on labels, licences, families; it cuts entries to whole instances',
  ],
  [
    'megatron',
    'megatron-blend.txt',
    'Megatron, `--data-args-path`',
    'caps, and any limit on passes: a short entry is repeated in silence. No comments, paths without blanks',
  ],
  [
    'megatron',
    'megatron-blend.json',
    'Megatron, `--per-split-data-args-path`',
    'the same; `valid` is the holdout where there is one',
  ],
  [
    'levanter',
    'levanter-train-weights.yaml',
    'Levanter, `data:` of a config',
    'caps, and any limit on passes; shares below one sequence of a block',
  ],
  [
    'streaming',
    'streaming-streams.yaml',
    'MosaicML Streaming, `Stream(**..)`',
    'caps; it counts samples, not tokens',
  ],
  [
    'dolma',
    'dolma-sources.yaml',
    'Dolma, `dolma.tokenizer.reshard`',
    'caps; fractions of a file, for it takes files whole',
  ],
];

/** The page; only what stands beside it is listed. */
export function weightsReadme(
  view: WeightsView,
  blends: readonly Blend[],
  place: ToolPlace,
  formats: readonly WeightFormat[],
): string {
  const tokenizer = view.tokenizer === null ? "the recipe's tokenizer" : view.tokenizer;
  const tools = TOOLS.filter(([format]) => formats.includes(format));
  return [
    `# Weights of ${escapeMarkdown(view.mix)}`,
    '',
    `All tokens are those ${view.counted}, counted with ${escapeMarkdown(tokenizer)}. Another tokenizer gives other counts and`,
    'slightly other shares. Shares are decimals that sum to exactly 1.',
    '',
    ...section(blends.length > 0, [
      '| folder | entries | what it is |',
      '|---|---|---|',
      ...blends.map(
        ({ kind, entries }) => `| \`${kind}/\` | ${formatCount(entries.length)} | ${KINDS[kind]} |`,
      ),
    ]),
    ...section(blends.length > 0 && tools.length > 0, [
      '| file | read by | what it cannot say |',
      '|---|---|---|',
      ...tools.map(([, file, reader, lacks]) => `| \`${file}\` | ${reader} | ${lacks} |`),
      '',
      `\`${place.root}/<entry>/\` stands for the folder with an entry's files in the tool's format; put yours there, or export anew`,
      'with `ballast export --root`.',
    ]),
    ...section(formats.includes('csv'), [
      `Tables: \`plan-strata.csv\` (${plural(view.strata.length, 'row')}; its last columns name the entries), \`plan-domains.csv\`, \`plan-caps.csv\`.`,
      'UTF-8 with a byte order mark, commas, decimal points, no thousands separators.',
    ]),
    ...section(blends.length === 0, ['Nothing has tokens, so there is nothing to weigh.']),
  ].join('\n');
}

function section(isThere: boolean, lines: readonly string[]): string[] {
  return isThere ? [...lines, ''] : [];
}
