/** What the recipes of published versions ask of people: whose keys sign, and that the plan was approved. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvent, type EventJson } from '../../activities/decoded-history.js';
import { readManifest } from '../../activities/published-version.js';
import { approvalClosedLine } from '../../core/schema/approval-lines.js';
import type { LedgerEntry } from '../../core/schema/ledger.js';
import type { Manifest } from '../../core/schema/manifest.js';
import { runName } from '../../core/schema/sealed-history.js';
import { INDEX_FILE, readIndexes } from '../../storage/sealed-folder.js';
import { publishedMixes } from './check-published.js';
import { sealLines } from './check-seals.js';
import type { Findings } from './findings.js';

export type Keys = Readonly<Record<string, string>>;

interface Asked {
  readonly keys?: Keys;
  readonly approval?: unknown;
}

function manifestOf(workspace: string, mix: string): Manifest | null {
  const at = mix.lastIndexOf('@');
  try {
    return readManifest(workspace, mix.slice(0, at), mix.slice(at + 1));
  } catch {
    // What is wrong with it is found where the files are checked.
    return null;
  }
}

function askedBy(made: { readonly recipe?: unknown } | null): Asked {
  return (made?.recipe as { review?: Asked | null } | undefined)?.review ?? {};
}

/**
 * Public keys by person: of each published mix as its manifest says, and of each sealed run of a build as it
 * was asked for. A mix is named `name@version`, a run `workflow/run`, as lines of the ledger name it. Files of other
 * mixes than the wanted are not read.
 */
export async function keysByRecipe(
  workspace: string,
  entries: readonly LedgerEntry[],
  isWanted: (mix: string) => boolean,
): Promise<Map<string, Keys>> {
  const found = new Map<string, Keys>();
  for (const mix of [...publishedMixes(entries).keys()].filter(isWanted)) {
    const manifest = manifestOf(workspace, mix);
    if (manifest !== null) found.set(mix, askedBy(manifest).keys ?? {});
  }
  for (const [path, seals] of sealLines(entries)) {
    if (!seals.some(({ line }) => isWanted(line.subject))) continue;
    // A folder that cannot be read is found where its seals are checked.
    const indexes = await readIndexes(join(workspace, path)).catch(() => []);
    const newest = indexes.find(({ name }) => name === INDEX_FILE)?.index;
    for (const run of newest?.runs ?? [])
      if (run.workflowType === 'buildMix') {
        const keys = keysAsked(join(workspace, path, run.history.path));
        if (keys !== null) found.set(runName(run), keys);
      }
  }
  return found;
}

/** Null where the history cannot be read: that is found where its digest is checked. */
function keysAsked(path: string): Keys | null {
  try {
    const { events } = JSON.parse(readFileSync(path, 'utf8')) as { events: EventJson[] };
    const { input } = decodeEvent(events[0]!).attributes as { input: [{ recipe: unknown }] };
    return askedBy(input[0]).keys ?? {};
  } catch {
    return null;
  }
}

/** A version whose recipe asks for approval has one in the ledger, of the plan that it was made by; and one digest. */
export function checkApproved(
  workspace: string,
  entries: readonly LedgerEntry[],
  findings: Findings,
): void {
  const digests = new Map<string, string>();
  for (const { kind, body, sequence } of entries) {
    if (kind !== 'publish') continue;
    const { mix, manifestSha256 } = body as { mix: string; manifestSha256: string };
    const first = digests.get(mix) ?? manifestSha256;
    digests.set(mix, first);
    if (first !== manifestSha256)
      findings.ledger({
        subject: `published version ${mix}`,
        expected: `one manifest for ever, sha256 ${first}`,
        found: `a second one, ${manifestSha256}`,
        where: `ledger.jsonl:${sequence}`,
        remedy:
          'restore the version and ledger.jsonl from one copy: a published version never changes',
      });
  }
  for (const { mix, path } of publishedMixes(entries).values()) {
    const manifest = manifestOf(workspace, mix);
    if (askedBy(manifest).approval == null) continue;
    const packet = manifest?.approval?.packetSha256;
    const isApproved = entries.some(({ kind, body }) => {
      if (kind !== 'approval-closed') return false;
      const { success, data } = approvalClosedLine.safeParse(body);
      return (
        success &&
        data.mix === mix &&
        data.packetSha256 === packet &&
        data.end.startsWith('approved')
      );
    });
    if (isApproved) continue;
    findings.ledger({
      subject: `published version ${mix}`,
      expected: 'an approval of its plan in the ledger, as its recipe asks',
      found: 'none',
      where: `${path}/mix.json`,
      remedy: 'withdraw the version: nobody is known to have approved it',
    });
  }
}
