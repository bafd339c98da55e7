/** A retraction in tables: what published versions hold of it, and what was done. For terminal and page alike. */
import type { Certificate, Impact } from '../schema/retraction.js';
import { formatCount, formatShare, formatWord, NONE } from './format.js';
import { left, right, type Table } from './tables.js';
import { isShareKind } from './view-caps.js';

/** Tables of an impact; those without rows are empty, and shown by nobody. */
export function impactTables({ versions, derived }: Impact): Table[] {
  const counts = ['documents', 'rows', 'tokens', 'passes'];
  return [
    {
      title: 'Published versions that hold it',
      columns: [...left('version'), ...right(...counts, 'held out')],
      rows: versions.map(({ mix, documents, rows, tokens, passesMax, holdout }) => [
        ...[mix, ...[documents, rows, tokens].map(formatCount), `up to ${passesMax}`],
        formatCount(holdout.documents),
      ]),
    },
    byTable('By domain', versions, ({ byDomain }) => byDomain),
    byTable('By provenance', versions, ({ byProvenance }) => byProvenance),
    {
      title: 'Caps that the rest alone would break',
      columns: [...left('version', 'cap', 'scope', 'kind'), ...right('limit', 'would be')],
      rows: versions.flatMap(({ mix, capsBroken }) =>
        (capsBroken ?? []).map((cap) => [
          ...[mix, cap.capId, cap.scope, formatWord(cap.kind)],
          ...[amount(cap.kind, cap.limit), amount(cap.kind, cap.used)],
        ]),
      ),
    },
    {
      title: 'Models registered as trained on it',
      columns: left('version', 'model', 'family', 'started', 'ended'),
      rows: versions.flatMap(({ runs }) =>
        runs.map(({ mix, model, family, started, ended }) => [
          ...[mix, model, family, started ?? NONE, ended ?? NONE],
        ]),
      ),
    },
    {
      title: 'Synthetic text of models that were trained on it',
      columns: [
        ...left('version', 'family', 'trained on'),
        ...right('documents', 'rows', 'tokens'),
      ],
      rows: derived.map(({ mix, modelFamily, trainedOn, documents, rows, tokens }) => [
        ...[mix, modelFamily, trainedOn.join(', ')],
        ...[documents, rows, tokens].map(formatCount),
      ]),
    },
  ];
}

function byTable(
  title: string,
  versions: Impact['versions'],
  of: (version: Impact['versions'][number]) => Impact['versions'][number]['byDomain'],
): Table {
  return {
    title,
    columns: [...left('version', ''), ...right('documents', 'rows', 'tokens')],
    rows: versions.flatMap((version) =>
      of(version).map(({ name, documents, rows, tokens }) => [
        ...[version.mix, name, ...[documents, rows, tokens].map(formatCount)],
      ]),
    ),
  };
}

function amount(kind: string, value: number): string {
  return isShareKind(kind) ? formatShare(value, 2) : formatCount(value);
}

/** What a certificate says was done. */
export function certificateTables(found: Certificate): Table[] {
  return [
    {
      title: 'Versions',
      columns: [...left('version', 'state', 'manifest'), ...right('files removed')],
      rows: found.versions.map(({ mix, state, manifestSha256, removed }) => [
        ...[mix, state, manifestSha256, formatCount(removed.length)],
      ]),
    },
    {
      title: 'Rebuilt',
      columns: left('mix', 'newest affected', 'first without it', 'manifest'),
      rows: found.rebuilt.map(({ name, newestAffected, version, manifestSha256 }) => [
        ...[name, newestAffected, version ?? 'none yet', manifestSha256 ?? NONE],
      ]),
    },
    {
      title: 'Files removed',
      columns: left('version', 'file', 'sha256'),
      rows: found.versions.flatMap(({ mix, removed }) =>
        removed.map(({ path, sha256 }) => [mix, path, sha256]),
      ),
    },
    copies('Cached copies removed', found.copiesRemoved),
    copies('Cached copies that stay', found.copiesKept),
    {
      title: 'Models registered as trained on it; they stay trained',
      columns: left('version', 'model', 'family'),
      rows: found.runs.map(({ mix, model, family }) => [mix, model, family]),
    },
  ];
}

function copies(title: string, list: Certificate['copiesKept']): Table {
  return {
    title,
    columns: left('kind', 'folder'),
    rows: list.map(({ kind, path }) => [kind, path]),
  };
}
