/** `ballast review key`: a key pair for one person; the private half stays in a file, the public goes into recipes. */
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';
import { KEY_FILE, makeKeyFile } from './private-key.js';

export const key = defineCommand({
  meta: { name: 'key', description: 'Make a key to sign decisions with, and the line for recipes' },
  args: {
    out: {
      type: 'string',
      valueHint: 'file.pem',
      description: `File for the private key, ${KEY_FILE}; never overwritten`,
    },
    as: { type: 'string', valueHint: 'name', description: 'Whose key it is; else your account' },
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const file = resolve(args.out ?? KEY_FILE);
    const who = args.as ?? userInfo().username;
    const publicKey = await makeKeyFile(file);
    const recipeLine = `review: {keys: {${JSON.stringify(who)}: "${publicKey}"}}`;
    output.line(`private key in ${file}: keep it to yourself, and a copy of it`);
    output.line(`into the recipe  ${output.colors.cyan(recipeLine)}`);
    output.emit({ file, who, publicKey, recipeLine });
    return 0;
  },
});
