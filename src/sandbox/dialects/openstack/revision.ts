/** Optimistic locking by `If-Match: revision_number=N`. https://docs.openstack.org/api-ref/network/v2/#revisions */
import type { ServiceAsk } from './ask.js';
import { neutronFault } from './ask.js';

/**
 * Holds an update or delete to the revision the client read. Says whether the client did all it could against
 * overwriting what it has not seen: sent the header, or the cloud does not know it.
 */
export function guard(ask: ServiceAsk, revision: number): boolean {
  const header = ask.call.headers['if-match'];
  if (header === undefined) return !ask.knobs.revisionIfMatch;
  if (!ask.knobs.revisionIfMatch) {
    throw neutronFault(ask, 400, 'HTTPBadRequest', 'This server does not support constraining operations based on revision numbers');
  }
  const [, expected] = /^"?revision_number=(\d+)"?$/.exec(header) ?? [];
  if (expected === undefined) {
    ask.note(`If-Match: ${header} is no revision_number`);
    throw neutronFault(ask, 400, 'HTTPBadRequest', `Invalid value for If-Match: ${header}`);
  }
  if (Number(expected) === revision) return true;
  throw neutronFault(ask, 412, 'RevisionNumberConstraintFailed', `Constrained to ${expected}, but current revision is ${revision}`);
}
