/** Values of a model's parameters from those that are given, for callers inside: the self-test, property tests. */
import { assert } from '../schema/failure.js';
import type { Model, ParameterValues } from './model.js';

/** Every parameter with its value: as given, or its fallback. Throws where a name is unknown or one is missing. */
export function completeValues(model: Model, given: ParameterValues): ParameterValues {
  const names = model.parameters.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  assert(unknown === undefined, `model ${model.name} has no parameter ${unknown}`);
  const values = Object.fromEntries(
    model.parameters.map(({ name, fallback }) => {
      const value = given[name] ?? fallback;
      assert(value !== undefined, `model ${model.name} needs ${name}`);
      return [name, value];
    }),
  );
  const problem = model.check(values);
  assert(problem === null, `model ${model.name}: ${JSON.stringify(problem)}`);
  return values;
}
