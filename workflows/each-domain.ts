/** Simulates very many domains: a window of them, then the next run, so that no history grows with their number. */
import { continueAsNew, setHandler } from '@temporalio/workflow';
import { type SourceProgress, sourceProgressQuery } from './messages.js';
import { type Attempt, simulateDomains } from './simulate-domains.js';

export interface EachDomainInput {
  readonly attempt: Attempt;
  readonly domains: readonly string[];
  readonly domainsPerRun: number;
  /** Where this run starts. */
  readonly next: number;
}

export async function eachDomain(input: EachDomainInput): Promise<void> {
  const { attempt, domains, domainsPerRun, next } = input;
  const end = Math.min(domains.length, next + domainsPerRun);
  setHandler(
    sourceProgressQuery,
    (): SourceProgress => ({ source: 'simulate', done: next, total: domains.length, reused: 0 }),
  );
  const steps = { more: () => undefined, step: () => undefined };
  await simulateDomains(attempt, domains.slice(next, end), steps);
  if (end < domains.length) await continueAsNew<typeof eachDomain>({ ...input, next: end });
}
