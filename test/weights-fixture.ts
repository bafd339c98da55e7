/** A small version with awkward names: uneven strata, a repeated one, a formula, a name to be escaped. */
import type { Manifest, StratumOutcome } from '../core/schema/manifest.js';
import { reportFixture } from './report-fixture.js';

type Row = readonly [
  source: string,
  domain: string,
  label: StratumOutcome['label'],
  family: string,
  available: number,
  written: number,
];

const ROWS: readonly Row[] = [
  ['=cmd', 'health', 'human_authored', '', 3_000, 1_000],
  ['drafts', 'health', 'synthetic', 'gpt-4.1', 50_000, 10_000],
  ['drafts', 'health', 'synthetic', 'qwen', 10_000, 9_999],
  ['handbook', 'health & "care"\u2028', 'human_authored', '', 20_000, 60_000],
  ['handbook', 'software', 'human_authored', '', 7, 1],
  ['handbook', 'unused', 'unknown', '', 900, 0],
];

/** The manifest of ROWS; files, caps and names are of the report's fixture. */
export function smallManifest(): Manifest {
  const { manifest } = reportFixture();
  const strata = ROWS.map(([source, domain, label, modelFamily, tokensAvailable, tokens]) => ({
    ...{ source, domain, label, modelFamily, grantId: `${source}-grant`, lineageDepth: 0 },
    ...{
      site: source === 'handbook' ? 'example.org' : '',
      language: '',
      anchored: domain === 'software',
    },
    ...{ tokensAvailable, tokensRequested: tokens, tokensPlanned: tokens, tokensWritten: tokens },
    documentsWritten: Math.ceil(tokens / 100),
  }));
  const total = strata.reduce((sum, { tokensWritten }) => sum + tokensWritten, 0);
  const domains = [...new Set(strata.map(({ domain }) => domain))].sort();
  return {
    ...manifest,
    ...{ name: 'small', strata, tokensWritten: total, tokensPlanned: total },
    targets: domains.map((domain) => {
      const own = strata.filter((stratum) => stratum.domain === domain);
      const tokens = own.reduce((sum, { tokensWritten }) => sum + tokensWritten, 0);
      return { domain, target: domain === 'health' ? 0.25 : null, written: tokens / total, tokens };
    }),
    caps: [
      cap('max_repetition_factor:drafts', 'repetition', 1),
      cap('max_repetition_factor:handbook', 'repetition', 4),
      cap('max_repetition_factor:=cmd', 'repetition', 0.5),
      {
        ...cap('=1+1', 'max_share', 0.3),
        slack: -12,
        used: 1e-7,
        kept: false,
        reason: '@sum, "x"',
      },
    ],
  };
}

function cap(capId: string, kind: string, limit: number): Manifest['caps'][number] {
  const amounts = { limitTokens: 90, part: 60, whole: 90, used: 2 / 3, slack: 30 };
  return { capId, scope: 'all', kind, limit, confidence: null, ...amounts, kept: true, reason: '' };
}
