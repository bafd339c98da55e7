/** What retractions withdraw as a whole: grants and sources by name, each with the sentence that says so. */

export interface Retracted {
  readonly grants: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, string>;
}

export const NOTHING_RETRACTED: Retracted = { grants: new Map(), sources: new Map() };
