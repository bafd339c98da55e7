/** Once per run: a Temporal CLI that every test finds, installed the way the product installs it. */
import { haveCli } from '../client/server/install-cli.js';
import { stateFolder } from '../client/server/state.js';

export default async function setup(): Promise<void> {
  const { path } = await haveCli(stateFolder(), (line) => process.stderr.write(`${line}\n`));
  process.env.BALLAST_TEMPORAL_CLI = path;
}
