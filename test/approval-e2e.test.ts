/**
 * People approve a plan, through the real command, server and worker: a build waits, refuses the wrong word, loses
 * its worker, and is published once two have signed; a rejection ends the next one.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifySignedLine } from '../activities/signed-lines.js';
import { verifyWorkspace } from '../client/audit/verify-workspace.js';
import type { ListedApproval } from '../client/review/approval-records.js';
import { approvalPayload } from '../core/review/signed-payload.js';
import type { ApprovalLine } from '../core/schema/approval-lines.js';
import type { FailureParts } from '../core/schema/failure.js';
import type { Manifest } from '../core/schema/manifest.js';
import type { NotifyEvent } from '../core/schema/notify.js';
import type { PacketEntry } from '../core/schema/review-packet.js';
import { makeKeyPair, signText } from '../engines/signature.js';
import { entryHash, readLedger } from '../storage/ledger.js';
import { type Answer, Ballast, type UnderWay } from './ballast-runner.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import { untilSealed } from './until-sealed.js';

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
const recipe = join(ballast.folder, 'recipe.yaml');
const MIX = 'test-mix@2026.11.23';
const keyFile = (who: string) => join(ballast.folder, `${who}.pem`);

const run = (...args: string[]) => ballast.run(...args, '--workspace', workspace, '--json');

function json<T>({ code, stdout, stderr }: Answer, expected = 0): T {
  if (code !== expected)
    throw new Error(`exit ${code}: ${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  return JSON.parse(stdout) as T;
}

interface Failed {
  readonly error: { code: string; found: string; details: { refusal?: string } };
}
interface Listed {
  readonly reviews: readonly { readonly packets: readonly PacketEntry[] }[];
  readonly approvals: readonly ListedApproval[];
}

const listed = async (mix = MIX) => json<Listed>(await run('review', 'list', mix));
/** The test's own time limit ends a wait for what never comes. */
async function untilItWaits(mix: string): Promise<void> {
  for (;;) {
    const { code, stdout } = await run('review', 'list', mix);
    const [approval] = code === 0 ? (JSON.parse(stdout) as Listed).approvals : [];
    if (approval?.state === 'waits') return;
    await sleep(1_000);
  }
}
const say = (word: string, who: string, ...more: string[]) =>
  run('review', word, MIX, '--as', who, ...more);
const refusal = (answer: Answer) => json<Failed>(answer, 4).error.details.refusal;

/** What the worker told outside. */
const told: NotifyEvent[] = [];
const ear = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  request.on('end', () => {
    told.push(JSON.parse(text) as NotifyEvent);
    response.end();
  });
});

const keys: Record<string, string> = {};
let building: UnderWay;

beforeAll(async () => {
  await new Promise<void>((listening) => ear.listen(0, '127.0.0.1', listening));
  process.env.BALLAST_NOTIFY_URL = `http://127.0.0.1:${(ear.address() as AddressInfo).port}/`;
  await writeCorpus(ballast.folder, 1);
  for (const who of ['ann', 'ben', 'dan']) {
    const args = ['review', 'key', '--as', who, '--out', keyFile(who), '--json'];
    keys[who] = json<{ publicKey: string }>(await ballast.run(...args)).publicKey;
  }
  const review = [
    'review: {documents: 6, packet_size: 3, reviewers: [ann, ben], signatures: required,',
    '  approval: required, approvers: [ann, ben], approvals: 2,',
    `  keys: ${JSON.stringify(keys)}}`,
  ];
  writeFileSync(recipe, `${RECIPE}${review.join('\n')}\n`);
  building = await ballast.start('build', '-c', recipe, '--workspace', workspace, '--json');
  await untilItWaits(MIX);
}, 180_000);

afterAll(async () => {
  await ballast.run('down');
  ear.close();
  rmSync(ballast.folder, { recursive: true, force: true });
}, 120_000);

describe('a build that waits', () => {
  test('is listed, shown by status, and told outside', async () => {
    const { approvals } = await listed();
    expect(approvals).toMatchObject([
      { mix: MIX, approvers: ['ann', 'ben'], approvals: 2, missing: 2, answers: [] },
    ]);
    const { stdout } = await ballast.run('status', MIX);
    expect(stdout).toContain('waits for 2 approvals (ann, ben)');
    expect(stdout).toContain(`ballast review approve ${MIX}`);
    await expect
      .poll(() => told.map(({ kind, mix }) => [kind, mix]), { timeout: 20_000 })
      .toEqual([['approval-opened', MIX]]);
  });

  test('refuses a stranger, an unsigned word, a borrowed key and another plan, each on record', async () => {
    const ann = ['--key', keyFile('ann')];
    expect(refusal(await say('approve', 'mallory', ...ann))).toBe('not_an_approver');
    expect(refusal(await say('approve', 'ann'))).toBe('unsigned');
    expect(refusal(await say('approve', 'ben', ...ann))).toBe('bad_signature');
    expect(refusal(await say('approve', 'ann', ...ann, '--plan', 'f'.repeat(64)))).toBe(
      'stale_packet',
    );
    const lines = (await readLedger(workspace)).filter(({ kind }) => kind === 'approval-refused');
    expect(lines).toHaveLength(4);
    expect(json<Failed>(await say('reject', 'ann', ...ann), 2).error.code).toBe('USAGE');
    const none = await say('approve', 'ann', '--key', keyFile('nobody'));
    expect(json<Failed>(none, 2).error.code).toBe('KEY_INVALID');
  }, 120_000);

  test('outlives its worker, is published once two have signed, and says who', async () => {
    const first = json<{ missing: number }>(
      await say('approve', 'ann', '--key', keyFile('ann'), '--reason', 'caps hold'),
    );
    expect(first.missing).toBe(1);
    process.kill(ballast.pidOf('worker'), 'SIGKILL');
    const second = json<{ missing: number }>(await say('approve', 'ben', '--key', keyFile('ben')));
    expect(second.missing).toBe(0);
    const { code, stdout, stderr } = await building.ended;
    expect([code, stderr.includes('the build waits for 2 approvals (ann, ben) until')]).toEqual([
      ...[0, true],
    ]);
    const { manifest, folder } = JSON.parse(stdout) as { manifest: Manifest; folder: string };
    expect(manifest.approval).toMatchObject({
      ...{ end: 'approved', approvals: 2 },
      answers: [
        { approver: 'ann', authMethod: 'signed', publicKey: keys.ann, reason: 'caps hold' },
        { approver: 'ben', authMethod: 'signed', publicKey: keys.ben },
      ],
    });
    const approved = /Approved by ann \(signed\) and ben \(signed\): plan [0-9a-f]{12}/;
    for (const file of ['README.md', 'report.html'])
      expect(readFileSync(join(folder, file), 'utf8').replaceAll('\\', '')).toMatch(approved);
  }, 120_000);

  test('leaves lines that prove themselves, with no server', async () => {
    await untilSealed(workspace, 1);
    const entries = await readLedger(workspace);
    const kinds = entries.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'approval-refused')).toEqual([
      ...['review-opened', 'approval-opened', 'approval', 'approval', 'approval-closed'],
      ...['publish', 'seal'],
    ]);
    const approvals = entries.filter(({ kind }) => kind === 'approval');
    for (const entry of approvals) {
      expect(verifySignedLine(entry, keys)).toBe('good');
      expect(verifySignedLine(entry, { ann: keys.ben!, ben: keys.ann! })).toBe('bad');
    }
    json(await run('audit', 'verify'));
    expect((await listed()).approvals).toMatchObject([{ state: 'approved', refused: 4 }]);
  });

  test('of which a forged one is found, signed with a key that the recipe names for nobody', async () => {
    const copy = join(ballast.folder, 'copy');
    cpSync(join(workspace, 'mixes'), join(copy, 'mixes'), { recursive: true });
    const entries = await readLedger(workspace);
    const at = entries.findIndex(({ kind }) => kind === 'approval');
    const own = makeKeyPair();
    const said = { ...(entries[at]!.body as ApprovalLine), reason: 'as good as any' };
    const signature = signText(approvalPayload(MIX, said), own.privateKeyPem, 'own.pem');
    let previous = '0'.repeat(64);
    const lines = entries.map(({ hash: _hash, ...entry }, i) => {
      const body = i === at ? { ...said, signature } : entry.body;
      const hash = entryHash({ ...entry, body, previous });
      const line = JSON.stringify({ ...entry, body, previous, hash });
      previous = hash;
      return line;
    });
    writeFileSync(join(copy, 'ledger.jsonl'), `${lines.join('\n')}\n`);
    const { failure } = await verifyWorkspace(copy, { replays: false });
    expect(failure).toMatchObject({
      code: 'AUDIT_BROKEN',
      parts: {
        expected: 'a signature over what this line says, by the key that the recipe names',
        found: 'one that does not hold',
        where: `ledger.jsonl:${at + 1}`,
      },
    });
    const { findings } = failure!.details as { findings: FailureParts[] };
    expect(findings.map(({ found }) => found)).toContainEqual(
      expect.stringMatching(/"as good as any"; it was approve by ann \(signed\), "caps hold"$/),
    );
  });
});

describe('packets of the same recipe', () => {
  test('are answered signed, by whom the recipe names or whom they hand over to', async () => {
    const packets = (await listed()).reviews[0]!.packets.filter(({ round }) => round === 'first');
    const [packet, next] = packets;
    const decide = (who: string, { packet: id, documents }: PacketEntry, key?: string) => {
      const numbers = Array.from({ length: documents }, (_, i) => `${i + 1}=unknown`);
      const answers = numbers.flatMap((answer) => ['--answer', answer]);
      const signing = key === undefined ? [] : ['--key', keyFile(key)];
      return run('review', 'decide', MIX, id, '--reviewer', who, ...answers, ...signing);
    };
    const last = async () => (await readLedger(workspace)).at(-1)!;
    expect(refusal(await decide('ann', packet!))).toBe('unsigned');
    json(await decide('ann', packet!, 'ann'));
    const { body } = await last();
    expect(body).toMatchObject({ reviewer: 'ann', decisions: [{ authMethod: 'signed' }, {}, {}] });
    expect(verifySignedLine(await last(), keys)).toBe('good');
    const handing = ['review', 'delegate', MIX, '--from', 'ann', '--to', 'dan'];
    const delegate = (...more: string[]) => ballast.run(...handing, ...more, '--json');
    expect(json<Failed>(await delegate(), 4).error.found).toContain('signed decisions only');
    json(await delegate('--key', keyFile('ann'), '--until', '2126-12-05'));
    expect(verifySignedLine(await last(), keys)).toBe('good');
    json(await decide('dan', next!, 'dan'));
    expect((await last()).body).toMatchObject({ reviewer: 'dan', onBehalfOf: 'ann' });
    expect(verifySignedLine(await last(), keys)).toBe('good');
  }, 120_000);
});

describe('a rejection', () => {
  test('ends the build with exit code 4, and says who and why', async () => {
    const mix = 'test-mix@2026.11.24';
    const set = ['--set', 'version=2026.11.24'];
    const rejected = await ballast.start(
      ...(['build', '-c', recipe, ...set, '--workspace', workspace, '--json'] as const),
    );
    await untilItWaits(mix);
    const word = ['review', 'reject', mix, '--as', 'ben', '--key', keyFile('ben')];
    json(await run(...word, '--reason', 'too much synthetic text'));
    const { error } = json<Failed>(await rejected.ended, 4);
    expect([error.code, error.found]).toEqual([
      'APPROVAL_REJECTED',
      'rejected by ben: too much synthetic text',
    ]);
    const again = json<Failed>(await run('build', '-c', recipe, ...set), 4);
    expect(again.error.code).toBe('APPROVAL_REJECTED');
  }, 120_000);
});
