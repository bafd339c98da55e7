/**
 * Labels without declarations: leave-one-domain-out over l2r (20 domains) and faid (English, Vietnamese).
 * Every source is `provenance: {declared: unknown}`; truth scores a label, and answers for the simulated
 * reviewer and the planted evidence, whose rates are printed. Reviewed documents are left out of the scores.
 *
 * before: the text model learned from 200 reviews of every other domain, none of this one. after: 200
 * random reviews of this domain, too, cross-fitted and calibrated by the same functions that a build calls.
 * Side by side: the whole stack (`labelDocument`), text statistics alone at .5 and .95, declarations alone.
 *
 *   npm run build && node bench/labels.mjs [--json] [--reviews 200] [--error 0.02]
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { calibrate } from '../dist/core/label/calibrate.js';
import { CALIBRATION_POLICY } from '../dist/core/label/calibration-policy.js';
import { FAMILY_READERS, labelDocument } from '../dist/core/label/label-document.js';
import { labelContext } from '../dist/core/label/label-input.js';
import { crossFit } from '../dist/core/label/text-statistics/cross-fit.js';
import { textScore, trainTextModel } from '../dist/core/label/text-statistics/text-model.js';
import { derive, draw } from '../dist/core/random/draw.js';
import { fitPlatt, sigmoid } from '../dist/core/stats/platt.js';
import { byThreshold, count, detection, labelling, splits, TRUTHS } from './label-measures.mjs';
import { meansOf, printTables } from './label-tables.mjs';
import { labelInput, PLANTED, REVIEWER_ERROR, simulatedAnswer } from './simulated-evidence.mjs';

const folder =
  process.env.BALLAST_BENCH_DATA ??
  join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'shared', 'data');
const reviewCount = Number(argument('--reviews', 200));
const reviewerError = Number(argument('--error', REVIEWER_ERROR));
const THRESHOLDS = { human_authored: 0.95, human_edited: 0.95, synthetic: 0.95 };
const LABELS = {
  ...{ policy: 'labels-v2', thresholds: THRESHOLDS, reviewConflict: 0.3 },
  ...{ textStatistics: 'calibrated', trustAnchors: [], reason: 'default' },
};

const rows = [...readSet('l2r'), ...readSet('faid')];
if (rows.length === 0) {
  console.log('nothing to measure');
  process.exit(0);
}
const started = process.cpuUsage().user;
const groups = grouped(rows);
const reviewed = [...groups.values()].flatMap(randomReviews);
const isReviewed = new Set(reviewed.map(({ id }) => id));
const cross = crossFit(reviewed, CALIBRATION_POLICY.folds);
const calibration = calibrate(
  reviewed.map((row) => ({
    ...row,
    score: wordsOf(row) < CALIBRATION_POLICY.wordsMin ? null : cross.scores.get(row.id),
  })),
  CALIBRATION_POLICY,
  cross.model.examples,
);
const recipe = { allowLists: allowLists(), labels: LABELS };
const asOf = '2026-11-23';
const lineages = [{ output: 'own', modelFamily: 'house', trainedOn: [], depth: 1, loops: [] }];
const contexts = {
  before: labelContext(recipe, asOf, lineages),
  after: labelContext(recipe, asOf, lineages, calibration),
};
const table = [...groups].map(([group, list]) => measure(group, list));
report();

function argument(name, otherwise) {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : process.argv[at + 1];
}

function readSet(name) {
  const path = join(folder, `${name}.jsonl.gz`);
  if (!existsSync(path)) {
    console.log(`skipped ${name}: no file ${path} (set BALLAST_BENCH_DATA)`);
    return [];
  }
  const lines = gunzipSync(readFileSync(path)).toString().split('\n');
  return lines.filter(Boolean).map((line) => {
    const { id, text, truth, domain, language = 'en', split = '' } = JSON.parse(line);
    const group = name === 'faid' ? `faid-${language}` : domain;
    const known = truth === 'human' ? 'human_authored' : truth;
    return { id: `${name}/${id}`, set: name, text, truth: known, group, language, split };
  });
}

function grouped(list) {
  const map = new Map();
  for (const row of list) {
    if (!map.has(row.group)) map.set(row.group, []);
    map.get(row.group).push(row);
  }
  return map;
}

function wordsOf({ text }) {
  return text.split(/\s+/).length;
}

/** Documents that chance picks in a domain, with what the reviewer answers and the chance of each. */
function randomReviews(list) {
  const key = derive(1, 'bench-reviews');
  const ranked = [...list].sort((a, b) => draw(key, a.id) - draw(key, b.id));
  return ranked.slice(0, reviewCount).map((row) => ({
    ...{ id: row.id, text: row.text, source: row.set, domain: row.group, language: row.language },
    ...{ label: simulatedAnswer(row, reviewerError), isRandom: true, group: row.group },
    weight: Math.max(1, list.length / reviewCount),
  }));
}

function allowLists() {
  return ['l2r', 'faid'].map((source) => ({
    ...{ source, before: '2022-11-30', after: null, url: null, author: null, auditRate: 0 },
    ...{ label: 'human_authored', reason: 'before the chat models', expires: '2030-01-01' },
  }));
}

/** A source that declares nothing. */
function sourceOf(name) {
  return {
    ...{ name, paths: [], provenance: { kind: 'declared', label: 'unknown', by: 'collector' } },
    fields: { id: 'id', text: 'text', created: 'created', url: 'url' },
    ...{
      domain: { kind: 'field', field: 'domain' },
      language: { kind: 'field', field: 'language' },
    },
    ...{ modelFamily: null, platform: { wellKnown: true, fields: {} }, grant: null, metadata: [] },
    ...{ value: 1, maxRepetitionFactor: null },
  };
}

function measure(group, list) {
  const scored = list.filter(({ id }) => !isReviewed.has(id));
  const elsewhere = reviewed.filter((row) => row.group !== group && row.label !== 'human_edited');
  const away = trainTextModel(
    elsewhere.map(({ id, text, label }) => ({ id, text, isSynthetic: label === 'synthetic' })),
  );
  const source = sourceOf(list[0].set);
  const own = reviewed.filter((row) => row.group === group);
  const platt = fitPlatt({
    values: own.map(({ text }) => textScore(away, text)),
    isPositive: own.map(({ label }) => label === 'synthetic'),
    weights: own.map(() => 1),
  });
  const raw = scored.map(({ text }) => textScore(away, text));
  const home = scored.map(({ text }) => textScore(cross.model, text));
  const here = calibration.domains.find(({ domain }) => domain === group);
  const chance = home.map((s) => sigmoid(here.slope * s + here.intercept));
  const verdicts = (which, scores) =>
    scored.map((row, i) => {
      const score =
        scores === null || wordsOf(row) < CALIBRATION_POLICY.wordsMin ? null : scores[i];
      return labelDocument(labelInput(row, source, score), contexts[which]);
    });
  const before = verdicts('before', null);
  const after = verdicts('after', home);
  const bare = scored.map((row) => {
    const nothing = { created: null, platform: [], credentials: [], ownOutputs: [] };
    return labelDocument({ ...labelInput(row, source, null), ...nothing }, contexts.before);
  });
  const byChance = (values, from) => values.map((p) => byThreshold(p, from));
  return {
    group,
    scored: scored.length,
    truths: Object.fromEntries(TRUTHS.map((t) => [t, count(scored, (row) => row.truth === t)])),
    families: [
      ...new Set(
        after.flatMap((v) => v.evidence.filter((e) => e.strength > 0).map((e) => e.family)),
      ),
    ].sort(),
    stack: {
      ...labelling(
        scored,
        after.map(({ label }) => label),
      ),
      before: detection(
        scored,
        before.map(({ posterior }) => posterior[2]),
      ),
      after: detection(
        scored,
        after.map(({ posterior }) => posterior[2]),
      ),
    },
    statistics: {
      before: detection(scored, raw.map(sigmoid)),
      platt: detection(
        scored,
        raw.map((s) => sigmoid(platt.slope * s + platt.intercept)),
      ),
      after: detection(scored, chance),
      at50: labelling(scored, byChance(raw.map(sigmoid), 0.5)),
      at95: labelling(scored, byChance(raw.map(sigmoid), 0.95)),
      calibratedAt95: labelling(scored, byChance(chance, 0.95)),
    },
    declarations: labelling(
      scored,
      bare.map(({ label }) => label),
    ),
    bySplit: splits(scored, after),
  };
}

function report() {
  const cpuSeconds = (process.cpuUsage().user - started) / 1e6;
  const readers = FAMILY_READERS.map(({ name }) => name);
  const settings = { reviewCount, reviewerError, planted: PLANTED, readers, cpuSeconds };
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ settings, domains: table, means: meansOf(table) }));
    return;
  }
  console.log(`families read: ${readers.join(', ')}`);
  console.log(`planted evidence: ${JSON.stringify(PLANTED)}`);
  console.log(
    `${reviewed.length} reviews, ${100 * reviewerError} % of them wrong; ${cpuSeconds.toFixed(0)} CPU seconds\n`,
  );
  printTables(table);
}
