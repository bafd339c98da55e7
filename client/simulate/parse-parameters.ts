/**
 * From the words of the command line to the values of a model: every word is checked against the
 * model's own parameters, so what is not said there is an error that names it.
 */
import type { Failure } from '../../core/schema/failure.js';
import { LIMITS } from '../../core/schema/limits.js';
import { nearest, suggest } from '../../core/schema/nearest.js';
import type { Model, Parameter, ParameterValues } from '../../core/simulate/model.js';
import { MODELS, modelNamed } from '../../core/simulate/models/index.js';
import { usage, valuesOf } from '../terminal/arguments.js';
import { expectedOf } from './parameter-text.js';
import { RUN_OPTIONS, TEXT_FLAGS, TIMES } from './run-options.js';

const COMMAND = 'ballast simulate';

/** The one value that is given for a flag; null where there is none. Throws where there are two. */
export function oneValue(rawArgs: readonly string[], name: string): string | null {
  const given = valuesOf(rawArgs, name);
  if (given.length > 1) {
    throw usage(`${COMMAND} --${name}`, 'one value', given.join(' and '), `write --${name} once`);
  }
  return given[0] ?? null;
}

export function parseModel(rawArgs: readonly string[]): Model {
  const name = oneValue(rawArgs, 'model');
  const names = MODELS.map((model) => model.name);
  if (name === null) {
    throw usage(COMMAND, 'a model, --model NAME', 'none', `use one of: ${names.join(', ')}`);
  }
  const model = modelNamed(name);
  if (model !== null) return model;
  throw usage(`${COMMAND} --model`, 'a known model', name, suggest(name, names));
}

/** Every parameter of the model with its value: as given, or its fallback. */
export function parseParameters(model: Model, rawArgs: readonly string[]): ParameterValues {
  refuseForeign(model, rawArgs);
  refuseExcluded(model, rawArgs);
  const values: Record<string, number | string | null> = {};
  for (const parameter of model.parameters) {
    values[parameter.name] = parseParameter(parameter, rawArgs, subjectOf(model, parameter.name));
  }
  const problem = model.check(values);
  if (problem === null) return values;
  const { parameter, expected, found } = problem;
  throw usage(subjectOf(model, parameter), expected, found, remedyOf(model));
}

function subjectOf(model: Model, parameter: string): string {
  return `${COMMAND} --model ${model.name} --${parameter}`;
}

function remedyOf(model: Model): string {
  return `see: ${COMMAND} --list --model ${model.name}`;
}

/** Of two parameters that say the same thing in two ways only one may be given. */
function refuseExcluded(model: Model, rawArgs: readonly string[]): void {
  const isGiven = (name: string) => valuesOf(rawArgs, name).length > 0;
  for (const { name, excludes = [] } of model.parameters) {
    const second = excludes.find(isGiven);
    if (second === undefined || !isGiven(name)) continue;
    const expected = `either --${name} or --${second}`;
    throw usage(subjectOf(model, second), expected, 'both', `leave out --${second} or --${name}`);
  }
}

/** Parameters of other models are known flags of the command, but not of this run. */
function refuseForeign(model: Model, rawArgs: readonly string[]): void {
  const own = model.parameters.map((parameter) => parameter.name);
  const text = own.includes('file') ? TEXT_FLAGS : [];
  const allowed = [...own, ...text, ...RUN_OPTIONS.map(({ name }) => name)];
  const name = unusedFlag(rawArgs, allowed);
  if (name === null) return;
  const expected = own.length === 0 ? 'no parameter' : `a parameter of ${model.name}`;
  const near = nearest(name, own);
  const remedy =
    near === null ? `${ownersOf(name)}use one of: ${own.join(', ')}` : `did you mean "${near}"?`;
  throw usage(`${COMMAND} --model ${model.name}`, expected, `--${name}`, remedy);
}

function ownersOf(name: string): string {
  const owners = MODELS.filter(({ parameters }) => parameters.some((p) => p.name === name));
  return owners.length === 0 ? '' : `it belongs to ${owners.map((o) => o.name).join(', ')}; `;
}

/** The first flag with a value that the command knows and this run does not use; null where there is none. */
export function unusedFlag(rawArgs: readonly string[], allowed: readonly string[]): string | null {
  const all = [
    ...RUN_OPTIONS.map(({ name }) => name),
    ...MODELS.flatMap(({ parameters }) => parameters.map(({ name }) => name)),
    ...[...TEXT_FLAGS, 'mix', 'out'],
  ];
  return all.find((name) => !allowed.includes(name) && valuesOf(rawArgs, name).length > 0) ?? null;
}

/** Refuses what `--list`, `--table` and `--self-test` have no use for. */
export function refuseUnused(
  mode: string,
  rawArgs: readonly string[],
  allowed: readonly string[],
): void {
  const name = unusedFlag(rawArgs, allowed);
  if (name === null) return;
  const remedy = allowed.length === 0 ? `leave out --${name}` : suggest(name, allowed);
  throw usage(`${COMMAND} --${mode}`, 'only flags that it uses', `--${name}`, remedy);
}

/** One value by its parameter; the fallback where none is given. */
export function parseParameter(
  parameter: Parameter,
  rawArgs: readonly string[],
  subject: string,
): number | string | null {
  const text = oneValue(rawArgs, parameter.name);
  if (text !== null) return parseValue(parameter, text, subject);
  if (parameter.fallback !== undefined) return parameter.fallback;
  throw usage(subject, expectedOf(parameter), 'none', `write --${parameter.name} <value>`);
}

const DECIMAL = /^[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function parseValue(parameter: Parameter, text: string, subject: string): number | string {
  const { kind, choices = [], name } = parameter;
  const refuse = (found: string, remedy?: string): Failure =>
    usage(subject, expectedOf(parameter), found, remedy ?? `${name}: ${parameter.describe}`);
  if (kind === 'text') {
    if (text === '') throw refuse('an empty text');
    return text;
  }
  if (kind === 'choice') {
    if (!choices.includes(text)) throw refuse(text, suggest(text, choices));
    return text;
  }
  const value = DECIMAL.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (!Number.isFinite(value)) throw refuse(text === '' ? `nothing after --${name}` : text);
  if (kind === 'integer' && !Number.isSafeInteger(value)) throw refuse(text);
  if (!isInRange(parameter, value)) throw refuse(text);
  return value === 0 ? 0 : value;
}

function isInRange({ min, exclusiveMin = false, max }: Parameter, value: number): boolean {
  if (min !== undefined && (value < min || (exclusiveMin && value === min))) return false;
  return max === undefined || value <= max;
}

/** `--t 1,10,100`: whole, positive, ascending. */
export function parseTimes(model: Model, rawArgs: readonly string[]): number[] {
  const text = oneValue(rawArgs, TIMES.name) ?? model.usual?.t ?? TIMES.fallback;
  const refuse = (found: string): Failure =>
    usage(`${COMMAND} --t`, expectedOf(TIMES), found, 'write for example: --t 1,10,100');
  const times = text.split(',').map((word) => (/^\d+$/.test(word.trim()) ? Number(word) : 0));
  times.forEach((time, i) => {
    if (time < TIMES.min || time > TIMES.max) throw refuse(text);
    if (i > 0 && time <= times[i - 1]!) throw refuse(`${times[i - 1]} before ${time}`);
  });
  if (times.length > LIMITS.simulateTimes) throw refuse(`${times.length} of them`);
  return times;
}
