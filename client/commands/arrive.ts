/** `ballast arrive`: tells the line of a mix that files came in. */
import { defineCommand } from 'citty';
import { openSession } from '../build/session.js';
import { expandPaths } from '../line/expand-paths.js';
import { startFrom } from '../line/line-args.js';
import { printArrivals } from '../line/print-line.js';
import { sendArrivals } from '../line/send-arrivals.js';
import { buildArgs, MORE_WORDS, usage, valuesOf } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';

/** Hashing less than this takes no time worth a bar. */
const BAR_BYTES = 64 << 20;

export default defineCommand({
  meta: { name: 'arrive', description: 'Tell the line of a mix that files came in' },
  args: {
    mix: { type: 'positional', required: true, description: 'Name of the mix' },
    paths: {
      ...{ type: 'positional', required: true, valueHint: MORE_WORDS },
      description: 'Files or globs',
    },
    source: {
      type: 'string',
      valueHint: 'name',
      description: 'Source that they belong to; by their paths where absent',
    },
    ...buildArgs,
  },
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const name = args.mix;
    const words = args._.slice(1);
    if (words.length === 0) throw usage('ballast arrive', 'files', 'none');
    const set = valuesOf(rawArgs, 'set');
    const start = await startFrom({ ...args, set, name });
    const files = await expandPaths(words);
    const session = await openSession({ address: args.address, onProgress: output.progress });
    const progress = createProgress([{ name: 'hash', label: 'hash files' }]);
    const onRead = (file: string, done: number, total: number) => {
      if (total >= BAR_BYTES) progress.update('hash', done, total, file);
    };
    const sent = await sendArrivals(session, {
      ...{ name, files, start, onRead },
      source: args.source ?? null,
    }).finally(() => progress.stop());
    printArrivals(output, name, sent);
    output.emit({ mix: name, arrivals: sent });
    return 0;
  },
});
