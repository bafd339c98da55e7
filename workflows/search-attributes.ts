/** Search attributes by which runs are found in the Temporal UI. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const MixName = defineSearchAttributeKey('MixName', SearchAttributeType.KEYWORD);
export const MixVersion = defineSearchAttributeKey('MixVersion', SearchAttributeType.KEYWORD);
export const MixPhase = defineSearchAttributeKey('MixPhase', SearchAttributeType.KEYWORD);
export const TriggerKind = defineSearchAttributeKey('TriggerKind', SearchAttributeType.KEYWORD);
export const CodeVersion = defineSearchAttributeKey('CodeVersion', SearchAttributeType.KEYWORD);
export const SourceNames = defineSearchAttributeKey('SourceNames', SearchAttributeType.KEYWORD_LIST);
export const GrantIds = defineSearchAttributeKey('GrantIds', SearchAttributeType.KEYWORD_LIST);
export const SyntheticShare = defineSearchAttributeKey('SyntheticShare', SearchAttributeType.DOUBLE);
export const MixTokens = defineSearchAttributeKey('MixTokens', SearchAttributeType.INT);
