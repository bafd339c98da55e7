/** Plans that wait for approval, and one of them: what it is, what it changes, what it risks; yes or no. */
import type { ApprovalList, ApprovalPage, ApprovalRow, PageTable } from '../page-types.js';
import { button, element, facts, picture, route, table, when } from './element.js';
import { errorNotice, say, silentServer } from './notices.js';
import { person } from './person.js';
import { read, send } from './server.js';
import type { View } from './view.js';

const COLUMNS = ['mix', 'state', 'approvals', 'due', 'answered by'].map((name) => ({
  name,
  align: 'left' as const,
}));

function lineOf({ mix, state, approvals, missing, dueAt, answers }: ApprovalRow) {
  return [
    route(mix, `/approval/${encodeURIComponent(mix)}`),
    state,
    `${approvals - missing} of ${approvals}`,
    when(dueAt),
    answers.map(({ approver, decision }) => `${approver}: ${decision}`).join(', ') || '-',
  ];
}

export async function approvalsView(): Promise<View> {
  const { rows, isServerThere } = await read<ApprovalList>('approvals');
  const none = isServerThere
    ? 'No build asks for an approval.'
    : 'No build asked for an approval in this workspace.';
  const node = element(
    'main',
    {},
    element('h1', {}, 'Plans to approve'),
    silentServer(isServerThere),
    rows.length === 0
      ? element('p', { class: 'lead' }, none)
      : table('Approvals', COLUMNS, rows.map(lineOf)),
  );
  return { title: 'Approvals', node };
}

function tables(rows: readonly PageTable[]): HTMLElement[] {
  return rows.map(({ title, columns, rows: lines }) => table(title, columns, lines));
}

function changesOf({ previousVersion, changes }: ApprovalPage): HTMLElement {
  const none =
    previousVersion === null
      ? 'There is no version before this one.'
      : `The plan of ${previousVersion} is not in this workspace, or does not differ.`;
  return element(
    'section',
    {},
    element(
      'h2',
      {},
      `What changes${previousVersion === null ? '' : ` against ${previousVersion}`}`,
    ),
    ...(changes.length === 0 ? [element('p', { class: 'lead' }, none)] : tables(changes)),
  );
}

function riskOf({ risk }: ApprovalPage): HTMLElement {
  if (risk === null)
    return element(
      'section',
      {},
      element('h2', {}, 'Risk of collapse'),
      element('p', { class: 'lead' }, 'The recipe asks for no simulation.'),
    );
  const isGood = risk.decision === 'PASS';
  return element(
    'section',
    {},
    element('h2', {}, 'Risk of collapse'),
    element(
      'div',
      { class: `verdict ${isGood ? 'good' : 'bad'}` },
      element('b', {}, risk.decision),
      ...risk.why.map((sentence) => element('span', {}, sentence)),
    ),
    ...risk.pictures.map(({ title, caption, source }) =>
      element(
        'figure',
        { class: 'card' },
        element('figcaption', {}, element('b', {}, title), element('p', {}, caption)),
        element('div', { class: 'plot' }, picture(source, `${title}. ${caption}`)),
      ),
    ),
    ...tables(risk.tables),
  );
}

/** Approve or reject; a rejection says why. */
function decisionForm(
  page: ApprovalPage,
  settings: { max: number; reload: () => void },
): HTMLElement {
  const notice = element('div', { class: 'notices' });
  const reason = element('textarea', { id: 'why' });
  reason.rows = 2;
  reason.maxLength = settings.max;
  reason.dir = 'auto';
  const give = async (decision: 'approve' | 'reject'): Promise<void> => {
    const { mix, packetSha256 } = page;
    for (const each of [approve, reject]) each.disabled = true;
    try {
      await send('approval', {
        mix,
        packetSha256,
        approver: person(),
        decision,
        reason: reason.value,
      });
      say(`${decision}: on record`);
      settings.reload();
    } catch (error) {
      notice.replaceChildren(errorNotice(error));
      for (const each of [approve, reject]) each.disabled = false;
      if (decision === 'reject' && reason.value.trim() === '') reason.focus();
    }
  };
  const approve = button('Approve this plan', () => void give('approve'), { class: 'primary' });
  const reject = button('Reject it', () => void give('reject'), { class: 'danger' });
  return element(
    'section',
    { class: 'card decide', 'aria-label': 'your decision' },
    element(
      'p',
      {},
      `You are ${person()}. You decide on exactly this plan, ${page.packetSha256.slice(0, 12)}.`,
    ),
    element('label', { for: 'why' }, 'reason; a rejection needs one'),
    reason,
    element('div', { class: 'row' }, approve, reject),
    notice,
  );
}

export async function approvalView(mix: string, max: number, reload: () => void): Promise<View> {
  const page = await read<ApprovalPage>('approval', { mix });
  const said = page.answers.map(({ approver, onBehalfOf, decision, reason, authMethod }) => [
    onBehalfOf === null ? approver : `${approver} for ${onBehalfOf}`,
    ...[decision, reason, authMethod],
  ]);
  const node = element(
    'main',
    { class: 'approval' },
    element('p', { class: 'eyebrow' }, route('Approvals', '/approvals')),
    element('h1', {}, `Plan of ${page.mix}`),
    facts([
      ['state', page.state],
      ['approvals', `${page.approvals - page.missing} of ${page.approvals}`],
      ['due', when(page.dueAt)],
      ...page.facts,
    ]),
    said.length === 0
      ? null
      : table(
          'Answers so far',
          ['who', 'decision', 'reason', 'who says so'].map((name) => ({ name, align: 'left' })),
          said,
        ),
    ...tables(page.plan.slice(0, 2)),
    changesOf(page),
    riskOf(page),
    element('section', {}, element('h2', {}, 'The plan'), ...tables(page.plan.slice(2))),
    // With the last approval the build goes on a moment before it says so.
    page.state === 'waits' && page.missing > 0 ? decisionForm(page, { max, reload }) : null,
  );
  return { title: `Plan of ${page.mix}`, node };
}
