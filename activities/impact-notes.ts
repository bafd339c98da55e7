/** What a person should know beside the figures of an impact. */
import type { RetractionScope, VersionImpact } from '../core/schema/retraction.js';

export function notesOf(scope: RetractionScope, versions: readonly VersionImpact[]): string[] {
  const notes: string[] = [];
  const models = new Set(versions.flatMap(({ runs }) => runs.map(({ model }) => model)));
  if (models.size > 0)
    notes.push(
      `${[...models].sort().join(', ')} were trained on affected versions and stay trained: taking text out of a mix takes nothing out of a model`,
    );
  if (scope.kind === 'grant' || scope.kind === 'source')
    notes.push('an equal text that stands under another grant and source is not withdrawn');
  if (scope.kind === 'documents')
    notes.push(
      'copies with the same text are withdrawn too; near-copies with another text are not',
    );
  if (versions.some(({ capsBroken }) => capsBroken === null))
    notes.push('caps of versions of another version of ballast were not recomputed');
  return notes;
}
