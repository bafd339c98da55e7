/**
 * Looks at the grants of a recipe and of the published versions of its mix on one day, and writes a
 * line of the ledger for each that ends soon or has ended. A line's key is grant, end and stage: a
 * grant is told of once per stage, and anew where its end was moved.
 */
import { type GrantEnd, grantStage, type StagedGrant } from '../core/license/grant-stage.js';
import { grantIdsOf } from '../core/license/resolve.js';
import { plural } from '../core/report/format.js';
import type { Grant } from '../core/schema/grant.js';
import {
  type GrantNoticeLine,
  grantNoticeLine,
  grantsOfManifest,
} from '../core/schema/grant-notice.js';
import { LIMITS } from '../core/schema/limits.js';
import type { Manifest } from '../core/schema/manifest.js';
import { appendLedger, readLedger } from '../storage/ledger.js';
import { otherVersions, readManifest } from './published-version.js';

export const GRANT_NOTICE_LINE = 'grant-notice';

export interface WatchGrantsInput {
  readonly workspace: string;
  /** Name of the mix. */
  readonly mix: string;
  /** Of the recipe, complete. */
  readonly grants: readonly Grant[];
  /** Logical date of the look. */
  readonly day: string;
  /** Workflow and run, as the ledger names them. */
  readonly by: string;
}

export interface GrantNotice {
  readonly grantId: string;
  readonly stage: GrantNoticeLine['stage'];
  readonly endsOn: string | null;
  readonly versions: readonly string[];
  /** In those versions, added up. */
  readonly tokens: number;
  readonly sentence: string;
  readonly ledgerSequence: number;
  /** Written by this run; an earlier look told of the others. */
  readonly isNew: boolean;
}

export interface WatchedGrants {
  readonly grants: number;
  readonly versions: number;
  /** New ones first, each group by grant; at most `LIMITS.grantNoticesTold` of them. */
  readonly notices: readonly GrantNotice[];
  readonly noticesInAll: number;
  readonly noticesNew: number;
}

type Held = GrantNoticeLine['versions'][number];
interface Watched {
  readonly grant: GrantEnd;
  readonly inRecipe: boolean;
  readonly versions: Held[];
}

/** Tokens and documents under each grant of a version. */
function heldBy({ version, strata }: Manifest): Map<string, Held> {
  const held = new Map<string, Held>();
  for (const { grantId, tokensWritten, documentsWritten } of strata) {
    if (documentsWritten === 0) continue;
    for (const id of grantIdsOf(grantId)) {
      const { tokens = 0, documents = 0 } = held.get(id) ?? {};
      const sums = { tokens: tokens + tokensWritten, documents: documents + documentsWritten };
      held.set(id, { version, ...sums });
    }
  }
  return held;
}

/** Every grant by id: as the recipe has it, else as the newest version that has it. */
function collect(recipe: readonly Grant[], manifests: readonly Manifest[]): Watched[] {
  const watched = new Map<string, Watched>();
  const add = (found: Grant, inRecipe: boolean) => {
    if (!watched.has(found.grantId))
      watched.set(found.grantId, { grant: found, inRecipe, versions: [] });
  };
  for (const found of recipe) add(found, true);
  for (const { recipe: written } of [...manifests].reverse())
    for (const found of grantsOfManifest.parse(written).grants) add(found, false);
  for (const manifest of manifests)
    for (const [id, held] of heldBy(manifest)) watched.get(id)?.versions.push(held);
  return [...watched.values()].sort((a, b) => (a.grant.grantId < b.grant.grantId ? -1 : 1));
}

function sentenceOf({ grant: { grantId }, versions }: Watched, staged: StagedGrant): string {
  const { stage, endsOn } = staged;
  const when = endsOn === null ? '' : ` on ${endsOn}`;
  const what = { notice: `ends${when}`, expired: `ended${when}`, revoked: `was revoked${when}` };
  const soon = stage === 'notice' && endsOn === null ? 'is to end, says its status' : what[stage];
  const held =
    versions.length === 0
      ? 'no published version holds text under it'
      : `${plural(versions.length, 'published version')} with text under it, ${versions.at(-1)!.version} the newest`;
  return `grant ${grantId} ${soon}; ${held}`;
}

interface Draft {
  readonly key: string;
  readonly body: GrantNoticeLine;
}

function draftOf({ mix, day }: WatchGrantsInput, watched: Watched): Draft[] {
  const staged = grantStage(watched.grant, day);
  if (staged === null) return [];
  const { grantId } = watched.grant;
  const { inRecipe, versions } = watched;
  const { stage, endsOn } = staged;
  const key = `${GRANT_NOTICE_LINE}/${mix}/${grantId}/${endsOn ?? 'undated'}/${stage}`;
  const sentence = sentenceOf(watched, staged);
  const body = { mix, grantId, stage, endsOn, day, inRecipe, versions, sentence };
  return [{ key, body: grantNoticeLine.parse(body) }];
}

function noticeOf(body: GrantNoticeLine, sequence: number, isNew: boolean): GrantNotice {
  const { grantId, stage, endsOn, versions, sentence } = body;
  return {
    ...{ grantId, stage, endsOn, sentence, ledgerSequence: sequence, isNew },
    versions: versions.map(({ version }) => version).slice(-LIMITS.grantVersionsTold),
    tokens: versions.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

export async function watchGrants(input: WatchGrantsInput): Promise<WatchedGrants> {
  const { workspace, mix, grants, by } = input;
  const versions = otherVersions(workspace, mix, '');
  const manifests = versions.map((version) => readManifest(workspace, mix, version)!);
  const watched = collect(grants, manifests);
  const standing = new Map((await readLedger(workspace)).map((entry) => [entry.key, entry]));
  const notices: GrantNotice[] = [];
  for (const { key, body } of watched.flatMap((each) => draftOf(input, each))) {
    const draft = { key, kind: GRANT_NOTICE_LINE, by, body };
    const entry = standing.get(key) ?? (await appendLedger(workspace, draft));
    // A retry of this activity finds its own line: it still is this run's to tell.
    notices.push(noticeOf(body, entry.sequence, entry.by === by));
  }
  const ordered = [...notices.filter((n) => n.isNew), ...notices.filter((n) => !n.isNew)];
  return {
    grants: watched.length,
    versions: versions.length,
    notices: ordered.slice(0, LIMITS.grantNoticesTold),
    noticesInAll: notices.length,
    noticesNew: notices.filter(({ isNew }) => isNew).length,
  };
}
