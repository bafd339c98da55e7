/**
 * Time and memory of a plan against its size: solved, rounded, priced with ranges and certified, or its conflict
 * named. Each row runs in a process of its own, so that memory is its own too.
 *   npm run build && node bench/plan-size.mjs [--json] [strata:caps ..]      (taskset -c 0 for one core)
 * Seconds are of the wall; `cpu` is what the process took of all cores, compilation of the solver included.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { certify } from '../dist/core/plan/certificate.js';
import { planMix } from '../dist/core/plan/plan-mix.js';
import { createHighs } from '../dist/engines/highs.js';
import { planInstance } from './plan-instances.mjs';

const SIZES = ['1000:100', '3000:300', '10000:500'];
const KINDS = ['roomy', 'tight', 'infeasible'];

/** A solver that adds up its time: `solve` for stages and rounding, sessions for prices and conflicts. */
function timed(solver) {
  const seconds = { solve: 0, session: 0 };
  const within = async (part, work) => {
    const start = performance.now();
    const answer = await work();
    seconds[part] += (performance.now() - start) / 1000;
    return answer;
  };
  const open = (model) => {
    const session = solver.open(model);
    const solve = session.solve.bind(session);
    session.solve = () => within('session', solve);
    return session;
  };
  const solve = (model) => within('solve', () => solver.solve(model));
  return { seconds, solver: { name: solver.name, version: solver.version, solve, open } };
}

async function measure(strata, caps, kind) {
  const { recipe, inventory } = planInstance({ strata, caps, kind });
  const { seconds, solver } = timed(await createHighs());
  const cpu = process.cpuUsage();
  const start = performance.now();
  const plan = await planMix(recipe, inventory, 'bench', solver);
  const planned = performance.now();
  const complaints = certify(recipe, inventory, plan);
  const end = performance.now();
  const used = process.cpuUsage(cpu);
  if (complaints.length > 0) throw new Error(`not certified: ${complaints.slice(0, 3).join('; ')}`);
  const isInfeasible = plan.status === 'infeasible';
  if (isInfeasible !== (kind === 'infeasible')) throw new Error(`${kind}: ${plan.status}`);
  return {
    ...{ kind, strata, caps, rows: isInfeasible ? null : plan.caps.length },
    priced: isInfeasible ? null : plan.caps.filter((cap) => cap.price?.tokens).length,
    conflict: isInfeasible ? plan.conflict.length : null,
    solve: seconds.solve,
    session: seconds.session,
    other: (planned - start) / 1000 - seconds.solve - seconds.session,
    certificate: (end - planned) / 1000,
    seconds: (end - start) / 1000,
    cpu: (used.user + used.system) / 1e6,
    megabytes: process.resourceUsage().maxRSS / 1024,
  };
}

const COLUMNS = ['kind', 'strata', 'caps', 'rows', 'priced', 'conflict'];
const TIMES = ['solve', 'session', 'other', 'certificate', 'seconds', 'cpu'];

function line(row) {
  const cells = [
    ...COLUMNS.map((name) => row[name] ?? ''),
    ...TIMES.map((name) => row[name].toFixed(2)),
    row.megabytes.toFixed(0),
  ];
  return `| ${cells.join(' | ')} |`;
}

const given = process.argv.slice(2);
if (given[0] === '--one') {
  const [strata, caps] = given[1].split(':').map(Number);
  process.stdout.write(JSON.stringify(await measure(strata, caps, given[2])));
} else {
  const sizes = given.filter((text) => text !== '--json');
  const rows = (sizes.length > 0 ? sizes : SIZES).flatMap((size) =>
    KINDS.map((kind) => {
      const command = [fileURLToPath(import.meta.url), '--one', size, kind];
      return JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' }));
    }),
  );
  if (given.includes('--json')) console.log(JSON.stringify(rows));
  else {
    console.log(`| ${[...COLUMNS, ...TIMES, 'MB'].join(' | ')} |`);
    console.log(`|${' --- |'.repeat(COLUMNS.length + TIMES.length + 1)}`);
    for (const row of rows) console.log(line(row));
  }
}
