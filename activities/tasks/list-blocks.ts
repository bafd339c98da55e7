/** Lists what is simulated of a domain: scenarios at the planned mix, in blocks of runs. */
import { blockTitle, domainBlocks } from '../../core/simulate/blocks.js';
import {
  type AttemptInput,
  openDomain,
  openPlan,
  runsAsked,
  type SimulatedBlock,
} from '../simulation.js';

export interface ListBlocksInput extends AttemptInput {
  readonly domain: string;
}

export async function run(input: ListBlocksInput): Promise<SimulatedBlock[]> {
  const { domain, attempt, doubled } = input;
  const opened = await openPlan(input);
  const { mix } = await openDomain(opened, domain);
  const blocks = domainBlocks(mix, runsAsked(opened, attempt, doubled));
  return blocks.map((block) => ({ ...block, title: blockTitle(block) }));
}
