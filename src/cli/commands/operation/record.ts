/** The journal's events as one record an operation, oldest first. */
import type { JournalEvent, Made } from '../../../domain/journal.js';
import type { OperationRecord } from '../../../render/house-views.js';
import { readJournal } from '../../../state/journal.js';
import { isOwnerAlive } from '../../../state/owner.js';
import type { World } from '../../../world.js';

type Step = OperationRecord['steps'][number];

/** Over: there is nothing to go on with. */
export const isSettled = ({ state }: OperationRecord): boolean => state === 'applied' || state === 'not-applied';

/** What a closed request made. Records of old name addresses only. */
export const madeIn = ({ made, ids = [] }: Extract<JournalEvent, { event: 'close' }>): readonly Made[] =>
  made.map((address, index) => ({ address, id: ids[index] || null }));

export const recordedEvents = ({ directories }: World): Promise<JournalEvent[]> => readJournal(directories.state);

export const operationRecords = async (world: World): Promise<OperationRecord[]> => {
  const events = await recordedEvents(world);
  return recordsOf(events, await workingIn(events, world));
};

type Owned = Extract<JournalEvent, { event: 'begin' | 'resume' }>;
/** Whether the process that began or resumed an operation is still there. */
export type IsWorking = (event: Owned) => boolean;

/** Asked of the system once for each process: only those that are not done with their operation count. */
export async function workingIn(events: readonly JournalEvent[], world: World): Promise<IsWorking> {
  const open = new Map<string, Owned>();
  for (const event of events) {
    if (event.event === 'begin' || event.event === 'resume') open.set(event.operation, event);
    if (event.event === 'end') open.delete(event.operation);
  }
  const working = new Set<Owned>();
  for (const event of open.values()) if (await isOwnerAlive(event.pid, event.born ?? null, world)) working.add(event);
  return (event) => working.has(event);
}

export function recordsOf(events: readonly JournalEvent[], isWorking: IsWorking): OperationRecord[] {
  const records = new Map<string, OperationRecord>();
  for (const event of events) {
    if (event.event === 'begin') {
      const { operation: id, verb, profile, provider, at: startedAt } = event;
      // Without a last word: still at work, or killed in the middle.
      const state = isWorking(event) ? 'running' : 'unknown';
      records.set(id, { id, verb, profile, provider, state, startedAt, steps: [], message: null, made: [] });
      continue;
    }
    const record = records.get(event.operation);
    if (record === undefined) continue;
    switch (event.event) {
      case 'resume':
        records.set(record.id, { ...record, state: isWorking(event) ? 'running' : 'unknown', message: null });
        break;
      case 'send': {
        const { method, url, body } = event.request;
        const step: Step = { step: event.step, method, url, body: body ?? null, state: 'unknown', status: null, candidates: [] };
        records.set(record.id, { ...record, steps: [...record.steps, step] });
        break;
      }
      case 'close': {
        const last = record.steps.findLastIndex(({ step }) => step === event.step);
        const steps = record.steps.map((step, index) =>
          index === last ? { ...step, state: event.state, status: event.reply?.status ?? null, candidates: event.candidates } : step,
        );
        const made = event.state === 'applied' ? [...new Set([...record.made, ...event.made])] : record.made;
        records.set(record.id, { ...record, steps, made });
        break;
      }
      case 'end':
        records.set(record.id, { ...record, state: event.state, message: event.result });
    }
  }
  return [...records.values()];
}
