/**
 * The rule of decontamination as anyone would write it first: grams are strings in a Map, a document's
 * grams in a Set. Shares no code with the screen that builds use; slow, and plainly right.
 */
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const SOLO =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

function wordsOf(text) {
  const lower = [...text].map((character) => character.toLowerCase());
  const folded = lower.map((form, i) => (form.length === 1 ? form : [...text][i])).join('');
  return folded.replace(SOLO, ' $& ').match(WORD) ?? [];
}

/** ASCII needs no care for characters that become two. */
const words = (text) =>
  /^[\0-\x7f]*$/.test(text) ? (text.toLowerCase().match(/[a-z0-9]+/g) ?? []) : wordsOf(text);

const tells = (word) => (word.length > 1 && /\p{L}/u.test(word)) || /^\p{Lo}$/u.test(word);
const telling = (list) => new Set(list.filter(tells)).size;

function gramsOf(list, size) {
  const grams = new Set();
  for (let i = 0; i + size <= list.length; i++) grams.add(list.slice(i, i + size).join(' '));
  return grams;
}

export function hitKey({ benchmark, item, field, kind, ratio }) {
  return `${benchmark} ${item} ${field} ${kind} ${ratio.toFixed(9)}`;
}

export function plainScreen(items, { tellingLeast = { gram: 3, item: 5 } } = {}) {
  const holders = { 13: new Map(), 8: new Map() };
  const totals = { 13: new Map(), 8: new Map() };
  const whole = new Map();
  for (const { benchmark, item, fields } of items) {
    for (const { field, text } of fields) {
      const list = words(text);
      const place = { benchmark, item, field };
      for (const size of [13, 8]) {
        const grams = [...gramsOf(list, size)].filter(
          (gram) => telling(gram.split(' ')) >= tellingLeast.gram,
        );
        totals[size].set(place, grams.length);
        for (const gram of grams) {
          if (!holders[size].has(gram)) holders[size].set(gram, []);
          holders[size].get(gram).push(place);
        }
      }
      if (list.length < 13 && list.length >= 5 && telling(list) >= tellingLeast.item) {
        const run = list.join(' ');
        if (!whole.has(run)) whole.set(run, []);
        whole.get(run).push(place);
      }
    }
  }
  const lengths = [...new Set([...whole.keys()].map((run) => run.split(' ').length))];
  return (text) => {
    const list = words(text);
    const found = new Map();
    for (const size of lengths)
      for (const run of gramsOf(list, size))
        for (const place of whole.get(run) ?? []) found.set(place, { kind: 'item', ratio: 1 });
    for (const size of [13, 8]) {
      const counts = new Map();
      for (const gram of gramsOf(list, size))
        for (const place of holders[size].get(gram) ?? [])
          counts.set(place, (counts.get(place) ?? 0) + 1);
      for (const [place, count] of counts)
        if (!found.has(place))
          found.set(place, { kind: `${size}-gram`, ratio: count / totals[size].get(place) });
    }
    return [...found].map(([place, hit]) => hitKey({ ...place, ...hit })).sort();
  };
}
