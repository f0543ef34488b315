/** A driver whose credentials are fetched with the first verb that is called: until then everything can still be refused for nothing. */
import type { AnyDriver } from '../domain/driver.js';

type Verb = (...values: readonly unknown[]) => unknown;

/** `open` is called once, by the first verb. */
export function deferred(open: () => Promise<AnyDriver>): AnyDriver {
  let opened: Promise<AnyDriver> | undefined;
  const driver = (): Promise<AnyDriver> => {
    opened ??= open();
    return opened;
  };
  const call = async (name: string, values: readonly unknown[]): Promise<unknown> => {
    const found = await driver();
    return (found as unknown as Readonly<Record<string, Verb>>)[name]?.(...values);
  };
  return new Proxy({} as AnyDriver, {
    get(_, name) {
      // Whoever awaits a driver by mistake must not be answered by a verb.
      if (typeof name !== 'string' || name === 'then') return undefined;
      if (!name.startsWith('list')) return (...values: readonly unknown[]) => call(name, values);
      return async function* (...values: readonly unknown[]) {
        yield* (await call(name, values)) as AsyncIterable<unknown>;
      };
    },
  });
}
