/** Errors of an object store that a user can mend, as `Failure`s that name no secret. */
import { Failure } from '../../core/schema/failure.js';

interface AwsError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export function statusOf(error: unknown): number {
  return (error as AwsError).$metadata?.httpStatusCode ?? 0;
}

export function isAbsent(error: unknown): boolean {
  const { name } = error as AwsError;
  return (
    name === 'NotFound' ||
    name === 'NoSuchKey' ||
    (statusOf(error) === 404 && name !== 'NoSuchBucket')
  );
}

/** The condition of a put did not hold. */
export function isRefused(error: unknown): boolean {
  return statusOf(error) === 412 || (error as AwsError).name === 'PreconditionFailed';
}

/** Another put of the same key was under way: to be tried again. */
export function isConflict(error: unknown): boolean {
  return statusOf(error) === 409;
}

/** Another try would get the same answer. */
export function isFinal(error: unknown): boolean {
  const isOurs =
    error instanceof Failure || (error as AwsError).name === 'CredentialsProviderError';
  return isOurs || (statusOf(error) >= 400 && statusOf(error) < 500);
}

const NETWORK =
  /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|TimeoutError|RequestTimeout|socket|SlowDown|ServiceUnavailable|InternalError/;

const REMEDIES: readonly (readonly [RegExp, string, string])[] = [
  [/NoSuchBucket/, 'no such bucket', 'create the bucket, or correct the name in the URL'],
  [
    /CredentialsProviderError|Could not load credentials|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken/,
    'credentials that are missing or not accepted',
    'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, as for every AWS program',
  ],
  [
    /AccessDenied|Forbidden|^403$/,
    'access denied',
    'allow these credentials to list, read and write below that prefix',
  ],
  [
    /PermanentRedirect|AuthorizationHeaderMalformed/,
    'another region',
    'set AWS_REGION to the region of the bucket',
  ],
  [
    NETWORK,
    'no answer',
    'start the store or correct AWS_ENDPOINT_URL_S3; the same command goes on where it was',
  ],
];

/** The failure to throw in place of an error that arose at `where`, a URL. */
export function s3Failure(error: unknown, where: string): unknown {
  if (error instanceof Failure) return error;
  const { name = '', code = '', message = '' } = error as AwsError;
  const told = [name, code, message, String(statusOf(error))];
  const known = REMEDIES.find(([pattern]) => told.some((text) => pattern.test(text)));
  if (known === undefined && statusOf(error) === 0 && name === 'Error') return error;
  const [, found, remedy] = known ?? [
    null,
    `${name} ${statusOf(error)}`.trim(),
    'look at the log of the store, then run the same command',
  ];
  return new Failure('STORAGE_UNREACHABLE', {
    subject: 'object store',
    expected: 'an answer',
    found: code === '' || known?.[0] !== NETWORK ? found : `${found} (${code})`,
    where,
    remedy,
  });
}

export async function guardS3<T>(where: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw s3Failure(error, where);
  }
}
