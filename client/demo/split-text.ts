/** Long texts into documents of reasonable size: whole sentences or paragraphs, nothing lost. */

/** Sentences of a running text. */
export function splitSentences(text: string): string[] {
  return text.split(/(?<=[.!?]["')\]]?)\s+(?=["'([]?[A-Z])/u).filter((part) => part !== '');
}

/** Paragraphs of a book whose lines are broken by hand: line breaks inside a paragraph go. */
export function splitParagraphs(text: string): string[] {
  const parts = text.replace(/\r\n?/gu, '\n').split(/\n\s*\n/u);
  return parts.map((part) => part.replace(/\s+/gu, ' ').trim()).filter((part) => part !== '');
}

/** Joins neighbours until each group has at least `charactersMin`; a short rest joins the last. */
export function groupParts(
  parts: readonly string[],
  glue: string,
  charactersMin: number,
): string[] {
  const groups: string[] = [];
  let open: string[] = [];
  let size = 0;
  for (const part of parts) {
    open.push(part);
    size += part.length + glue.length;
    if (size < charactersMin) continue;
    groups.push(open.join(glue));
    open = [];
    size = 0;
  }
  if (open.length === 0) return groups;
  const rest = open.join(glue);
  if (size < charactersMin / 2 && groups.length > 0) groups.push(groups.pop()! + glue + rest);
  else groups.push(rest);
  return groups;
}
