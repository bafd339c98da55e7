/** Search attributes that a child has from its parent: Temporal hands none down. */
import { workflowInfo } from '@temporalio/workflow';
import { CodeVersion, MixName, MixVersion, TriggerKind } from './search-attributes.js';

/** Trigger and code version of the parent, with the mix that is named, or the parent's. */
export function childAttributes(mix?: { readonly name: string; readonly version: string }) {
  const { typedSearchAttributes: own } = workflowInfo();
  const values = [
    { key: MixName, value: mix?.name ?? own.get(MixName) },
    { key: MixVersion, value: mix?.version ?? own.get(MixVersion) },
    { key: TriggerKind, value: own.get(TriggerKind) },
    { key: CodeVersion, value: own.get(CodeVersion) },
  ];
  return values.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value }]));
}
