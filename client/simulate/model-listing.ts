/** What `--list` shows: each model with its parameters and quantities, as tables and as one document. */
import type { Model, Parameter } from '../../core/simulate/model.js';
import { MODELS } from '../../core/simulate/models/index.js';
import type { Output } from '../terminal/output.js';
import { expectedOf, fallbackOf } from './parameter-text.js';
import { RUN_OPTIONS, runOptions } from './run-options.js';
import { simulatorVersion } from './version.js';

const COMMAND = 'ballast simulate';

/** Shows one model, or all where none is named. */
export function printListing(output: Output, model: Model | null): void {
  const models = model === null ? MODELS : [model];
  if (output.json) {
    output.emit(listingDocument(models));
    return;
  }
  if (model === null) {
    output.table(
      'models',
      ['model', 'what it simulates'],
      models.map(({ name, summary }) => [name, summary]),
    );
    output.line();
    printParameters(output, 'every model', RUN_OPTIONS);
  }
  for (const one of models) printModel(output, one);
  if (model !== null) printParameters(output, 'of every run', runOptions(model));
}

function printModel(output: Output, { name, summary, parameters, quantities }: Model): void {
  output.line();
  output.line(`${output.colors.cyan(`${COMMAND} --model ${name}`)}  ${summary}`);
  output.line();
  printParameters(output, 'parameters', parameters);
  output.table(
    'quantities',
    ['quantity', 'unit', 'meaning', 'closed form and source'],
    quantities.map((quantity) => [
      ...[quantity.name, quantity.unit, quantity.describe, quantity.source],
    ]),
  );
  output.line();
}

function printParameters(output: Output, title: string, parameters: readonly Parameter[]): void {
  if (parameters.length === 0) return;
  output.table(
    title,
    ['parameter', 'unit', 'what is written', 'default', 'meaning'],
    parameters.map((parameter) => [
      ...[`--${parameter.name}`, parameter.unit, expectedOf(parameter), fallbackOf(parameter)],
      parameter.describe,
    ]),
  );
  output.line();
}

/** `{ version, options, models }`; every field of a parameter is there, null where it has none. */
export function listingDocument(models: readonly Model[]): object {
  return {
    version: simulatorVersion(),
    options: RUN_OPTIONS.map(parameterJson),
    models: models.map(({ name, summary, parameters, quantities, usual }) => ({
      ...{ name, summary, usual: usual ?? null },
      parameters: parameters.map(parameterJson),
      quantities: quantities.map(({ name, unit, describe, source }) => ({
        ...{ name, unit, describe, source },
      })),
    })),
  };
}

function parameterJson(parameter: Parameter): object {
  const { name, kind, unit, min, exclusiveMin, max, choices, fallback, excludes, describe } =
    parameter;
  return {
    ...{ name, kind, unit },
    min: min ?? null,
    exclusiveMin: exclusiveMin ?? false,
    max: max ?? null,
    choices: choices ?? null,
    required: fallback === undefined,
    fallback: fallback ?? null,
    excludes: excludes ?? [],
    describe,
  };
}
