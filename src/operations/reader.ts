/** A driver that only looks, with one deadline and no journal; errors leave with the profile they belong to. */
import type { AnyDriver } from '../domain/driver.js';
import { IpctlError, toIpctlError } from '../domain/errors.js';
import type { Target } from './target.js';
import type { RunSettings } from './underway.js';

export type ReadSettings = Pick<RunSettings, 'clock' | 'signal' | 'timeout' | 'progress'>;

const readOnly = (): never => {
  throw new IpctlError('defect', 'a verb that only reads tried to change something');
};

/** A driver that cannot change anything, with the deadline running from now. */
export function reader(target: Target, { clock, signal, timeout, progress }: ReadSettings): AnyDriver {
  const deadline = clock.now() + timeout;
  return target.connect({ signal, deadline: () => deadline, progress }, { mutate: readOnly, settle: readOnly });
}

export async function* placed<T>(target: Target, signal: AbortSignal, items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* items;
  } catch (thrown) {
    throw atPlace(target, signal, thrown);
  }
}

const atPlace = ({ place }: Target, signal: AbortSignal, thrown: unknown): IpctlError =>
  signal.aborted ? new IpctlError('signal', 'interrupted', place) : toIpctlError(thrown).with(place);

export const at = <T>(target: Target, signal: AbortSignal, found: Promise<T>): Promise<T> =>
  found.catch((thrown: unknown) => {
    throw atPlace(target, signal, thrown);
  });

export const readOnce = <T>(target: Target, settings: ReadSettings, work: (driver: AnyDriver) => Promise<T>): Promise<T> =>
  at(target, settings.signal, work(reader(target, settings)));
