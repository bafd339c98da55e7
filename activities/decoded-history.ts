/**
 * Temporal's JSON of a history, made readable: payloads are decoded where they stand, and each event
 * gets its sentence. Works on one page of events at a time.
 */
import { type DecodedEvent, eventSentence, nameOf, textAt } from '../core/audit/event-sentence.js';
import type { ReadableEvent } from '../core/schema/sealed-history.js';

/** An event as Temporal's tools write it. */
export interface EventJson {
  readonly eventId: string;
  readonly eventTime: string;
  readonly eventType: string;
  readonly userMetadata?: { readonly summary?: unknown };
  readonly [attributes: string]: unknown;
}

interface PayloadJson {
  readonly metadata?: { readonly encoding?: string };
  readonly data?: string;
}

function isPayload(value: object): value is PayloadJson {
  const { metadata } = value as PayloadJson;
  return typeof metadata?.encoding === 'string';
}

function fromBase64(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'base64');
}

/** JSON as the value that it is; bytes and what cannot be read say how many bytes there are. */
function decodePayload({ metadata, data }: PayloadJson): unknown {
  const encoding = fromBase64(metadata?.encoding).toString('utf8');
  const bytes = fromBase64(data);
  if (encoding === 'binary/null') return null;
  if (!encoding.startsWith('json/')) return `${bytes.length} bytes, ${encoding}`;
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return `${bytes.length} bytes that are no JSON`;
  }
}

/** The value with every payload decoded where it stands. */
export function decodePayloads(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decodePayloads);
  if (isPayload(value)) return decodePayload(value);
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only![0] === 'payloads') return decodePayloads(only![1]);
  return Object.fromEntries(entries.map(([key, item]) => [key, decodePayloads(item)]));
}

export function attributesOf(event: EventJson): Record<string, unknown> {
  const key = Object.keys(event).find((name) => name.endsWith('EventAttributes'));
  return key === undefined ? {} : (event[key] as Record<string, unknown>);
}

export function typeOf({ eventType }: EventJson): string {
  return eventType.replace(/^EVENT_TYPE_/, '');
}

export function decodeEvent(event: EventJson): DecodedEvent {
  const summary = decodePayloads(event.userMetadata?.summary);
  return {
    id: Number(event.eventId),
    type: typeOf(event),
    attributes: decodePayloads(attributesOf(event)) as DecodedEvent['attributes'],
    summary: typeof summary === 'string' ? summary : '',
  };
}

/** Reads the events of one history in their order, page after page. */
export class HistoryReader {
  readonly #names = new Map<number, string>();

  read(json: EventJson): ReadableEvent {
    const event = decodeEvent(json);
    const name = nameOf(event);
    if (name !== null) this.#names.set(event.id, name);
    const { id, type, attributes } = event;
    const sentence = eventSentence(event, this.#names);
    const who = textAt(attributes, 'identity') || whoAsked(attributes);
    return { id, time: json.eventTime, type, sentence, who, attributes };
  }
}

/** Who sent an update. */
function whoAsked(attributes: DecodedEvent['attributes']): string {
  return textAt(attributes, 'acceptedRequest', 'meta', 'identity');
}
