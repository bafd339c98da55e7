/** What `ballast retract` says: the impact before, and what was done after. */
import { impactTables } from '../../core/report/retraction-tables.js';
import { Failure, type FailureParts, isFailureCode } from '../../core/schema/failure.js';
import type { Impact } from '../../core/schema/retraction.js';
import type { RetractResult } from '../../workflows/retract.js';
import { printTables } from '../build/print-tables.js';
import type { Output } from '../terminal/output.js';

export function printImpact(output: Output, found: Impact): void {
  const { versions, versionsRead, versionsDeleted, notes } = found;
  output.line(
    `${output.colors.bold(found.key)}: in ${versions.length} of ${versionsRead.length} published versions`,
  );
  if (versionsDeleted.length > 0)
    output.line(`not read, their data was deleted before: ${versionsDeleted.join(', ')}`);
  printTables(output, impactTables(found));
  for (const note of notes) output.line(output.colors.dim(`note: ${note}`));
}

export function printResult(output: Output, result: RetractResult): void {
  const { colors } = output;
  output.line();
  output.line(
    colors.green(
      `${result.key}: recorded as line ${result.ledgerSequence} of the ledger; builds leave it out`,
    ),
  );
  for (const { state, sentence, name } of result.rebuilds) {
    const mark =
      state === 'failed' ? colors.red(`${name} was not built anew`) : colors.green(state);
    output.line(`${mark}: ${sentence}`);
  }
  output.line(`certificate  ${colors.cyan(`${result.folder}/certificate.html`)}`);
  for (const { state, name, newestAffected, version } of result.rebuilds)
    if (state !== 'failed')
      output.line(
        `what it cost  ${colors.cyan(`ballast diff ${name}@${newestAffected} ${name}@${version}`)}`,
      );
}

/** The failure of a rebuild, as the command ends with it; null where every mix stands without the text. */
export function failureOf(result: RetractResult, found: Impact): Failure | null {
  const failed = result.rebuilds.find(({ state }) => state === 'failed');
  if (failed === undefined) return null;
  const parts = (failed.parts ?? {}) as Partial<FailureParts>;
  const code = isFailureCode(failed.code ?? '') ? failed.code : 'BUILD_CANCELLED';
  return new Failure(
    code as Failure['code'],
    {
      subject: `${failed.name} without ${result.key}`,
      expected: parts.expected ?? 'a version without the withdrawn text',
      found: parts.found ?? failed.sentence,
      where: parts.where ?? `the build in place of ${failed.name}@${failed.newestAffected}`,
      remedy: `the retraction stands, and the line of ${failed.name} stays frozen. ${parts.remedy ?? 'see why the build failed'}; build a new version so, then run the same ballast retract again: it finds that version and lets the line go on`,
    },
    { ...result, impactSummary: found },
  );
}
