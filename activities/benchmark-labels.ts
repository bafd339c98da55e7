/**
 * Labels the items of a benchmark as documents are labelled, by a source of which nobody declares
 * anything: what is found in the rows and texts alone decides. Items are their fields, joined by a
 * blank line. Text statistics are silent: they are calibrated domain by domain, and no reviewer has seen
 * the domain of an evaluation set.
 */
import { syntheticShareOf } from '../core/label/evaluation-rot.js';
import { findBoilerplate } from '../core/label/find-boilerplate.js';
import { labelDocument } from '../core/label/label-document.js';
import { type LabelContext, labelContext } from '../core/label/label-input.js';
import { LABEL_POLICY } from '../core/label/policy.js';
import { findTextDates } from '../core/label/text-dates.js';
import { type BenchmarkLabels, benchmarkLabels } from '../core/schema/contamination.js';
import { LABELS, type Label } from '../core/schema/label.js';
import type { OwnOutputHit } from '../core/schema/own-output.js';
import type { Benchmark, Source } from '../core/schema/recipe.js';
import { readCredentials } from '../engines/credential-signature.js';
import { BANDS } from '../engines/text-kernel.js';
import { artifactKey, makeJsonArtifact, readJsonArtifact } from '../storage/artifact.js';
import { sha256 } from '../storage/digest.js';
import { makeScratch } from '../storage/workspace.js';
import { type BenchmarkFile, type BenchmarkRow, benchmarkRows } from './benchmark-items.js';
import type { Build } from './build-context.js';
import type { PinnedBenchmark } from './contamination.js';
import { indexMadeOf, openIndexes } from './own-output-index.js';
import { type FieldPlan, fieldPlan } from './profile-columns.js';
import { parseRow } from './tasks/parse-row.js';
import { textKernel } from './tasks/profile-shard.js';
import { type NumberedText, searchOutputs } from './tasks/search-outputs.js';

/** Changes whenever the same items may get other labels. */
const EVALUATION_VERSION = 'evaluation@2';
/** Name under which the joined fields stand in for a row's text. */
const ITEM_TEXT = 'ballast:item';

/** Own outputs that items resemble, by place of the item. */
type ItemMatches = ReadonlyMap<number, readonly OwnOutputHit[]>;

/** A source that declares nothing, and that no allow-list can name: a name may hold no colon. */
function sourceOf({ name, path, fields }: Benchmark): Source {
  return {
    name: `benchmark:${name}`,
    paths: [path],
    fields: { id: 'id', text: ITEM_TEXT, created: 'created', url: 'url' },
    domain: { kind: 'constant', value: 'evaluation' },
    provenance: { kind: 'none' },
    modelFamily: null,
    language: null,
    platform: { wellKnown: true, fields: {} },
    grant: null,
    value: 1,
    maxRepetitionFactor: null,
    metadata: [...fields],
  };
}

/** Well-known fields of a row speak of the item, unless they are the item. */
function planOf(source: Source, fields: readonly string[]): FieldPlan {
  const plan = fieldPlan(source);
  return { ...plan, platform: plan.platform.filter(({ field }) => !fields.includes(field)) };
}

class ItemLabeller {
  readonly #source: Source;
  readonly #plan: FieldPlan;
  readonly #build: Build;
  readonly #context: LabelContext;
  readonly #matches: ItemMatches;

  constructor(build: Build, benchmark: Benchmark, matches: ItemMatches) {
    this.#source = sourceOf(benchmark);
    this.#plan = planOf(this.#source, benchmark.fields);
    this.#build = build;
    this.#context = labelContext(build.recipe, build.context.asOf, build.pins.lineages);
    this.#matches = matches;
  }

  get plan(): FieldPlan {
    return this.#plan;
  }

  /** The label of one item; an item without text is unknown. */
  label({ item, fields }: BenchmarkRow): Label {
    const text = textOf(item);
    const row = { place: item.item, fields: { ...fields, [ITEM_TEXT]: text } };
    const parsed = parseRow(row, this.#plan);
    if ('reason' in parsed) return 'unknown';
    const { created, url, language, platform } = parsed;
    return labelDocument(
      {
        source: this.#source,
        id: parsed.id,
        domain: 'evaluation',
        language: language || null,
        created: created || null,
        url: url || null,
        provenanceValue: null,
        modelFamilyValue: null,
        platform: platform === '' ? [] : JSON.parse(platform),
        credentials: readCredentials(text),
        textDates: findTextDates(text),
        boilerplate: findBoilerplate(text),
        ownOutputs: this.#matches.get(item.item) ?? [],
        textScore: null,
        reviews: this.#build.decisions.get(sha256(text)) ?? [],
        cluster: null,
      },
      this.#context,
    ).label;
  }
}

/** An item as one text: its fields, joined by a blank line. */
function textOf({ fields }: BenchmarkRow['item']): string {
  return fields.map((field) => field.text).join('\n\n');
}

async function* itemTexts(items: BenchmarkFile): AsyncGenerator<NumberedText> {
  const kernel = await textKernel({ kind: 'bytes' }, null, null);
  for await (const { item } of benchmarkRows(items)) {
    const text = textOf(item);
    if (text === '') continue;
    const digest = sha256(kernel.load(text));
    const bands = new Uint32Array(2 * BANDS.bandCount);
    kernel.sketch(bands, 0);
    yield { row: item.item, text, digest, bands };
  }
}

function madeOf(build: Build, { benchmark, file }: PinnedBenchmark): unknown {
  const { name, fields, version } = benchmark;
  return {
    activity: EVALUATION_VERSION,
    benchmark: { name, fields, version, sha256: file.sha256, format: file.format },
    policy: LABEL_POLICY,
    labels: build.recipe.labels,
    asOf: build.context.asOf,
    decisions: build.context.decisions.sha256,
    lineages: build.pins.lineages,
    // What a text says and how it is searched for depends on what this runtime's Unicode says.
    unicode: process.versions.unicode ?? '',
    indexes: build.pins.ownOutputs.map(({ name }) => artifactKey(indexMadeOf(build, name))),
  };
}

async function labelItems(
  build: Build,
  { benchmark, file }: PinnedBenchmark,
): Promise<BenchmarkLabels> {
  const { workspace, buildId, baseFolder } = build.context;
  const scratch = await makeScratch(workspace, buildId);
  const place = { benchmark, file, baseFolder, scratch };
  const texts = () => itemTexts(place);
  const blocks = build.recipe.ownOutputs.length === 0 ? [] : await openIndexes(build);
  const labeller = new ItemLabeller(build, benchmark, await searchOutputs(blocks, texts));
  const byLabel = Object.fromEntries(LABELS.map((label) => [label, 0])) as Record<Label, number>;
  let items = 0;
  for await (const row of benchmarkRows(place, labeller.plan)) {
    byLabel[labeller.label(row)]++;
    items++;
  }
  const { name, version } = benchmark;
  const syntheticShare = syntheticShareOf(byLabel, build.recipe.labels.thresholds);
  return { name, version, sha256: file.sha256, items, byLabel, syntheticShare };
}

/** Labels of a benchmark's items, made or read back. */
export async function benchmarkLabelsOf(
  build: Build,
  pinned: PinnedBenchmark,
): Promise<BenchmarkLabels> {
  const { workspace, buildId } = build.context;
  const address = { workspace, buildId, kind: 'evaluation', madeOf: madeOf(build, pinned) };
  const { ref } = await makeJsonArtifact(address, async () => {
    const value = await labelItems(build, pinned);
    return { value, rows: value.items, summary: null };
  });
  return readJsonArtifact(workspace, ref, benchmarkLabels);
}
