/**
 * A week in fast motion: a line with schedules, files that arrive at random moments, people who answer
 * late, twice, wrongly or never, worker, server and keeper killed, a grant revoked in the middle. Then
 * everything is waited for, and `week-judge.mjs` says whether what was promised held.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSession } from '../dist/client/build/session.js';
import { handleOf } from '../dist/client/line/find-line.js';
import { lineInput } from '../dist/client/line/line-start.js';
import { sendArrivals, sendHashed } from '../dist/client/line/send-arrivals.js';
import { readRecipe } from '../dist/client/recipe/read-recipe.js';
import { fileOf, NAME, REVOKED, recipeText, write, writeBase } from './week-corpus.mjs';
import { judgeWeek } from './week-judge.mjs';
import { People } from './week-people.mjs';
import { planWeek } from './week-plan.mjs';

const MAIN = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'client', 'main.js');
/** A message that is not answered in time is sent again: its worker may be dead. */
const ANSWER_MS = 12_000;
const ATTEMPTS = 40;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function inTime(answer, ms = ANSWER_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
  });
  answer.catch(() => undefined);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

class Week {
  constructor(options) {
    Object.assign(this, options);
    this.workspace = join(this.folder, 'workspace');
    this.recipe = join(this.folder, 'recipe.yaml');
    this.env = { ...process.env, BALLAST_STATE_DIR: join(this.folder, 'state'), NO_COLOR: '1' };
    this.inTime = inTime;
    /** By index: the file as it arrived, and every message about it. */
    this.files = new Map();
    this.killed = {};
    this.retractions = [];
    this.tasks = [];
  }

  /** The real command. */
  run(...args) {
    const options = { env: this.env, cwd: this.folder, maxBuffer: 1 << 28 };
    return new Promise((done) => {
      execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        done({ code, stdout, stderr });
      });
    });
  }

  async json(...args) {
    const { code, stdout, stderr } = await this.run(...args, '--json');
    if (code !== 0)
      throw new Error(
        `ballast ${args.join(' ')}: exit ${code}: ${stdout.slice(-2_000)}${stderr.slice(-2_000)}`,
      );
    return JSON.parse(stdout);
  }

  writeRecipe(onDeadline) {
    const { budget, seed, approvalSeconds, reviewSeconds, every } = this;
    const options = { budget, seed, onDeadline, approvalSeconds, reviewSeconds, every };
    writeFileSync(this.recipe, recipeText(options));
  }

  async begin() {
    mkdirSync(this.folder, { recursive: true });
    writeBase(this.folder);
    this.writeRecipe('reject');
    await this.json('up');
    this.session = await openSession({ onProgress: () => undefined });
    const read = await readRecipe({ path: this.recipe, set: [] });
    const { turnsPerRun } = this;
    const input = {
      ...lineInput({ read, workspace: this.workspace, by: 'cli:week' }),
      turnsPerRun,
    };
    await this.session.client.workflow.start('mixLine', {
      ...{ workflowId: `mix-line/${NAME}`, taskQueue: 'ballast', args: [input] },
      memo: { workspace: this.workspace },
    });
    await this.json('schedule', 'sync', '-c', this.recipe, '--workspace', this.workspace);
  }

  /** Until it is answered; a revived session speaks to the server where it is now. */
  async again(act, ms) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTime(act(), ms);
      } catch (error) {
        if (error.code === 'ARRIVAL_INVALID' || attempt === ATTEMPTS) throw error;
        await pause(300);
        await inTime(this.session.revive(), 60_000).catch(() => undefined);
      }
    }
  }

  status() {
    return this.again(() => handleOf(this.session, NAME).query('line'));
  }

  async isBuilding() {
    const asked = inTime(handleOf(this.session, NAME).query('line'), 3_000);
    return asked.then(({ building }) => building !== null).catch(() => false);
  }

  send(shard, path, kind) {
    const options = { name: NAME, files: [path], source: shard.source, start: null };
    return this.tell(this.files.get(shard.index), kind, () => sendArrivals(this.session, options));
  }

  async tell(known, kind, act) {
    const sent = { kind, startedMs: Date.now(), attempts: 0, wasBuilding: await this.isBuilding() };
    known.sent.push(sent);
    const [answer] = await this.again(() => {
      sent.attempts++;
      return act();
    });
    Object.assign(sent, { answer, endedMs: Date.now() });
    return answer;
  }

  async arrive({ shard }) {
    const file = fileOf(shard);
    const path = write(this.folder, shard.file, file.bytes);
    this.files.set(shard.index, { ...file, shard, sent: [], meddled: false });
    const known = this.files.get(shard.index);
    if (shard.broken === 'changed-before') return this.arriveChanged(shard, path, known);
    const { state } = await this.send(shard, path, 'arrive');
    // Where a build has it already, its bytes were read: a change now is another story.
    if (state !== 'waiting' || !shard.broken?.endsWith('-after')) return;
    known.meddled = true;
    if (shard.broken === 'deleted-after') rmSync(path);
    else writeFileSync(path, Buffer.concat([file.bytes, Buffer.from('\n\n')]));
  }

  /** Told of bytes that lie there no more: it was changed after it was hashed. */
  async arriveChanged({ source, file }, path, known) {
    known.meddled = true;
    const { sha256, bytes } = known;
    writeFileSync(path, Buffer.concat([bytes, Buffer.from('\n\n')]));
    const arrival = { source, file, sha256, bytes: bytes.length, tokens: null };
    await this.tell(known, 'arrive', () =>
      sendHashed(this.session, { name: NAME, start: null }, [arrival]),
    );
  }

  repeat({ shard, kind }) {
    const known = this.files.get(shard.index);
    const file = kind === 'copy' ? `copies/${shard.index}-${shard.file.slice(6)}` : shard.file;
    return this.send(shard, write(this.folder, file, known.bytes), kind);
  }

  kill({ part }) {
    const pid = this.livePid(part);
    if (pid === null) return this.count('kill missed');
    process.kill(pid, 'SIGKILL');
    this.count(part);
  }

  /** A record may be gone, or outlive its process, and the number be another's by then. */
  livePid(part) {
    try {
      const record = readFileSync(join(this.folder, 'state', `${part}.json`), 'utf8');
      const { pid } = JSON.parse(record);
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.folder) ? pid : null;
    } catch (error) {
      if (error.code === 'ENOENT') return null;
      throw error;
    }
  }

  count(what) {
    this.killed[what] = (this.killed[what] ?? 0) + 1;
  }

  /** As its remedy says: the same command again, until every mix stands without the text. */
  async retract() {
    // A grant that no version holds is no story.
    while ((await this.status()).lastPublished === null) await pause(500);
    const words = ['retract', '--grant', REVOKED, '--yes', '--reason', 'the licensor ended it'];
    const args = [
      ...words,
      '--by',
      'ada',
      '-c',
      this.recipe,
      '--workspace',
      this.workspace,
      '--json',
    ];
    for (let tried = 0; tried < 12; tried++) {
      const { code, stdout, stderr } = await this.run(...args);
      const found = JSON.parse(stdout || '{"error":{"code":"none"}}');
      this.retractions.push({ code, error: found.error?.code, found: found.error?.found, stderr });
      if (code === 0) {
        this.retracted = found;
        return;
      }
      this.say(`retraction: exit ${code} ${found.error?.code}: ${found.error?.found}`);
      await pause(1_000);
    }
    throw new Error(`the retraction did not end: ${JSON.stringify(this.retractions.at(-1))}`);
  }

  /** As a person would: the same command again, where the worker died under it. */
  async reconfigure() {
    this.writeRecipe('approve');
    const start = () =>
      this.json('line', 'start', '-c', this.recipe, '--workspace', this.workspace);
    await this.again(start, 60_000);
  }

  async happen(event) {
    if (event.kind === 'arrive') return this.arrive(event);
    if (event.kind === 'kill') return this.kill(event);
    if (event.kind === 'retract') return this.retract();
    if (event.kind === 'reconfigure') return this.reconfigure();
    return this.repeat(event);
  }

  async live(events) {
    const startedMs = Date.now();
    for (const event of events) {
      await pause(startedMs + event.atMs - Date.now());
      const task = this.happen(event).catch((error) => {
        throw new Error(`${event.kind} ${event.shard?.file ?? event.part ?? ''}: ${error.stack}`);
      });
      task.catch((error) => this.say(String(error)));
      this.tasks.push(task);
    }
    await Promise.all(this.tasks);
  }

  /** Nothing waits, nothing is built, nothing is frozen; then no schedule starts anything more. */
  async settle(people) {
    people.mayReject = false;
    const quiet = async () => {
      const { pending, listed, building, frozen } = await this.status();
      return pending.length + listed === 0 && building === null && frozen === null;
    };
    await this.until('nothing waits', quiet, this.settleMs);
    for (const name of ['often', 'nightly', 'grants'])
      await this.json('schedule', 'delete', `${NAME}/${name}`);
    await pause(1_000);
    await this.until('nothing waits', quiet, this.settleMs);
    await this.json('line', 'stop', NAME);
    await this.until('no workflow runs', () => this.isIdle(), this.settleMs);
  }

  async isIdle() {
    const { client } = this.session;
    return this.again(async () => {
      for await (const _ of client.workflow.list({ query: 'ExecutionStatus = "Running"' }))
        return false;
      return true;
    });
  }

  async until(what, look, ms) {
    const until = Date.now() + ms;
    while (!(await look())) {
      if (Date.now() > until)
        throw new Error(
          `${what}: not within ${ms / 1000} s; the line: ${JSON.stringify(await this.status()).slice(0, 1_500)}`,
        );
      await pause(500);
    }
  }
}

/**
 * Lives the week and judges it.
 * @returns figures, and the violated properties in words; none where all held
 */
export async function runWeek(options) {
  const startedMs = Date.now();
  const before = process.env.BALLAST_STATE_DIR;
  const week = new Week(options);
  process.env.BALLAST_STATE_DIR = week.env.BALLAST_STATE_DIR;
  const people = new People(week);
  try {
    const { events, shards } = planWeek(options);
    await week.begin();
    const living = people.live();
    try {
      await week.live(events);
      await week.settle(people);
    } finally {
      people.end();
      await living;
    }
    const seconds = Math.round((Date.now() - startedMs) / 1_000);
    return await judgeWeek({ week, people, shards, seconds });
  } finally {
    if (week.session !== undefined) await week.session.client.connection.close();
    await week.run('down');
    if (before === undefined) delete process.env.BALLAST_STATE_DIR;
    else process.env.BALLAST_STATE_DIR = before;
  }
}
