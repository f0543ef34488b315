/** The record as a memory of keys: what an allocation under a `--key` made, as far as this machine knows. */
import { join } from 'node:path';
import type { Fate } from '../../../domain/errors.js';
import type { JournalEvent, Keyed, Keys, Made } from '../../../domain/journal.js';
import type { Target } from '../../../operations/target.js';
import type { Session } from '../../session.js';
import { type IsWorking, madeIn, recordedEvents, workingIn } from './record.js';

type Begin = Extract<JournalEvent, { event: 'begin' }>;

/** Keys are known for each provider: what another account made under the same key is not found there, and counts for nothing. */
export function keysOf(session: Session, { place, pinned }: Target): Keys {
  const { world } = session;
  return {
    alone: (verb, key, work, patience) => session.lock(join('keys', `${place.provider}-${verb}-${key}`), work, patience),
    find: async (verb, key) => {
      const mine = ({ provider, account }: Begin): boolean =>
        provider === place.provider && (account === null || pinned === null || account === pinned);
      const events = await recordedEvents(world);
      return keyedIn(events, {
        isMeant: (begin) => mine(begin) && begin.verb === verb && keyIn(begin) === key,
        isOurs: ({ profile }) => profile === place.profile,
        isWorking: await workingIn(events, world),
      });
    },
  };
}

export const keyIn = ({ intent }: Begin): string | null => {
  const { key } = (typeof intent === 'object' && intent !== null ? intent : {}) as Readonly<Record<string, unknown>>;
  return typeof key === 'string' ? key : null;
};

interface Reading {
  /** Whether an operation is one of the key's. */
  isMeant(begin: Begin): boolean;
  /** Whether it is of the profile in use: only such a one can be waited for here. */
  isOurs(begin: Begin): boolean;
  readonly isWorking: IsWorking;
}

interface Course {
  readonly begin: Begin;
  working: boolean;
  /** What became of each request of it that makes something new. */
  readonly making: Map<string, Fate>;
  readonly made: Made[];
}

const isSame = (one: Made, other: Made): boolean =>
  one.id !== null && other.id !== null ? one.id === other.id : one.address === other.address;

/** What a request took away when it is closed: the object of a release, or on the way back all that the operation had made. */
function lostBy({ begin: { verb, subject }, made }: Course, step: string): readonly Made[] {
  if (!/^(release|delete)\b/.test(step)) return [];
  return verb === 'release' || verb === 'delete' ? (subject === null ? [] : [{ address: subject.id, id: subject.id }]) : made;
}

/** What a later operation gave back, or got as its own, is the key's no more. */
export function keyedIn(events: readonly JournalEvent[], { isMeant, isOurs, isWorking }: Reading): Keyed {
  const courses = new Map<string, Course>();
  let kept: readonly { readonly one: Made; readonly provider: string }[] = [];
  for (const event of events) {
    if (event.event === 'begin') {
      courses.set(event.operation, { begin: event, working: isWorking(event), making: new Map(), made: [] });
      continue;
    }
    const course = courses.get(event.operation);
    if (course === undefined) continue;
    switch (event.event) {
      case 'send':
        if (event.creates === true) course.making.set(event.step, 'unknown');
        break;
      case 'close': {
        if (course.making.has(event.step)) course.making.set(event.step, event.state);
        if (event.state !== 'applied') break;
        const got = madeIn(event);
        const lost = [...got, ...lostBy(course, event.step)];
        const { provider } = course.begin;
        kept = kept.filter(
          (each) => each.provider !== provider || !lost.some((other) => isSame(each.one, other) || each.one.address === other.id),
        );
        course.made.push(...got);
        if (isMeant(course.begin)) kept = [...kept, ...got.map((one) => ({ one, provider }))];
        break;
      }
      case 'resume':
        course.working = isWorking(event);
        break;
      case 'end':
        course.working = false;
    }
  }
  const open = [...courses.values()]
    .filter(({ begin }) => isMeant(begin) && isOurs(begin))
    .map(({ begin, working, making }) => ({
      operation: begin.operation,
      running: working,
      unknown: [...making.values()].includes('unknown'),
    }))
    .find(({ running, unknown }) => running || unknown);
  return { made: kept.map(({ one }) => one), open: open === undefined ? null : { operation: open.operation, running: open.running } };
}
