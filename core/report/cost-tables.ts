/** What a retraction cost between two versions of a mix, in tables: tokens by domain, caps, fees. */
import type { Manifest } from '../schema/manifest.js';
import type { CapUsage } from '../schema/plan.js';
import { formatChange, formatCount, formatShare, formatWord, NONE } from './format.js';
import { left, right, type Table } from './tables.js';
import { isShareKind } from './view-caps.js';

/** Tokens count every pass. */
export interface DomainCost {
  readonly domain: string;
  readonly documentsWithdrawn: number;
  readonly tokensWithdrawn: number;
  /** Of documents that left or are repeated less for another reason: they made room, or their place is gone. */
  readonly tokensLeft: number;
  /** Replacements: documents that the version before did not write, and more passes over those it did. */
  readonly documentsAdded: number;
  readonly tokensAdded: number;
  readonly tokensRepeated: number;
  readonly tokensNet: number;
}

/** A cap with less room than before, or none. */
export interface CapCost {
  readonly capId: string;
  readonly scope: string;
  readonly kind: string;
  readonly slackBefore: number;
  readonly slackAfter: number;
  readonly usedBefore: number;
  readonly usedAfter: number;
}

const keyOf = ({ capId, scope, kind }: CapUsage): string => JSON.stringify([capId, scope, kind]);

/** Caps of both versions that came nearer to their limit, in the order of the later one. */
export function capCosts(before: Manifest, after: Manifest): CapCost[] {
  const known = new Map(before.caps.map((cap) => [keyOf(cap), cap]));
  return after.caps.flatMap((cap) => {
    const was = known.get(keyOf(cap));
    if (was === undefined || cap.slack >= was.slack) return [];
    const { capId, scope, kind } = cap;
    const slack = { slackBefore: was.slack, slackAfter: cap.slack };
    return [{ capId, scope, kind, ...slack, usedBefore: was.used, usedAfter: cap.used }];
  });
}

export function costTables(
  domains: readonly DomainCost[],
  { before, after }: { before: Manifest; after: Manifest },
): Table[] {
  if (domains.length === 0) return [];
  const amount = (kind: string, used: number) =>
    isShareKind(kind) ? formatShare(used, 2) : formatCount(used);
  return [
    {
      title: 'What was withdrawn, and what came in its place',
      columns: [
        ...left('domain'),
        ...right('documents withdrawn', 'tokens withdrawn', 'tokens left besides'),
        ...right('documents added', 'tokens added', 'tokens repeated', 'net'),
      ],
      rows: domains.map((cost) => [
        ...[cost.domain, formatCount(cost.documentsWithdrawn), formatCount(cost.tokensWithdrawn)],
        ...[cost.tokensLeft, cost.documentsAdded, cost.tokensAdded].map(formatCount),
        ...[formatCount(cost.tokensRepeated), formatChange(cost.tokensNet)],
      ]),
    },
    {
      title: 'Caps with less room',
      columns: [
        ...left('cap', 'scope', 'kind'),
        ...right('used before', 'used after', 'room before', 'room after'),
      ],
      rows: capCosts(before, after).map((cap) => [
        ...[cap.capId, cap.scope, formatWord(cap.kind)],
        ...[amount(cap.kind, cap.usedBefore), amount(cap.kind, cap.usedAfter)],
        ...[formatCount(cap.slackBefore), formatCount(cap.slackAfter)],
      ]),
    },
    {
      title: 'Fees in minor units',
      columns: [...left(''), ...right('before', 'after')],
      rows: feesRow(before.licenceCost, after.licenceCost),
    },
  ];
}

function feesRow(before: Manifest['licenceCost'], after: Manifest['licenceCost']): string[][] {
  if (before === null && after === null) return [];
  const money = (cost: Manifest['licenceCost']) =>
    cost === null ? NONE : `${formatCount(cost.minorUnits)} ${cost.currency}`;
  return [['licences', money(before), money(after)]];
}
