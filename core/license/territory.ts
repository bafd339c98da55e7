/**
 * Territories: WORLD, EU, EEA, ISO 3166 countries and their subdivisions. The EU holds its 27
 * members (as of 2020-02-01), the EEA three more, WORLD holds everything.
 */

const EU = [
  'AT',
  'BE',
  'BG',
  'CY',
  'CZ',
  'DE',
  'DK',
  'EE',
  'ES',
  'FI',
  'FR',
  'GR',
  'HR',
  'HU',
  'IE',
  'IT',
  'LT',
  'LU',
  'LV',
  'MT',
  'NL',
  'PL',
  'PT',
  'RO',
  'SE',
  'SI',
  'SK',
];
const EEA = [...EU, 'IS', 'LI', 'NO'];

/** The countries of a union; a country or subdivision is itself. */
function parts(territory: string): readonly string[] {
  if (territory === 'EU') return EU;
  return territory === 'EEA' ? EEA : [territory];
}

function countryOf(territory: string): string {
  return territory.slice(0, 2);
}

/** True if the listed territories together hold all of `wanted`. */
export function holdsAll(listed: readonly string[], wanted: string): boolean {
  if (listed.includes('WORLD') || listed.includes(wanted)) return true;
  if (wanted === 'WORLD') return false;
  const held = new Set(listed.flatMap(parts));
  return parts(wanted).every((part) => held.has(part) || held.has(countryOf(part)));
}

/** True if some part of `wanted` lies in a listed territory. */
export function touches(listed: readonly string[], wanted: string): boolean {
  if (listed.length === 0) return false;
  if (wanted === 'WORLD' || listed.includes('WORLD')) return true;
  return listed
    .flatMap(parts)
    .some((a) => parts(wanted).some((b) => a === b || a === countryOf(b) || countryOf(a) === b));
}
