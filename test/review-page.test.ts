/**
 * The review page in a real Chromium, with the real command, server and worker: a packet of fifty is
 * decided by keys alone, documents that attack the page do nothing, and other pages get nothing.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answersOf } from '../activities/record-review.js';
import { readPacket } from '../activities/review-packets.js';
import { readReviews } from '../client/review/review-records.js';
import { visible } from '../client/terminal/visible.js';
import type { ReviewLine } from '../core/schema/review.js';
import type { Packet, PacketEntry, ReviewAnswer } from '../core/schema/review-packet.js';
import { readLedger } from '../storage/ledger.js';
import { Ballast, type UnderWay } from './ballast-runner.js';
import { type ForeignPage, serveForeignPage, TRIES } from './foreign-page.js';
import { findChromium, NO_CHROMIUM, openChromium, type Served, servePage } from './page-browser.js';
import {
  APPROVAL_RECIPE,
  ATTACKS,
  DOCUMENTS,
  PAGE_RECIPE,
  writePageCorpus,
} from './page-corpus.js';

const hasChromium = findChromium() !== null;
if (!hasChromium) process.stderr.write(`review page: skipped, ${NO_CHROMIUM}\n`);

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
const MIX = 'page-mix@2026.11.23';

let served: Served;
let browser: Browser;
let foreign: ForeignPage;
let packets: readonly PacketEntry[];

/** What a visit must never do. */
interface Watched {
  readonly page: Page;
  readonly dialogs: string[];
  readonly strays: string[];
  readonly errors: string[];
}

const COUNT_VIOLATIONS = `
window.violations = 0;
addEventListener('securitypolicyviolation', () => { window.violations++; });
`;

/** A browser of its own, in which everything that a page should not do is noted. */
async function visit(
  name: string | null,
  viewport = { width: 1280, height: 900 },
): Promise<Watched> {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const watched: Watched = { page, dialogs: [], strays: [], errors: [] };
  page.on('dialog', (dialog) => {
    watched.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('request', (sent) => {
    const url = sent.url();
    if (!url.startsWith(`http://127.0.0.1:${served.port}/`) && !url.startsWith('data:'))
      watched.strays.push(url);
  });
  await context.addInitScript({ content: COUNT_VIOLATIONS });
  await page.goto(served.url);
  if (name !== null) await nameIs(page, name);
  return watched;
}

async function nameIs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Who are you?' }).click();
  await page.getByLabel('Your name').fill(name);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Packets to review' }).waitFor();
}

const openPacket = async (page: Page, { packet }: PacketEntry) => {
  await page.goto(`http://127.0.0.1:${served.port}/#/packet/${encodeURIComponent(MIX)}/${packet}`);
  await page.getByRole('heading', { name: `Packet ${packet}` }).waitFor();
};

async function assertCalm({ page, dialogs, strays, errors }: Watched): Promise<void> {
  const counted = await page.evaluate<object>(
    '({ attacked: window.attacked ?? 0, violations: window.violations })',
  );
  expect({ ...counted, dialogs, strays, errors }).toEqual({
    ...{ attacked: 0, violations: 0, dialogs: [], strays: [], errors: [] },
  });
}

async function shownPacket(entry: PacketEntry): Promise<Packet> {
  const [review] = await readReviews(workspace, MIX);
  return readPacket(workspace, review!.opened.index, entry);
}

const ledgerSize = async () => (await readLedger(workspace)).length;

/** Presses keys one after the other; text in brackets is typed. */
async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    if (key.startsWith('[')) await page.keyboard.type(key.slice(1, -1));
    else await page.keyboard.press(key);
  }
}

beforeAll(async () => {
  if (!hasChromium) return;
  await writePageCorpus(ballast.folder);
  writeFileSync(join(ballast.folder, 'recipe.yaml'), PAGE_RECIPE);
  const built = await ballast.run('build', '-c', 'recipe.yaml', '--workspace', workspace, '--json');
  if (built.code !== 0) throw new Error(`exit ${built.code}: ${built.stdout}${built.stderr}`);
  packets = (await readReviews(workspace, MIX))[0]!.index.packets;
  served = await servePage(ballast, '--workspace', workspace);
  browser = await openChromium();
  foreign = await serveForeignPage(`http://127.0.0.1:${served.port}`);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  foreign?.server.close();
  await served?.stop();
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

describe.runIf(hasChromium)('the page', () => {
  test('opens with its address alone, and the address loses its token', async () => {
    const { page } = await visit(null);
    expect(page.url()).toBe(`http://127.0.0.1:${served.port}/`);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 });
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.getByText('4 packets, 4 without an answer').waitFor();
    await page.context().close();
  });

  test('says its keys, and Escape closes them', async () => {
    const { page } = await visit(null);
    await page.getByRole('heading', { name: 'Packets to review' }).waitFor();
    await press(page, '?');
    await page.getByRole('dialog').getByText('take the last step back').waitFor();
    await press(page, 'Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.context().close();
  });

  test('prints one document with its address, and nothing else', () => {
    expect(JSON.parse(served.stdout())).toEqual({ url: served.url });
  });
});

interface Typed {
  readonly keys: readonly string[];
  readonly answer: Omit<ReviewAnswer, 'document'>;
}

/** Keys to answer the document at `i`, and what they mean. */
function answerKeys(i: number): Typed {
  const plain = { editDirection: null, transformedBy: [], reason: '' };
  const reason = `reason ${i}: <img src=x onerror=window.attacked=1>`;
  const kinds: readonly Typed[] = [
    { keys: ['1'], answer: { ...plain, label: 'human_authored' } },
    {
      keys: ['e', 'a'],
      answer: { ...plain, label: 'human_edited', editDirection: 'ai_then_human' },
    },
    { keys: ['3'], answer: { ...plain, label: 'synthetic' } },
    { keys: ['4'], answer: { ...plain, label: 'unknown' } },
    {
      keys: ['t', '3', '1', 'Enter', 'r', `[${reason}]`, 'Escape', '2', 'h'],
      answer: {
        ...{ label: 'human_edited', editDirection: 'human_then_ai', reason },
        transformedBy: ['machine_translation', 'ocr'],
      },
    },
  ];
  return kinds[i % kinds.length]!;
}

describe.runIf(hasChromium)('a packet of fifty', () => {
  test('is decided by keys alone, keeps its draft over a reload, and stands in the ledger as typed', async () => {
    const watched = await visit('anna');
    const { page } = watched;
    const entry = packets[0]!;
    const { documents } = await shownPacket(entry);
    expect(documents.length).toBe(50);
    await press(page, 'Enter');
    await page.getByText('1 of 50', { exact: true }).waitFor();
    expect(await page.getByText("The machine's view").count()).toBe(0);
    for (let i = 0; i < 25; i++) await press(page, ...answerKeys(i).keys);
    await page.reload();
    await page.getByText('25 of 50 answered').waitFor();
    await page.getByText('26 of 50', { exact: true }).waitFor();
    // A slip, taken back; a step back and forth; Enter before the end sends nothing.
    await press(page, '3', 'u', 'k', 'j', 'ArrowLeft', 'ArrowRight', 'Enter');
    await page.getByText('25 of 50 answered').waitFor();
    for (let i = 25; i < 50; i++) await press(page, ...answerKeys(i).keys);
    await page.getByText('50 of 50 answered').waitFor();
    const before = await ledgerSize();
    await press(page, 'Enter');
    await page.locator('#accepted').waitFor();
    const lines = (await readLedger(workspace)).slice(before);
    expect(lines.map(({ kind, key }) => [kind, key])).toEqual([
      ['review', `review/${MIX}/${entry.packet}/anna`],
    ]);
    const line = lines[0]!.body as ReviewLine;
    expect([line.packetSha256, line.reviewer]).toEqual([entry.sha256, 'anna']);
    expect(answersOf(line.decisions)).toEqual(
      documents.map(({ source, id }, i) => ({
        document: `${source}/${id}`,
        ...answerKeys(i).answer,
      })),
    );
    // Only now does it show what the machine thinks.
    await page.getByText("The machine's view").waitFor();
    expect(
      await page.evaluate(`localStorage.getItem('ballast-review/draft/${entry.sha256}/anna')`),
    ).toBeNull();
    await assertCalm(watched);
    await page.context().close();
  }, 120_000);

  test('shows the machine to those who have answered alone, with the places of its evidence', async () => {
    const { documents } = await shownPacket(packets[0]!);
    const place = documents.findIndex(({ pieces }) => pieces[0]!.text.startsWith('As an AI'));
    expect(place).toBeGreaterThanOrEqual(0);
    const { page } = await visit('anna');
    await openPacket(page, packets[0]!);
    await page.getByRole('button', { name: `document ${place + 1},` }).click();
    await expect
      .poll(() => page.locator('mark').first().textContent())
      .toContain('As an AI language model');
    await page.getByRole('button', { name: 'anna' }).click();
    await page.getByLabel('Your name').fill('ben');
    await press(page, 'Enter');
    await page.getByText('Who wrote this text?').waitFor();
    expect(await page.locator('.machine, mark').count()).toBe(0);
    await page.context().close();
  });
});

describe.runIf(hasChromium)('documents that attack', () => {
  test('are shown as text: nothing of them runs, loads or hides', async () => {
    const watched = await visit('ben');
    const { page } = watched;
    const seen: string[] = [];
    for (const entry of packets.filter(({ round }) => round === 'first')) {
      await openPacket(page, entry);
      await page.getByRole('heading', { name: `Packet ${entry.packet}` }).waitFor();
      const { documents } = await shownPacket(entry);
      for (const { id, pieces, url } of documents) {
        const title = await page.locator('#document .name').textContent();
        expect(title).toBe(visible(`notes/${id}`));
        const text = (await page.locator('#document .text').textContent())!;
        expect(text.startsWith(visible(pieces[0]!.text))).toBe(true);
        const links = await page
          .locator('#document a')
          .evaluateAll((all) =>
            all.map((a) => [a.getAttribute('href')!.slice(0, 5), a.getAttribute('rel')]),
          );
        const isWeb = /^https?:/.test(url ?? '');
        expect(links).toEqual(isWeb ? [[url!.slice(0, 5), 'noopener noreferrer']] : []);
        seen.push(id);
        await press(page, 'j');
      }
    }
    expect(seen.length).toBe(DOCUMENTS);
    expect(ATTACKS.every(({ id }) => seen.includes(id!))).toBe(true);
    await assertCalm(watched);
    await page.context().close();
  }, 120_000);

  test('would be stopped by the policy, were they ever markup', async () => {
    const watched = await visit(null);
    const { page } = watched;
    const tries = [
      'document.body.innerHTML = "<img src=x onerror=window.attacked=1>"',
      'document.createElement("img").setAttribute("onerror", "window.attacked=1")',
      'document.write("<b>x</b>")',
      'document.createElement("iframe").srcdoc = "<b>x</b>"',
    ];
    for (const attempt of tries)
      await expect(page.evaluate(attempt), attempt).rejects.toThrow(/Trusted/);
    await page.evaluate(
      'document.body.append(Object.assign(new Image(), { src: "http://attack.invalid/x.png" }))',
    );
    await expect.poll(() => page.evaluate('window.violations')).toBeGreaterThan(0);
    expect(await page.evaluate('window.attacked ?? 0')).toBe(0);
    await page.context().close();
  });
});

describe.runIf(hasChromium)('a refusal', () => {
  test('of one who is no reviewer is said in words, on record, and the draft is kept', async () => {
    const { page } = await visit('<b>mallory</b>');
    const entry = packets[3]!;
    await openPacket(page, entry);
    await page.getByText('The review will refuse your answers').waitFor();
    for (let i = 0; i < entry.documents; i++) await press(page, '1');
    const before = await ledgerSize();
    await press(page, 'Enter');
    await page
      .getByText('<b>mallory</b> is not among the reviewers of the recipe', { exact: true })
      .waitFor();
    expect((await readLedger(workspace)).slice(before).map(({ kind }) => kind)).toEqual([
      'review-refused',
    ]);
    await page.reload();
    await page.getByText(`${entry.documents} of ${entry.documents} answered`).waitFor();
    await page.context().close();
  });

  test('of a second look at what one has seen is told before the work', async () => {
    const seen = new Set((await shownPacket(packets[0]!)).documents.map(({ id }) => id));
    const { page } = await visit('anna');
    for (const entry of packets.filter(({ round }) => round === 'second')) {
      const { documents } = await shownPacket(entry);
      const isSeen = documents.some(({ id }) => seen.has(id));
      await openPacket(page, entry);
      await page.getByRole('heading', { name: `Packet ${entry.packet}` }).waitFor();
      expect(await page.getByText('a second look needs another person').count()).toBe(
        isSeen ? 1 : 0,
      );
    }
    await page.context().close();
  });

  test('of a packet that was drafted anew offers the new one with the answers that fit', async () => {
    const { page } = await visit('ben');
    const entry = packets[2]!;
    // The page shows an older draft of the packet: other bytes, so another digest.
    await page.route(
      '**/api/packet?*',
      async (route) => {
        const response = await route.fetch();
        const shown = { ...((await response.json()) as object), sha256: 'f'.repeat(64) };
        await route.fulfill({ response, json: shown });
      },
      { times: 1 },
    );
    await openPacket(page, entry);
    for (let i = 0; i < entry.documents; i++) await press(page, '3');
    await press(page, 'Enter');
    await page.getByText('was drafted anew').waitFor();
    await page.getByRole('button', { name: 'Go to the packet as it is now' }).click();
    await expect.poll(() => page.getByText('was drafted anew').count()).toBe(0);
    await page.getByText(`${entry.documents} of ${entry.documents} answered`).waitFor();
    await press(page, 'Enter');
    await page.locator('#accepted').waitFor();
    const kinds = (await readLedger(workspace))
      .slice(-2)
      .map(({ kind, body }) => [kind, (body as { refusal?: string }).refusal]);
    expect(kinds).toEqual([
      ['review-refused', 'stale_packet'],
      ['review', undefined],
    ]);
    await page.context().close();
  });

  test('does not bind: an answer is corrected, and both lines stay', async () => {
    const { page } = await visit('ben');
    await openPacket(page, packets[2]!);
    await page.getByRole('button', { name: 'Correct it' }).click();
    await press(page, '1');
    const before = await ledgerSize();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('#accepted').waitFor();
    const [line] = (await readLedger(workspace)).slice(before);
    expect(line!.key).toMatch(/\/ben\/2$/);
    expect((line!.body as ReviewLine).decisions.map(({ label }) => label)).toEqual([
      'human_authored',
      ...Array.from({ length: packets[2]!.documents - 1 }, () => 'synthetic'),
    ]);
    await page.context().close();
  });
});

interface Raw {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A request without a browser: any header may be a lie. */
function raw(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<Raw> {
  return new Promise((done, failed) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: served.port,
        method,
        path,
        headers: { Connection: 'close', ...headers },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () =>
          done({ status: response.statusCode!, body: text, headers: response.headers }),
        );
      },
    );
    sent.on('error', failed);
    sent.end(body);
  });
}

/** Cookie and key of a session, as our own page has them. */
async function session(): Promise<{ cookie: string; key: string }> {
  const { headers } = await raw(
    'GET',
    new URL(served.url).pathname + new URL(served.url).search,
    {},
  );
  const [cookie] = (headers['set-cookie'] as string[])[0]!.split(';');
  return { cookie: cookie!, key: (headers.location as string).split('#key=')[1]! };
}

describe.runIf(hasChromium)('another page', () => {
  test('of this machine, with the cookie of a session, gets nothing and sends nothing', async () => {
    const { page } = await visit('anna');
    const before = await ledgerSize();
    const home = `http://127.0.0.1:${served.port}`;
    const statuses: number[] = [];
    let tries = 0;
    page.on('request', (sent) => {
      if (sent.url().startsWith(home)) tries++;
    });
    page.on('response', (response) => {
      if (response.url().startsWith(home)) statuses.push(response.status());
    });
    await page.goto(foreign.origin);
    await page.waitForFunction('window.got !== undefined');
    const got = await page.evaluate<string[]>('window.got');
    expect(got.filter((text) => text !== '')).toEqual([]);
    expect(tries).toBeGreaterThanOrEqual(TRIES - 1);
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    expect(await ledgerSize()).toBe(before);
    await page.context().close();
  });

  test('with a wrong token gets a refusal without content', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const response = await page
      .goto(`http://127.0.0.1:${served.port}/?token=${'A'.repeat(43)}`)
      .catch(() => null);
    expect(await raw('GET', `/?token=${'A'.repeat(43)}`, {})).toMatchObject({
      status: 403,
      body: '',
    });
    if (response !== null) expect(response.status()).toBe(403);
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  test('without a browser gets a status and no content, whatever it claims', async () => {
    const { cookie, key } = await session();
    const host = `127.0.0.1:${served.port}`;
    const ours = {
      ...{ Host: host, Cookie: cookie, 'X-Ballast-Key': key, Origin: `http://${host}` },
      ...{ 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' },
    };
    const { packet, sha256 } = packets[1]!;
    const { documents } = await shownPacket(packets[1]!);
    const answers = documents.map(({ source, id }) => ({
      ...{ document: `${source}/${id}`, label: 'synthetic', editDirection: '' },
      ...{ transformedBy: [], reason: '' },
    }));
    const message = JSON.stringify({
      mix: MIX,
      packet,
      sha256,
      reviewer: 'ben',
      answers,
      again: false,
    });
    const before = await ledgerSize();
    const without = (name: string) =>
      Object.fromEntries(Object.entries(ours).filter(([known]) => known !== name));
    const wrong: readonly (readonly [number, Record<string, string>, string?])[] = [
      [403, { ...ours, Host: `evil.example:${served.port}` }],
      [403, { ...ours, Origin: 'http://evil.example' }],
      [403, { ...ours, Origin: foreign.origin }],
      [403, { ...ours, 'Sec-Fetch-Site': 'cross-site' }],
      [403, without('Origin')],
      [403, without('Cookie')],
      [403, without('X-Ballast-Key')],
      [403, { ...ours, 'X-Ballast-Key': 'x' }],
      [415, { ...ours, 'Content-Type': 'text/plain' }],
      [413, { ...ours, 'Content-Length': String(5 * 1024 * 1024) }, ''],
    ];
    for (const [status, headers, body] of wrong) {
      const answer = await raw('POST', '/api/answers', headers, body ?? message);
      expect([answer.status, answer.body], JSON.stringify(headers)).toEqual([status, '']);
    }
    expect(await raw('GET', '/api/queue', { Host: host, Cookie: cookie })).toMatchObject({
      status: 403,
      body: '',
    });
    expect(await raw('GET', '/../../etc/passwd', { Host: host, Cookie: cookie })).toMatchObject({
      status: 404,
      body: '',
    });
    // What is ours but makes no sense is answered in words, and reaches no review.
    const cut = await raw('POST', '/api/answers', ours, message.slice(0, 40));
    expect([cut.status, JSON.parse(cut.body).error.code]).toEqual([400, 'USAGE']);
    const partial = JSON.stringify({ ...JSON.parse(message), answers: answers.slice(1) });
    const refused = await raw('POST', '/api/answers', ours, partial);
    expect([refused.status, JSON.parse(refused.body).error.found]).toEqual([400, 'none to 1']);
    expect(await ledgerSize()).toBe(before);
    // The same request as our page sends it is taken.
    expect((await raw('POST', '/api/answers', ours, message)).status).toBe(200);
    expect(await ledgerSize()).toBe(before + 1);
  });

  test('finds headers that let nothing in', async () => {
    const { cookie } = await session();
    const { headers } = await raw('GET', '/', { Host: `127.0.0.1:${served.port}`, Cookie: cookie });
    const policy = String(headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "script-src 'self'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      ...{
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      },
      ...{
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      },
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe.runIf(hasChromium)('a plan that waits', () => {
  const NEXT = 'page-mix@2026.11.24';
  let build: UnderWay;

  const openPlan = async (name: string): Promise<Page> => {
    const { page } = await visit(name);
    await page.getByRole('link', { name: 'Approvals' }).click();
    await page.getByRole('link', { name: NEXT }).click();
    await page.getByRole('heading', { name: `Plan of ${NEXT}` }).waitFor();
    return page;
  };

  test('is shown with what it changes; a rejection needs a reason, and an approval is on record', async () => {
    writeFileSync(join(ballast.folder, 'next.yaml'), APPROVAL_RECIPE);
    build = await ballast.start('build', '-c', 'next.yaml', '--workspace', workspace);
    await expect
      .poll(async () => (await readLedger(workspace)).at(-1)!.kind, { timeout: 60_000 })
      .toBe('approval-opened');
    const page = await openPlan('anna');
    await page.getByText('0 of 2').waitFor();
    await page.getByRole('heading', { name: 'What changes against 2026.11.23' }).waitFor();
    const before = await ledgerSize();
    await page.getByRole('button', { name: 'Reject it' }).click();
    await page.getByText('say in a sentence what would have to change').waitFor();
    expect(await ledgerSize()).toBe(before);
    await page.getByLabel('reason; a rejection needs one').fill('<i>as agreed</i>');
    await page.getByRole('button', { name: 'Approve this plan' }).click();
    await page.getByText('1 of 2').waitFor();
    await page.getByRole('cell', { name: '<i>as agreed</i>' }).waitFor();
    const [line] = (await readLedger(workspace)).slice(before);
    expect([line!.kind, line!.body]).toMatchObject([
      'approval',
      { mix: NEXT, approver: 'anna', decision: 'approve', reason: '<i>as agreed</i>' },
    ]);
    await page.context().close();
  }, 120_000);

  test('refuses a stranger in words, on record; a second approver ends the wait', async () => {
    const stranger = await openPlan('mallory');
    await stranger.getByLabel('reason; a rejection needs one').fill('too little');
    await stranger.getByRole('button', { name: 'Reject it' }).click();
    await stranger.getByRole('alert').getByText('mallory').first().waitFor();
    const refused = (await readLedger(workspace)).findLast(
      ({ kind }) => kind === 'approval-refused',
    );
    expect(refused).toMatchObject({
      body: { approver: 'mallory', decision: 'reject', refusal: 'not_an_approver' },
    });
    await stranger.context().close();
    const page = await openPlan('<b>eve</b>');
    await page.getByRole('button', { name: 'Approve this plan' }).click();
    await page.getByText('2 of 2').waitFor();
    await expect
      .poll(() => page.getByRole('button', { name: 'Approve this plan' }).count())
      .toBe(0);
    await page.context().close();
    const { code, stderr } = await build.ended;
    expect(code, stderr).toBe(0);
  }, 120_000);
});

describe.runIf(hasChromium)('without a server', () => {
  test('the page shows what the workspace knows and says so; Ctrl-C ends it', async () => {
    expect((await ballast.run('down', '--json')).code).toBe(0);
    const address = ['--address', '127.0.0.1:9'];
    const other = await servePage(
      ballast,
      '--workspace',
      workspace,
      '--as',
      '<b>eve</b>',
      ...address,
    );
    const context = await browser.newContext({ viewport: { width: 400, height: 800 } });
    const page = await context.newPage();
    await page.goto(other.url);
    await page.getByText('No Temporal server answers').waitFor();
    const second = packets[3]!;
    await page.goto(
      `http://127.0.0.1:${other.port}/#/packet/${encodeURIComponent(MIX)}/${second.packet}`,
    );
    await page.locator('#document').waitFor();
    for (let i = 0; i < second.documents; i++) await press(page, '4');
    const before = await ledgerSize();
    await press(page, 'Enter');
    await page.getByText('start that server or correct the address').waitFor();
    await page.getByText('Your draft is kept').waitFor();
    expect(await ledgerSize()).toBe(before);
    // Nothing is wider than a narrow window.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
    await context.close();
    expect(await other.stop()).toBe(0);
  });
});
