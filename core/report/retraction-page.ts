/** The page of a deletion certificate: `certificate.html` beside `certificate.json`, which holds the same. */
import type { Certificate, RetractionScope } from '../schema/retraction.js';
import { renderPage } from './html.js';
import { escapeHtml, renderList, renderTable } from './markup.js';
import { certificateTables } from './retraction-tables.js';

/** `grant web`, `source forum`, `documents (file 3f2a..)`. */
export function scopeText(scope: RetractionScope): string {
  if (scope.kind === 'grant') return `grant ${scope.grant}`;
  if (scope.kind === 'source') return `source ${scope.source}`;
  if (scope.kind === 'label_evidence')
    return `labels of ${scope.mix} by evidence ${scope.evidence}`;
  const file = `list ${scope.documents.sha256.slice(0, 12)} of ${scope.documents.rows}`;
  return scope.kind === 'documents' ? `documents, ${file}` : `labels of ${scope.mix}, ${file}`;
}

/** @returns a complete HTML page; the same certificate gives the same bytes */
export function renderCertificate(found: Certificate): string {
  const { key, act, scope, reason, requestedBy, effective, recorded, tombstones } = found;
  const title = act === 'withdrawn' ? 'Deletion certificate' : 'Record of relabelling';
  const facts: [string, string][] = [
    ['what', scopeText(scope)],
    ['why', reason],
    ['who asked', requestedBy],
    ['effective', effective],
    ...recorded.map(({ sequence, hash, at }): [string, string] => [
      'ledger',
      `line ${sequence}, ${at}, ${hash}`,
    ]),
    [
      'tombstones',
      tombstones === null ? 'none' : `${tombstones.rows} rows, sha256 ${tombstones.sha256}`,
    ],
  ];
  const rows = facts.map(
    ([name, value]) => `<tr><th scope="row">${name}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  const body = [
    `<header><h1>${title}: ${escapeHtml(key)}</h1></header>`,
    '<main>',
    `<section class="card"><table><tbody>\n${rows.join('\n')}\n</tbody></table></section>`,
    ...certificateTables(found)
      .filter((table) => table.rows.length > 0)
      .map((table) => renderTable(table)),
    renderList('What remains', found.remains),
    '</main>',
    '<footer>certificate.json holds all of this page; its digest stands in the ledger.</footer>',
  ];
  return renderPage(`${title}: ${key}`, body.join('\n'));
}
