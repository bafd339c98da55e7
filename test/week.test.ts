/**
 * A week in fast motion, in short: a line with schedules and approvals, files that come twice or broken,
 * people who answer late, wrongly or never, a worker that is killed, a grant that is revoked while it runs.
 * `bench/week.mjs` is the long form; both are judged by the same code.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runWeek } from '../bench/week-run.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ballast-week-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every file is in exactly one next version or told why not, whatever happens', async () => {
  const { figures, violations } = await runWeek({
    ...{ folder, arrivals: 14, seed: 4, spanMs: 15_000, budget: 24_000 },
    ...{ kills: { worker: 1, server: 0, keeper: 0 }, retractAt: 0.8 },
    ...{ approvalSeconds: 3, reviewSeconds: 4, every: 10, turnsPerRun: 12, settleMs: 120_000 },
    ...{ isFull: false, say: (text: string) => console.log(text) },
  });
  console.log(figures.map(([what, value]) => `${what}: ${value}`).join('\n'));
  expect(violations).toEqual([]);
  const figure = (what: string) => String(new Map(figures).get(what));
  expect(figure('files set aside')).toMatch(/^[1-9]/);
  expect(figure('files that came again')).toMatch(/^[1-9]/);
  expect(figure('killed')).toBe('worker 1');
  expect(figure('retraction')).toMatch(/grant:cc: [1-9]/);
}, 300_000);
