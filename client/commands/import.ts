/** `ballast import`: a blend of another tool becomes a starting recipe. */
import { basename } from 'node:path';
import { defineCommand } from 'citty';
import {
  DOMAIN_BY,
  type DomainBy,
  startingRecipe,
} from '../../core/report/starting-recipe/starting-recipe.js';
import { BLEND_TOOLS, type BlendTool } from '../../core/schema/foreign-blend.js';
import { LIMITS } from '../../core/schema/limits.js';
import { suggest } from '../../core/schema/nearest.js';
import { readBlend } from '../import/read-blend.js';
import { writeRecipe } from '../import/write-recipe.js';
import { sharedArgs, usage } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

const COMMAND = 'ballast import';

/** The known word of a flag; undefined where the flag was not given. */
function oneOf<Word extends string>(
  flag: string,
  word: string | undefined,
  known: readonly Word[],
): Word | undefined {
  if (word === undefined) return undefined;
  const found = known.find((other) => other === word);
  if (found !== undefined) return found;
  throw usage(COMMAND, `one of ${known.join(', ')} after --${flag}`, word, suggest(word, known));
}

/** `20000000` or `20_000_000`. */
function tokensOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const tokens = /^\d+(_\d+)*$/.test(text) ? Number(text.replaceAll('_', '')) : 0;
  if (Number.isSafeInteger(tokens) && tokens > 0 && tokens <= LIMITS.tokenBudget) return tokens;
  throw usage(COMMAND, 'a whole number after --tokens', text, 'write it like 20_000_000');
}

export default defineCommand({
  meta: { name: 'import', description: 'Turn a blend of another tool into a starting recipe' },
  args: {
    file: { type: 'positional', required: true, description: 'Its YAML, JSON or list' },
    from: {
      type: 'string',
      valueHint: 'tool',
      description: `One of ${BLEND_TOOLS.join(', ')}; else told from the file`,
    },
    output: {
      type: 'string',
      alias: 'o',
      valueHint: 'recipe.yaml',
      description: 'Where to write; recipe.yaml',
    },
    'domain-by': {
      type: 'string',
      valueHint: 'word',
      description: 'Domain of a source: its name, the prefix of its name, or one for all',
    },
    tokens: { type: 'string', valueHint: 'n', description: 'Token budget' },
    name: { type: 'string', valueHint: 'mix', description: "Name of the mix; the file's" },
    force: { type: 'boolean', description: 'Replace the file that stands there' },
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const tool: BlendTool | undefined = oneOf('from', args.from, BLEND_TOOLS);
    const domainBy: DomainBy = oneOf('domain-by', args['domain-by'], DOMAIN_BY) ?? 'name';
    const tokens = tokensOf(args.tokens);
    const blend = await readBlend(args.file, tool ?? null);
    const file = basename(args.file);
    const name = args.name ?? file.replace(/\.[^.]+$/, '');
    const text = startingRecipe(blend, { name, file, domainBy, tokens });
    const written = await writeRecipe(args.output ?? 'recipe.yaml', text, args.force === true);
    const { recipe, path } = written;
    const { colors } = output;
    const domains = Object.keys(recipe.targetShares).length;
    output.line(
      `${blend.sources.length} sources of ${blend.tool}, ${domains} target shares: ${colors.cyan(path)}`,
    );
    output.line('it parses; look for TODO: without grants none of the text is used');
    output.emit({
      ...{ tool: blend.tool, path, sources: blend.sources.length },
      ...{ targetShares: recipe.targetShares, tokenBudget: recipe.tokenBudget },
    });
    return 0;
  },
});
