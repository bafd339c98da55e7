/** What looks at the grants wrote into the ledger: per grant and end, the last stage that was told. */
import { GRANT_NOTICE_LINE } from '../../activities/watch-grants.js';
import { type GrantNoticeLine, grantNoticeLine } from '../../core/schema/grant-notice.js';
import { readLedger } from '../../storage/ledger.js';

export interface ToldGrant extends GrantNoticeLine {
  /** When it was written, ISO. */
  readonly at: string;
  readonly ledgerSequence: number;
}

/** In the order of the ledger. */
export async function grantNotices(workspace: string, mix: string | null): Promise<ToldGrant[]> {
  const last = new Map<string, ToldGrant>();
  for (const { kind, body, at, sequence } of await readLedger(workspace)) {
    if (kind !== GRANT_NOTICE_LINE) continue;
    const line = grantNoticeLine.parse(body);
    if (mix !== null && line.mix !== mix) continue;
    last.set(JSON.stringify([line.mix, line.grantId, line.endsOn]), {
      ...{ ...line, at, ledgerSequence: sequence },
    });
  }
  return [...last.values()].sort((a, b) => a.ledgerSequence - b.ledgerSequence);
}
