/** Finds uses of the surroundings (clock, chance, console, process, network) in a source text. */

const AMBIENT = [
  ...['Date', 'console', 'process', 'globalThis', 'performance', 'crypto', 'fetch', 'Intl'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Buffer', 'require'],
];
const NAMES = new RegExp(`(?<![\\w$.'"-])(${AMBIENT.join('|')})(?![\\w$'"-])(?!\\??:)`, 'g');
const CHANCE = /\bMath\s*\.\s*random\b|=\s*Math\s*[;,)]|Math\s*\[/g;

/** One line per use: its line number and what is used. */
export function ambientUsesOf(text: string): string[] {
  return withoutComments(text)
    .split('\n')
    .flatMap((line, index) => {
      const code = line.replaceAll(/'[^']*'|"[^"]*"/g, "''");
      const uses = [...code.matchAll(NAMES), ...code.matchAll(CHANCE)];
      return uses.map(([use]) => `line ${index + 1} uses ${use}; pass it in as an argument`);
    });
}

/** Comments become blanks; line numbers stay. A `//` inside an address is no comment. */
function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/(?<![:'"`\\])\/\/.*$/gm, '');
}
