/** Counts and measures the domains of a planned build, as the workflow would order the steps. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildContext } from '../activities/build-context.js';
import { MEASURE_FILE, SAMPLE_FILE } from '../activities/domain-measures.js';
import { run as measureDomain } from '../activities/tasks/measure-domain.js';
import { run as sampleShard } from '../activities/tasks/sample-shard.js';
import {
  type DomainMeasure,
  domainMeasure,
  type WordSample,
  wordSample,
} from '../core/schema/risk.js';
import { type OverShards, oneByOne, type Planned } from './pipeline-run.js';

export interface Measured {
  readonly measure: DomainMeasure;
  readonly sample: WordSample;
  /** The files as they are. */
  readonly texts: readonly [measure: string, sample: string];
  readonly reused: boolean;
}

export async function measureDomains(
  context: BuildContext,
  { build, inventory, inventoryRef }: Planned,
  over: OverShards = oneByOne,
): Promise<Map<string, Measured>> {
  const progress = () => new Float64Array(2);
  await over(build, (shard) => sampleShard({ context, shard }, progress()));
  const domains = [...new Set(inventory.strata.map(({ domain }) => domain))];
  const measured = new Map<string, Measured>();
  for (const domain of domains) {
    const made = await measureDomain({ context, inventory: inventoryRef, domain }, progress());
    const text = (name: string) =>
      readFile(join(context.workspace, made.record.files[name]!.path), 'utf8');
    const texts = [await text(MEASURE_FILE), await text(SAMPLE_FILE)] as const;
    measured.set(domain, {
      measure: domainMeasure.parse(JSON.parse(texts[0])),
      sample: wordSample.parse(JSON.parse(texts[1])),
      ...{ texts, reused: made.reused },
    });
  }
  return measured;
}
