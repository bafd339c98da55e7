/**
 * What goes wrong while a build is followed: every distinct reason is said once, what is missing is
 * started again after a while, and in the end the watch gives up. The build itself is not touched.
 */
import { Failure } from '../../core/schema/failure.js';

/** After this long without a whole answer, what is missing is started again. */
export const REVIVE_AFTER_MS = 3_000;
/** After this long without any answer of the server the watch gives up. */
export const SILENCE_MS_MAX = 180_000;
/** As many revivals may fail in a row. */
export const REVIVALS_FAILED_MAX = 20;

export interface TroubleOptions {
  readonly say: (line: string) => void;
  readonly revive: () => Promise<Error | null>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * First line of the innermost cause, which names it: `14 UNAVAILABLE: .. ECONNREFUSED`. What gRPC
 * adds to a deadline, how long each stage took, differs every time.
 */
export function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const message = inner instanceof Error ? inner.message : String(inner);
  return message.split('\n')[0]!.replace(/(Deadline exceeded) after .*/, '$1');
}

export class Trouble {
  readonly #options: TroubleOptions;
  readonly #said = new Set<string>();
  #serverAnsweredAt: number;
  /** When all was well, or was last brought back. */
  #wellAt: number;
  #revivalsFailed = 0;

  constructor(options: TroubleOptions) {
    this.#options = options;
    this.#serverAnsweredAt = options.now();
    this.#wellAt = options.now();
  }

  /** The server answered. */
  serverAnswered(): void {
    this.#serverAnsweredAt = this.#options.now();
  }

  /** The workflow answered too. */
  allWell(): void {
    this.serverAnswered();
    this.#wellAt = this.#options.now();
    this.#revivalsFailed = 0;
  }

  /** Says it, and revives what is missing when it has lasted; throws when that is hopeless. */
  async met(error: unknown): Promise<void> {
    const { now, revive } = this.#options;
    this.#sayOnce(`waiting: ${reasonOf(error)}`);
    if (now() - this.#serverAnsweredAt > SILENCE_MS_MAX) throw lost(error);
    if (now() - this.#wellAt <= REVIVE_AFTER_MS) return;
    const failed = await revive();
    this.#wellAt = now();
    if (failed === null) {
      this.#revivalsFailed = 0;
      return;
    }
    this.#sayOnce(`cannot bring it back yet: ${reasonOf(failed)}`);
    if (++this.#revivalsFailed >= REVIVALS_FAILED_MAX) throw lost(failed);
  }

  /** Times and ports in a reason make it no other reason. */
  #sayOnce(line: string): void {
    const kind = line.replaceAll(/\d+/g, '#');
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.#options.say(line);
  }
}

function lost(error: unknown): Failure {
  return new Failure('SERVER_UNREACHABLE', {
    subject: 'the Temporal server and its worker',
    expected: 'an answer',
    found: reasonOf(error),
    where: `followed for ${SILENCE_MS_MAX / 60_000} minutes or ${REVIVALS_FAILED_MAX} restarts in vain`,
    remedy: 'run: ballast doctor; the build goes on when its server and worker are back',
  });
}
