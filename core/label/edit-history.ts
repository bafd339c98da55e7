/**
 * Edit histories: a JSON list of revisions, each with a kind of author (`kind`, `author_kind`, ..) or
 * an author's name. Who came first, a model or a person, gives the direction of the edit.
 */
import type { EditDirection } from '../schema/label.js';
import { parseDate } from '../schema/parse-date.js';
import { bylineMeaning } from './byline.js';
import { mappedFamily } from './generator-families.js';

export interface EditHistory {
  readonly models: number;
  readonly people: number;
  /** Null where only models, or only people, wrote. */
  readonly editDirection: EditDirection | null;
  /** False where the end of the list was cut off. */
  readonly isWhole: boolean;
}

type Writer = 'model' | 'person';
type Revision = Readonly<Record<string, unknown>>;

const KIND_FIELDS = ['author_kind', 'author_type', 'kind', 'type', 'role', 'by', 'actor'];
const NAME_FIELDS = ['author', 'user', 'editor', 'name', 'by'];
const DATE_FIELDS = ['date', 'created', 'timestamp', 'at', 'time'];
const PERSON = /^(?:human|person|user|editor|author|staff|writer|reviewer)$/i;
const MODEL = /^(?:model|ai|llm|assistant|machine|generator|language[_ ]model)$/i;
/** Programs that mend links and spelling: neither a person nor a language model. */
const BOT = /bot\b/i;

/** What a history says; null where it is none, or names nobody. */
export function readEditHistory(json: string): EditHistory | null {
  const list = parseList(json);
  if (list === null) return null;
  const writers = inOrder(list.revisions).flatMap((revision) => writerOf(revision) ?? []);
  const models = writers.filter((writer) => writer === 'model').length;
  const people = writers.length - models;
  if (writers.length === 0) return null;
  const { isWhole } = list;
  return { models, people, isWhole, editDirection: directionOf(writers, isWhole) };
}

function directionOf(writers: readonly Writer[], isWhole: boolean): EditDirection | null {
  const turns = writers.filter((writer, i) => writer !== writers[i - 1]);
  if (turns.length < 2) return null;
  if (turns.length > 2) return 'interleaved';
  if (!isWhole) return 'unknown';
  return turns[0] === 'model' ? 'ai_then_human' : 'human_then_ai';
}

/** Profiles keep the head of a long history: what is whole of it counts. */
function parseList(json: string): { revisions: Revision[]; isWhole: boolean } | null {
  const whole = parseJson(json);
  const cut =
    whole === undefined ? parseJson(`${json.slice(0, json.lastIndexOf('}') + 1)}]`) : whole;
  if (!Array.isArray(cut)) return null;
  const isRevision = (item: unknown) => typeof item === 'object' && item !== null;
  return { revisions: cut.filter(isRevision) as Revision[], isWhole: whole !== undefined };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** By date where every revision has one, else as listed. */
function inOrder(revisions: readonly Revision[]): readonly Revision[] {
  const days = revisions.map((revision) => parseDate(firstText(revision, DATE_FIELDS)));
  if (days.includes(null)) return revisions;
  const places = revisions.map((_, i) => i);
  places.sort((a, b) => (days[a]! < days[b]! ? -1 : days[a]! > days[b]! ? 1 : a - b));
  return places.map((place) => revisions[place]!);
}

function writerOf(revision: Revision): Writer | null {
  if (typeof revision.model === 'string' && revision.model !== '') return 'model';
  const kind = firstText(revision, KIND_FIELDS);
  if (kind !== null && MODEL.test(kind)) return 'model';
  if (kind !== null && PERSON.test(kind)) return 'person';
  const name = firstText(revision, NAME_FIELDS);
  if (name === null || BOT.test(name)) return null;
  if (bylineMeaning(name) !== null || (/\d/.test(name) && mappedFamily(name) !== null))
    return 'model';
  return 'person';
}

function firstText(revision: Revision, fields: readonly string[]): string | null {
  for (const field of fields) {
    const value = revision[field];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return null;
}
