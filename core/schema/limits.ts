/** Everything has a limit. Each is a number that a reviewer can argue with. */
export const LIMITS = {
  sources: 1_000,
  caps: 1_000,
  domains: 2_000,
  grants: 10_000,
  allowLists: 10_000,
  ownOutputs: 1_000,
  benchmarks: 1_000,
  /** Hits of one benchmark in one document that are kept, the strongest. */
  contaminationHits: 32,
  reviewers: 1_000,
  /** Documents that one build may ask people about. */
  reviewDocuments: 100_000,
  /** Packets of one build; with more documents the packets grow. */
  reviewPackets: 2_000,
  reviewReasonCharacters: 2_000,
  /** Answers that one run of `review` takes before it continues as new. */
  reviewAnswersPerRun: 500,
  /** Files of one arrival message, and messages and builds of one run of a line before it continues as new. */
  arrivalsPerMessage: 500,
  lineTurnsPerRun: 400,
  /** Documents or texts that one retraction lists. */
  retractedDocuments: 2_000_000,
  /** Notices that a look at the grants answers with, and versions that each of them names; the ledger has all. */
  grantNoticesTold: 200,
  grantVersionsTold: 20,
  /** Arrivals that a line holds in its own state; more wait on its list, a file. */
  arrivalsHeld: 1_000,
  /** Files whose tokens one activity counts. */
  arrivalsPerCount: 8,
  shardsPerSource: 100_000,
  /** Bytes of one line of a JSON source; longer lines are rejected rows, counted and listed. */
  lineBytes: 64 * 1024 * 1024,
  /** Bytes of one document's text. */
  textBytes: 32 * 1024 * 1024,
  tokenBudget: Number.MAX_SAFE_INTEGER,
  maxRepetitionFactor: 1_000,
  /** Full re-plans of one advice, and limits of a recipe that it loosens, dearest first. */
  adviceReplans: 1_000,
  adviceLimits: 40,
  /** Shards that one run of `build-source` profiles before it continues as new. */
  shardsPerRun: 400,
  /** Data files of one split and format; more need larger shards. */
  outputShards: 2_000,
  /** Generations, plans after a FAIL, runs, and words of the simulation of collapse. */
  riskGenerations: 100,
  riskReplans: 3,
  riskRuns: 10_000,
  riskSampleWords: 20_000_000,
  /** Domains that one run of the simulation takes before it continues as new, and blocks of runs per simulator. */
  riskDomainsPerRun: 50,
  riskBlocks: 40,
  /** Times, replicates, and the latest time of one `ballast simulate`. */
  simulateTimes: 1_000,
  simulateReplicates: 10_000_000,
  simulateLatestTime: 1_000_000,
  /** Activities of one kind that a workflow keeps under way at once. */
  fanOutWidth: 16,
} as const;
