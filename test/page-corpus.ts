/** A small corpus whose documents all stand in packets, and documents that attack whoever shows them. */
import { writeInto } from './source-profile.js';

/** Runs if any of it is ever taken for markup. */
const RUN = 'window.attacked=(window.attacked||0)+1';

/** By id; every field that a page shows holds an attack. */
export const ATTACKS: readonly Readonly<Record<string, string>>[] = [
  {
    id: `<img src=x onerror="${RUN}">`,
    text: `<script>${RUN}</script><svg onload="${RUN}"></svg><iframe srcdoc="<script>parent.${RUN}</script>"></iframe> words that are not markup, in this text and in the next.`,
    url: `javascript:${RUN}`,
    language: `"><script>${RUN}</script>`,
  },
  {
    id: `"><svg/onload=${RUN}>`,
    text: `</textarea></div></template><details open ontoggle="${RUN}"><a href="javascript:${RUN}">a link</a> <style>*{display:none}</style> <meta http-equiv="refresh" content="0;url=http://attack.invalid/"> <link rel=stylesheet href="http://attack.invalid/x.css"> <img src="http://attack.invalid/x.png">`,
    url: `https://example.org/"onmouseover="${RUN}`,
  },
  {
    id: 'turned-\u202egpj.exe',
    text: `The name of this file is \u202ecod.exe\u202c and ends there. \u0000\u001b[31m{{constructor.constructor('${RUN}')()}} \${${RUN}}`,
    url: 'data:text/html,<script>1</script>',
  },
  {
    id: '__proto__',
    text: `Certainly! Here is a polished version of your text. ${'A long text goes on and on about rivers and bridges. '.repeat(220)} Let me know if you would like me to make any changes.`,
    url: 'http://example.org/plain',
  },
];

const PLACES = ['river', 'harbour', 'market', 'station', 'library', 'garden', 'bridge', 'square'];

function ordinary(i: number): Record<string, string> {
  const place = PLACES[i % PLACES.length]!;
  const other = PLACES[(i * 3 + 1) % PLACES.length]!;
  const opening = i % 7 === 0 ? 'As an AI language model, I describe what I was given. ' : '';
  return {
    id: `note-${i}`,
    text: `${opening}Note ${i} on the ${place}. ${`In the year ${1900 + i * 2} the ${other} number ${i * 17} was moved ${i + 3} yards, as ${i * 31} letters say. `.repeat(2 + (i % 5))}`,
    url: `https://example.org/notes/${i}`,
    created: `20${10 + (i % 12)}-0${1 + (i % 9)}-11`,
  };
}

/** Documents in all. */
export const DOCUMENTS = 100;

export async function writePageCorpus(folder: string): Promise<void> {
  const notes = Array.from({ length: DOCUMENTS - ATTACKS.length }, (_, i) => ordinary(i));
  const rows = [...ATTACKS, ...notes].map((row) => JSON.stringify(row));
  await writeInto(folder, 'data/notes.jsonl', `${rows.join('\n')}\n`);
}

/** Everything is asked about, fifty documents in a packet. */
export const PAGE_RECIPE = `name: page-mix
version: 2026.11.23
seed: 7
tokenizer: bytes
token_budget: 9_000
sources:
  - name: notes
    paths: ["data/notes.jsonl"]
    fields: {id: id, text: text, created: created, url: url}
    language: {field: language}
    domain: history
    provenance: {declared: human_authored}
    grant: ours
grants:
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow}}
use: {purposes: [pretrain], territory: EU, training_ends: 2027-03-31}
output: {formats: [parquet], shard_megabytes: 1, holdout_share: 0}
review: {documents: 100, packet_size: 50, random_share: 1, double_share: 0.1, reviewers: [anna, ben, "<b>eve</b>"], deadline: 72h}
`;

/** The next version, whose plan people must approve. */
export const APPROVAL_RECIPE = PAGE_RECIPE.replace('version: 2026.11.23', 'version: 2026.11.24')
  .replace('token_budget: 9_000', 'token_budget: 12_000')
  .replace(
    /^review: .*$/m,
    'review: {documents: 1, packet_size: 1, approval: required, approvers: [anna, "<b>eve</b>"], approvals: 2}',
  );
