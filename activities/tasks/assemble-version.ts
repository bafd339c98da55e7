/**
 * Judges the written files and assembles the version: every cap recomputed from what the second
 * reader counted, then manifest, plan, card and report beside the data. A breach publishes nothing.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { LABEL_POLICY } from '../../core/label/policy.js';
import { StratumTable, stratumKeyFrom } from '../../core/mix/stratum-table.js';
import { capUsages, licenceOf } from '../../core/plan/cap-usages.js';
import { keyText, nameParts } from '../../core/plan/stratum.js';
import { renderCard } from '../../core/report/card.js';
import { chartSpecs } from '../../core/report/charts.js';
import { renderReport } from '../../core/report/html.js';
import { riskCharts } from '../../core/report/risk-charts.js';
import { reportView } from '../../core/report/view.js';
import { weightFiles } from '../../core/report/weights/weight-files.js';
import { weightsOfManifest } from '../../core/report/weights/weights-view.js';
import type { ManifestApproval } from '../../core/schema/approval-lines.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import type { DataFile, Manifest } from '../../core/schema/manifest.js';
import {
  type Inventory,
  inventory as inventorySchema,
  type OptimalPlan,
  plan as planSchema,
} from '../../core/schema/plan.js';
import { type RiskReport, riskReport } from '../../core/schema/risk.js';
import { type Selection, selection as selectionSchema } from '../../core/schema/selection.js';
import { renderChart } from '../../engines/plot.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import { sha256, sha256File } from '../../storage/digest.js';
import { guardIo } from '../../storage/io-failure.js';
import { haveFolder, namesOf, shareFile } from '../../storage/remote/mirror.js';
import { benchmarkLabelsOf } from '../benchmark-labels.js';
import { type Build, type BuildContext, openBuild } from '../build-context.js';
import type { ClusterSummary } from '../cluster-columns.js';
import { pinnedBenchmarks } from '../contamination.js';
import { openClusters } from '../open-clusters.js';
import { stagingFolder, verifiedFolder } from '../piece-columns.js';
import { MANIFEST_FILE } from '../published-version.js';
import { capsAddedBy, RISK_FILE } from '../risk-report.js';
import { screenedBenchmarks } from '../screened-benchmarks.js';
import { TOOL } from '../tool.js';
import { breach } from './breach.js';
import { provenanceRecordOf } from './provenance-record.js';
import { assertSourcesUnchanged } from './sources-unchanged.js';
import type { VerifiedFile } from './verify-file.js';

export interface AssembleInput {
  readonly context: BuildContext;
  readonly inventory: ArtifactRef;
  readonly plan: ArtifactRef;
  readonly selection: ArtifactRef;
  /** `risk.json` of a gate that let the plan through; null where there was none. */
  readonly risk?: ArtifactRef | null;
  readonly previousVersion: string | null;
  /** Who approved the plan; null or absent where nobody was asked. */
  readonly approval?: ManifestApproval | null;
}

export interface Assembled {
  readonly tokens: number;
  readonly documents: number;
  readonly caps: number;
  readonly files: number;
  readonly manifestSha256: string;
  readonly syntheticShare: number;
}

interface Parts {
  readonly build: Build;
  readonly staging: string;
  readonly inventory: Inventory;
  readonly plan: OptimalPlan;
  readonly selection: Selection;
  readonly files: readonly DataFile[];
  readonly written: StratumTable<{ tokens: number; documents: number }>;
  readonly risk: RiskReport | null;
}

async function readVerified(context: BuildContext): Promise<VerifiedFile[]> {
  const data = await namesOf(join(stagingFolder(context), 'data'));
  const folder = verifiedFolder(context);
  await haveFolder(folder);
  const marks = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const expected = data.map((name) => `${name}.json`);
  if (marks.join() !== expected.join())
    throw breach('data', `findings on ${data.join(', ')}`, marks.join(', '));
  return Promise.all(
    marks.map(
      async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as VerifiedFile,
    ),
  );
}

/** Sums of the training files of one format; all formats must agree. */
function tallyFiles(verified: readonly VerifiedFile[], format: string): Parts['written'] {
  const table: Parts['written'] = new StratumTable(() => ({ tokens: 0, documents: 0 }));
  for (const { file, strata } of verified) {
    if (file.split !== 'train' || file.format !== format) continue;
    for (const stratum of strata) {
      const tally = table.at(stratumKeyFrom(stratum));
      tally.tokens += stratum.tokens;
      tally.documents += stratum.documents;
    }
  }
  return table;
}

function checkSelection({ selection, written }: Parts): void {
  let strata = 0;
  for (const stratum of selection.strata) {
    const found = written.find(stratumKeyFrom(stratum)) ?? { tokens: 0, documents: 0 };
    const where = nameParts(stratum).join(' / ');
    if (found.tokens !== stratum.tokensSelected || found.documents !== stratum.documentsSelected) {
      throw breach(
        where,
        `${stratum.documentsSelected} documents, ${stratum.tokensSelected} tokens`,
        `${found.documents} documents, ${found.tokens} tokens`,
      );
    }
    if (found.documents > 0) strata++;
  }
  if (strata !== written.entries().length)
    throw breach('data', `${strata} strata`, `${written.entries().length}`);
}

function checkHoldout({ selection, files }: Parts): void {
  const formats = new Set(files.map(({ format }) => format));
  for (const format of formats) {
    const held = files.filter((file) => file.split === 'holdout' && file.format === format);
    const tokens = held.reduce((sum, file) => sum + file.tokens, 0);
    if (tokens !== selection.holdout.tokens)
      throw breach('holdout', `${selection.holdout.tokens} tokens`, `${tokens}`);
  }
}

async function attachmentsOf(staging: string): Promise<Manifest['attachments']> {
  const entries = await readdir(staging, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(staging, join(entry.parentPath, entry.name)).split('\\').join('/'))
    .filter((path) => !path.startsWith('data/') && path !== MANIFEST_FILE)
    .sort();
  return Promise.all(
    paths.map(async (path) => ({ path, ...(await sha256File(join(staging, path))) })),
  );
}

function targetsOf({ build, written, plan }: Parts): Manifest['targets'] {
  const tokens = new Map<string, number>(
    Object.keys(build.recipe.targetShares).map((domain) => [domain, 0]),
  );
  for (const { key, value } of written.entries())
    tokens.set(key.domain, (tokens.get(key.domain) ?? 0) + value.tokens);
  const whole = [...tokens.values()].reduce((sum, n) => sum + n, 0);
  const targets = new Map(plan.targets.map(({ domain, target }) => [domain, target]));
  return [...tokens.keys()].sort().map((domain) => ({
    domain,
    target: targets.get(domain) ?? build.recipe.targetShares[domain] ?? null,
    written: whole === 0 ? 0 : (tokens.get(domain) ?? 0) / whole,
    tokens: tokens.get(domain) ?? 0,
  }));
}

async function evaluationOf(build: Build): Promise<Manifest['evaluation']> {
  const labelled: Manifest['evaluation'] = [];
  for (const pinned of pinnedBenchmarks(build))
    labelled.push(await benchmarkLabelsOf(build, pinned));
  return labelled;
}

function riskOf(report: RiskReport | null): Manifest['risk'] {
  if (report === null) return null;
  const { decision, policy, simulator, rounds } = report;
  const capsAdded = capsAddedBy(rounds).map(({ id }) => id);
  return { decision, policy: policy.name, simulator, attempts: rounds.length, capsAdded };
}

async function manifestOf(
  parts: Parts,
  { previousVersion, approval = null }: Pick<AssembleInput, 'previousVersion' | 'approval'>,
): Promise<Manifest> {
  const { build, inventory, plan, selection, files, written } = parts;
  const { recipe, context, pins } = build;
  const tally = written.entries().map(({ key, value }) => ({ key, ...value }));
  const requested = new Map(plan.allocations.map((a) => [keyText(a), a.tokensRequested]));
  const clusters = (await openClusters(build)).summary as ClusterSummary;
  const { exactGroups, nearPairs, clusters: count, documentsRemoved } = clusters;
  return {
    schemaVersion: 1,
    name: recipe.name,
    version: recipe.version,
    recipeFingerprint: context.recipeFingerprint,
    recipe,
    seed: recipe.seed,
    tokenizer: pins.tokenizer.name,
    tool: TOOL,
    policies: {
      labels: LABEL_POLICY,
      duplicates: `word-5-gram Jaccard >= ${recipe.nearDuplicates.jaccard}`,
      selection: 'keyed-rank-v1',
    },
    asOf: context.asOf,
    inputs: pins.sources.flatMap(({ name, shards }) =>
      shards.map(({ file, sha256, bytes }) => ({ source: name, path: file, sha256, bytes })),
    ),
    sources: inventory.sources,
    leftOut: inventory.leftOut,
    duplicates: { exactGroups, nearPairs, clusters: count, documentsRemoved },
    benchmarks: await screenedBenchmarks(build),
    evaluation: await evaluationOf(build),
    tokenBudget: recipe.tokenBudget,
    tokensPlanned: plan.tokensAllocated,
    tokensWritten: tally.reduce((sum, { tokens }) => sum + tokens, 0),
    documentsWritten: tally.reduce((sum, { documents }) => sum + documents, 0),
    targets: targetsOf(parts),
    strata: selection.strata.map((stratum) => ({
      ...stratumKeyFrom(stratum),
      tokensAvailable: stratum.tokensAvailable,
      tokensRequested: requested.get(keyText(stratum)) ?? 0,
      tokensPlanned: stratum.tokensPlanned,
      tokensWritten: written.find(stratumKeyFrom(stratum))?.tokens ?? 0,
      documentsWritten: written.find(stratumKeyFrom(stratum))?.documents ?? 0,
    })),
    notes: [...selection.notes],
    caps: capUsages(recipe, tally, inventory),
    licenceCost: licenceOf(recipe, inventory.strata, tally),
    risk: riskOf(parts.risk),
    approval,
    holdout: selection.holdout,
    files: [...files],
    attachments: [],
    previousVersion,
  };
}

async function openParts(input: AssembleInput): Promise<Parts> {
  const { context } = input;
  const build = await openBuild(context);
  const staging = stagingFolder(context);
  await haveFolder(staging, (name) => !name.startsWith('data/'));
  const plan = await readJsonArtifact(context.workspace, input.plan, planSchema);
  if (plan.status !== 'optimal') throw new Error('an infeasible plan was written');
  const verified = await readVerified(context);
  const tables = build.recipe.output.formats.map((format) => tallyFiles(verified, format));
  const texts = tables.map((table) => JSON.stringify(table.entries()));
  if (new Set(texts).size > 1)
    throw breach('data', 'Parquet and Arrow with the same rows', 'different tallies');
  return {
    build,
    staging,
    plan,
    inventory: await readJsonArtifact(context.workspace, input.inventory, inventorySchema),
    selection: await readJsonArtifact(context.workspace, input.selection, selectionSchema),
    files: verified.map(({ file }) => file),
    written: tables[0]!,
    risk: input.risk ? await readJsonArtifact(context.workspace, input.risk, riskReport) : null,
  };
}

/** Writes a file of the version whole: a second attempt at the same time never sees half of it. */
async function writeWhole(staging: string, name: string, text: string): Promise<void> {
  const half = join(staging, '..', `${randomUUID()}.half`);
  await writeFile(half, text);
  await mkdir(dirname(join(staging, name)), { recursive: true });
  await rename(half, join(staging, name));
  await shareFile(join(staging, name));
}

async function writeTexts(parts: Parts, draft: Manifest): Promise<void> {
  const { build, staging, plan, inventory, selection, risk } = parts;
  const provenance = await provenanceRecordOf(build, staging);
  const view = reportView(draft, plan, provenance, risk);
  const specs = [...chartSpecs(view), ...riskCharts(view.risk)];
  const charts = Object.fromEntries(specs.map((spec) => [spec.id, renderChart(spec)]));
  await mkdir(staging, { recursive: true });
  await writeWhole(staging, 'plan.json', canonicalJson({ plan, inventory, selection }));
  await writeWhole(staging, 'provenance.json', canonicalJson(provenance));
  await writeWhole(staging, 'README.md', renderCard(view, draft));
  await writeWhole(staging, 'report.html', renderReport(view, charts));
  if (risk !== null) await writeWhole(staging, RISK_FILE, canonicalJson(risk));
  for (const { path, text } of weightFiles(weightsOfManifest(draft, plan)))
    await writeWhole(staging, `weights/${path}`, text);
}

export async function run(input: AssembleInput, progress: Float64Array): Promise<Assembled> {
  await assertSourcesUnchanged(input.context);
  const parts = await openParts(input);
  progress[1] = 3;
  checkSelection(parts);
  checkHoldout(parts);
  const draft = await manifestOf(parts, input);
  const broken = draft.caps.find((usage) => !usage.kept);
  if (broken !== undefined) {
    throw breach(
      `cap "${broken.capId}" (${broken.scope})`,
      `${broken.kind} ${broken.limit}`,
      String(broken.used),
    );
  }
  progress[0] = 1;
  return guardIo(parts.staging, async () => {
    await writeTexts(parts, draft);
    progress[0] = 2;
    const manifest: Manifest = { ...draft, attachments: await attachmentsOf(parts.staging) };
    const text = `${JSON.stringify(manifest, null, 1)}\n`;
    await writeWhole(parts.staging, MANIFEST_FILE, text);
    progress[0] = 3;
    const synthetic = manifest.strata
      .filter(({ label }) => label === 'synthetic')
      .reduce((sum, { tokensWritten }) => sum + tokensWritten, 0);
    return {
      tokens: manifest.tokensWritten,
      documents: manifest.documentsWritten,
      caps: manifest.caps.length,
      files: manifest.files.length,
      manifestSha256: sha256(text),
      syntheticShare: manifest.tokensWritten === 0 ? 0 : synthetic / manifest.tokensWritten,
    };
  });
}
