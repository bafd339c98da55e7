/**
 * The profile of a shard: what one read of its text tells, one row per kept document, in the order
 * of the file. Texts stand end to end in `texts.bin`; `documents.arrow` says where each begins.
 */
import { PLATFORM_ROLES, type PlatformRole, WELL_KNOWN_FIELDS } from '../core/schema/platform.js';
import type { Source, TokenizerSpec } from '../core/schema/recipe.js';
import type { Columns } from '../storage/columns.js';

export const PROFILE_VERSION = 'profile@5';
export const DOCUMENTS_FILE = 'documents.arrow';
export const TEXTS_FILE = 'texts.bin';
export const REJECTS_FILE = 'rejects.arrow';

/** Fields of a row that the recipe refers to, raw: mapping them to labels is the labeller's work. */
export interface FieldPlan {
  readonly id: string;
  readonly text: string;
  readonly created: string;
  readonly url: string;
  readonly domain: string | null;
  readonly provenance: string | null;
  readonly modelFamily: string | null;
  readonly grant: string | null;
  readonly language: string | null;
  readonly metadata: readonly string[];
  /** Fields that say how a text came about, by role, in order of preference. */
  readonly platform: readonly { readonly role: PlatformRole; readonly field: string }[];
}

function fieldOf(choice: { kind: string; field?: string } | null): string | null {
  return choice !== null && choice.kind === 'field' ? (choice.field ?? null) : null;
}

/** Fields of each role: those that the recipe names, then the well-known ones that serve nothing else. */
function platformFields({ platform, ...source }: Source): FieldPlan['platform'] {
  const taken = new Set([
    ...Object.values(source.fields),
    ...[source.domain, source.provenance, source.modelFamily].map(fieldOf),
  ]);
  return PLATFORM_ROLES.flatMap((role) => {
    const named = platform.fields[role];
    const known = platform.wellKnown ? WELL_KNOWN_FIELDS[role] : [];
    const fields = [
      ...(named === undefined ? [] : [named]),
      ...known.filter((field) => field !== named && !taken.has(field)),
    ];
    return fields.map((field) => ({ role, field }));
  });
}

export function fieldPlan(source: Source): FieldPlan {
  return {
    ...source.fields,
    domain: fieldOf(source.domain),
    provenance: fieldOf(source.provenance),
    modelFamily: fieldOf(source.modelFamily),
    grant: fieldOf(source.grant),
    language: fieldOf(source.language),
    metadata: source.metadata,
    platform: platformFields(source),
  };
}

export interface ProfileInput {
  readonly workspace: string;
  readonly buildId: string;
  readonly baseFolder: string;
  readonly source: string;
  readonly fields: FieldPlan;
  readonly tokenizer: TokenizerSpec;
  readonly tokenizerSha256: string | null;
  readonly shard: { file: string; sha256: string; bytes: number; format: string };
}

/** What the profile is made of: its content address. Where the file lies is no part of it. */
export function profileMadeOf(
  input: Omit<ProfileInput, 'workspace' | 'buildId' | 'baseFolder'>,
): unknown {
  const { source, fields, tokenizer, tokenizerSha256, shard } = input;
  const tokens = tokenizer.kind === 'file' ? `file:${tokenizerSha256}` : tokenizer.kind;
  return {
    activity: PROFILE_VERSION,
    source,
    fields,
    tokenizer: tokens,
    shard: { sha256: shard.sha256, format: shard.format },
    // Letters and marks are what this runtime's Unicode says: it moves token counts and shingles.
    unicode: process.versions.unicode ?? '',
  };
}

export interface ProfileSummary {
  readonly rowsRead: number;
  readonly rowsKept: number;
  readonly rowsRejected: number;
  readonly rejectedByReason: Readonly<Record<string, number>>;
  readonly tokens: number;
  readonly textBytes: number;
}

/** Typed view of one batch of `documents.arrow`. */
export interface DocumentColumns {
  readonly length: number;
  readonly id: (row: number) => string;
  readonly created: (row: number) => string;
  readonly url: (row: number) => string;
  readonly domain: (row: number) => string;
  readonly provenance: (row: number) => string;
  readonly modelFamily: (row: number) => string;
  readonly grant: (row: number) => string;
  readonly metadata: (row: number) => string;
  readonly language: (row: number) => string;
  /** JSON lists and values; '' where there is nothing. */
  readonly platform: (row: number) => string;
  readonly credentials: (row: number) => string;
  readonly textDates: (row: number) => string;
  readonly boilerplate: (row: number) => string;
  readonly places: Uint32Array;
  readonly idHashes: BigUint64Array;
  /** 1 where the row had no id and was given one. */
  readonly isIdMade: Uint8Array;
  readonly tokens: Uint32Array;
  readonly textOffsets: Float64Array;
  readonly textBytes: Uint32Array;
  /** SHA-256 of each text, 32 bytes a row. */
  readonly digests: Uint8Array;
  /** Band hashes, (lo, hi) pairs. */
  readonly bands: Uint8Array;
  readonly shingleCounts: Uint32Array;
  readonly words: Uint32Array;
  /** Distinct words, by linear counting; over sqrt(words): lexical variety. */
  readonly distinctWords: Uint32Array;
}

export function documentColumns(columns: Columns): DocumentColumns {
  return {
    length: columns.length,
    id: columns.text('id'),
    created: columns.text('created'),
    url: columns.text('url'),
    domain: columns.text('domain'),
    provenance: columns.text('provenance'),
    modelFamily: columns.text('modelFamily'),
    grant: columns.text('grant'),
    metadata: columns.text('metadata'),
    language: columns.text('language'),
    platform: columns.text('platform'),
    credentials: columns.text('credentials'),
    textDates: columns.text('textDates'),
    boilerplate: columns.text('boilerplate'),
    places: columns.u32('place'),
    idHashes: columns.u64('idHash'),
    isIdMade: columns.u8('isIdMade'),
    tokens: columns.u32('tokens'),
    textOffsets: columns.f64('textOffset'),
    textBytes: columns.u32('textBytes'),
    digests: columns.fixed('digest'),
    bands: columns.fixed('bands'),
    shingleCounts: columns.u32('shingles'),
    words: columns.u32('words'),
    distinctWords: columns.u32('distinctWords'),
  };
}
