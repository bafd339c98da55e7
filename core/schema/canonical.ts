/**
 * Canonical bytes: one JSON text for one value. Keys sorted by code unit, no white space. Refuses
 * what has no stable bytes (undefined, functions, NaN, infinities, bigint), naming the path.
 */
export function canonicalJson(value: unknown, path = '$'): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${path}: ${value} has no canonical bytes`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item, i) => canonicalJson(item, `${path}[${i}]`)).join(',')}]`;
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const body = entries.map(
      ([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v, `${path}.${k}`)}`,
    );
    return `{${body.join(',')}}`;
  }
  throw new TypeError(`${path}: a ${typeof value} has no canonical bytes`);
}
