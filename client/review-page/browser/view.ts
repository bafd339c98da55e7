/** A view of the page: what it shows, and what keys do in it. */
export interface View {
  readonly title: string;
  readonly node: HTMLElement;
  /** True where the key meant something here. */
  readonly key?: (event: KeyboardEvent) => boolean;
  /** The first thing to be in focus. */
  readonly focus?: () => void;
}
