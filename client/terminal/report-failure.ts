/**
 * From whatever was thrown to what people read and the exit code. Expected failures keep their five
 * parts on their way through Temporal: an activity wraps them as an ApplicationFailure whose type
 * is our code and whose first detail holds the parts; here they are unwrapped again.
 */
import {
  exitCodeOf,
  Failure,
  type FailureParts,
  isFailureCode,
} from '../../core/schema/failure.js';
import { colorsFor } from './output.js';

/** Anything that is our bug. */
const EXIT_BUG = 1;
const CAUSES_MAX = 20;
const GRPC_UNAVAILABLE = 14;
const GRPC_DEADLINE = 4;
const GRPC_FAILED_PRECONDITION = 9;
/** The server's type of an update that a workflow took and did not answer before it closed. */
const CLOSED_MEANWHILE = 'AcceptedUpdateCompletedWorkflow';

/** Prints the error for a terminal (stderr) or as one JSON document (stdout); returns the exit code. */
export function reportFailure(error: unknown, { json }: { json: boolean }): number {
  const failure = asFailure(error);
  if (json) process.stdout.write(`${JSON.stringify(jsonOf(failure, error), null, 2)}\n`);
  else process.stderr.write(failure === null ? bugText(error) : failureText(failure));
  return failure === null ? EXIT_BUG : exitCodeOf(failure.code);
}

/** The expected failure inside an error, however deep; null when there is none. */
export function asFailure(error: unknown): Failure | null {
  let cause: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth++) {
    const failure = fromOne(cause as ErrorLike);
    if (failure !== null) return failure;
    cause = cause.cause;
  }
  return null;
}

interface ErrorLike extends Error {
  readonly type?: unknown;
  readonly code?: unknown;
  readonly details?: unknown;
}

function fromOne(error: ErrorLike): Failure | null {
  if (error instanceof Failure) return error;
  if (typeof error.type === 'string' && isFailureCode(error.type)) return fromTemporal(error);
  if (error.code === GRPC_UNAVAILABLE || error.code === GRPC_DEADLINE) return unreachable(error);
  if (error.code === GRPC_FAILED_PRECONDITION && /task in failed state/i.test(textOf(error)))
    return stuck(error);
  if (error.type === CLOSED_MEANWHILE) return closedMeanwhile();
  if (error.code === 'ENOSPC') return diskFull(error);
  if (error.name === 'CLIError') {
    return plain('USAGE', error.message.replaceAll(/\u001b\[\d+m/g, ''), 'see: ballast --help');
  }
  if (error.name === 'CancelledFailure') {
    return plain('BUILD_CANCELLED', 'cancelled', 'start it again with: ballast build');
  }
  return null;
}

function fromTemporal(error: ErrorLike): Failure {
  const code = error.type as Parameters<typeof exitCodeOf>[0];
  const [first] = Array.isArray(error.details) ? (error.details as unknown[]) : [];
  const { parts, details } = (first ?? {}) as { parts?: FailureParts; details?: unknown };
  if (!isParts(parts)) return plain(code, error.message, 'see the run in the Temporal UI');
  return new Failure(code, parts, details ?? null);
}

function isParts(parts: unknown): parts is FailureParts {
  if (typeof parts !== 'object' || parts === null) return false;
  const names = ['subject', 'expected', 'found', 'where', 'remedy'];
  return names.every((name) => typeof (parts as Record<string, unknown>)[name] === 'string');
}

function plain(code: Parameters<typeof exitCodeOf>[0], found: string, remedy: string): Failure {
  const subject = code === 'USAGE' ? 'the command line' : 'the build';
  const expected = code === 'USAGE' ? 'a command as its help describes' : 'success';
  return new Failure(code, { subject, expected, found, where: 'command line', remedy });
}

function unreachable(error: ErrorLike): Failure {
  return new Failure('SERVER_UNREACHABLE', {
    subject: 'the Temporal server',
    expected: 'an answer',
    found: textOf(error),
    where: 'connection to the server',
    remedy: 'run: ballast doctor',
  });
}

function textOf({ details, message }: ErrorLike): string {
  return typeof details === 'string' ? details : message;
}

/** A worker that cannot go on with a workflow answers neither questions nor updates of it. */
function stuck(error: ErrorLike): Failure {
  return new Failure('SERVER_UNREACHABLE', {
    subject: 'the workflow that was asked',
    expected: 'a worker that can go on with it',
    found: textOf(error),
    where: 'its last workflow task, in the Temporal UI',
    remedy:
      'read there why; a run of another release needs a worker of that release, others a restart of theirs',
  });
}

function closedMeanwhile(): Failure {
  return new Failure('REVIEW_CLOSED', {
    subject: 'the workflow that was asked',
    expected: 'an answer before it ends',
    found: 'it ended meanwhile',
    where: 'the server',
    remedy: 'see what stands: ballast review list, or the ledger',
  });
}

function diskFull(error: ErrorLike): Failure {
  return new Failure('STORAGE_FULL', {
    subject: 'the disk',
    expected: 'free space',
    found: error.message,
    where: String((error as NodeJS.ErrnoException).path ?? 'a write'),
    remedy: 'free some space, or choose another --workspace',
  });
}

function failureText({ code, parts }: Failure): string {
  const colors = colorsFor(process.stderr);
  const rows: [string, string][] = [
    ['expected', parts.expected],
    ['found', parts.found],
    ['where', parts.where],
    ['remedy', parts.remedy],
  ];
  const lines = rows.map(([name, text]) => `  ${colors.dim(name.padEnd(9))} ${indent(text)}`);
  return `${colors.red(`error ${code}`)}: ${parts.subject}\n${lines.join('\n')}\n`;
}

/** Further lines of a part stand under its first. */
function indent(text: string): string {
  return text.replaceAll('\n', `\n${' '.repeat(12)}`);
}

function bugText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const isDebug = Boolean(process.env.BALLAST_DEBUG);
  const stack = isDebug && error instanceof Error ? `${error.stack}\n` : '';
  const hint = isDebug ? '' : '  this is a fault of ballast; BALLAST_DEBUG=1 shows where\n';
  return `${colorsFor(process.stderr).red('error')}: ${message}\n${stack}${hint}`;
}

function jsonOf(failure: Failure | null, error: unknown): object {
  if (failure !== null) {
    const { code, parts, details } = failure;
    return { error: { code, exitCode: exitCodeOf(code), ...parts, details } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { error: { code: 'INTERNAL', exitCode: EXIT_BUG, subject: message, details: null } };
}
