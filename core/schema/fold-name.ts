/** One spelling of a person's name: Unicode NFKC, white space folded, lower case. */
export function foldName(name: string): string {
  return name.normalize('NFKC').trim().replaceAll(/\s+/gu, ' ').toLowerCase();
}
