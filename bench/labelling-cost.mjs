/**
 * What labelling costs beyond the first read, as a share of a build: `examples/provenance.yaml` over the
 * real sets, with half of the synthetic texts of `l2r` as dated own outputs and three benchmarks, then
 * without either. Each build has a fresh workspace and a server and worker of its own. The figures are
 * from its workflow's history, children included, by step: `activities` sums the time from start to
 * end of each, in which one may wait for a thread that another has; `clock` divides every moment among
 * the activities that were under way, so that it sums to the time in which any was.
 *
 *   npm run build && node bench/labelling-cost.mjs [--json]
 */
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { printMachine, startBallast } from './ballast.mjs';
import { dataFolder, linesOf, requireCorpus } from './corpus-files.mjs';
import { keyed } from './rewrites.mjs';

const SETS = ['l2r', 'faid', 'peps'];
/** Activities by the step that they are; those not named here are the rest. */
const STEPS = {
  profile: ['profileShard', 'checkSource'],
  'index own outputs': ['indexOwnOutputs'],
  'match own outputs': ['matchOwnOutputs'],
  'screen benchmarks': ['screenShard', 'labelBenchmark'],
  cluster: ['clusterDuplicates'],
  calibrate: ['calibrateLabels'],
  label: ['labelShard'],
  inventory: ['takeInventory'],
  'review draft': ['draftReview'],
};
const REST = 'rest';
/** Index is apart: it is made once for all builds over the same outputs, as a profile is. */
const LABELLING = ['match own outputs', 'screen benchmarks', 'cluster', 'calibrate', 'label'];
const SCHEDULED = 'activityTaskScheduledEventAttributes';
const STARTED = 'activityTaskStartedEventAttributes';
const COMPLETED = 'activityTaskCompletedEventAttributes';
const stepOf = new Map(
  Object.entries(STEPS).flatMap(([step, names]) => names.map((name) => [name, step])),
);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

requireCorpus();
const builds = {
  'with both': [],
  without: ['own_outputs=[]', 'benchmarks=[]'],
};
if (!values.json) printMachine();
const measured = {};
for (const [name, set] of Object.entries(builds)) measured[name] = await measure(set);
if (values.json) console.log(JSON.stringify(measured, null, 2));
else print();

/** One build by the command line, in a folder of its own, with nothing to reuse. */
async function measure(set) {
  const ballast = await startBallast();
  try {
    const recipe = writeRecipe(join(ballast.folder, 'corpus'));
    const workspace = join(ballast.folder, 'workspace');
    const build = await ballast.build({ recipe, workspace, version: '2026.11.25', set });
    const done = await activitiesOf(ballast.client, build.workflowId, build.runId);
    const [clock, activities] = [onTheClock(done), summed(done)].map(withShare);
    const { work, cpu, result } = build;
    return { work, cpu, documents: result.documents, clock, activities };
  } finally {
    await ballast.end();
  }
}

function writeRecipe(folder) {
  mkdirSync(join(folder, 'data'), { recursive: true });
  const recipe = join(folder, 'recipe.yaml');
  copyFileSync(join(root, 'examples', 'provenance.yaml'), recipe);
  copyFileSync(join(root, 'examples', 'grants.yaml'), join(folder, 'grants.yaml'));
  for (const name of SETS)
    symlinkSync(join(dataFolder, `${name}.jsonl.gz`), join(folder, 'data', `${name}.jsonl.gz`));
  symlinkSync(join(dataFolder, 'benchmarks'), join(folder, 'data', 'benchmarks'));
  writeFileSync(join(folder, 'data', 'own.jsonl.gz'), gzipSync(ownOutputs().join('\n')));
  return recipe;
}

/** Half of the synthetic texts of `l2r`, drawn by id: the log of what "our" models wrote in 2023. */
function ownOutputs() {
  return linesOf('l2r').flatMap((line) => {
    const { id, text, truth, model } = JSON.parse(line);
    if (truth !== 'synthetic' || keyed(`own/${id}`) >= 0.5) return [];
    const day = 1 + Math.floor(28 * keyed(`day/${id}`));
    return [
      JSON.stringify({ id, text, model, created: `2023-06-${String(day).padStart(2, '0')}` }),
    ];
  });
}

/** [step, start, end] of every activity of a run and its children, in milliseconds. */
async function activitiesOf(client, workflowId, runId) {
  const activities = [];
  const open = [[workflowId, runId]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { events } = await client.workflow.getHandle(...next).fetchHistory();
    const names = new Map();
    const starts = new Map();
    for (const event of events) {
      if (event[SCHEDULED]) names.set(String(event.eventId), event[SCHEDULED].activityType.name);
      if (event[STARTED]) starts.set(String(event[STARTED].scheduledEventId), msOf(event));
      if (event[COMPLETED]) {
        const of = String(event[COMPLETED].scheduledEventId);
        activities.push([stepOf.get(names.get(of)) ?? REST, starts.get(of), msOf(event)]);
      }
      const child = event.childWorkflowExecutionCompletedEventAttributes;
      if (child) open.push([child.workflowExecution.workflowId, child.workflowExecution.runId]);
      const later = event.workflowExecutionContinuedAsNewEventAttributes;
      if (later) open.push([next[0], later.newExecutionRunId]);
    }
  }
  return activities;
}

function msOf({ eventTime: { seconds, nanos } }) {
  return Number(seconds) * 1e3 + Math.round(nanos / 1e6);
}

function noSeconds() {
  return Object.fromEntries([...Object.keys(STEPS), REST].map((step) => [step, 0]));
}

function summed(activities) {
  const seconds = noSeconds();
  for (const [step, start, end] of activities) seconds[step] += (end - start) / 1e3;
  return seconds;
}

/** Every stretch of the clock, divided among the activities that were under way in it. */
function onTheClock(activities) {
  const seconds = noSeconds();
  const moments = [...new Set(activities.flatMap(([, ...ends]) => ends))].sort((a, b) => a - b);
  for (const [i, from] of moments.slice(0, -1).entries()) {
    const under = activities.filter(([, start, end]) => start <= from && from < end);
    for (const [step] of under) seconds[step] += (moments[i + 1] - from) / 1e3 / under.length;
  }
  return seconds;
}

function withShare(seconds) {
  const all = Object.values(seconds).reduce((sum, part) => sum + part, 0);
  const labelling = LABELLING.reduce((sum, step) => sum + seconds[step], 0);
  return { seconds, all, share: labelling / all };
}

function print() {
  const rows = {};
  for (const [name, { clock, activities, documents, work, cpu }] of Object.entries(measured)) {
    console.log(
      `${name}: ${documents} documents written; ${work.toFixed(1)} s of work, ${cpu.toFixed(1)} CPU-s of the worker`,
    );
    for (const [measure, { seconds, all, share }] of Object.entries({ clock, activities })) {
      const cell = (row, value) => {
        rows[row] = { ...rows[row], [`${name}: ${measure}`]: value };
      };
      for (const [step, spent] of Object.entries(seconds)) cell(step, `${spent.toFixed(2)} s`);
      cell('all', `${all.toFixed(2)} s`);
      cell('labelling / all', `${(100 * share).toFixed(1)} %`);
    }
  }
  console.table(rows);
}
