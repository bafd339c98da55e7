/**
 * How a Temporal server that the user named is reached: TLS, API key, headers and namespace from
 * `TEMPORAL_*`, or from a profile of `temporal.toml` where one is named. Without a profile no file is
 * read, so that a key meant for another server never goes to this one.
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Failure } from '../core/schema/failure.js';

export interface NamedServer {
  readonly address: string;
  /** Null where nothing names one. */
  readonly namespace: string | null;
  /** For `Connection.connect` and `NativeConnection.connect`. */
  readonly connection: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
}

export interface Naming {
  /** `--address`. */
  readonly address?: string | undefined;
  /** `--profile`. */
  readonly profile?: string | undefined;
}

function given(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.find((text) => text !== undefined && text !== '');
}

/** What the surroundings say of a server; null where nobody names one. */
export function namedServerOf(naming: Naming, env: NodeJS.ProcessEnv): NamedServer | null {
  const profile = given(naming.profile, env.BALLAST_TEMPORAL_PROFILE);
  const address = given(naming.address, env.BALLAST_TEMPORAL_ADDRESS, env.TEMPORAL_ADDRESS);
  if (profile === undefined && address === undefined) return null;
  const { namespace, connectionOptions } = load(profile, address, env);
  const found = connectionOptions.address;
  if (found === undefined) throw noAddress(profile!);
  return {
    address: found,
    namespace: given(env.BALLAST_TEMPORAL_NAMESPACE, namespace) ?? null,
    connection: { ...connectionOptions, address: found },
  };
}

function load(
  profile: string | undefined,
  address: string | undefined,
  { TEMPORAL_PROFILE: _other, ...env }: NodeJS.ProcessEnv,
) {
  const wanted = { ...env, ...(address === undefined ? {} : { TEMPORAL_ADDRESS: address }) };
  const overrideEnvVars = wanted as Record<string, string>;
  try {
    return loadClientConnectConfig({
      overrideEnvVars,
      ...(profile === undefined ? { disableFile: true } : { profile }),
    });
  } catch (error) {
    throw new Failure('USAGE', {
      subject: 'settings of the Temporal server',
      expected: 'TEMPORAL_* variables and a profile of temporal.toml that can be read',
      found: (error as Error).message.split('\n')[0]!,
      where: profile === undefined ? 'environment' : `profile ${profile}`,
      remedy: 'correct the variable or the file (TEMPORAL_CONFIG_FILE names another)',
    });
  }
}

function noAddress(profile: string): Failure {
  return new Failure('USAGE', {
    subject: `profile "${profile}"`,
    expected: 'an address of a Temporal server',
    found: 'none',
    where: 'temporal.toml',
    remedy: 'write `address` in that profile, or give --address',
  });
}
