import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatChange,
  formatCompact,
  formatCount,
  formatMoney,
  formatPoints,
  formatPrice,
  formatShare,
  plural,
} from '../core/report/format.js';

describe('numbers of a report', () => {
  test.each([
    [formatCount(12_345_678), '12,345,678'],
    [formatCount(999), '999'],
    [formatCount(-1000), '-1,000'],
    [formatCount(null), '-'],
    [formatChange(1200), '+1,200'],
    [formatChange(0), '0'],
    [formatCompact(0), '0'],
    [formatCompact(999), '999'],
    [formatCompact(1234), '1.2 k'],
    [formatCompact(999_949), '1.0 M'],
    [formatCompact(1_234_567), '1.2 M'],
    [formatCompact(99_960_000), '100 M'],
    [formatCompact(3e9), '3.0 B'],
    [formatShare(0.1234), '12.3 %'],
    [formatShare(0.3, 2), '30.00 %'],
    [formatShare(0), '0.0 %'],
    [formatShare(1), '100.0 %'],
    [formatShare(0.00001), '<0.1 %'],
    [formatShare(0.99999), '>99.9 %'],
    [formatPoints(-0.00001), '0.0 pp'],
    [formatPoints(0.004), '+0.4 pp'],
    [formatBytes(512), '512 B'],
    [formatBytes(1_572_864), '1.5 MiB'],
    [formatMoney(1_200_000, 'USD'), 'USD 12,000.00'],
    [formatMoney(5, 'USD'), 'USD 0.05'],
    [formatMoney(1200, 'JPY'), 'JPY 1,200'],
    [formatMoney(1234, 'KWD'), 'KWD 1.234'],
    [formatPrice(0), '0'],
    [formatPrice(1.23456), '1.23'],
    [formatPrice(12_345.6), '12,346'],
    [formatPrice(null), '-'],
    [plural(1, 'document'), '1 document'],
    [plural(2, 'family'), '2 families'],
  ])('%s reads as %s', (found, expected) => {
    expect(found).toBe(expected);
  });
});
