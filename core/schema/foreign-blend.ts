/**
 * Blends of other tools as they are written there, as far as a starting recipe needs them: names, weights,
 * paths. Other keys are theirs and pass. The result of each is the same plain list.
 */
import { z } from 'zod';
import { decimalNumber, listOf, text } from './file-values.js';
import { LIMITS } from './limits.js';

export const BLEND_TOOLS = ['olmo-core', 'megatron', 'levanter', 'nemotron'] as const;
export type BlendTool = (typeof BLEND_TOOLS)[number];

export interface ForeignSource {
  /** As it stands there. */
  readonly name: string;
  readonly paths: readonly string[];
  /** Relative weight, at least 0; null where the tool takes sizes. */
  readonly weight: number | null;
  /** Passes over its text that the blend allows; null where it says nothing. */
  readonly passesMax: number | null;
}

export interface ForeignBlend {
  readonly tool: BlendTool;
  readonly sources: readonly ForeignSource[];
  /** Tokens that it asks for; null where it does not say. */
  readonly tokens: number | null;
  /** What of it a recipe does not take over; sentences. */
  readonly left: readonly string[];
}

const loose = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape, { error: 'a mapping' });
const anyNumber = () => decimalNumber(0, Number.POSITIVE_INFINITY);

const paths = () => listOf(text('a path or glob'), 'paths', 1, LIMITS.shardsPerSource);

/** OLMo-core: `SourceMixtureList`. */
export const olmoCoreBlend = loose({
  sources: listOf(
    loose({
      source_name: text('a name'),
      target_ratio: decimalNumber(0, 1),
      paths: paths(),
      max_repetition_ratio: decimalNumber(1, LIMITS.maxRepetitionFactor).optional(),
      max_source_fraction: decimalNumber(0, 1).optional(),
    }),
    'sources',
    1,
    LIMITS.sources,
  ),
}).transform(({ sources }): readonly ForeignSource[] =>
  sources.map((source) => {
    const { max_repetition_ratio: repetition, max_source_fraction: fraction } = source;
    const isLimited = repetition !== undefined || fraction !== undefined;
    return {
      ...{ name: source.source_name, paths: source.paths, weight: source.target_ratio },
      // Twelve digits: the product of two decimals, not of two doubles.
      passesMax: isLimited ? Number(((repetition ?? 1) * (fraction ?? 1)).toPrecision(12)) : null,
    };
  }),
);

const weightsByName = z.record(z.string(), anyNumber(), { error: 'a mapping of names to weights' });

/** Levanter: `LMMixtureDatasetConfig`; weights by name, or stages of them, of which the first counts. */
export const levanterBlend = loose({
  configs: z
    .record(
      z.string(),
      loose({
        train_urls: listOf(text('a URL'), 'URLs', 0, LIMITS.shardsPerSource).optional(),
        id: text('the id of a data set').optional(),
      }),
      { error: 'a mapping of names to sources' },
    )
    .optional(),
  train_weights: z.union([
    weightsByName.transform((weights) => [weights]),
    z
      .array(z.tuple([anyNumber(), weightsByName]))
      .min(1)
      .transform((stages) => stages.map(([, weights]) => weights)),
  ]),
}).transform(({ configs, train_weights: stages }) => ({
  sources: Object.entries(stages[0]!).map(([name, weight]): ForeignSource => {
    const config = configs?.[name];
    const urls = config?.train_urls ?? [];
    const found =
      urls.length > 0 ? urls : [config?.id === undefined ? name : `hf://datasets/${config.id}`];
    return { name, paths: found, weight, passesMax: null };
  }),
  stages: stages.length,
}));

/** Nemotron: `DataBlend`; a weight that is missing is 1, as there. */
export const nemotronBlend = loose({
  datasets: listOf(
    loose({ name: text('a name'), path: text('a path'), weight: anyNumber().optional() }),
    'datasets',
    1,
    LIMITS.sources,
  ),
}).transform(({ datasets }): readonly ForeignSource[] =>
  datasets.map(({ name, path, weight }) => ({
    ...{ name, paths: [path], weight: weight ?? 1, passesMax: null },
  })),
);
