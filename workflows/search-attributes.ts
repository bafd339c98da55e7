/** Search attributes that a running build or review sets. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const MixPhase = defineSearchAttributeKey('MixPhase', SearchAttributeType.KEYWORD);
export const SyntheticShare = defineSearchAttributeKey(
  'SyntheticShare',
  SearchAttributeType.DOUBLE,
);
export const MixTokens = defineSearchAttributeKey('MixTokens', SearchAttributeType.INT);
/** What the last simulation of collapse came to: PASS, FAIL or INCONCLUSIVE. */
export const RiskDecision = defineSearchAttributeKey('RiskDecision', SearchAttributeType.KEYWORD);
export const MixName = defineSearchAttributeKey('MixName', SearchAttributeType.KEYWORD);
export const MixVersion = defineSearchAttributeKey('MixVersion', SearchAttributeType.KEYWORD);
/** `open`: packets wait; `done`: each has an answer; `expired`: the deadline passed before. */
export const ReviewState = defineSearchAttributeKey('ReviewState', SearchAttributeType.KEYWORD);
export const ReviewDueAt = defineSearchAttributeKey('ReviewDueAt', SearchAttributeType.DATETIME);
/** What asked for a build: `command`, `arrival`, `schedule` or `retraction`. */
export const TriggerKind = defineSearchAttributeKey('TriggerKind', SearchAttributeType.KEYWORD);
export const CodeVersion = defineSearchAttributeKey('CodeVersion', SearchAttributeType.KEYWORD);
export const SourceNames = defineSearchAttributeKey(
  'SourceNames',
  SearchAttributeType.KEYWORD_LIST,
);
export const GrantIds = defineSearchAttributeKey('GrantIds', SearchAttributeType.KEYWORD_LIST);
