/** What stands beside an imported source: its old name, what is missing, and what its name suggests. */
import { mappedFamily } from '../../label/generator-families.js';
import type { ForeignSource } from '../../schema/foreign-blend.js';
import { quoted } from '../weights/yaml-text.js';

const TEXT_FILES = /\.(?:jsonl|jsonl\.gz|jsonl\.zst|parquet|arrow)$/;
const DECLARED = 'provenance: {declared: synthetic, by: publisher}';

/** Lines of comment of a source that is called `name` in the recipe. */
export function notesOf(source: ForeignSource, name: string): string[] {
  const made = madeNote(source.name);
  const isText = source.paths.every((path) => TEXT_FILES.test(path));
  const paths = isText
    ? ''
    : ', paths of its text (.jsonl, .jsonl.gz, .jsonl.zst, .parquet, .arrow)';
  return [
    ...(name === source.name ? [] : [`in the blend: ${quoted(source.name)}`]),
    `TODO: grant, provenance${paths}`,
    ...(made === null ? [] : [made]),
    ...(source.weight === 0 ? ['weight 0 in the blend: nothing is asked of it'] : []),
  ];
}

/** What a name suggests about who wrote the text; a person decides whether it is so. */
function madeNote(name: string): string | null {
  const family = mappedFamily(name.replaceAll('_', '-'));
  if (family !== null)
    return `its name speaks of ${family}; if it wrote the text: ${DECLARED}, model_family: ${family}`;
  if (!/synth|rewrit|rephras|generated|distil/i.test(name)) return null;
  return `its name speaks of made text; if so: ${DECLARED}`;
}

/** A name of ours nearest to one of theirs: letters, digits, `._-`, a letter or digit first. */
export function sourceName(name: string): string {
  const clean = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return clean === '' ? 'source' : clean;
}
