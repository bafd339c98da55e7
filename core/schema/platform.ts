/**
 * What a platform says of a row beside its text: generator fields in the wild, bylines, dates of
 * first sight and of change. Raw values by role; `label/families/platform.ts` reads them.
 */
import { z } from 'zod';

export const PLATFORM_ROLES = [
  'generator',
  'digital_source_type',
  'author',
  'published',
  'first_seen',
  'modified',
  'edit_history',
  'transformed_by',
  'tags',
] as const;
export const platformRole = z.enum(PLATFORM_ROLES);
export type PlatformRole = z.infer<typeof platformRole>;

/**
 * Fields that are read where a recipe names none, in order of preference. `model` is not among them:
 * it may name a judge; a recipe maps it by hand where it names the writer.
 */
export const WELL_KNOWN_FIELDS: Readonly<Record<PlatformRole, readonly string[]>> = {
  generator: [
    'model_name',
    'generator',
    'teacher',
    'original_teacher',
    'distilabel_metadata',
    'Model Generated',
  ],
  digital_source_type: ['digitalSourceType', 'digital_source_type', 'DigitalSourceType'],
  author: ['author', 'byline'],
  published: ['datePublished', 'published', 'article:published_time'],
  first_seen: ['first_seen', 'WARC-Date', 'Memento-Datetime', 'archived_at'],
  modified: ['dateModified', 'modified', 'lastmod', 'article:modified_time'],
  edit_history: ['edit_history', 'revisions'],
  transformed_by: ['transformed_by', 'translator', 'translated_by'],
  tags: ['tags', 'language_creators'],
};

/** One value as it stood: the role, the field, and the value (text as it is, anything else as JSON). */
export const platformField = z.strictObject({
  role: platformRole,
  field: z.string(),
  value: z.string(),
});
export type PlatformField = z.infer<typeof platformField>;
