/** What a retraction took out between two versions, and what came in its place: by domain, from the label tables. */
import { join } from 'node:path';
import type { DomainCost } from '../../core/report/cost-tables.js';
import { quote } from '../../engines/duckdb.js';
import { withRecords } from './explain-document.js';

/** Domains in which anything changed, by name; tokens count every pass. Empty where nothing was withdrawn. */
export async function retractionCost(before: string, after: string): Promise<DomainCost[]> {
  const table = (folder: string) =>
    `read_parquet(${quote(join(folder, 'labels', '*.parquet'))}, hive_partitioning = false)`;
  const columns = `source, id, domain, outcome, tokens,
    case when outcome = 'written' then passes else 0 end as passes`;
  const query = `
    with b as (select ${columns} from ${table(before)}), a as (select ${columns} from ${table(after)}),
    joined as (
      select coalesce(b.domain, a.domain) as domain, coalesce(a.outcome, '') = 'retracted' as gone,
        coalesce(b.passes, 0) as passes_before, coalesce(a.passes, 0) as passes_after,
        coalesce(b.tokens * b.passes, 0) as tokens_before, coalesce(a.tokens * a.passes, 0) as tokens_after
      from b full join a on a.source = b.source and a.id = b.id)
    select domain,
      (count(*) filter (where gone and passes_before > 0))::double,
      (coalesce(sum(tokens_before) filter (where gone), 0))::double,
      (coalesce(sum(tokens_before - tokens_after) filter (where not gone and tokens_before > tokens_after), 0))::double,
      (count(*) filter (where passes_before = 0 and passes_after > 0))::double,
      (coalesce(sum(tokens_after) filter (where passes_before = 0), 0))::double,
      (coalesce(sum(tokens_after - tokens_before) filter (where passes_before > 0 and tokens_after > tokens_before), 0))::double
    from joined group by domain
    having sum(tokens_before) <> 0 or sum(tokens_after) <> 0 order by domain`;
  return withRecords(async (connection) => {
    const rows = (await connection.runAndReadAll(query)).getRows();
    const costs = rows.map(([domain, ...numbers]) => costOf(String(domain), numbers.map(Number)));
    return costs.some(({ documentsWithdrawn }) => documentsWithdrawn > 0) ? costs : [];
  });
}

function costOf(domain: string, numbers: readonly number[]): DomainCost {
  const [documentsWithdrawn, tokensWithdrawn, tokensLeft, documentsAdded] = numbers;
  const [tokensAdded, tokensRepeated] = numbers.slice(4);
  return {
    ...{ domain, documentsWithdrawn: documentsWithdrawn!, tokensWithdrawn: tokensWithdrawn! },
    ...{ tokensLeft: tokensLeft!, documentsAdded: documentsAdded!, tokensAdded: tokensAdded! },
    tokensRepeated: tokensRepeated!,
    tokensNet: tokensAdded! + tokensRepeated! - tokensWithdrawn! - tokensLeft!,
  };
}
