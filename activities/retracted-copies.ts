/**
 * Texts of documents that are withdrawn by id, found in the shards of a build: a copy of such a text
 * under another id goes too. One pass over the profiles of the sources that are named, and only where some are.
 */
import { keyOfParts } from '../core/schema/key-of-parts.js';
import { readColumns } from '../storage/columns.js';
import { keptPerBuild, openProfiles } from './build-context.js';
import { documentColumns } from './profile-columns.js';
import type { RetractedText } from './retractions.js';
import { textDigest } from './row-judge.js';

/** What is retracted, with the digests of every withdrawn document that this build reads. */
export const openRetracted = keptPerBuild(async (build): Promise<RetractedText> => {
  const { retracted } = build;
  if (retracted.documents.size === 0) return retracted;
  const digests = new Map(retracted.digests);
  for (const { shard, documents } of await openProfiles(build)) {
    const source = shard.source.name;
    for await (const batch of readColumns(documents)) {
      const columns = documentColumns(batch);
      for (let row = 0; row < batch.length; row++) {
        const why = retracted.documents.get(keyOfParts(source, columns.id(row)));
        if (why === undefined) continue;
        const digest = textDigest({ columns, row });
        if (!digests.has(digest)) digests.set(digest, `the same text is ${why}`);
      }
    }
  }
  return { ...retracted, digests };
});
