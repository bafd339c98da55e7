/**
 * Near-duplicates on real texts with planted edits of known size: the bench of that name on a small
 * sample of three corpora, in a process of its own over the built tree.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SHARED_DATA } from './ballast-runner.js';

const ROOT = join(import.meta.dirname, '..');
const BENCH = join(ROOT, 'bench/near-duplicate-quality.mjs');
const BUILT = join(ROOT, 'dist/activities/tasks/cluster-duplicates.js');

interface Recall {
  readonly threshold: number;
  readonly count: number;
  readonly found: number;
  readonly recall: number | null;
  readonly interval: readonly [number, number] | null;
  readonly promised: number | null;
  readonly z: number;
}

interface Group {
  readonly value: string | number;
  readonly count: number;
  readonly medianJaccard: number;
  readonly foundOfAll: number;
  readonly recall: readonly Recall[];
}

interface Quality {
  readonly pairs: number;
  readonly overall: readonly Recall[];
  readonly byBand: readonly { low: number; count: number; recall: readonly Recall[] }[];
  readonly byKind: readonly Group[];
  readonly byShare: readonly Group[];
  readonly precision: readonly { accepted: number; wrong: number; areComponents: boolean }[];
  readonly failures: readonly string[];
}

const absent = existsSync(join(SHARED_DATA, 'l2r.jsonl.gz'))
  ? existsSync(BUILT)
    ? ''
    : 'no built tree: npm run build'
  : `no corpora in ${SHARED_DATA}`;

describe.skipIf(absent !== '')(
  `planted edits${absent === '' ? '' : ` (skipped: ${absent})`}`,
  () => {
    let quality: Quality;
    beforeAll(() => {
      const args = ['--sample', '4', '--json', '--no-real', '--corpora', 'l2r,faid vi,medquad'];
      const run = spawnSync(process.execPath, [BENCH, ...args], {
        encoding: 'utf8',
        maxBuffer: 1 << 26,
        env: { ...process.env, BALLAST_BENCH_DATA: SHARED_DATA },
      });
      expect(run.stderr).toBe('');
      quality = JSON.parse(run.stdout) as Quality;
      expect(run.status).toBe(0);
    });

    it('are found as often as the bands promise, and nothing else is taken for a copy', () => {
      // The bench fails a group 4 standard errors below its promise: a false alarm in 30,000 groups.
      expect(quality.failures).toEqual([]);
      expect(quality.pairs).toBe(3 * 7 * 8 * 4);
      expect(quality.precision).toHaveLength(9);
      for (const { accepted, wrong, areComponents } of quality.precision) {
        expect(accepted).toBeGreaterThan(0);
        expect(wrong).toBe(0);
        expect(areComponents).toBe(true);
      }
    });

    it('are found at the default threshold nearly always, and below it never', () => {
      const [at8] = quality.overall;
      expect(at8!.threshold).toBe(0.8);
      expect(at8!.count).toBeGreaterThan(300);
      // Promised .99 and more for each: two misses of 300 where .3 are due have a chance of 4 %, six of 1e-6.
      expect(at8!.count - at8!.found).toBeLessThan(6);
      for (const { low, recall } of quality.byBand)
        if (low < 0.75) expect(recall[0]).toMatchObject({ count: 0, recall: null });
    });

    it('of case, punctuation and white space change nothing', () => {
      const forms = quality.byKind.filter(({ value }) =>
        ['case', 'punctuation', 'white space'].includes(String(value)),
      );
      expect(forms).toHaveLength(3);
      for (const { medianJaccard, foundOfAll } of forms) {
        expect(medianJaccard).toBe(1);
        expect(foundOfAll).toBeGreaterThan(0.97);
      }
    });

    it('lose a text the sooner, the more of its words they change', () => {
      const shares = quality.byShare.map(({ medianJaccard }) => medianJaccard);
      expect(shares).toHaveLength(8);
      expect(shares[0]).toBeGreaterThan(0.85);
      expect(shares[5]).toBeLessThan(0.4);
      const found = quality.byShare.map(({ foundOfAll }) => foundOfAll);
      expect(found[0]).toBeGreaterThan(0.6);
      expect(found.slice(5).every((share) => share < 0.05)).toBe(true);
    });
  },
);
