/**
 * S1: the types of a domain under Wright-Fisher drift with human text, suppression and a policy.
 *
 * g = 0 is human text of n words, the planned spectrum: c copies of a type. Each generation draws, for every type,
 *
 *   x' = human + Poisson(b n w x / sum w x),   b = 1 - alpha,
 *
 * with human = Poisson(alpha c), anew in each generation (fresh) or drawn once (fixed). So both are one thing at
 * g = 1, the planned mix, and coverage never passes that of all-human text by more than chance; a type is absent
 * with chance e^{-alpha c} f_g^c under fixed text and `replace`, e^{-c (alpha + b w)} in an accumulated pool. Independent
 * Poisson counts are multinomial counts given their sum, so each corpus is an exact multinomial draw of a
 * size that is itself Poisson about n; F families pooled by their shares are one Poisson draw of the pooled
 * rate. Policies: `replace` trains on x'; `accumulate` on the sum of all x' since g = 1, in which a fixed human set
 * stands once; `accumulate-subsample` on a binomial thinning of that pool to n words.
 *
 * Each run draws alpha and w (epistemic), then the drift (aleatory). Every fifth run is repeated at the
 * point alpha and w: `aleatory:tailCoverage` is what drift alone does. Streams are keyed by purpose, run and
 * generation, not by alpha, and a type that gets no copy uses up a number all the same, so points of a sweep
 * share random numbers as far as their counts agree.
 */
import { derive } from '../../random/draw.js';
import { binomial, poisson } from '../../random/samplers.js';
import { RandomStream } from '../../random/stream.js';
import type { DomainMeasure, DomainMix, Scenario, SimulationBlock } from '../../schema/risk.js';
import { type DriftMeter, driftMeter } from './drift-metrics.js';
import { outerCurve, outerShare } from './outer-draw.js';
import { plannedSpectra } from './planned-spectrum.js';
import { curveAt, pointCurve, suppressionOf } from './suppression.js';
import { joinSlots, type TypeSlots, typeSlots } from './type-slots.js';

export interface SimulationRun {
  readonly measure: DomainMeasure;
  readonly mix: DomainMix;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly firstRun: number;
  readonly runs: number;
  /** Called after each generation; may throw to stop. */
  readonly tick: (done: number, total: number) => void;
}

/** Runs apart at which drift alone is simulated too. */
export const ALEATORY_EVERY = 5;
export const ALEATORY = 'aleatory:tailCoverage';

/** Slots of one subgroup. */
const SUBGROUP_SLOTS = 20_000;

/** Values by metric, run and generation 0..G, ratios to all-human text of n words. Deterministic by seed. */
export function runDrift(run: SimulationRun): SimulationBlock['values'] {
  const { scenario, firstRun, runs } = run;
  const world = worldOf(run);
  const values: SimulationBlock['values'] = {};
  const columnOf = (metric: string) => {
    values[metric] ??= Array.from({ length: runs }, () => nothing(scenario.generations));
    return values[metric];
  };
  for (const name of world.meter.names) columnOf(name);
  columnOf(ALEATORY);
  const total = runs * scenario.generations;
  for (let i = 0; i < runs; i++) {
    const drawn = outerDraw(run, world, firstRun + i);
    drift(world, { ...drawn, run: firstRun + i }, (g, counts) => {
      const at = g === 0 ? null : world.meter.measure(counts);
      for (const name of world.meter.names) values[name]![i]![g] = at === null ? 1 : at[name]!;
      if (g > 0) run.tick(i * scenario.generations + g, total);
    });
    if ((firstRun + i) % ALEATORY_EVERY !== 0) continue;
    const { point } = world;
    drift(world, { humanShare: scenario.humanShare, w: point, run: firstRun + i }, (g, counts) => {
      values[ALEATORY]![i]![g] = g === 0 ? 1 : world.meter.measure(counts).tailCoverage!;
    });
  }
  return dropEmpty(values);
}

const nothing = (generations: number): (number | null)[] =>
  Array.from({ length: generations + 1 }, () => null);

/** A metric of which all-human text has nothing is left out. */
function dropEmpty(values: SimulationBlock['values']): SimulationBlock['values'] {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([metric, rows]) => metric === ALEATORY || rows.some((row) => row.at(-1) !== null),
    ),
  );
}

interface World {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly slots: TypeSlots;
  readonly main: number;
  readonly meter: DriftMeter;
  /** w of each slot at the measured points. */
  readonly point: Float64Array;
}

function worldOf({ measure, mix, scenario, seed }: SimulationRun): World {
  const planned = plannedSpectra(measure, mix.words);
  const parts = [
    typeSlots(planned.domain),
    ...planned.subgroups.map(({ spectrum }) => typeSlots(spectrum, SUBGROUP_SLOTS)),
  ];
  const { starts, ...slots } = joinSlots(parts);
  const subgroups = planned.subgroups.map(({ name }, i) => ({
    name: `subgroup:${name}`,
    from: starts[i + 1]!,
    to: starts[i + 2]!,
  }));
  const main = starts[1]!;
  const meter = driftMeter({ slots, main, subgroups });
  const suppression = suppressionOf(measure, { ...scenario, words: mix.words });
  const wOf = curveAt(pointCurve(suppression), suppression);
  return { seed, scenario, slots, main, meter, point: slots.copies.map(wOf) };
}

function outerDraw({ measure, mix, scenario, seed }: SimulationRun, world: World, run: number) {
  const suppression = suppressionOf(measure, { ...scenario, words: mix.words });
  const curve = outerCurve(suppression, { seed, domain: scenario.domain, run });
  const wOf = curveAt(curve, suppression);
  return { humanShare: outerShare(mix, scenario, run), w: world.slots.copies.map(wOf) };
}

interface DriftRun {
  readonly humanShare: number;
  readonly w: Float64Array;
  readonly run: number;
}

/** One chain; `see` gets the counts that generation g trains on. */
function drift(world: World, own: DriftRun, see: (g: number, counts: Float64Array) => void): void {
  const { scenario, slots } = world;
  const { generations, policy, human } = scenario;
  const streamOf = (purpose: string, g: number) =>
    new RandomStream(derive(world.seed, `drift-${purpose}`, scenario.domain, own.run, g));
  const block = human === 'fixed' ? humanText(slots, own.humanShare, streamOf('block', 0)) : null;
  let trained = slots.copies;
  const pool = new Float64Array(slots.length);
  see(0, trained);
  for (let g = 1; g <= generations; g++) {
    const next = nextCorpus(world, { ...own, block, trained }, streamOf('corpus', g));
    if (policy === 'replace') trained = next;
    else {
      const old = g > 1 ? block : null;
      for (let i = 0; i < pool.length; i++) pool[i]! += next[i]! - (old?.[i] ?? 0);
      const size = block === null ? g : own.humanShare + (1 - own.humanShare) * g;
      trained = policy === 'accumulate' ? pool : thinned(pool, 1 / size, streamOf('subsample', g));
    }
    see(g, trained);
  }
}

/** A share of human text of the planned size: Poisson(alpha c) copies of each type. */
function humanText({ copies }: TypeSlots, humanShare: number, stream: RandomStream): Float64Array {
  return copies.map((c) => poisson(stream, humanShare * c));
}

interface Parent extends DriftRun {
  readonly block: Float64Array | null;
  readonly trained: Float64Array;
}

function nextCorpus(
  { slots, main }: World,
  { humanShare, w, block, trained }: Parent,
  stream: RandomStream,
): Float64Array {
  const { copies, length } = slots;
  const [words, mass] = massOf(slots, main, { w, trained });
  const perCopy = mass > 0 ? ((1 - humanShare) * words) / mass : 0;
  const next = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const human = block === null ? humanShare * copies[i]! : 0;
    const rate = human + perCopy * w[i]! * trained[i]!;
    if (rate > 0) next[i] = poisson(stream, rate);
    else stream.uniform();
    if (block !== null) next[i]! += block[i]!;
  }
  return next;
}

/** Words n of the planned corpus, and sum of w x over what was trained on. */
function massOf(
  { copies, weights }: TypeSlots,
  main: number,
  { w, trained }: Pick<Parent, 'w' | 'trained'>,
): [words: number, mass: number] {
  let [words, mass] = [0, 0];
  for (let i = 0; i < main; i++) {
    words += weights[i]! * copies[i]!;
    mass += weights[i]! * w[i]! * trained[i]!;
  }
  return [words, mass];
}

/** Each copy stays with chance `share`, a draw without replacement of that part of the words. */
function thinned(pool: Float64Array, share: number, stream: RandomStream): Float64Array {
  return pool.map((count) => binomial(stream, count, share));
}
