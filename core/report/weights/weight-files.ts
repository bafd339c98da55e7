/** The files of `weights/`: the plan as tables, each blend for each trainer, and a page that says what is what. */
import { BLEND_KINDS, type Blend, blendsOf } from './blends.js';
import { levanterFile } from './levanter-file.js';
import { capsCsv, domainsCsv, strataCsv } from './plan-csv.js';
import {
  dolmaFile,
  megatronListFile,
  megatronSplitFile,
  olmoCoreFile,
  streamingFile,
} from './tool-files.js';
import type { ToolFile, ToolPlace } from './tool-place.js';
import { weightsReadme } from './weights-readme.js';
import type { WeightsView } from './weights-view.js';

export const WEIGHT_FORMATS = [
  'csv',
  'olmo-core',
  'megatron',
  'levanter',
  'streaming',
  'dolma',
] as const;
export type WeightFormat = (typeof WEIGHT_FORMATS)[number];

export interface WeightFile {
  /** Relative to `weights/`. */
  readonly path: string;
  readonly text: string;
}

const TOOL_FILES: readonly (readonly [WeightFormat, string, ToolFile])[] = [
  ['olmo-core', 'olmo-core-source-mixture.yaml', olmoCoreFile],
  ['megatron', 'megatron-blend.txt', megatronListFile],
  ['megatron', 'megatron-blend.json', megatronSplitFile],
  ['levanter', 'levanter-train-weights.yaml', levanterFile],
  ['streaming', 'streaming-streams.yaml', streamingFile],
  ['dolma', 'dolma-sources.yaml', dolmaFile],
];

const TABLES: readonly (readonly [string, (view: WeightsView) => string])[] = [
  ['plan-strata.csv', strataCsv],
  ['plan-domains.csv', domainsCsv],
  ['plan-caps.csv', capsCsv],
];

/** Where things stand unless somebody says otherwise: `parts/` for entries, the version's own folder for data. */
export const DEFAULT_PLACE: ToolPlace = { root: 'parts', version: '.' };

/** The files of the chosen formats, sorted by path. Same view, same place, same bytes. */
export function weightFiles(
  view: WeightsView,
  place: ToolPlace = DEFAULT_PLACE,
  formats: readonly WeightFormat[] = WEIGHT_FORMATS,
): WeightFile[] {
  const blends = blendsOf(view);
  const tables = formats.includes('csv')
    ? TABLES.map(([path, write]) => ({ path, text: write(view) }))
    : [];
  const files = [
    ...tables,
    ...blends.flatMap((blend) => filesOf(blend, place, formats)),
    { path: 'README.md', text: weightsReadme(view, blends, place, formats) },
  ];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function filesOf(blend: Blend, place: ToolPlace, formats: readonly WeightFormat[]): WeightFile[] {
  return TOOL_FILES.filter(([format]) => formats.includes(format)).map(([, name, write]) => ({
    path: `${blend.kind}/${name}`,
    text: write(blend, place),
  }));
}

/** True for a path that some export writes. */
export function isWeightPath(path: string): boolean {
  const [folder, name, ...rest] = path.split('/');
  if (name === undefined) return path === 'README.md' || TABLES.some(([table]) => table === path);
  const isKind = BLEND_KINDS.some((kind) => kind === folder);
  return isKind && rest.length === 0 && TOOL_FILES.some(([, file]) => file === name);
}
