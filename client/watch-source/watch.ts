/**
 * Files of sources, from the look that finds them to the line that takes them. A file is ready when
 * two looks found the same size and stamp; it is hashed, looked at once more, and sent if its bytes
 * are not those that were sent under its path. What could not be sent is ready at the next turn.
 */
import type { Arrival } from '../../core/schema/arrival.js';
import { Failure } from '../../core/schema/failure.js';
import { type OnRead, readArrival } from '../line/arriving-files.js';
import type { SentArrival } from '../line/send-arrivals.js';
import { lookAt, type SeenFile, sizeAndStamp, type WatchedSource } from './look.js';
import type { SentFiles } from './sent-files.js';

export interface WatchOptions {
  readonly sources: readonly WatchedSource[];
  /** Folder that their relative paths start from. */
  readonly baseFolder: string;
  readonly sent: SentFiles;
  /** First run of the line that runs now; null where it is closed; '' where the server knows of none. */
  readonly line: () => Promise<string | null>;
  /** Tells the line. */
  readonly send: (arrivals: readonly Arrival[]) => Promise<readonly SentArrival[]>;
  readonly warn: (text: string) => void;
  readonly onRead?: OnRead;
}

export interface Turn {
  readonly answers: readonly SentArrival[];
  /** Files that change still, or were seen for the first time. */
  readonly unsettled: readonly string[];
  /** Files that the line was told of before. */
  readonly unchanged: number;
}

/** Files of one message; so much is hashed before any of it is told. */
const FILES_PER_TURN = 100;

export class SourceWatch {
  readonly #options: WatchOptions;
  #before = new Map<string, SeenFile>();
  readonly #warned = new Set<string>();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** One look, and what is ready by it. */
  async turn(): Promise<Turn> {
    const { sources, baseFolder, sent } = this.#options;
    const { files, strange } = await lookAt(sources, baseFolder);
    for (const file of strange) this.#warn(`${file} has no format that Ballast reads: left out`);
    const line = await this.#options.line();
    const isTold = (seen: SeenFile) =>
      sent.has(seen) && (line === null || sent.get(seen.file)?.line === line);
    const fresh = files.filter((file) => !isTold(file) && this.#hasOneSource(file));
    const before = this.#before;
    const isStill = ({ file, bytes, stamp }: SeenFile) =>
      before.get(file)?.bytes === bytes && before.get(file)?.stamp === stamp;
    const unsettled = fresh.filter((file) => !isStill(file)).map(({ file }) => file);
    this.#before = new Map(files.map((file) => [file.file, file]));
    sent.keepOnly(files);
    const answers: SentArrival[] = [];
    const ready = fresh.filter(isStill);
    for (let at = 0; at < ready.length; at += FILES_PER_TURN) {
      const told = await this.#tell(ready.slice(at, at + FILES_PER_TURN), line);
      answers.push(...told.answers);
      unsettled.push(...told.unsettled);
    }
    const unchanged = files.length - answers.length - unsettled.length;
    return { answers, unsettled, unchanged };
  }

  #warn(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#options.warn(text);
  }

  #hasOneSource({ file, sources }: SeenFile): boolean {
    if (sources.length === 1) return true;
    this.#warn(`${file} matches ${sources.join(' and ')}: left out; watch one of them, --source`);
    return false;
  }

  async #tell(
    ready: readonly SeenFile[],
    line: string | null,
  ): Promise<{ answers: readonly SentArrival[]; unsettled: string[] }> {
    const { send, sent } = this.#options;
    const unsettled: string[] = [];
    const arrivals: { seen: SeenFile; arrival: Arrival }[] = [];
    for (const seen of ready) {
      const arrival = await this.#hash(seen);
      if (arrival === null) unsettled.push(seen.file);
      else if (this.#isSame(arrival, line)) this.#remember(seen, arrival, line);
      else arrivals.push({ seen, arrival });
    }
    const answers = arrivals.length === 0 ? [] : await send(arrivals.map(({ arrival }) => arrival));
    // The first message may have started the line.
    const told = line || (await this.#options.line());
    for (const { seen, arrival } of arrivals) this.#remember(seen, arrival, told);
    sent.save();
    return { answers, unsettled };
  }

  /** True where the line was told of these bytes at this place. */
  #isSame({ file, sha256 }: Arrival, line: string | null): boolean {
    const told = this.#options.sent.get(file);
    return told?.sha256 === sha256 && (line === null || told.line === line);
  }

  #remember({ file, bytes, stamp }: SeenFile, { sha256 }: Arrival, line: string | null): void {
    this.#options.sent.add(file, { bytes, stamp, sha256, line });
  }

  /** Null where the file changed or went while it was read, or cannot be read. */
  async #hash(seen: SeenFile): Promise<Arrival | null> {
    const { baseFolder, sent, onRead = () => undefined } = this.#options;
    const source = seen.sources[0]!;
    const { file, bytes } = seen;
    if (sent.has(seen))
      return { source, file, sha256: sent.get(file)!.sha256, bytes, tokens: null };
    try {
      const arrival = await readArrival(seen.file, { source, baseFolder, onRead });
      const after = await sizeAndStamp(seen.file, baseFolder);
      const isSame = after?.bytes === seen.bytes && after.stamp === seen.stamp;
      return isSame && arrival.bytes === seen.bytes ? arrival : null;
    } catch (error) {
      const what = error instanceof Failure ? error.parts.found : (error as Error).message;
      this.#warn(`${seen.file} could not be read, and is tried again: ${what}`);
      return null;
    }
  }
}
