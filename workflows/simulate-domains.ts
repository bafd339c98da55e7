/**
 * Simulates domains: each is measured, tells its blocks of runs, and the blocks are run side by side. Results
 * are found again by their addresses, so no reference travels; what was simulated before costs nothing.
 */
import type { BuildContext } from '../activities/build-context.js';
import type { SimulatedBlock } from '../activities/simulation.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { fanOut } from './fan-out.js';
import { heavy, WIDTH } from './steps.js';

/** One plan, and how many runs it is judged by. */
export interface Attempt {
  readonly context: BuildContext;
  readonly inventory: ArtifactRef;
  readonly plan: ArtifactRef;
  /** From 1; a plan after a FAIL is the next attempt. */
  readonly attempt: number;
  /** Twice the runs: chance alone stood between the first ones and a verdict. */
  readonly doubled: boolean;
}

export interface SimulationSteps {
  /** So many steps more than were known. */
  readonly more: (steps: number) => void;
  readonly step: (note: string) => void;
}

/** Work on the measured text of all domains: the table, the self-test. Answers what it did. */
export type Beside = () => Promise<string>;

interface DomainBlock extends SimulatedBlock {
  readonly domain: string;
}

/** Measures the domains, then simulates them block by block; `beside` starts with the blocks, for it is long. */
export async function simulateDomains(
  attempt: Attempt,
  domains: readonly string[],
  { more, step }: SimulationSteps,
  beside: readonly Beside[] = [],
): Promise<void> {
  more(domains.length + beside.length);
  const listed = await fanOut(domains, WIDTH, async (domain) => {
    const blocks = await measureAndList(attempt, domain);
    more(blocks.length);
    step('');
    return blocks;
  });
  const blocks = listed.flat().map((block) => () => simulateBlock(attempt, block));
  await fanOut([...beside, ...blocks], WIDTH, async (work) => step(await work()));
}

async function measureAndList(
  { context, inventory, plan, attempt, doubled }: Attempt,
  domain: string,
): Promise<DomainBlock[]> {
  await heavy.measureDomain.executeWithOptions(
    { summary: `count the words of people and of models in domain ${domain}`.slice(0, 150) },
    [{ context, inventory, domain }],
  );
  const { blocks } = await heavy.listBlocks.executeWithOptions(
    { summary: `list what is simulated of domain ${domain}, from the planned mix`.slice(0, 150) },
    [{ context, inventory, plan, domain, attempt, doubled }],
  );
  return blocks.map((block) => ({ ...block, domain }));
}

async function simulateBlock(
  { context, inventory, plan }: Attempt,
  { domain, scenario, firstRun, runs, title }: DomainBlock,
): Promise<string> {
  const summary = `simulate domain ${domain}: ${title}`.slice(0, 150);
  const { reused } = await heavy.simulateCollapse.executeWithOptions({ summary }, [
    { context, inventory, plan, domain, scenario, firstRun, runs },
  ]);
  return `${domain}: ${title}${reused ? ', read back' : ''}`;
}
