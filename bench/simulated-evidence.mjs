/**
 * Evidence as a real corpus would have it, planted on documents whose truth is known: each kind on a
 * stated share of the documents that it tells the truth about (`coverage`) and on a stated share of
 * those that it lies about (`error`). Draws are keyed by document, so every run plants the same.
 */
import { derive, draw } from '../dist/core/random/draw.js';

/** Stated, not measured: what a corpus of mixed sources might have. */
export const PLANTED = {
  /** A day before 2022-11-30 on human text; back-dated text of others. */
  date: { coverage: 0.5, error: 0.005 },
  /** A generator field that names a model, on synthetic text; a forged or mapped-wrong one on others. */
  generator: { coverage: 0.4, error: 0.002 },
  /** An equal, older own output behind synthetic text; a chance hit on others. */
  ownOutput: { coverage: 0.15, error: 0.0005 },
  /** A content credential without a trust anchor, trainedAlgorithmicMedia; pasted by strangers on others. */
  credential: { coverage: 0.1, error: 0.002 },
  /** A platform's digitalSourceType of a composite with AI, on edited text; on others by mistake. */
  edit: { coverage: 0.3, error: 0.002 },
};

/** Of reviewers: share of answers that are another class than the truth, drawn evenly. */
export const REVIEWER_ERROR = 0.02;

const NONE = {
  url: null,
  provenanceValue: null,
  modelFamilyValue: null,
  textDates: null,
  boilerplate: [],
};

function has(kind, row, isSo) {
  const { coverage, error } = PLANTED[kind];
  return draw(derive(1, 'planted', kind), row.id) < (isSo ? coverage : error);
}

/** What the labeller sees of a document, and nothing of its truth but through the plants. */
export function labelInput(row, source, textScore) {
  const isSynthetic = row.truth === 'synthetic';
  const day = has('date', row, row.truth === 'human_authored') ? '2019-05-04' : null;
  const ownHit = has('ownOutput', row, isSynthetic);
  return {
    ...{ source, id: row.id, domain: row.group, language: row.language, ...NONE },
    created: day ?? (ownHit ? '2024-06-01' : null),
    platform: platformOf(row, isSynthetic),
    credentials: has('credential', row, isSynthetic) ? [credential()] : [],
    ownOutputs: ownHit ? [ownOutput(row)] : [],
    ...{ reviews: [], textScore, cluster: null },
  };
}

function platformOf(row, isSynthetic) {
  const fields = [];
  if (has('generator', row, isSynthetic))
    fields.push({ role: 'generator', field: 'model_name', value: 'gpt-4o' });
  if (has('edit', row, row.truth === 'human_edited')) {
    const value = 'compositeWithTrainedAlgorithmicMedia';
    fields.push({ role: 'digital_source_type', field: 'digitalSourceType', value });
  }
  return fields;
}

function credential() {
  return {
    ...{ form: 'unstructured', whole: true, code: 'manifest.text.found', detail: 'planted' },
    digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
    ...{ generator: null, certificates: [], signatureValid: null, bindingValid: null },
    span: [0, 0],
  };
}

function ownOutput({ id, text }) {
  return {
    ...{ output: 'own', id: `own-${id}`, modelFamily: 'house', generated: '2024-01-01' },
    ...{ method: 'exact', cosine: 1, containment: 1, strength: 9, span: [0, text.length] },
  };
}

/** A reviewer's answer: the truth, or with `error` one of the other two classes. */
export function simulatedAnswer(row, error) {
  if (draw(derive(1, 'reviewer-errs'), row.id) >= error) return row.truth;
  const others = ['human_authored', 'human_edited', 'synthetic'].filter((c) => c !== row.truth);
  return others[draw(derive(1, 'reviewer-says'), row.id) < 0.5 ? 0 : 1];
}
