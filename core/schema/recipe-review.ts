/** The `review` part of recipe.yaml: whom to ask, about what, until when. Read by `recipe-file.ts`. */
import { z } from 'zod';
import {
  decimalNumber,
  duration,
  listOf,
  mapping,
  oneOf,
  pattern,
  share,
  text,
  wholeNumber,
} from './file-values.js';
import { LIMITS } from './limits.js';
import type { ReviewPolicy } from './recipe.js';

const names = (what: string) =>
  listOf(text('a name'), 'names', 0, LIMITS.reviewers).prefault([]).describe(what);

const reminders = () => listOf(duration(), 'lengths of time', 0, 10);

export const reviewFile = mapping({
  conflicts: oneOf(['all', 'sample', 'none'])
    .prefault('sample')
    .describe('Conflicting documents: all of them, a share of the queue, or none.'),
  random_share: decimalNumber(0.2, 1)
    .prefault(0.2)
    .describe('Share of the queue that chance alone picks; the rest alone would bias calibration.'),
  double_share: share().prefault(0.1).describe('Share of the queue that two people see.'),
  documents: wholeNumber(1, LIMITS.reviewDocuments)
    .prefault(200)
    .describe('Documents that a build asks about at most.'),
  packet_size: wholeNumber(1, 200).prefault(20).describe('Documents of one packet.'),
  reviewers: names('Who may decide; empty: anyone who gives a name.'),
  deadline: duration().prefault('72h').describe('After this the packets close.'),
  reminders: reminders()
    .prefault([])
    .describe('How long before a deadline those who owe an answer are reminded.'),
  keys: z
    .record(
      z.string(),
      pattern('ed25519: and 32 bytes in base64', /^ed25519:[A-Za-z0-9+/]{43}=$/),
      { error: 'a mapping of names to public keys' },
    )
    .prefault({})
    .describe('Public key of each person who signs; `ballast review key` makes one.'),
  signatures: oneOf(['optional', 'required'])
    .prefault('optional')
    .describe('Whether a decision must be signed with the key above.'),
  approval: oneOf(['none', 'required'])
    .prefault('none')
    .describe('Whether people must approve the plan before anything is written.'),
  approvers: names('Who may approve; empty: anyone who gives a name.'),
  approvals: wholeNumber(1, 10)
    .prefault(1)
    .describe('Different people who must approve; 2 for four eyes.'),
  requester_approves: oneOf(['yes', 'no'])
    .prefault('no')
    .describe('Whether the approval of the person who asked for the build counts.'),
  approval_deadline: duration().prefault('72h').describe('After this the approval is decided.'),
  on_deadline: oneOf(['reject', 'approve'])
    .prefault('reject')
    .describe('What a build does that nobody decided on in time.'),
}).transform(
  (r): ReviewPolicy => ({
    conflicts: r.conflicts,
    randomShare: r.random_share,
    doubleShare: r.double_share,
    documents: r.documents,
    packetSize: r.packet_size,
    reviewers: r.reviewers,
    deadlineSeconds: r.deadline,
    reminderSeconds: [...r.reminders].sort((a, b) => b - a),
    keys: r.keys,
    signatures: r.signatures,
    approval:
      r.approval === 'none'
        ? null
        : {
            approvers: r.approvers,
            approvals: r.approvals,
            requesterApproves: r.requester_approves === 'yes',
            deadlineSeconds: r.approval_deadline,
            onDeadline: r.on_deadline,
          },
  }),
);
