/** What the page can ask for and send. Who decides is the command's word where it gave one. */
import { Failure } from '../../core/schema/failure.js';
import { LIMITS } from '../../core/schema/limits.js';
import { openSession, type Session } from '../build/session.js';
import type { PrivateKey } from '../review/private-key.js';
import { sendApproval } from '../review/send-approval.js';
import { approvalList, approvalPage } from './approval-page.js';
import { packetPage } from './packet-page.js';
import { answersMessage, approvalMessage, messageOf } from './page-messages.js';
import type { About } from './page-types.js';
import { queuePage } from './queue-page.js';
import type { Calls } from './serve-page.js';
import { takeAnswers } from './take-answers.js';

export interface PageOptions {
  readonly workspace: string;
  readonly address: string | undefined;
  /** Null: the page asks. */
  readonly as: string | null;
  /** Signs what is decided; null: unsigned. */
  readonly key: PrivateKey | null;
  readonly onProgress: (line: string) => void;
}

export interface PageCalls {
  readonly calls: Calls;
  close(): Promise<void>;
}

/** One connection for all that is sent, opened at the first of it and again where it broke. */
class Sending {
  #session: Promise<Session> | null = null;
  readonly #open: () => Promise<Session>;

  constructor(open: () => Promise<Session>) {
    this.#open = open;
  }

  readonly session = async (): Promise<Session> => {
    const known = this.#session === null ? null : await this.#session;
    if (known !== null && (await known.revive()) === null) return known;
    await this.close();
    this.#session = this.#open();
    this.#session.catch(() => {
      this.#session = null;
    });
    return this.#session;
  };

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => null);
    this.#session = null;
    await session?.client.connection.close();
  }
}

const LIMIT = { reasonCharactersMax: LIMITS.reviewReasonCharacters };

function noReason(mix: string): Failure {
  return new Failure('USAGE', {
    subject: `plan of ${mix}`,
    expected: 'a reason with a rejection',
    found: 'none',
    where: 'reason',
    remedy: 'say in a sentence what would have to change',
  });
}

/** The person that a call names; another than the command's is refused. */
function personOf({ as }: PageOptions, named: string): string {
  if (as === null || as === named) return named;
  throw new Failure('USAGE', {
    subject: 'the review page',
    expected: `answers of ${as}`,
    found: named,
    where: '--as',
    remedy: 'start the page again for another person',
  });
}

export function pageCalls(options: PageOptions): PageCalls {
  const { workspace, address, as, key, onProgress } = options;
  const sending = new Sending(() => openSession({ address, onProgress }));
  const about: About = { workspace, as, signs: key !== null, ...LIMIT };
  const calls: Calls = {
    'GET /api/about': async () => about,
    'GET /api/queue': (query) => {
      const page = Math.max(0, Math.trunc(Number(query.get('page') ?? 0)) || 0);
      return queuePage(workspace, { page, mix: query.get('mix') ?? undefined }, address);
    },
    'GET /api/packet': (query) => {
      const [mix, packet] = [query.get('mix') ?? '', query.get('packet') ?? ''];
      const reviewer = as ?? query.get('reviewer') ?? '';
      return packetPage(workspace, { mix, packet, reviewer }, address);
    },
    'POST /api/answers': async (_query, body) => {
      const message = messageOf(answersMessage, body);
      personOf(options, message.reviewer);
      return takeAnswers(workspace, message, { session: sending.session, key });
    },
    'GET /api/approvals': () => approvalList(workspace, address),
    'GET /api/approval': (query) => approvalPage(workspace, query.get('mix') ?? '', address),
    'POST /api/approval': async (_query, body) => {
      const message = messageOf(approvalMessage, body);
      personOf(options, message.approver);
      if (message.decision === 'reject' && message.reason === '') throw noReason(message.mix);
      return sendApproval(await sending.session(), { ...message, key });
    },
  };
  return { calls, close: () => sending.close() };
}
