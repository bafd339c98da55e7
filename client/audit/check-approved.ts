/** What the recipes of published versions ask of people: whose keys sign, and that the plan was approved. */
import { readManifest } from '../../activities/published-version.js';
import { approvalClosedLine } from '../../core/schema/approval-lines.js';
import type { LedgerEntry } from '../../core/schema/ledger.js';
import type { Manifest } from '../../core/schema/manifest.js';
import { publishedMixes } from './check-published.js';
import type { Findings } from './findings.js';

interface Asked {
  readonly keys?: Readonly<Record<string, string>>;
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

function askedBy(manifest: Manifest | null): Asked {
  return (manifest?.recipe as { review?: Asked | null } | undefined)?.review ?? {};
}

/** Public keys by person, of each published mix whose recipe names any. */
export async function keysOfMixes(
  workspace: string,
  mixes: Iterable<string>,
): Promise<Map<string, Readonly<Record<string, string>>>> {
  const found = new Map<string, Readonly<Record<string, string>>>();
  for (const mix of mixes) {
    const { keys = {} } = askedBy(manifestOf(workspace, mix));
    if (Object.keys(keys).length > 0) found.set(mix, keys);
  }
  return found;
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
