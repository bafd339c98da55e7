/** Kinds of lines by which people decide. */
export const DECIDED: readonly string[] = ['review', 'approval', 'delegation'];

/** The same, and what was said and refused. */
export const SAID: readonly string[] = DECIDED.flatMap((kind) => [kind, `${kind}-refused`]);
