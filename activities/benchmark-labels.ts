/**
 * Labels the items of a benchmark as documents are labelled, by a source of which nobody declares
 * anything: what is found in the rows and texts alone decides. Items are their fields, joined by a
 * blank line. Text statistics are silent: they are calibrated domain by domain, and no reviewer has seen
 * the domain of an evaluation set.
 */
import { syntheticShareOf } from '../core/label/evaluation-rot.js';
import { labelDocument } from '../core/label/label-document.js';
import { type LabelContext, type LabelInput, labelContext } from '../core/label/label-input.js';
import { LABEL_POLICY } from '../core/label/policy.js';
import { type BenchmarkLabels, benchmarkLabels } from '../core/schema/contamination.js';
import { LABELS, type Label } from '../core/schema/label.js';
import type { Benchmark, Source } from '../core/schema/recipe.js';
import { makeJsonArtifact, readJsonArtifact } from '../storage/artifact.js';
import { sha256 } from '../storage/digest.js';
import { makeScratch } from '../storage/workspace.js';
import { type BenchmarkRow, benchmarkRows } from './benchmark-items.js';
import type { Build } from './build-context.js';
import type { PinnedBenchmark } from './contamination.js';
import { type FieldPlan, fieldPlan } from './profile-columns.js';
import { parseRow } from './tasks/parse-row.js';

/** Changes whenever the same items may get other labels. */
const EVALUATION_VERSION = 'evaluation@1';
/** Name under which the joined fields stand in for a row's text. */
const ITEM_TEXT = 'ballast:item';

/** What is found in a text itself, or by a search for it. */
export type TextFindings = Pick<
  LabelInput,
  'credentials' | 'textDates' | 'boilerplate' | 'ownOutputs' | 'textScore'
>;
export type FindInText = (text: string) => TextFindings;

const NOTHING_FOUND: TextFindings = {
  credentials: [],
  textDates: null,
  boilerplate: [],
  ownOutputs: [],
  textScore: null,
};

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
  readonly #find: FindInText;

  constructor(build: Build, benchmark: Benchmark, find: FindInText) {
    this.#source = sourceOf(benchmark);
    this.#plan = planOf(this.#source, benchmark.fields);
    this.#build = build;
    this.#context = labelContext(build.recipe, build.context.asOf, build.pins.lineages);
    this.#find = find;
  }

  get plan(): FieldPlan {
    return this.#plan;
  }

  /** The label of one item; an item without text is unknown. */
  label({ item, fields }: BenchmarkRow): Label {
    const text = item.fields.map((field) => field.text).join('\n\n');
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
        ...this.#find(text),
        reviews: this.#build.decisions.get(sha256(text)) ?? [],
        cluster: null,
      },
      this.#context,
    ).label;
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
  };
}

async function labelItems(
  build: Build,
  { benchmark, file }: PinnedBenchmark,
  find: FindInText,
): Promise<BenchmarkLabels> {
  const { workspace, buildId, baseFolder } = build.context;
  const scratch = await makeScratch(workspace, buildId);
  const labeller = new ItemLabeller(build, benchmark, find);
  const byLabel = Object.fromEntries(LABELS.map((label) => [label, 0])) as Record<Label, number>;
  let items = 0;
  for await (const row of benchmarkRows({ benchmark, file, baseFolder, scratch }, labeller.plan)) {
    byLabel[labeller.label(row)]++;
    items++;
  }
  const { name, version } = benchmark;
  const syntheticShare = syntheticShareOf(byLabel, build.recipe.labels.thresholds);
  return { name, version, sha256: file.sha256, items, byLabel, syntheticShare };
}

/**
 * Labels of a benchmark's items, made or read back. `find` reads a text for credentials and dates and
 * searches for it; where it finds more than before, `EVALUATION_VERSION` must change.
 */
export async function benchmarkLabelsOf(
  build: Build,
  pinned: PinnedBenchmark,
  find: FindInText = () => NOTHING_FOUND,
): Promise<BenchmarkLabels> {
  const { workspace, buildId } = build.context;
  const address = { workspace, buildId, kind: 'evaluation', madeOf: madeOf(build, pinned) };
  const { ref } = await makeJsonArtifact(address, async () => {
    const value = await labelItems(build, pinned, find);
    return { value, rows: value.items, summary: null };
  });
  return readJsonArtifact(workspace, ref, benchmarkLabels);
}
