/** The journal's events as one record an operation, oldest first. */
import type { OperationRecord } from '../../../render/house-views.js';
import { readJournal } from '../../../state/journal.js';
import type { World } from '../../../world.js';

type Step = OperationRecord['steps'][number];

export async function operationRecords(world: World): Promise<OperationRecord[]> {
  const records = new Map<string, OperationRecord>();
  for (const event of await readJournal(world.directories.state)) {
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
