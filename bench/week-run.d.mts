export interface WeekOptions {
  /** Empty; holds everything that the week writes. */
  readonly folder: string;
  readonly arrivals: number;
  readonly seed: number;
  /** From the first arrival to the last. */
  readonly spanMs: number;
  /** Tokens. */
  readonly budget: number;
  readonly kills: Readonly<Record<'worker' | 'server' | 'keeper', number>>;
  /** Part of the span after which the grant is revoked. */
  readonly retractAt: number;
  readonly approvalSeconds: number;
  readonly reviewSeconds: number;
  /** Of the schedule that builds what is new, in seconds. */
  readonly every: number;
  readonly turnsPerRun: number;
  readonly settleMs: number;
  /** Whether the week must have been as eventful as the full form. */
  readonly isFull: boolean;
  readonly say: (text: string) => void;
}

export function runWeek(options: WeekOptions): Promise<{
  readonly figures: readonly (readonly [string, string | number])[];
  readonly violations: readonly string[];
}>;
