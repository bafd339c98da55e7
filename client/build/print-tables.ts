/** Prints the report's tables with the terminal's. */
import type { Table } from '../../core/report/tables.js';
import type { Output } from '../terminal/output.js';

export function printTables(output: Output, tables: readonly Table[]): void {
  for (const { title, columns, rows } of tables) {
    if (rows.length === 0) continue;
    output.line();
    output.table(
      title,
      columns.map(({ name, align }) => ({ label: name, align })),
      rows.map((row) => [...row]),
    );
  }
}
