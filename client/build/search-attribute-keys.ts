/** The search attributes that a start sets, by the names that `ballast up` registers. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const MixName = defineSearchAttributeKey('MixName', SearchAttributeType.KEYWORD);
export const MixVersion = defineSearchAttributeKey('MixVersion', SearchAttributeType.KEYWORD);
export const TriggerKind = defineSearchAttributeKey('TriggerKind', SearchAttributeType.KEYWORD);
export const CodeVersion = defineSearchAttributeKey('CodeVersion', SearchAttributeType.KEYWORD);
export const SourceNames = defineSearchAttributeKey(
  'SourceNames',
  SearchAttributeType.KEYWORD_LIST,
);
export const GrantIds = defineSearchAttributeKey('GrantIds', SearchAttributeType.KEYWORD_LIST);
