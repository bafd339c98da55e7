/**
 * The verdict on a mix: FAIL where one domain fails, PASS where every domain passes and the simulators agree
 * with theory, else INCONCLUSIVE. A PASS asks for every domain at once, each at the stated confidence, so no
 * correction for their number is due (intersection-union test; Berger, Technometrics 24, 1982).
 */
import type { DomainRisk, RiskDecision, SelfTestRow } from '../../schema/risk.js';
import type { RiskSettings } from '../../schema/risk-settings.js';
import { isOnlyMonteCarlo } from './decide.js';
import { isAllHuman } from './domain-definitions.js';

export interface RiskEvidence {
  readonly domains: readonly DomainRisk[];
  readonly selfTest: readonly SelfTestRow[];
  readonly settings: Pick<RiskSettings, 'horizonGenerations'>;
  /** Of this attempt. */
  readonly riskBudget: number;
}

export interface RiskVerdict {
  readonly decision: RiskDecision;
  readonly why: string[];
  /** Domains where more runs may give a PASS, for chance alone is in the way. */
  readonly moreRuns: string[];
}

export function judgeRisk({ domains, selfTest, riskBudget }: RiskEvidence): RiskVerdict {
  const failing = domains.filter(({ decision }) => decision === 'FAIL');
  const open = domains.filter(({ decision }) => decision === 'INCONCLUSIVE');
  const moreRuns = open
    .filter((risk) => isOpenByChance(risk, riskBudget))
    .map((risk) => risk.domain);
  const say = (rows: readonly DomainRisk[]) => rows.map(({ domain, why }) => `${domain}: ${why}`);
  if (failing.length > 0) return { decision: 'FAIL', why: say(failing), moreRuns: [] };
  const blocked = [...say(open), ...selfTestDoubts(selfTest)];
  if (domains.length === 0) blocked.push('no domain was judged');
  if (blocked.length > 0) return { decision: 'INCONCLUSIVE', why: blocked, moreRuns };
  const why = [
    `all ${domains.length} domains hold at a risk budget of ${percent(riskBudget)} each`,
  ];
  return { decision: 'PASS', why, moreRuns: [] };
}

/** The tests that each report makes, by number. */
const ACCEPTANCE_TESTS = Array.from({ length: 12 }, (_, i) => i + 1);

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;

function selfTestDoubts(selfTest: readonly SelfTestRow[]): string[] {
  const made = new Set(selfTest.map(({ test }) => test));
  const missing = ACCEPTANCE_TESTS.filter((test) => !made.has(test));
  if (missing.length > 0) {
    return [`self-tests ${missing.join(', ')} of the simulators against theory were not made`];
  }
  const red = selfTest.filter(({ pass }) => !pass);
  return red.map(
    ({ test, what }) => `self-test ${test} is red (${what}), so nothing may pass on it`,
  );
}

function isOpenByChance({ mix, critical, definitions }: DomainRisk, riskBudget: number): boolean {
  return isOnlyMonteCarlo({
    ...{ humanShare: mix.humanShare, critical: critical.estimate, definitions, riskBudget },
    isAllHuman: isAllHuman(mix),
  });
}
