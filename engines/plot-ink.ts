/** Colours and sizes that every picture shares. A page sets the variables; the fallbacks read alone. */
import type { Label } from '../core/schema/label.js';

/** Okabe and Ito's palette (2008), which colour-blind readers tell apart. */
export const INK: Readonly<Record<Label, string>> = {
  human_authored: 'var(--human-authored, #0072b2)',
  human_edited: 'var(--human-edited, #56b4e9)',
  synthetic: 'var(--synthetic, #e69f00)',
  unknown: 'var(--unknown, #8c8c8c)',
};
export const ACCENT = 'var(--accent, #0072b2)';
export const BREACH = 'var(--breach, #c0392b)';
export const MUTED = 'var(--muted, #6b7280)';
export const FONT_SIZE = 12;
/** Wider than most faces at 12 px, so that a fallback font is not cut off. */
export const CHAR_WIDTH = 6.8;
export const LINE_HEIGHT = 14;
