/** A shard as an auditor reads it: `shard 017 of 128 of source web`; numbers of one width sort as text. */
export function shardName(source: string, index: number, shards: number): string {
  const number = String(index + 1).padStart(String(shards).length, '0');
  return `shard ${number} of ${shards} of source ${source}`;
}

/** Where a source's shards stand among all of a build. */
export interface SourceShards {
  readonly name: string;
  readonly shards: number;
  readonly firstShard: number;
}

/** Name of a shard that is numbered over all sources. */
export function shardNameOver(
  sources: readonly SourceShards[],
  shard: number,
  shards: number,
): string {
  const source = sources.find(
    ({ firstShard, shards: count }) => firstShard <= shard && shard < firstShard + count,
  );
  if (source === undefined) return `shard ${shard + 1} of ${shards}`;
  return shardName(source.name, shard - source.firstShard, source.shards);
}
