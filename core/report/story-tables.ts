/** The story of a build as tables: the terminal prints them, the page lays them out. */
import type { AuditStory, StoryStep } from '../audit/audit-story.js';
import { formatBytes, formatCount, NONE } from './format.js';
import { left, right, type Table } from './tables.js';

/** `2026-11-26T03:16:33.407737791Z` -> `2026-11-26 03:16:33`. */
export function formatTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

/** `940 ms`, `12.3 s`, `4 min 10 s`, `3 h 12 min`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

/** What stands on the page beside the story's title. */
export function storyFacts({ asked, workflowId, published, plans }: AuditStory) {
  const facts: [string, string][] = [['workflow', workflowId]];
  if (asked !== null) {
    facts.push(['asked by', `${asked.by} (as ${asked.identity || NONE})`]);
    facts.push(['asked at', formatTime(asked.at)], ['grants as of', asked.asOf]);
    facts.push(['recipe', asked.recipeFingerprint.slice(0, 12)]);
    facts.push(['budget', `${formatCount(asked.tokenBudget)} tokens (${asked.tokenizer})`]);
    facts.push(['caps', formatCount(asked.caps)], ['seed', String(asked.seed)]);
  }
  facts.push(['plans', formatCount(plans)]);
  if (published !== null) facts.push(['manifest', published.manifestSha256.slice(0, 12)]);
  return facts;
}

/** How it ended, in one sentence. */
export function storyVerdict({ published, runs, workflowId }: AuditStory): {
  good: boolean;
  sentence: string;
} {
  if (published !== null) {
    const line = published.ledgerSequence;
    const where = line === null ? '' : `, line ${line} of the ledger`;
    return { good: true, sentence: `published at ${published.path}${where}` };
  }
  const last = runs.filter((run) => run.workflowId === workflowId).at(-1);
  if (last === undefined) return { good: false, sentence: 'no history of the build is there' };
  const why = last.reason === '' ? '' : `: ${last.reason}`;
  return { good: false, sentence: `nothing was published; its last run is ${last.state}${why}` };
}

function outcomeOf({ outcome, reason }: StoryStep): string {
  return reason === '' ? outcome : `${outcome}: ${reason}`;
}

export function storyTables(story: AuditStory): Table[] {
  const tables: Table[] = [
    {
      title: 'Inputs, as they were pinned',
      columns: [...left('source'), ...right('files', 'bytes')],
      rows: story.inputs.map(({ source, files, bytes }) => [
        ...[source, formatCount(files), formatBytes(bytes)],
      ]),
    },
    {
      title: 'Who decided',
      columns: left('time', 'who', 'what', 'identity', 'reason', 'line'),
      rows: story.decisions.map(({ at, who, sentence, authMethod, reason, sequence }) => [
        ...[formatTime(at), who, sentence, authMethod || NONE, reason || NONE, String(sequence)],
      ]),
    },
    {
      title: 'Verdicts on the risk of collapse',
      columns: left('attempt', 'verdict', 'why', 'planned again under'),
      rows: story.verdicts.map(({ attempt, decision, why, changes }) => [
        ...[String(attempt), decision, why, changes || NONE],
      ]),
    },
    {
      title: 'Steps',
      columns: [...left('time', 'step'), ...right('duration', 'attempts'), ...left('outcome')],
      rows: story.steps.map((step) => [
        ...[formatTime(step.at), step.sentence, formatDuration(step.durationMs)],
        ...[String(step.attempts), outcomeOf(step)],
      ]),
    },
    {
      title: 'Runs',
      columns: [...left('started', 'ended', 'workflow', 'run', 'state'), ...right('events')],
      rows: story.runs.map((run) => [
        ...[formatTime(run.startedAt), run.endedAt === null ? NONE : formatTime(run.endedAt)],
        ...[run.workflowId, run.runId, run.state, formatCount(run.events)],
      ]),
    },
    {
      title: 'Lines of the ledger',
      columns: left('line', 'time', 'kind', 'what', 'hash'),
      rows: story.ledger.map(({ sequence, at, kind, sentence, hash }) => [
        ...[String(sequence), formatTime(at), kind, sentence, hash.slice(0, 12)],
      ]),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}
