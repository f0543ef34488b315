import { IpctlError } from '../../../domain/errors.js';
import type { JournalEvent } from '../../../domain/journal.js';
import { type OperationRecord, operationView } from '../../../render/house-views.js';
import { pruneJournal } from '../../../state/journal.js';
import type { Command } from '../../intent.js';
import { list, type Output } from '../../output.js';
import { keyedIn, keyIn } from './keys.js';
import { isSettled, recordedEvents, recordsOf, workingIn } from './record.js';

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY, w: 7 * DAY };

export const view = operationView;

/** One at a time: what others write meanwhile is kept. */
export const run: Command<'operation prune'> = async ({ flags }, session) => {
  const age = flags['older-than'] === undefined ? (flags.settled ? 0 : 90 * DAY) : ageOf(flags['older-than']);
  const { world } = session;
  return session.lock('prune', async () => {
    const events = await recordedEvents(world);
    const before = new Date(world.clock.now() - age).toISOString();
    const records = recordsOf(events, await workingIn(events, world));
    const needed = neededIn(events, records);
    const removed = records.filter((record) => isOver(record) && record.startedAt <= before && !needed.has(record.id));
    if (removed.length > 0) {
      await session.confirm(`Remove the records of ${removed.length} settled operations, begun before ${before}?`);
      await pruneJournal(world.directories.state, new Set(removed.map(({ id }) => id)));
    }
    return told(removed, records.length - removed.length);
  });
};

function ageOf(text: string): number {
  const [, number, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * (UNITS[unit] ?? DAY);
  throw new IpctlError('usage', `--older-than is an age such as 90d, 2w or 12h, not '${text}'`, { fate: 'not-sent' });
}

const isOver = (record: OperationRecord): boolean => isSettled(record) || record.state === 'not-sent';

/**
 * Settled, and of use all the same: what a key is known by, and what tells that an address which came after a lost allocation
 * is another operation's.
 */
function neededIn(events: readonly JournalEvent[], records: readonly OperationRecord[]): ReadonlySet<string> {
  const needed = new Set<string>();
  const unsettled = new Set(records.filter((record) => !isOver(record)).map(({ id }) => id));
  let isOpen = false;
  for (const event of events) {
    if (event.event === 'send' && event.creates === true && unsettled.has(event.operation)) isOpen = true;
    if (event.event === 'close' && isOpen && event.made.length > 0) needed.add(event.operation);
    if (event.event !== 'begin') continue;
    const key = keyIn(event);
    if (key === null) continue;
    const { made } = keyedIn(events, {
      isMeant: (begin) => begin.operation === event.operation,
      isOurs: () => false,
      isWorking: () => false,
    });
    if (made.length > 0) needed.add(event.operation);
  }
  return needed;
}

/** For a person how many; a script that asked for a format gets the records that are gone. */
const told = (removed: readonly OperationRecord[], kept: number): Output => ({
  print: (settings) =>
    settings.format === 'table' ? settings.write(`${removed.length} removed, ${kept} kept\n`) : list(view, removed).print(settings),
});
