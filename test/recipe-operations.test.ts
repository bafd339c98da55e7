/** Line and schedules of a recipe: read with their defaults, and no part of its identity. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRecipe } from '../client/recipe/read-recipe.js';
import { compareVersions, nextVersion } from '../core/mix/next-version.js';

const folder = mkdtempSync(join(tmpdir(), 'ballast-operations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RECIPE = `name: news
version: 2026.11.26
token_budget: 10
sources: [{name: a, paths: [a.jsonl], domain: news, grant: mine}]
grants: [{grant_id: mine, kind: own_content, uses: {pretrain: allow}}]
`;

async function read(more: string) {
  const path = join(folder, 'recipe.yaml');
  writeFileSync(path, RECIPE + more);
  return readRecipe({ path, set: [] });
}

describe('line and schedules', () => {
  it('have defaults', async () => {
    const { operations } = await read('schedules: [{name: nightly, cron: "0 2 * * *"}]\n');
    expect(operations).toEqual({
      line: { quietSeconds: 600, maxWaitSeconds: 21_600, minNewTokens: 0 },
      schedules: [
        {
          ...{ name: 'nightly', act: 'build-new', cron: '0 2 * * *', everySeconds: null },
          ...{ timezone: 'UTC', jitterSeconds: 0, overlap: 'skip', catchupSeconds: 21_600 },
          note: null,
        },
      ],
    });
  });

  it('carry every key that is written', async () => {
    const { operations } = await read(
      `line: {quiet_period: 0s, max_wait: 1h, min_new_tokens: 5_000}
schedules:
  - {name: weekly, act: build-always, every: 7d, timezone: Europe/Berlin, jitter: 5m, overlap: buffer-one, catchup_window: 1h, note: for the auditors}
`,
    );
    expect(operations).toEqual({
      line: { quietSeconds: 0, maxWaitSeconds: 3_600, minNewTokens: 5_000 },
      schedules: [
        {
          ...{ name: 'weekly', act: 'build-always', cron: null, everySeconds: 604_800 },
          ...{ timezone: 'Europe/Berlin', jitterSeconds: 300, overlap: 'buffer-one' },
          ...{ catchupSeconds: 3_600, note: 'for the auditors' },
        },
      ],
    });
  });

  it('leave the fingerprint as it is', async () => {
    const plain = await read('');
    const kept = await read('line: {quiet_period: 1m}\nschedules: [{name: a, every: 1h}]\n');
    expect(kept.fingerprint).toBe(plain.fingerprint);
  });
});

describe('the next version', () => {
  it.each([
    ['the first of a day', [], '2026.11.26'],
    ['after older days', ['2026.11.25', '2026.11.24.3'], '2026.11.26'],
    ['the second of a day', ['2026.11.26'], '2026.11.26.2'],
    ['by number, not by letter', ['2026.11.26.9', '2026.11.26.10', '2026.11.26'], '2026.11.26.11'],
    ['never before one that stands', ['2026.12.01'], '2026.12.01.2'],
    ['dev does not count', ['dev'], '2026.11.26'],
  ])('%s', (_, taken, wanted) => {
    const next = nextVersion(taken, '2026-11-26');
    expect(next).toBe(wanted);
    for (const version of taken)
      if (version !== 'dev') expect(compareVersions(version, next)).toBeLessThan(0);
  });
});
