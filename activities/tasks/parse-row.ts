/**
 * From a raw row to a document, or to the reason why it is none. Texts must be well-formed Unicode:
 * half of a surrogate pair, which JSON can spell, has no UTF-8 and would be written as another text.
 */
import { LIMITS } from '../../core/schema/limits.js';
import type { PlatformField } from '../../core/schema/platform.js';
import type { RawRow, RejectReason } from '../../storage/source/rows.js';
import type { FieldPlan } from '../profile-columns.js';
import { type ProfiledDocument, TEXT_COLUMNS } from './profile-batch.js';

declare global {
  interface String {
    isWellFormed(): boolean;
  }
}

interface Rejected {
  readonly reason: RejectReason;
  readonly detail: string;
}
/** Characters of one platform field that are kept: a date, a name, the head of a history. */
const PLATFORM_CHARACTERS_MAX = 4_000;

type Fields = Readonly<Record<string, unknown>>;

function plainField(fields: Fields, name: string | null): string {
  if (name === null) return '';
  const value = fields[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** JSON spells half pairs as escapes: the column is well-formed whatever the values are. */
function metadataJson(fields: Fields, names: readonly string[]): string {
  if (names.length === 0) return '';
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, fields[name] ?? null])));
}

/** Fields that say how the text came about, as JSON; '' where the row has none. */
function platformJson(fields: Fields, plan: FieldPlan['platform']): string {
  const found: PlatformField[] = [];
  for (const { role, field } of plan) {
    const value = fields[field];
    if (value === undefined || value === null || value === '') continue;
    const written = typeof value === 'string' ? value : JSON.stringify(value);
    found.push({ role, field, value: written.slice(0, PLATFORM_CHARACTERS_MAX) });
  }
  return found.length === 0 ? '' : JSON.stringify(found);
}

function halfPair(name: string): string {
  return `field "${name}" holds half of a surrogate pair`;
}

/** The text of a row, or why it has none. */
function textOf(fields: Fields, name: string): string | Rejected {
  const text = fields[name];
  if (text === undefined || text === null)
    return { reason: 'missing_text', detail: `no field "${name}"` };
  if (typeof text !== 'string')
    return { reason: 'missing_text', detail: `field "${name}" is a ${typeof text}` };
  if (text.trim() === '') return { reason: 'empty_text', detail: '' };
  if (text.length > LIMITS.textBytes / 3 && Buffer.byteLength(text) > LIMITS.textBytes)
    return { reason: 'text_too_long', detail: `over ${LIMITS.textBytes} bytes` };
  return text.isWellFormed() ? text : { reason: 'invalid_utf8', detail: halfPair(name) };
}

function idOf(fields: Fields, name: string): string | Rejected {
  const id = fields[name];
  if (id !== undefined && id !== null && typeof id !== 'string' && !Number.isSafeInteger(id))
    return { reason: 'invalid_id', detail: `field "${name}" is a ${typeof id}` };
  const written = plainField(fields, name);
  return written.isWellFormed() ? written : { reason: 'invalid_id', detail: halfPair(name) };
}

export function parseRow(row: RawRow, plan: FieldPlan): ProfiledDocument | Rejected {
  if ('reason' in row) return row;
  const { fields, place } = row;
  const text = textOf(fields, plan.text);
  if (typeof text !== 'string') return text;
  const id = idOf(fields, plan.id);
  if (typeof id !== 'string') return id;
  const document: ProfiledDocument = {
    id,
    place,
    text,
    created: plainField(fields, plan.created),
    url: plainField(fields, plan.url),
    domain: plainField(fields, plan.domain),
    provenance: plainField(fields, plan.provenance),
    modelFamily: plainField(fields, plan.modelFamily),
    grant: plainField(fields, plan.grant),
    metadata: metadataJson(fields, plan.metadata),
    language: plainField(fields, plan.language),
    platform: platformJson(fields, plan.platform),
  };
  for (const column of TEXT_COLUMNS) {
    if (document[column].isWellFormed()) continue;
    return { reason: 'invalid_utf8', detail: halfPair(fieldNameOf(plan, column)) };
  }
  return document;
}

function fieldNameOf(plan: FieldPlan, column: (typeof TEXT_COLUMNS)[number]): string {
  const name = plan[column];
  return typeof name === 'string' ? name : column;
}
