/** `ballast audit`: what was built, decided and published, checked and told with no server. */
import { defineCommand } from 'citty';
import contamination from './audit-contamination.js';
import grants from './audit-grants.js';
import head from './audit-head.js';
import seal from './audit-seal.js';
import show from './audit-show.js';
import verify from './audit-verify.js';

export default defineCommand({
  meta: { name: 'audit', description: 'Check and tell what was built, decided and published' },
  subCommands: { verify, show, seal, head, contamination, grants },
});
