/**
 * A version that keeps the human text of the one before, through the whole pipeline: what the inventory
 * says became of every human document of the first version, against what SQL counts in its files.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run as takeInventory } from '../activities/tasks/take-inventory.js';
import type { PreviousMix } from '../core/schema/plan.js';
import {
  CORPUS,
  type Corpus,
  humanOf,
  type PublishedVersion,
  publish,
  type RecipeParts,
  recipeOf,
  writeRows,
} from './anchor-corpus.js';
import { planBuild, startBuild } from './pipeline-run.js';
import { failureOf, makeTempFolder, removeFolder, sql } from './source-profile.js';

const ANCHOR = 'anchor: {keep_human_of: previous}\n';

let folder: string;
let first: PublishedVersion;
let held: Map<string, number>;

beforeAll(async () => {
  folder = await makeTempFolder();
  await writeRows(folder, CORPUS);
  first = await publish(folder, recipeOf({ version: '2026.11.01' }));
  held = await humanOf(first.place);
}, 60_000);
afterAll(() => removeFolder(folder));
beforeEach(() => writeRows(folder, CORPUS));

const sumOf = (tokens: Iterable<number>) => [...tokens].reduce((sum, n) => sum + n, 0);

/** Documents and tokens of the held ones that match, as they were held. */
function heldWhere(matches: (id: string) => boolean) {
  const found = [...held].filter(([name]) => matches(name.slice('people/'.length)));
  return { documents: found.length, tokens: sumOf(found.map(([, tokens]) => tokens)) };
}

async function previousOf(parts: RecipeParts = {}, corpus: Partial<Corpus> = {}) {
  await writeRows(folder, corpus);
  const recipe = recipeOf({ more: ANCHOR, ...parts });
  const { inventory } = await planBuild(await startBuild({ folder, recipe }));
  const anchored = inventory.strata.filter((stratum) => stratum.anchored);
  return {
    previous: inventory.previous as PreviousMix,
    anchor: inventory.previous!.anchor!,
    tokensAnchored: sumOf(anchored.map(({ tokens }) => tokens)),
    documentsAnchored: sumOf(anchored.map(({ documents }) => documents)),
  };
}

const licenceOf = new Map([...CORPUS.old, ...CORPUS.new].map(({ id, license }) => [id, license]));
const isClub = (id: string) => licenceOf.get(id) === 'club';

describe('the first version', () => {
  it('holds some of the human text and leaves some out, or nothing here would be tested', () => {
    expect(held.size).toBeGreaterThan(40);
    expect(held.size).toBeLessThan(120);
    expect(heldWhere(isClub).documents).toBeGreaterThan(5);
  });
});

describe('what the inventory says of the version before', () => {
  it('is its tokens per stratum, counted from its files, and every human document usable', async () => {
    const { previous, anchor, tokensAnchored, documentsAnchored } = await previousOf();
    const whole = { documents: held.size, tokens: sumOf(held.values()) };
    expect(previous.version).toBe('2026.11.01');
    const nothing = { documents: 0, tokens: 0 };
    expect(anchor).toEqual({
      ...{ version: '2026.11.01', ...whole, tokensUsable: whole.tokens },
      ...{ absent: nothing, lost: [] },
    });
    expect([documentsAnchored, tokensAnchored]).toEqual([whole.documents, whole.tokens]);
    const written = first.manifest.strata.filter(({ tokensWritten }) => tokensWritten > 0);
    expect(previous.strata.map(({ tokens }) => tokens)).toEqual(
      written.map(({ tokensWritten }) => tokensWritten),
    );
    expect(previous.strata.map(({ label, grantId }) => `${label} ${grantId}`)).toEqual(
      written.map(({ label, grantId }) => `${label} ${grantId}`),
    );
  });

  it('does not depend on how the texts lie in files', async () => {
    const one = await previousOf();
    const all = [...CORPUS.new, ...CORPUS.old].reverse();
    const other = await previousOf({ people: 'data/old.jsonl' }, { old: all });
    expect(other).toEqual(one);
  });

  it('loses what a revoked grant covers, and nothing else', async () => {
    const club = 'spdx: CC-BY-4.0, revocation: {revoked_at: 2026-11-10}';
    const { anchor, documentsAnchored } = await previousOf({ club });
    const gone = heldWhere(isClub);
    expect(anchor.lost).toEqual([{ reason: 'grant_revoked', ...gone }]);
    expect(anchor.absent.documents).toBe(0);
    expect(documentsAnchored).toBe(held.size - gone.documents);
  });

  it('counts as absent what no source holds any more', async () => {
    const { anchor } = await previousOf({ people: 'data/old.jsonl' });
    expect(anchor.absent).toEqual(heldWhere((id) => id.startsWith('n')));
    expect(anchor.lost).toEqual([]);
  });

  it('tells text that is gone with its grant from text that is merely gone', async () => {
    const club = 'spdx: CC-BY-4.0, status: revoked';
    const { anchor, tokensAnchored } = await previousOf({ people: '', club });
    expect(anchor.lost).toEqual([{ reason: 'grant_revoked', ...heldWhere(isClub) }]);
    expect(anchor.absent).toEqual(heldWhere((id) => !isClub(id)));
    expect(tokensAnchored).toBe(0);
  });

  it('names every other reason: a copy that is kept, a label, the holdout', async () => {
    const [copied, relabelled, undeclared] = [...held.keys()].map((name) => name.slice(7));
    const change = (rows: Corpus['old']) =>
      rows.map((row) =>
        row.id === relabelled
          ? { ...row, kind: 'synthetic', family: 'aster' }
          : row.id === undeclared
            ? { ...row, kind: 'unknown' }
            : row,
      );
    const { text } = [...CORPUS.old, ...CORPUS.new].find(({ id }) => id === copied)!;
    const older = { id: 'copy', text, created: '1999-01-01', license: 'open' };
    const corpus = {
      old: [...change(CORPUS.old), { ...older, kind: 'human_authored' }],
      new: change(CORPUS.new),
    };
    const { anchor } = await previousOf({}, corpus);
    const reasons = anchor.lost.map(({ reason, documents }) => `${reason} ${documents}`);
    expect(reasons).toEqual(['duplicate 1', 'synthetic 1', 'unknown 1']);
    const { anchor: apart } = await previousOf({ holdout: 0.2 }, CORPUS);
    expect(apart.lost.map(({ reason }) => reason)).toEqual(['holdout']);
    expect(apart.lost[0]!.documents).toBeGreaterThan(3);
    expect(apart.documents).toBe(held.size);
  });

  it('knows a document by source and id, whatever its text is now', async () => {
    const longer = (rows: Corpus['old']) =>
      rows.map((row) => ({ ...row, text: `${row.text} and ${row.id}` }));
    const corpus = { old: longer(CORPUS.old), new: longer(CORPUS.new) };
    const { anchor, tokensAnchored, documentsAnchored } = await previousOf({}, corpus);
    expect(documentsAnchored).toBe(held.size);
    expect(anchor.tokens).toBe(sumOf(held.values()));
    expect(anchor.tokensUsable).toBe(tokensAnchored);
    expect(tokensAnchored).toBeGreaterThan(anchor.tokens);
  });

  it('is read from Arrow files where there are no others', async () => {
    const apart = await makeTempFolder();
    await writeRows(apart, CORPUS);
    await publish(apart, recipeOf({ version: '2026.11.01', formats: 'arrow' }));
    const recipe = recipeOf({ more: ANCHOR });
    const { inventory } = await planBuild(await startBuild({ folder: apart, recipe }));
    const { inventory: fromParquet } = await planBuild(await startBuild({ folder, recipe }));
    expect(inventory).toEqual(fromParquet);
    await removeFolder(apart);
  });

  it('has no anchor where only churn is asked about', async () => {
    const { previous } = await previousOf({ more: 'churn_max: 0.5\n' });
    expect(previous.anchor).toBeNull();
    expect(previous.strata.every(({ anchored }) => !anchored)).toBe(true);
    expect(sumOf(previous.strata.map(({ tokens }) => tokens))).toBe(first.manifest.tokensWritten);
  });
});

describe('a build that looks back', () => {
  it('goes on with the version that it was pinned to, whatever is published meanwhile', async () => {
    const context = await startBuild({ folder, recipe: recipeOf({ more: ANCHOR }) });
    const second = await publish(folder, recipeOf({ version: '2026.11.01.1', budget: 30_000 }));
    const { inventory } = await planBuild(context);
    expect(inventory.previous!.version).toBe('2026.11.01');
    const later = await startBuild({ folder, recipe: recipeOf({ more: ANCHOR }) });
    const { inventory: newer } = await planBuild(later);
    expect(newer.previous!.version).toBe('2026.11.01.1');
    const named = 'anchor: {keep_human_of: 2026.11.01}\n';
    const { previous } = await previousOf({ more: named });
    expect([previous.version, previous.anchor!.version]).toEqual(['2026.11.01.1', '2026.11.01']);
    await rm(second.place, { recursive: true });
  });

  it('has nothing before it where no version stands, and is as cached as before without an anchor', async () => {
    const apart = await makeTempFolder();
    await writeRows(apart, CORPUS);
    const keyOf = async (recipe: string) => {
      const context = await startBuild({ folder: apart, recipe });
      await planBuild(context);
      const { record, reused } = await takeInventory(context, new Float64Array(2));
      return [record.key, reused] as const;
    };
    const [before] = await keyOf(recipeOf());
    const alone = await startBuild({ folder: apart, recipe: recipeOf({ more: ANCHOR }) });
    expect((await planBuild(alone)).inventory.previous).toBeNull();
    await publish(apart, recipeOf({ version: '2026.11.01' }));
    expect(await keyOf(recipeOf())).toEqual([before, true]);
    expect((await keyOf(recipeOf({ more: ANCHOR })))[0]).not.toBe(before);
    await removeFolder(apart);
  });

  it('refuses a version that does not stand, and names those that do', async () => {
    const more = 'anchor: {keep_human_of: 2026.01.01}\n';
    const failure = await failureOf(startBuild({ folder, recipe: recipeOf({ more }) }));
    expect(failure).toMatchObject({ code: 'RECIPE_INVALID' });
    expect(failure.message).toContain('only 2026.11.01');
    const own = 'anchor: {keep_human_of: 2026.11.02}\n';
    const itself = await failureOf(startBuild({ folder, recipe: recipeOf({ more: own }) }));
    expect(itself.parts.where).toBe('anchor.keep_human_of');
  });

  it('refuses texts that are gone where tokens are counted otherwise now', async () => {
    const tokenizer = 'cl100k_base';
    const gone = previousOf({ tokenizer, people: 'data/old.jsonl' });
    expect((await failureOf(gone)).message).toContain('bytes');
    const { anchor, tokensAnchored, documentsAnchored } = await previousOf({ tokenizer });
    expect(documentsAnchored).toBe(held.size);
    expect(anchor.tokensUsable).toBe(tokensAnchored);
    expect(tokensAnchored).toBeLessThan(anchor.tokens);
  });

  it('refuses a version whose files are not what was published', async () => {
    const recipe = recipeOf({ more: 'churn_max: 0.9\n' });
    const [file] = first.manifest.files;
    const path = join(first.place, file!.path);
    const apart = await makeTempFolder();
    await writeRows(apart, CORPUS);
    const other = await publish(apart, recipeOf({ version: '2026.11.01' }));
    await sql(
      `copy (select * from read_parquet('${path}') limit 5) to '${join(other.place, file!.path)}' (format parquet)`,
    );
    const failure = await failureOf(
      startBuild({ folder: apart, recipe }).then((broken) => planBuild(broken)),
    );
    expect(failure).toMatchObject({ code: 'LEDGER_BROKEN' });
    expect(failure.message).toContain('5 rows');
    await removeFolder(apart);
  });
});
