/** The story of a build as one page: no network, complete without its script, everything escaped. */
import type { AuditStory } from '../audit/audit-story.js';
import { renderHead, renderPage } from './html.js';
import { renderTable, type TableLook } from './markup.js';
import { storyFacts, storyTables, storyVerdict } from './story-tables.js';

const LOOKS: Readonly<Record<string, TableLook>> = {
  Runs: { code: [2, 3] },
  'Lines of the ledger': { code: [4] },
};

/** @returns a complete HTML page; the same story gives the same bytes */
export function renderStory(story: AuditStory): string {
  const { subject } = story;
  const at = subject.lastIndexOf('@');
  const name = at > 0 ? subject.slice(0, at) : subject;
  const version = at > 0 ? subject.slice(at + 1) : null;
  const { good, sentence } = storyVerdict(story);
  const head = renderHead('Audit trail', { name, version }, storyFacts(story), {
    ...{ good, strong: sentence },
    rest: ['Told from the recorded histories and the ledger; no server was asked to judge it.'],
  });
  const tables = storyTables(story).map((table) => renderTable(table, LOOKS[table.title] ?? {}));
  return renderPage(`${subject}: audit trail`, [head, '<main>', ...tables, '</main>'].join('\n'));
}
