/** Review packets as CSV: what goes out comes back, through spreadsheets, and bad rows are named. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOf, isProblem, parseAnswers } from '../client/review/answers.js';
import { type Asking, askPacket } from '../client/review/ask.js';
import { readCsv, type ShownPacket, writeCsv } from '../client/review/packet-csv.js';
import { textShown } from '../client/review/packet-text.js';
import { visible } from '../client/terminal/visible.js';
import { guardCell, unguardCell } from '../core/report/formula-guard.js';
import { LABELS } from '../core/schema/label.js';
import { type Packet, packet as packetSchema } from '../core/schema/review-packet.js';

const SHA = 'a'.repeat(64);

function packet(texts: readonly string[], ids = texts.map((_, i) => `doc-${i}`)): Packet {
  return packetSchema.parse({
    schemaVersion: 1,
    packet: 'abcdef012345',
    round: 'first',
    seed: 7,
    documents: texts.map((text, i) => ({
      ...{ source: 'web', id: ids[i], textSha256: i.toString(16).padStart(64, '0') },
      ...{ domain: 'law', created: '2020-01-01', url: null, language: null, tokens: 3 },
      ...{ why: 'conflict', inclusionProbability: 0.5, isRandom: false },
      pieces: [{ start: 0, text }],
      characters: text.length,
    })),
  });
}

const TEXTS = ['=SUM(A1:A9)', 'he said "yes",\nand left', '-- ünïcode 漢字 \u{1f600} --', 'plain'];
const SHOWN: ShownPacket = { sha256: SHA, packet: packet(TEXTS) };

type Cells = Record<string, string>;

/** The rows of a CSV with answers put in, written again as a spreadsheet would. */
function edited(
  csv: string,
  edit: (cells: Cells, row: number) => void,
  options: { delimiter?: string; bom?: boolean } = {},
): string {
  const rows = parse(csv, { bom: true, columns: true }) as Cells[];
  rows.forEach(edit);
  return stringify(rows, { header: true, record_delimiter: 'windows', ...options });
}

const answered = (cells: Cells, row: number) => {
  cells.label = LABELS[row % 4]!;
  cells.reason = row === 0 ? '=cmd, "quoted"\nnext line' : '';
  if (cells.label === 'human_edited') cells.edit_direction = 'ai_then_human';
};

describe('packets as CSV', () => {
  it('start with a byte order mark, end lines as spreadsheets do, and hold nothing of the machine', () => {
    const csv = writeCsv([SHOWN]);
    expect(csv.startsWith('\ufeffpacket,')).toBe(true);
    expect(csv.split('\r\n').length).toBe(6);
    for (const word of ['conflict', 'posterior', 'inclusion', 'random', 'why'])
      expect(csv).not.toContain(word);
  });

  it('quote every cell with a line feed, which other readers take for the end of a record', () => {
    const csv = writeCsv([{ sha256: SHA, packet: packet(['two\nlines', 'two\rlines']) }]);
    expect(csv).toContain('"two\nlines"');
    expect(csv).toContain(',two<U+000D>lines,');
  });

  it('give no cell that a spreadsheet would run', () => {
    const rows = parse(writeCsv([SHOWN]), { bom: true }) as string[][];
    const cells = rows.flat();
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    expect(cells).toContain("'=SUM(A1:A9)");
  });

  it.each([
    ['a semicolon', 'x;=1+cmd|calc!A0', "x;'=1+cmd|calc!A0"],
    ['a tab', 'x\t@SUM(A1)', "x\t'@SUM(A1)"],
    ['blanks and quotes', 'x; "=1+1', `x;' "=1+1`],
    ['a line feed', 'x\n+1', "x\n'+1"],
    ['signs that begin no cell', 'a=b; c-d', 'a=b; c-d'],
  ])('guard a text after %s', (_title, text, wanted) => {
    const csv = writeCsv([{ sha256: SHA, packet: packet([text]) }]);
    const [row] = parse(csv, { bom: true, columns: true }) as Cells[];
    expect(row!.text).toBe(wanted);
    for (const delimiter of [';', '\t']) {
      const split = parse(csv, { bom: true, delimiter, quote: null, relax_column_count: true });
      expect((split as string[][]).flat().filter((cell) => /^[\s"]*[=+\-@]/.test(cell))).toEqual(
        [],
      );
    }
  });

  it('quote ids with a semicolon or a tab, and read them back as they were', () => {
    const ids = ['a;=1', 'b\t=1'];
    const shown = { sha256: SHA, packet: packet(['one', 'two'], ids) };
    const csv = writeCsv([shown]);
    for (const id of ids) expect(csv).toContain(`,"${id}",`);
    const { answered: found, problems } = readCsv(edited(csv, answered), [shown]);
    expect(problems).toEqual([]);
    expect(found.get('abcdef012345')!.map(({ document }) => document)).toEqual(
      ids.map((id) => `web/${id}`),
    );
  });

  it.each([
    ['commas', {}],
    ['semicolons', { delimiter: ';' }],
    ['tabs and a mark', { delimiter: '\t', bom: true }],
  ])('come back with their answers, through %s', (_title, options) => {
    const { answered: found, problems } = readCsv(edited(writeCsv([SHOWN]), answered, options), [
      SHOWN,
    ]);
    expect(problems).toEqual([]);
    const answers = found.get('abcdef012345')!;
    expect(answers.map(({ document }) => document)).toEqual([
      ...['web/doc-0', 'web/doc-1', 'web/doc-2', 'web/doc-3'],
    ]);
    expect(answers.map(({ label }) => label)).toEqual([...LABELS]);
    expect(answers[1]!.editDirection).toBe('ai_then_human');
    expect(answers[0]!.reason).toBe('=cmd, "quoted"\nnext line');
  });

  it('keep every id and reason, whatever is in it', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const awkward = fc
      .tuple(fc.constantFrom('', "'", "''", '=', '+', '-', '@', '＝', '"', ',', '\n'), text)
      .map(([start, rest]) => `${start}${rest}`.trim() || 'x');
    fc.assert(
      fc.property(
        fc.uniqueArray(awkward, { minLength: 1, maxLength: 4 }),
        awkward,
        (ids, reason) => {
          const shown = { sha256: SHA, packet: packet(ids, ids) };
          // A spreadsheet hands back what it was given; what a person types is guarded alike.
          const csv = edited(writeCsv([shown]), (cells) => {
            Object.assign(cells, { label: 'unknown', reason: guardCell(reason) });
          });
          const { answered: found, problems } = readCsv(csv, [shown]);
          expect(problems).toEqual([]);
          expect(found.get('abcdef012345')!.map(({ document }) => document)).toEqual(
            ids.map((id) => `web/${id}`),
          );
          expect(found.get('abcdef012345')!.every((answer) => answer.reason === reason)).toBe(true);
        },
      ),
      { seed: 4, numRuns: 200 },
    );
  });

  it('leave out a packet that nobody answered', () => {
    expect(readCsv(writeCsv([SHOWN]), [SHOWN])).toEqual({ answered: new Map(), problems: [] });
  });
});

/** A cell put wrong: of one row, from 0, or of all. */
interface Fault {
  readonly row?: number;
  readonly column: string;
  readonly value: string;
}

describe('bad rows', () => {
  const problemsOf = ({ row: bad, column, value }: Fault) =>
    readCsv(
      edited(writeCsv([SHOWN]), (cells, row) => {
        answered(cells, row);
        if (bad === undefined || bad === row) cells[column] = value;
      }),
      [SHOWN],
    ).problems.map(({ line, sentence }) => `${line}: ${sentence}`);

  // The reason of the first row and the text of the second hold a line feed: rows start at 2, 4, 6, 7.
  const FAULTS: readonly (readonly [string, Fault, string])[] = [
    ['unknown label', { row: 2, column: 'label', value: 'human' }, '6: expected a label'],
    ['missing label', { row: 3, column: 'label', value: '' }, '7: expected a label'],
    ['foreign document', { row: 1, column: 'id', value: 'doc-9' }, '4: web/doc-9 is not'],
    ['unknown packet', { row: 0, column: 'packet', value: 'zzz' }, '2: packet "zzz"'],
    [
      'stale packet',
      { column: 'packet_sha256', value: 'b'.repeat(64) },
      '2: the packet was drafted',
    ],
    ['wrong direction', { row: 1, column: 'edit_direction', value: 'left' }, '4: expected an edit'],
    [
      'direction of no edit',
      { row: 0, column: 'edit_direction', value: 'interleaved' },
      '2: expected',
    ],
    [
      'wrong transformation',
      { row: 0, column: 'transformed_by', value: 'ocr magic' },
      '2: expected',
    ],
  ];
  it.each(FAULTS)('with one %s are named with their line', (_title, fault, wanted) => {
    expect(problemsOf(fault).join('\n')).toContain(wanted);
  });

  it('that are left out, or stand twice, are named too', () => {
    const lines = edited(writeCsv([SHOWN]), answered, {}).split('\r\n');
    const without = [...lines.slice(0, 3), ...lines.slice(4)].join('\r\n');
    expect(readCsv(without, [SHOWN]).problems[0]!.sentence).toContain('no row for web/doc-2');
    const twice = [...lines.slice(0, 4), lines[3], ...lines.slice(4)].join('\r\n');
    expect(readCsv(twice, [SHOWN]).problems[0]!.sentence).toContain('web/doc-2 is answered twice');
  });

  it.each([
    ['', 'the file is empty'],
    ['a,b\r\n1,2\r\n', 'no column packet'],
    [`${writeCsv([SHOWN])}"half`, 'Quote'],
  ])('of a file that is none: %j', (text, sentence) => {
    const { problems } = readCsv(text, [SHOWN]);
    expect(problems.length).toBe(1);
    expect(problems[0]!.sentence).toContain(sentence);
  });
});

describe('the guard against formulas', () => {
  it('has an inverse', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 8 }), (text) => {
        expect(unguardCell(guardCell(text))).toBe(text);
        expect(guardCell(text)).not.toMatch(/^[=+\-@\t\r]/);
      }),
      { seed: 6, numRuns: 2000 },
    );
    expect(guardCell("it's")).toBe("it's");
  });
});

describe('answers on the command line', () => {
  const { packet: shown } = SHOWN;

  it('name a document by number, source/id or id, with direction, transformation and reason', () => {
    const answers = parseAnswers(
      [
        '1=human_authored',
        'web/doc-1=human_edited/human_then_ai+spell_check+ocr: it = says so: twice',
        'doc-2=unknown',
        '4=synthetic+machine_translation',
      ],
      shown,
    );
    expect(answers).toEqual([
      answerFor(0, 'human_authored'),
      {
        ...answerFor(1, 'human_edited'),
        editDirection: 'human_then_ai',
        transformedBy: ['ocr', 'spell_check'],
        reason: 'it = says so: twice',
      },
      answerFor(2, 'unknown'),
      { ...answerFor(3, 'synthetic'), transformedBy: ['machine_translation'] },
    ]);
  });

  it.each([
    [['1=human_authored'], 'none to 2, 3, 4'],
    [['9=synthetic'], 'found 9'],
    [['1=synthetik'], 'did you mean "synthetic"'],
    [['1=synthetic', '1=synthetic'], 'a second answer to web/doc-0'],
    [['1=synthetic/interleaved'], 'a direction with human_edited alone'],
  ])('%j is refused', (texts, words) => {
    expect(() => parseAnswers(texts, shown)).toThrow(words);
  });

  it('have a reason of bounded length', () => {
    const written = {
      label: 'unknown',
      editDirection: '',
      transformedBy: [],
      reason: 'x'.repeat(2001),
    };
    expect(isProblem(answerOf('web/doc-0', written))).toBe(true);
  });
});

function answerFor(i: number, label: string) {
  const editDirection = label === 'human_edited' ? 'unknown' : null;
  return { document: `web/doc-${i}`, label, editDirection, transformedBy: [], reason: '' };
}

describe('a person at the terminal', () => {
  function scripted(keys: string): { asking: Asking; said: string[] } {
    const left = [...keys];
    const said: string[] = [];
    const key = () => Promise.resolve(left.shift() ?? null);
    return { asking: { key, line: async () => 'because', say: (text) => said.push(text) }, said };
  }

  it.each([
    ['straight through', 'hsuh', ['human_authored', 'synthetic', 'unknown', 'human_authored']],
    [
      'with a key that means nothing',
      'xhsuh',
      ['human_authored', 'synthetic', 'unknown', 'human_authored'],
    ],
    ['back and changed', 'hbssuh', ['synthetic', 'synthetic', 'unknown', 'human_authored']],
    [
      'skipping, and asked again',
      'khhhs',
      ['synthetic', 'human_authored', 'human_authored', 'human_authored'],
    ],
  ])('answers %s', async (_title, keys, labels) => {
    const { asking } = scripted(keys);
    const answers = await askPacket(SHOWN.packet, asking);
    expect(answers?.map(({ label }) => label)).toEqual(labels);
  });

  it('is asked how a text was edited, and may give a reason', async () => {
    const answers = await askPacket(SHOWN.packet, scripted('reahhh').asking);
    expect(answers?.[0]).toMatchObject({ editDirection: 'ai_then_human', reason: 'because' });
  });

  it('sends nothing where they leave', async () => {
    expect(await askPacket(SHOWN.packet, scripted('hhq').asking)).toBeNull();
    expect(await askPacket(SHOWN.packet, scripted('hh').asking)).toBeNull();
  });

  it('sees texts blind, with nothing that acts on the terminal', async () => {
    const { asking, said } = scripted('hhhh');
    await askPacket(packet(['red \u001b[31m text\u202e\ufeff', 'b', 'c', 'd']), asking);
    const all = said.join('\n');
    expect(all).toContain('red <U+001B>[31m text<U+202E><U+FEFF>');
    expect(all).not.toMatch(/conflict|posterior|random/);
  });
});

describe('the text of a packet', () => {
  it('says how much of it is left out', () => {
    const pieces = [
      { start: 0, text: 'begin' },
      { start: 2_005, text: 'end' },
    ];
    const [document] = packet(['x']).documents;
    expect(textShown({ ...document!, pieces, characters: 2_008 })).toBe(
      'begin\n[.. 2,000 characters left out ..]\nend',
    );
  });

  it('shows a hidden message as what it is, and leaves scripts and emoji alone', () => {
    expect(visible('a\ufe00\ufe01\u{e0100}b')).toBe('a<3 variation selectors>b');
    const plain = '❤\ufe0f نمی\u200cخواهم 👩\u200d🔬';
    expect(visible(plain)).toBe(plain);
  });
});
