/** The journal's events as one record an operation, oldest first. */
import type { JournalEvent, Made } from '../../../domain/journal.js';
import type { OperationRecord } from '../../../render/house-views.js';
import { readJournal } from '../../../state/journal.js';
import type { World } from '../../../world.js';

type Step = OperationRecord['steps'][number];

/** Over: there is nothing to go on with. */
export const isSettled = ({ state }: OperationRecord): boolean => state === 'applied' || state === 'not-applied';

/** What a closed request made. Records of old name addresses only. */
export const madeIn = ({ made, ids = [] }: Extract<JournalEvent, { event: 'close' }>): readonly Made[] =>
  made.map((address, index) => ({ address, id: ids[index] || null }));

export const recordedEvents = ({ directories }: World): Promise<JournalEvent[]> => readJournal(directories.state);

export const operationRecords = async (world: World): Promise<OperationRecord[]> =>
  recordsOf(await readJournal(world.directories.state), world);

export const operationRecord = (events: readonly JournalEvent[], world: World, id: string): OperationRecord | undefined =>
  recordsOf(events, world).find((record) => record.id === id);

export function recordsOf(events: readonly JournalEvent[], world: World): OperationRecord[] {
  const records = new Map<string, OperationRecord>();
  for (const event of events) {
    if (event.event === 'begin') {
      const { operation: id, verb, profile, provider, at: startedAt, pid } = event;
      // Without a last word: still at work, or killed in the middle.
      const state = world.isAlive(pid) ? 'running' : 'unknown';
      records.set(id, { id, verb, profile, provider, state, startedAt, steps: [], message: null });
      continue;
    }
    const record = records.get(event.operation);
    if (record === undefined) continue;
    switch (event.event) {
      case 'resume':
        records.set(record.id, { ...record, state: world.isAlive(event.pid) ? 'running' : 'unknown', message: null });
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
        records.set(record.id, { ...record, steps });
        break;
      }
      case 'end':
        records.set(record.id, { ...record, state: event.state, message: event.result });
    }
  }
  return [...records.values()];
}
