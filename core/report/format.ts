/**
 * Numbers as people read them, in one place. Grouping is written out (no locale data), so the same
 * number gives the same bytes on every machine. `-` stands for "there is none".
 */
import { minorDigits } from '../license/fee.js';

export const NONE = '-';

/** `12345678` -> `12,345,678`; exact for integers. */
export function formatCount(value: number | null): string {
  if (value === null) return NONE;
  const rounded = Math.round(value);
  const digits = String(Math.abs(rounded)).replace(/\B(?=(\d{3})+$)/g, ',');
  return rounded < 0 ? `-${digits}` : digits;
}

/** A count with its sign, for differences: `+1,200`, `-3`, `0`. */
export function formatChange(value: number): string {
  return value > 0 ? `+${formatCount(value)}` : formatCount(value);
}

/** `1234567` -> `1.2 M`; for charts and headlines, never where a promise is checked. */
export function formatCompact(value: number): string {
  const units = ['', ' k', ' M', ' B', ' T'];
  let scaled = Math.abs(value);
  let unit = 0;
  while (unit < units.length - 1 && roundsTo1000(scaled, unit)) {
    scaled /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || scaled >= 99.95 ? 0 : 1;
  return `${value < 0 ? '-' : ''}${scaled.toFixed(digits)}${units[unit]}`;
}

/** True when the number would print as 1000 or more in this unit. */
function roundsTo1000(scaled: number, unit: number): boolean {
  return unit === 0 ? scaled >= 1000 : scaled >= 999.5;
}

/** A share in [0, 1] as `12.3 %`. A share above zero never prints as zero, one below 1 never as 100. */
export function formatShare(share: number | null, digits = 1): string {
  if (share === null) return NONE;
  const smallest = 10 ** -digits;
  const percent = share * 100;
  if (percent > 0 && percent < smallest / 2) return `<${smallest.toFixed(digits)} %`;
  if (percent < 100 && percent > 100 - smallest / 2) {
    return `>${(100 - smallest).toFixed(digits)} %`;
  }
  return `${percent.toFixed(digits)} %`;
}

/** Difference of two shares in percentage points: `+0.4 pp`. */
export function formatPoints(difference: number): string {
  const text = (difference * 100).toFixed(1);
  if (text === '0.0' || text === '-0.0') return '0.0 pp';
  return `${difference > 0 ? '+' : ''}${text} pp`;
}

/** Bytes in binary units: `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let scaled = bytes;
  let unit = 0;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? scaled : scaled.toFixed(1)} ${units[unit]}`;
}

/** Currency of a cost; XXX, ISO 4217's code for none, where nothing costs. */
export function currencyOf(cost: { readonly currency: string } | null | undefined): string {
  return cost?.currency ?? 'XXX';
}

/** Integer minor units as money: `1200000, USD` -> `USD 12,000.00`. Done on digits, never on floats. */
export function formatMoney(minorUnits: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(Math.round(minorUnits))).padStart(digits + 1, '0');
  const major = formatCount(Number(text.slice(0, text.length - digits)));
  const minor = digits === 0 ? '' : `.${text.slice(-digits)}`;
  return `${currency} ${minorUnits < 0 ? '-' : ''}${major}${minor}`;
}

/** Passes over a text: `1.25 x`. */
export function formatEpochs(epochs: number): string {
  return `${epochs.toFixed(2)} x`;
}

/** A price per unit to three significant digits: `0.00123`, `1,230`. */
export function formatPrice(price: number | null): string {
  if (price === null) return NONE;
  if (price === 0) return '0';
  const size = Math.abs(price);
  if (size >= 100) return formatCount(price);
  return size < 1e-4 ? price.toExponential(2) : String(Number(price.toPrecision(3)));
}

/** `human_authored` -> `human authored`. */
export function formatWord(word: string): string {
  return word.replaceAll('_', ' ');
}

/** `1 document`, `2 documents`. */
export function plural(count: number, noun: string): string {
  const ending = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${formatCount(count)} ${count === 1 ? noun : ending}`;
}
