/**
 * The index of one entry under `own_outputs`: its outputs in blocks, each a file of arrays with what
 * a search needs. Every entry is an artifact, addressed by its files and by how they are read.
 */
import { join } from 'node:path';
import { assert } from '../core/schema/failure.js';
import type { OwnOutput } from '../core/schema/recipe.js';
import { findArtifact } from '../storage/artifact.js';
import { type Build, keptPerBuild, missingArtifact } from './build-context.js';
import type { FieldPlan } from './profile-columns.js';

const INDEX_VERSION = 'own-outputs@2';
export const INDEX_KIND = 'own-outputs';
export const INDEX_REJECTS_FILE = 'rejects.arrow';

export function blockFile(block: number): string {
  return `block-${String(block).padStart(5, '0')}.bin`;
}

export interface IndexSummary {
  readonly rowsRead: number;
  readonly outputs: number;
  readonly rowsRejected: number;
  readonly rejectedByReason: Readonly<Record<string, number>>;
  /** Outputs without a readable day: their matches say nothing of who was first. */
  readonly undated: number;
  readonly blocks: number;
}

export function outputFields({ fields, modelFamily, generated }: OwnOutput): FieldPlan {
  return {
    ...fields,
    created: generated?.kind === 'field' ? generated.field : '',
    url: '',
    domain: null,
    provenance: null,
    modelFamily: modelFamily.kind === 'field' ? modelFamily.field : null,
    grant: null,
    language: null,
    metadata: [],
    platform: [],
  };
}

export function indexMadeOf(build: Build, name: string): unknown {
  const entry = entryOf(build, name);
  const pinned = build.pins.ownOutputs.find((files) => files.name === name);
  assert(pinned !== undefined, `own outputs ${name} are not pinned`);
  const { fields, modelFamily, generated } = entry;
  return {
    activity: INDEX_VERSION,
    entry: { name, fields, modelFamily, generated },
    shards: pinned.shards.map(({ sha256, format }) => ({ sha256, format })),
    // Letters, marks and normal forms are what this runtime's Unicode says.
    unicode: process.versions.unicode ?? '',
  };
}

export function entryOf(build: Build, name: string): OwnOutput {
  const entry = build.recipe.ownOutputs.find((candidate) => candidate.name === name);
  assert(entry !== undefined, `pinned own outputs ${name} are not in the recipe`);
  return entry;
}

/** Where every block of a build's own outputs is, entry by entry; all must have been indexed. */
export const openIndexes = keptPerBuild(
  async (build): Promise<{ entry: string; path: string }[]> => {
    const { workspace } = build.context;
    const blocks: { entry: string; path: string }[] = [];
    for (const { name } of build.pins.ownOutputs) {
      const record = await findArtifact({
        workspace,
        kind: INDEX_KIND,
        madeOf: indexMadeOf(build, name),
      });
      if (record === null) throw missingArtifact('index of own outputs', name);
      for (let block = 0; block < (record.summary as IndexSummary).blocks; block++) {
        blocks.push({ entry: name, path: join(workspace, record.files[blockFile(block)]!.path) });
      }
    }
    return blocks;
  },
);
