/**
 * Screens the written documents of a published version for the items of one benchmark, from the data
 * files alone. A document that is written in several passes is looked at once.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { BenchmarkFile } from '../../activities/benchmark-items.js';
import { loadScreen } from '../../activities/benchmark-screen.js';
import { writtenRows } from '../../activities/tasks/written-rows.js';
import { isContamination } from '../../core/label/contamination-rule.js';
import { facetsOf } from '../../core/plan/facets.js';
import type { ContaminationHit } from '../../core/schema/contamination.js';
import { Failure } from '../../core/schema/failure.js';
import type { DataFile, Manifest } from '../../core/schema/manifest.js';
import type { Coverage, Screen } from '../../engines/ngram/ngram-screen.js';
import { sha256File } from '../../storage/digest.js';
import { hasCode } from '../../storage/io-failure.js';
import { FORMATS, formatOf } from '../../storage/source/format.js';

export interface FoundDocument {
  readonly id: string;
  readonly source: string;
  readonly domain: string;
  readonly split: DataFile['split'];
  /** Benchmark items, the strongest hit first. */
  readonly hits: readonly ContaminationHit[];
}

export interface ContaminationAudit {
  readonly benchmark: { readonly name: string; readonly path: string; readonly sha256: string };
  readonly fields: readonly string[];
  readonly coverage: Coverage;
  readonly documents: number;
  /** Documents with a 13-gram or a whole item, and those with 8-grams only. */
  readonly contaminated: readonly FoundDocument[];
  readonly toReview: readonly FoundDocument[];
}

export interface AuditedMix {
  readonly manifest: Manifest;
  /** Absolute. */
  readonly folder: string;
}

export interface AuditOptions {
  readonly path: string;
  readonly fields: readonly string[];
  /** Told the rows read so far, of all rows. */
  readonly onRows?: (done: number, total: number, file: string) => void;
}

/** Name of a benchmark by its file: without folder and endings. */
function nameOf(path: string): string {
  const file = basename(path);
  return file.slice(0, file.length - (formatOf(file)?.length ?? 0));
}

function missing(path: string, found: string): Failure {
  return new Failure('SOURCE_MISSING', {
    subject: `benchmark ${path}`,
    expected: `a file of items that ends in ${FORMATS.join(', ')}`,
    found,
    where: '--benchmark',
    remedy: 'correct the path; it starts from the current folder',
  });
}

async function pinnedFile(path: string): Promise<BenchmarkFile['file']> {
  const format = formatOf(path);
  if (format === null) throw missing(path, basename(path));
  const file = resolve(path);
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    (error: unknown) => {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
      throw error;
    },
  );
  if (!isFile) throw missing(path, 'no such file');
  return { file, format, ...(await sha256File(file)) };
}

/** The data files of one format hold all documents. */
function filesOf({ files }: Manifest): DataFile[] {
  const format = files[0]?.format;
  return files.filter((file) => file.format === format);
}

/** Documents of a mix in which something was found, in the order of the files. */
async function* foundDocuments(
  { manifest, folder }: AuditedMix,
  screen: Screen,
  onFile: (rows: number, file: string) => void,
): AsyncGenerator<FoundDocument> {
  const facets = facetsOf({ caps: [] });
  for (const { path, split } of filesOf(manifest)) {
    const file = { path: join(folder, path), name: path, metadata: {}, facets };
    for await (const rows of writtenRows(file)) {
      for (const { id, source, key, pass, text } of rows) {
        if (pass > 0) continue;
        const hits = screen.hitsIn(text);
        if (hits.length > 0) yield { id, source, domain: key.domain, split, hits };
      }
      onFile(rows.length, path);
    }
  }
}

export async function auditContamination(
  mix: AuditedMix,
  { path, fields, onRows = () => undefined }: AuditOptions,
): Promise<ContaminationAudit> {
  const file = await pinnedFile(path);
  const name = nameOf(path);
  const scratch = await mkdtemp(join(tmpdir(), 'ballast-'));
  try {
    const screen = await loadScreen([
      { benchmark: { name, fields: [...fields] }, file, baseFolder: '.', scratch },
    ]);
    const total = filesOf(mix.manifest).reduce((sum, { rows }) => sum + rows, 0);
    let done = 0;
    const found: FoundDocument[] = [];
    const onFile = (rows: number, at: string) => {
      done += rows;
      onRows(done, total, at);
    };
    for await (const document of foundDocuments(mix, screen, onFile)) found.push(document);
    const isContaminated = ({ hits }: FoundDocument) => hits.some(isContamination);
    return {
      benchmark: { name, path, sha256: file.sha256 },
      fields,
      coverage: screen.coverage.get(name)!,
      documents: mix.manifest.documentsWritten + mix.manifest.holdout.documents,
      contaminated: found.filter(isContaminated),
      toReview: found.filter((document) => !isContaminated(document)),
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
