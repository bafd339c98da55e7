/** Columns of a written mix, Parquet and Arrow alike, in order. Names are contract: add, never rename. */
export interface MixColumn {
  readonly name: string;
  readonly type: 'text' | 'integer';
  readonly description: string;
}

export const MIX_COLUMNS: readonly MixColumn[] = [
  { name: 'id', type: 'text', description: 'Stable id of the document within its source.' },
  { name: 'text', type: 'text', description: 'The text.' },
  { name: 'source', type: 'text', description: 'Name of the source, as in the recipe.' },
  { name: 'created', type: 'text', description: 'When it was written, as its row says.' },
  { name: 'domain', type: 'text', description: 'Topic.' },
  {
    name: 'provenance',
    type: 'text',
    description: 'Label: `human_authored`, `human_edited`, `synthetic` or `unknown`.',
  },
  {
    name: 'edit_direction',
    type: 'text',
    description: 'Of `human_edited` text: who edited whom; else empty.',
  },
  {
    name: 'model_family',
    type: 'text',
    description: 'Of synthetic text: whose models wrote it; else empty.',
  },
  {
    name: 'grant_id',
    type: 'text',
    description: 'Grant that it is used under; joined by ` AND ` where several must be kept.',
  },
  { name: 'tokens', type: 'integer', description: 'Exact count in the tokenizer of the recipe.' },
  { name: 'pass', type: 'integer', description: 'Pass over the document, from 0.' },
  {
    name: 'lineage_depth',
    type: 'integer',
    description: 'Own models between the text and human text; 0 where it was traced to none.',
  },
  { name: 'site', type: 'text', description: 'Host of its url; empty where it has none.' },
  {
    name: 'language',
    type: 'text',
    description: 'Language of its text, a BCP 47 tag; empty where nobody says.',
  },
  {
    name: 'anchored',
    type: 'integer',
    description: '1: human text that the previous version held, where the recipe has an `anchor`.',
  },
  {
    name: 'metadata',
    type: 'text',
    description: 'Fields that a source keeps under `metadata`, as JSON; absent where none does.',
  },
];
