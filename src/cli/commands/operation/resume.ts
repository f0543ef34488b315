import { join } from 'node:path';
import { parseAddress } from '../../../domain/address.js';
import type { AnyIp, Change } from '../../../domain/change.js';
import { IpctlError } from '../../../domain/errors.js';
import type { JournalEvent, RecordedStep, Replay } from '../../../domain/journal.js';
import { type AllocateInput, allocate } from '../../../operations/allocate.js';
import { type AssociateInput, associate, type MoveInput, move } from '../../../operations/associate.js';
import type { ChangeSettings } from '../../../operations/change.js';
import { type DirectRecord, resumeDirect } from '../../../operations/direct.js';
import { type DisassociateInput, disassociate } from '../../../operations/disassociate.js';
import { type CreateInput, createPrivateIps, type DeleteInput, deletePrivateIp } from '../../../operations/private-ips.js';
import { type ReleaseInput, release } from '../../../operations/release.js';
import type { Target } from '../../../operations/target.js';
import { noWayBack, undoAllocate, undoMove } from '../../../operations/undo.js';
import { type UpdateInput, update } from '../../../operations/update.js';
import { floatingIpView, privateIpView, type View } from '../../../render/views.js';
import { readJournal } from '../../../state/journal.js';
import { changed, changesOf } from '../../changed.js';
import type { Command } from '../../intent.js';
import { lookUp, openKnown } from '../../target.js';
import { isSettled, madeIn, recordsOf, workingIn } from './record.js';

type Begin = Extract<JournalEvent, { event: 'begin' }>;
type Verb = (target: Target, settings: ChangeSettings, input: unknown) => Promise<Change<AnyIp> | readonly Change<AnyIp>[]>;

/** The verbs by the names they are recorded under. Their input is what they recorded of it themselves. */
const verbs: Readonly<Record<string, Verb>> = {
  allocate: (target, settings, input) => allocate(target, settings, input as AllocateInput),
  associate: (target, settings, input) => associate(target, settings, input as AssociateInput),
  move: (target, settings, input) => move(target, settings, input as MoveInput),
  disassociate: (target, settings, input) => disassociate(target, settings, input as DisassociateInput),
  release: (target, settings, input) => release(target, settings, input as ReleaseInput),
  update: (target, settings, input) => update(target, settings, input as UpdateInput),
  create: (target, settings, input) => createPrivateIps(target, settings, input as CreateInput),
  delete: (target, settings, input) => deletePrivateIp(target, settings, input as DeleteInput),
  api: (target, settings, input) => resumeDirect(target, settings, input as DirectRecord),
};

/** The ways back, where there is one. */
const undos: Readonly<Record<string, Verb>> = {
  allocate: (target, settings, input) => undoAllocate(target, settings, input as AllocateInput),
  associate: (target, settings, input) => undoMove(target, settings, input as AssociateInput),
  move: (target, settings, input) => undoMove(target, settings, input as MoveInput),
};

export const view = changesOf(floatingIpView);
const privateView = changesOf(privateIpView);

/** Under a lock of the operation's own: of two that resume it at once, the second finds what the first made of it. */
export const run: Command<'operation resume'> = async (intent, session) => {
  const id = intent.arguments[0] ?? '';
  // What is no id of ours names no lock either.
  return /^[0-9a-z]+-[0-9a-z]+$/.test(id)
    ? session.lock(join('operations', id), () => resume(id, intent, session), intent.change.timeout)
    : resume(id, intent, session);
};

const resume: (id: string, ...given: Parameters<Command<'operation resume'>>) => ReturnType<Command<'operation resume'>> = async (
  id,
  intent,
  session,
) => {
  const { none, undo } = intent.flags;
  // As they are told, they stand in a list.
  const take = intent.flags.take.flatMap((words) => words.split(/[\s,]+/)).filter((word) => word !== '');
  const takes = intent.flags.take.length > 0;
  const refused = (kind: 'usage' | 'not-found' | 'conflict' | 'refused', message: string, hint?: string): IpctlError =>
    new IpctlError(kind, message, { fate: 'not-sent', hint });
  if (takes && take.length === 0) throw refused('usage', '--take is empty');
  if (takes && none) throw refused('usage', '--take or --none, not both');
  if (intent.change['dry-run'] || intent.change['no-journal']) {
    throw refused('usage', '--dry-run and --no-journal mean nothing to a recorded operation');
  }
  const events = await readJournal(session.world.directories.state);
  const record = recordsOf(events, await workingIn(events, session.world)).find((each) => each.id === id);
  const begin = events.find((event): event is Begin => event.event === 'begin' && event.operation === id);
  if (record === undefined || begin === undefined)
    throw refused('not-found', `there is no record of operation '${id}'`, 'ipctl operation list');
  const isPrivate = begin.verb === 'create' || begin.verb === 'delete';
  const shape = (isPrivate ? privateView : view) as View<Change<AnyIp>>;
  const lacking = undo ? noWayBack(begin.verb, begin.intent) : undefined;
  if (lacking !== undefined) throw refused('usage', `--undo: operation ${id} is of ${begin.verb}, and ${lacking.why}`, lacking.instead);
  if (record.state === 'running') throw refused('conflict', `operation ${id} is still at work`, 'let it finish');
  if (isSettled(record)) {
    if (takes || none || (undo && record.state === 'applied'))
      throw refused('conflict', `operation ${id} is settled as ${record.state} already`, `ipctl operation show ${id}`);
    const settled: Change<AnyIp> = { action: begin.verb, changed: false, operation: id, ip: null, error: null, planned: null };
    return changed(shape, [settled], false, 'operations');
  }
  if (!undo && events.some((event) => event.event === 'resume' && event.operation === id && event.undo === true)) {
    throw refused('conflict', `operation ${id} is on its way back already`, `ipctl operation resume ${id} --undo goes on with that`);
  }
  requireCandidates(take, candidatesOf(events, id), id);
  const verb = (undo ? undos : verbs)[begin.verb];
  if (verb === undefined) throw new IpctlError('defect', `operation ${id} is a '${begin.verb}', which this ipctl does not know`);
  const known = await lookUp(begin.profile, session);
  // Naming the operation names its profile, a protected one too.
  const target = await openKnown({ name: begin.profile, by: 'flag' }, known, { ...intent, options: { [known.id]: begin.flags } }, session);
  if (begin.account !== null && target.pinned !== begin.account) {
    throw refused('refused', `profile ${begin.profile} points to another account than operation ${id} was of`);
  }
  const settings: ChangeSettings = {
    ...(await session.changes(target)),
    replay: replayOf(events, begin, { take, none, undo, stateDirectory: session.world.directories.state }),
  };
  const result = await verb(target, settings, begin.intent);
  const many = Array.isArray(result);
  return changed(shape, (many ? result : [result]) as readonly Change<AnyIp>[], many, 'operations');
};

/** What the last look for each creating request of unknown outcome found; empty where nobody has looked to the end. */
function candidatesOf(events: readonly JournalEvent[], id: string): readonly string[] {
  const creating = new Set<string>();
  const found = new Map<string, readonly string[]>();
  for (const event of events) {
    if (event.operation !== id) continue;
    if (event.event === 'send' && event.creates === true) creating.add(event.step);
    if (event.event === 'close') found.set(event.step, event.state === 'unknown' && creating.has(event.step) ? event.candidates : []);
  }
  return [...found.values()].flat();
}

/** `usage` at once for what cannot be ours: where candidates are recorded, the user chooses among them. */
function requireCandidates(take: readonly string[], candidates: readonly string[], id: string): void {
  const strange = take.filter((word) => (candidates.length === 0 ? parseAddress(word) === undefined : !candidates.includes(word)));
  if (strange.length === 0) return;
  throw new IpctlError('usage', `${strange.join(', ')} is no candidate of this operation`, {
    fate: 'not-sent',
    hint: candidates.length === 0 ? '--take ADDRESS' : `candidates: ${candidates.join(', ')}; to look anew: ipctl operation resume ${id}`,
  });
}

interface Said {
  readonly take: readonly string[];
  readonly none: boolean;
  readonly undo: boolean;
  readonly stateDirectory: string;
}

function replayOf(events: readonly JournalEvent[], begin: Begin, { take, none, undo, stateDirectory }: Said): Replay {
  const steps = new Map<string, RecordedStep>();
  for (const event of events) {
    if (event.operation !== begin.operation) continue;
    // A send that was never closed: the process died with it, and nobody knows.
    if (event.event === 'send') steps.set(event.step, { state: 'unknown', before: event.before ?? [], reply: null });
    if (event.event === 'close')
      steps.set(event.step, {
        state: event.state,
        before: steps.get(event.step)?.before ?? [],
        reply: event.reply,
        made: madeIn(event),
      });
  }
  const others = async (): Promise<ReadonlySet<string>> => othersSince(await readJournal(stateDirectory), begin.operation);
  return { id: begin.operation, subject: begin.subject, steps, take, none, undo, others };
}

/** What others got before our request was sent is on our list of that time, or was given back since and may be ours now. */
function othersSince(events: readonly JournalEvent[], ours: string): ReadonlySet<string> {
  const sent = events.findIndex(({ event, operation }) => event === 'send' && operation === ours);
  return new Set(events.slice(sent + 1).flatMap((event) => (event.event === 'close' && event.operation !== ours ? event.made : [])));
}
