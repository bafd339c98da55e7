/**
 * What the fields of a row mean, each by itself: one statement per value, with the field it stands
 * in. `families/platform.ts` weighs them; `platformFacts` describes what goes with a label.
 */
import type { EditDirection, Label, SyntheticKind } from '../schema/label.js';
import type { PlatformRole } from '../schema/platform.js';
import type { Transformation } from '../schema/review.js';
import { bylineMeaning } from './byline.js';
import { sourceTypeMeaning } from './digital-source-type.js';
import { readEditHistory } from './edit-history.js';
import { generatorFamily, isPersonLike, mappedFamily } from './generator-families.js';
import type { LabelInput } from './label-input.js';
import { transformationOf } from './transformation.js';

export interface Statement {
  readonly field: string;
  readonly value: string;
  readonly reason: string;
  /** `unknown`: it is about something else than who wrote. */
  readonly label: Label;
  /** `strong`: names a model or AI. `weak`: anything that anybody would say. `none`: no weight. */
  readonly weight: 'strong' | 'weak' | 'none';
  readonly editDirection?: EditDirection | null;
  readonly syntheticKind?: SyntheticKind | null;
  readonly modelFamily?: string | null;
  readonly transformation?: Transformation;
}

type Told = Omit<Statement, 'field' | 'value'>;

const NOBODY = /^(?:|none|n\/?a|null|unknown|no|false|true|-|default|\[\]|\{\})$/i;
const HUMAN = /^(?:human|humans|people|person|manual|human[- ]written)$/i;
/** `<meta name="generator">`: what built the page, not what wrote it. */
const PAGE_BUILDER =
  /wordpress|hugo|jekyll|drupal|joomla|docutils|sphinx|doxygen|\bwix\b|squarespace|\bghost\b|blogger|mediawiki|pelican|gatsby|next\.js|hexo|docusaurus|mkdocs|microsoft|libreoffice|frontpage|typo3|pandoc|asciidoctor|latex|webflow|shopify|elementor|discourse|vbulletin|\bpdf\b|eleventy|astro\b/i;
/** Also the subject of a text: of a fibre, a fuel, an essay on Kant. */
const SYNTHETIC_TAG = 'synthetic';
const SAYS_SYNTHETIC = ['ai-generated', 'llm-generated', 'machine-generated'];
const SAYS_PEOPLE = ['found', 'crowdsourced', 'expert-generated'];

/** Where a value stands; `isNamed`: the recipe says that the field means this role. */
interface Place {
  readonly field: string;
  readonly isNamed: boolean;
}

const READERS: Readonly<Partial<Record<PlatformRole, (value: string, place: Place) => Told[]>>> = {
  digital_source_type: (value) => listed(value).flatMap(toldBySourceType),
  generator: toldByGenerator,
  tags: (value) => toldByTags(listed(value).map((tag) => tag.toLowerCase())),
  edit_history: toldByHistory,
  author: (value) => listed(value).flatMap(toldByByline),
  transformed_by: (value, { field }) =>
    listed(value).flatMap((item) => toldByTransformer(item, field)),
};

/** Every statement of a row's fields, in their order. */
export function platformStatements({
  platform,
  source,
}: Pick<LabelInput, 'platform' | 'source'>): Statement[] {
  return platform.flatMap(({ role, field, value }) => {
    const place = { field, isNamed: source.platform.fields[role] === field };
    return (READERS[role]?.(value.trim(), place) ?? []).map((told) => ({ ...told, field, value }));
  });
}

/** A JSON list as its items, anything else as one; an empty list says nothing. */
function listed(value: string): string[] {
  if (!value.startsWith('[')) return value.split(/\s*;\s*/).filter((item) => item !== '');
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

function toldBySourceType(code: string): Told[] {
  const meaning = sourceTypeMeaning(code);
  if (meaning === null) return [];
  const { label, syntheticKind } = meaning;
  const weight = label === 'human_authored' ? 'weak' : 'strong';
  return [{ reason: 'platform_source_type', label, weight, syntheticKind }];
}

function toldByGenerator(value: string, { field, isNamed }: Place): Told[] {
  // A pipeline of distilabel rates and ranks too: it need not have written this text.
  if (field === 'distilabel_metadata') return NOBODY.test(value) ? [] : [DISTILABEL];
  return listed(value).flatMap((name): Told[] => {
    if (NOBODY.test(name)) return [];
    if (HUMAN.test(name))
      return [{ reason: 'platform_says_human', label: 'human_authored', weight: 'weak' }];
    if (mappedFamily(name) === null && PAGE_BUILDER.test(name))
      return [{ reason: 'platform_page_builder', label: 'unknown', weight: 'none' }];
    const modelFamily = generatorFamily(name);
    const reason = 'platform_names_generator';
    // A teacher may teach a class, and a generator may give current: only a known model is strong.
    const isKnown = mappedFamily(name) !== null && !isPersonLike(name);
    const weight = isNamed || isKnown ? 'strong' : 'weak';
    return [{ reason, label: 'synthetic', weight, syntheticKind: 'llm', modelFamily }];
  });
}

const DISTILABEL: Told = { reason: 'platform_distilabel', label: 'synthetic', weight: 'weak' };

function toldByTags(tags: readonly string[]): Told[] {
  const isTagged = tags.includes(SYNTHETIC_TAG);
  const isPlain =
    tags.some((tag) => SAYS_SYNTHETIC.includes(tag)) || (isTagged && tags.includes('distilabel'));
  const isHuman = tags.some((tag) => SAYS_PEOPLE.includes(tag));
  const told: Told[] = [];
  // A set that names both does not say which of them this row is.
  const weight = isPlain && !isHuman ? 'strong' : 'weak';
  if (isPlain || isTagged)
    told.push({ reason: 'platform_tag_synthetic', label: 'synthetic', weight });
  if (isHuman) told.push({ reason: 'platform_tag_human', label: 'human_authored', weight: 'weak' });
  if (tags.includes('distilabel')) told.push(DISTILABEL);
  return told;
}

function toldByHistory(value: string): Told[] {
  const history = readEditHistory(value);
  if (history === null) return [];
  const { models, people, editDirection } = history;
  const reason = 'platform_edit_history';
  if (models > 0 && people > 0)
    return [{ reason, label: 'human_edited', weight: 'strong', editDirection }];
  if (models > 0) return [{ reason, label: 'synthetic', weight: 'strong', syntheticKind: 'llm' }];
  return [{ reason, label: 'human_authored', weight: 'weak' }];
}

function toldByByline(value: string): Told[] {
  const meaning = bylineMeaning(value);
  if (meaning === null) return [];
  const syntheticKind = meaning.label === 'synthetic' ? 'llm' : null;
  return [{ reason: 'platform_byline', weight: 'strong', syntheticKind, ...meaning }];
}

function toldByTransformer(value: string, field: string): Told[] {
  const transformation = transformationOf(value, field);
  if (transformation === null) return [];
  return [{ reason: 'platform_transformed', label: 'unknown', weight: 'none', transformation }];
}
