/**
 * Counts of one domain summed over its shards, and the questions that its measure asks of them. The sums stand in
 * the database, which spills; answers are small.
 */
import { COUNT_BINS } from '../../core/schema/risk.js';
import { GROUPS } from '../../core/simulate/measure/groups.js';
import { HUMAN_COPIES_LEAST, type TypeHalves } from '../../core/simulate/measure/overlap.js';
import {
  type GroupCell,
  spectrumOf,
  type TypesByCopies,
} from '../../core/simulate/measure/spectrum-of.js';
import type { GroupedCounts } from '../../core/simulate/measure/suppression.js';
import { type DuckDBConnection, queryRows, quote } from '../../engines/duckdb.js';
import { HUMAN } from '../word-counts.js';

type Row = Record<string, unknown>;

const text = (row: Row, name: string) => String(row[name] ?? '');
const number = (row: Row, name: string) => Number(row[name]);

function filesOf(paths: readonly string[]): string {
  return `read_parquet([${paths.map(quote).join(', ')}], hive_partitioning = false)`;
}

/** `case` of the bin of a type by its copies in half A. */
const BIN = `case ${COUNT_BINS.slice(0, -1)
  .map((most, bin) => `when a <= ${most} then ${bin}`)
  .join(' ')} else ${COUNT_BINS.length - 1} end`;

export class MergedCounts {
  readonly #connection: DuckDBConnection;
  readonly #domain: string;

  private constructor(connection: DuckDBConnection, domain: string) {
    this.#connection = connection;
    this.#domain = domain;
  }

  static async create(
    connection: DuckDBConnection,
    domain: string,
    files: { types: readonly string[]; documents: readonly string[] },
  ): Promise<MergedCounts> {
    const merged = new MergedCounts(connection, domain);
    const at = `where domain = ${quote(domain)}`;
    await connection.run(
      `create table counts as select family, language, word, parts, grp, sum(copies)::bigint as copies
       from ${filesOf(files.types)} ${at} group by all`,
    );
    await connection.run(
      `create table human as select word, grp, sum(copies)::bigint as copies
       from counts where family = ${quote(HUMAN)} and parts = 1 group by all`,
    );
    await connection.run(
      `create table totals as select word, sum(copies)::bigint as total,
         coalesce(sum(copies) filter (grp % 2 = 0), 0)::bigint as a,
         coalesce(sum(copies) filter (grp % 2 = 1), 0)::bigint as b
       from human group by word`,
    );
    await connection.run(
      `create view documents as select * from ${filesOf(files.documents)} ${at}`,
    );
    return merged;
  }

  get domain(): string {
    return this.#domain;
  }

  async #rows(query: string): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const batch of queryRows(this.#connection, query)) rows.push(...batch);
    return rows;
  }

  async #typesByCopies(query: string): Promise<TypesByCopies> {
    const rows = await this.#rows(query);
    return new Map(rows.map((row) => [number(row, 'copies'), number(row, 'types')]));
  }

  async spectrum() {
    return spectrumOf(
      await this.#typesByCopies(
        'select total as copies, count(*) as types from totals group by total',
      ),
    );
  }

  async groupCells(): Promise<GroupCell[]> {
    const rows = await this.#rows(
      `select grp, total, copies, count(*) as types from human join totals using (word) group by all`,
    );
    return rows.map((row) => ({
      group: number(row, 'grp'),
      ...{ total: number(row, 'total'), copies: number(row, 'copies') },
      types: number(row, 'types'),
    }));
  }

  /** Words of people's text in halves A and B. */
  async humanHalves(): Promise<[number, number]> {
    const [row] = await this.#rows('select sum(a)::bigint as a, sum(b)::bigint as b from totals');
    return [number(row!, 'a'), number(row!, 'b')];
  }

  /** Types of each bin of half A. */
  async typesOfBins(): Promise<number[]> {
    const rows = await this.#rows(
      `select ${BIN} as bin, count(*) as types from totals where a > 0 group by bin`,
    );
    const types = COUNT_BINS.map(() => 0);
    for (const row of rows) types[number(row, 'bin')] = number(row, 'types');
    return types;
  }

  /** Half B of people's text, and each family's text, by bin of half A and group; families in code order. */
  async grouped(): Promise<Map<string, GroupedCounts>> {
    const words = await this.#rows(
      `select family, grp, sum(copies)::bigint as copies from counts where parts = 1 group by all`,
    );
    const copies = await this.#rows(
      `select family, grp, ${BIN} as bin, sum(copies)::bigint as copies
       from counts join totals using (word) where parts = 1 and a > 0 group by all`,
    );
    const families = [...new Set(words.map((row) => text(row, 'family')))].sort();
    const grouped = new Map(families.map((family) => [family, emptyCounts()]));
    const isOut = (row: Row) => text(row, 'family') === HUMAN && number(row, 'grp') % 2 === 0;
    for (const row of words)
      if (!isOut(row))
        grouped.get(text(row, 'family'))!.words[number(row, 'grp')] = number(row, 'copies');
    for (const row of copies)
      if (!isOut(row))
        grouped.get(text(row, 'family'))!.copies[number(row, 'bin')]![number(row, 'grp')] = number(
          row,
          'copies',
        );
    return grouped;
  }

  /** Types that people used often, with their copies by halves of each family, word by word. */
  async *typeHalves(families: readonly string[]): AsyncGenerator<TypeHalves> {
    const columns = families.map(
      (family, f) =>
        `coalesce(sum(copies) filter (family = ${quote(family)} and grp % 2 = 0), 0)::bigint as a${f},
         coalesce(sum(copies) filter (family = ${quote(family)} and grp % 2 = 1), 0)::bigint as b${f}`,
    );
    const query = `select any_value(a) as a, any_value(b) as b, ${columns.join(', ')}
      from totals join counts using (word)
      where total >= ${HUMAN_COPIES_LEAST} and parts = 1 group by word order by word`;
    for await (const rows of queryRows(this.#connection, query))
      for (const row of rows)
        yield {
          human: [number(row, 'a'), number(row, 'b')],
          families: families.map((_, f) => [number(row, `a${f}`), number(row, `b${f}`)] as const),
        };
  }

  /** Documents by their words: exact sums, whatever the order of the shards. */
  async lengths(isOfPeople: boolean): Promise<{ words: number; documents: number }[]> {
    const rows = await this.#rows(
      `select words, count(*) as documents from documents
       where family ${isOfPeople ? '=' : '<>'} ${quote(HUMAN)} and words > 0 group by words order by words`,
    );
    return rows.map((row) => ({
      words: number(row, 'words'),
      documents: number(row, 'documents'),
    }));
  }

  /** Words of people's text by language, most first, then in code order. */
  async languages(): Promise<{ language: string; words: number }[]> {
    const rows = await this.#rows(
      `select language, sum(copies)::bigint as words from counts
       where family = ${quote(HUMAN)} and parts = 1 group by language`,
    );
    return rows
      .map((row) => ({ language: text(row, 'language'), words: number(row, 'words') }))
      .sort((x, y) => y.words - x.words || (x.language < y.language ? -1 : 1));
  }

  /** Types of one language: copies in its documents. */
  async spectrumOfLanguage(language: string) {
    return spectrumOf(
      await this.#typesByCopies(
        `select copies, count(*) as types from (
           select word, sum(copies)::bigint as copies from counts
           where family = ${quote(HUMAN)} and parts = 1 and language = ${quote(language)} group by word)
         group by copies`,
      ),
    );
  }

  /** Terms of a list that people used, as types: words, and phrases of several words. */
  async spectrumOfTerms(terms: readonly string[]) {
    if (terms.length === 0) return spectrumOf(new Map());
    await this.#connection.run('create or replace table terms (word varchar)');
    for (let at = 0; at < terms.length; at += 1000) {
      const some = terms.slice(at, at + 1000).map((term) => `(${quote(term)})`);
      await this.#connection.run(`insert into terms values ${some.join(', ')}`);
    }
    return spectrumOf(
      await this.#typesByCopies(
        `select copies, count(*) as types from (
           select word, sum(copies)::bigint as copies from counts join terms using (word)
           where family = ${quote(HUMAN)} group by word)
         group by copies`,
      ),
    );
  }
}

function emptyCounts(): { copies: number[][]; words: number[] } {
  const groups = () => new Array<number>(GROUPS).fill(0);
  return { copies: COUNT_BINS.map(groups), words: groups() };
}
