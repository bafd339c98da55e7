/** What the page and its server say to each other. Text is ready to be shown: nothing in it is markup. */
import type { ApprovalAnswer } from '../../core/schema/approval.js';
import type { Evidence } from '../../core/schema/evidence.js';
import type { MachineView, PacketRound, ReviewAnswer } from '../../core/schema/review-packet.js';

/** The five parts of a failure. */
export interface PageError {
  readonly code: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  readonly where: string;
  readonly remedy: string;
  readonly details: unknown;
}

/** What holds for the whole page. */
export interface About {
  readonly workspace: string;
  /** Who decides, where the command said it; null: the page asks. */
  readonly as: string | null;
  /** Whether the command has a key to sign decisions with. */
  readonly signs: boolean;
  readonly reasonCharactersMax: number;
}

export type ReviewState = 'open' | 'done' | 'expired' | 'unknown';

export interface QueueRow {
  readonly mix: string;
  readonly packet: string;
  readonly sha256: string;
  readonly round: PacketRound;
  readonly documents: number;
  /** Why they are asked about, in words. */
  readonly why: string;
  readonly dueAt: string;
  /** `unknown` where no server answers for it. */
  readonly state: ReviewState;
  readonly answeredBy: readonly string[];
}

export interface QueuePage {
  readonly rows: readonly QueueRow[];
  /** Packets in all, and those that nobody has answered. */
  readonly packets: number;
  readonly open: number;
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  readonly mixes: readonly string[];
  /** False: only the workspace was asked. */
  readonly isServerThere: boolean;
}

/** A stretch of text with the evidence that points at it. */
export interface Segment {
  readonly text: string;
  /** Places in the document's list of evidence. */
  readonly marks: readonly number[];
  /** It says what is left out, and is no text of the document. */
  readonly isGap: boolean;
}

export interface ShownDocument {
  /** `source/id` as answers name it; may hold anything. */
  readonly name: string;
  readonly title: string;
  /** Address to go to; null where it is none of http or https. */
  readonly link: string | null;
  /** What is known of it, by name. */
  readonly facts: readonly (readonly [string, string])[];
  readonly segments: readonly Segment[];
}

/** What the machine made of one document. */
export interface ShownMachine extends MachineView {
  readonly evidence: readonly Evidence[];
  readonly contamination: string;
  /** Why it was asked about. */
  readonly why: string;
}

export interface PacketPage {
  readonly mix: string;
  readonly packet: string;
  readonly sha256: string;
  readonly round: PacketRound;
  readonly dueAt: string;
  readonly state: ReviewState;
  readonly reviewers: readonly string[];
  readonly answeredBy: readonly string[];
  /** Why the review would refuse this person; null where nothing is known against it. */
  readonly warning: string | null;
  readonly documents: readonly ShownDocument[];
  /** What this person answered last; null: nothing. */
  readonly given: {
    readonly sequence: number;
    readonly at: string;
    readonly answers: readonly ReviewAnswer[];
  } | null;
  /** By document, for those who have answered; else null. */
  readonly machine: readonly ShownMachine[] | null;
}

export interface ApprovalRow {
  readonly mix: string;
  /** `waits`, `gone`, or how it ended. */
  readonly state: string;
  readonly dueAt: string;
  readonly approvals: number;
  readonly missing: number;
  readonly answers: readonly ApprovalAnswer[];
}

export interface ApprovalList {
  readonly rows: readonly ApprovalRow[];
  readonly isServerThere: boolean;
}

export interface PageTable {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

export interface Picture {
  readonly title: string;
  readonly caption: string;
  /** A `data:` address of an SVG picture. */
  readonly source: string;
}

export interface ApprovalPage extends ApprovalRow {
  /** Digest of what is approved. */
  readonly packetSha256: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly plan: readonly PageTable[];
  readonly previousVersion: string | null;
  readonly changes: readonly PageTable[];
  readonly risk: {
    readonly decision: string;
    readonly why: readonly string[];
    readonly tables: readonly PageTable[];
    readonly pictures: readonly Picture[];
  } | null;
}
