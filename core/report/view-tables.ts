/** Tables that only a written mix has: composition, licences, inputs and files, from the report's view. */
import { LABELS } from '../schema/label.js';
import { formatBytes, formatCount, formatPoints, formatShare, formatWord, NONE } from './format.js';
import { left, right, type Table } from './tables.js';
import { sumBy } from './tally.js';
import type { ReportView } from './view-types.js';

/** Requested, planned and written by domain; the mix first. */
export function domainsTable(view: ReportView): Table {
  const labels = LABELS.map((label) => formatCount(view.tokensByLabel[label]));
  const planned = sumBy(view.domains, (row) => row.plannedTokens);
  return {
    title: 'Domains: requested, planned, written',
    columns: [
      ...left('domain'),
      ...right('target', 'planned', 'written', 'share', 'off target', ...LABELS.map(formatWord)),
    ],
    rows: [
      ['whole mix', formatCount(view.tokenBudget), formatCount(planned)]
        .concat([formatCount(view.tokensWritten), formatShare(1), NONE])
        .concat(labels),
      ...view.domains.map((row) => [
        ...[row.domain, formatCount(row.targetTokens), formatCount(row.plannedTokens)],
        ...[formatCount(row.tokens), formatShare(row.share)],
        row.targetShare === null ? NONE : formatPoints(row.share - row.targetShare),
        ...LABELS.map((label) => formatCount(row.byLabel[label])),
      ]),
    ],
  };
}

/** Families of the synthetic text, for the mix and for each domain, against the rule. */
export function familiesTable(view: ReportView): Table {
  const [mix] = view.families;
  const rules = mix === undefined ? [] : [mix.minCount, mix.maxShare];
  const [minCount = null, maxShare = null] = rules;
  return {
    title: 'Model families of the synthetic text',
    columns: [
      ...left('scope'),
      ...right('synthetic tokens', 'families', 'at least', 'largest share', 'at most'),
      ...left('largest family'),
      ...right(...view.familyNames),
    ],
    rows: view.families.map((row) => [
      row.scope === 'all' ? 'whole mix' : row.scope,
      ...[formatCount(row.tokens), formatCount(row.families.length), formatCount(minCount)],
      ...[formatShare(row.families[0]?.share ?? null, 2), formatShare(maxShare, 2)],
      row.families[0]?.family ?? NONE,
      ...view.familyNames.map((name) =>
        formatCount(row.families.find((cell) => cell.family === name)?.tokens ?? 0),
      ),
    ]),
  };
}

export function rejectedTable(view: ReportView): Table {
  return {
    title: 'Rows that could not be read',
    columns: [...left('source', 'reason'), ...right('rows')],
    rows: view.rejected.map((row) => [
      ...[row.source, formatWord(row.reason), formatCount(row.documents)],
    ]),
  };
}

export function licencesTable(view: ReportView): Table {
  return {
    title: 'Licences in use',
    columns: [
      ...left('grant', 'licence', 'kind', 'grantor', 'valid until'),
      ...right('documents', 'tokens', 'share'),
    ],
    rows: view.licences.map((row) => [
      ...[row.grantId, row.licence, formatWord(row.kind), row.grantor ?? NONE],
      row.validUntil ?? 'no end',
      ...[formatCount(row.documents), formatCount(row.tokens), formatShare(row.share)],
    ]),
  };
}

export function inputsTable(view: ReportView): Table {
  return {
    title: 'Inputs',
    columns: [...left('source', 'path', 'sha256'), ...right('bytes')],
    rows: view.inputs.map((row) => [row.source, row.path, row.sha256, formatBytes(row.bytes)]),
  };
}

export function filesTable(view: ReportView): Table {
  return {
    title: 'Data files',
    columns: [...left('path', 'sha256', 'split'), ...right('rows', 'tokens', 'bytes')],
    rows: view.files.map((row) => [
      ...[row.path, row.sha256, row.split],
      ...[formatCount(row.rows), formatCount(row.tokens), formatBytes(row.bytes)],
    ]),
  };
}
