/** Search attributes that a running build sets. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const MixPhase = defineSearchAttributeKey('MixPhase', SearchAttributeType.KEYWORD);
export const SyntheticShare = defineSearchAttributeKey(
  'SyntheticShare',
  SearchAttributeType.DOUBLE,
);
export const MixTokens = defineSearchAttributeKey('MixTokens', SearchAttributeType.INT);
