/** One read in many profiles side by side: as slow as the slowest of them, and the failure of one costs only its own rows. */
import { IpctlError, type Kind, toIpctlError } from '../domain/errors.js';

export interface Everywhere<T> {
  /** In the order in which they come. Ends as an error when every profile failed; an interrupt ends it at once. */
  readonly items: AsyncGenerator<T, void, undefined>;
  /** What the failures so far amount to, or undefined. */
  failed(): IpctlError | undefined;
}

/** What the source at `index` did last. */
type Step<T> = { readonly index: number } & ({ readonly result: IteratorResult<T, unknown> } | { readonly error: IpctlError });

/** `read` is asked for each profile at once; of each, one row more than is consumed is fetched, so that memory is bounded by their pages. */
export function everywhere<T>(profiles: readonly string[], read: (profile: string) => AsyncIterable<T>): Everywhere<T> {
  const errors = new Map<string, IpctlError>();

  const failed = (): IpctlError | undefined => {
    const all = profiles.flatMap((profile) => errors.get(profile) ?? []);
    const [first] = all;
    if (first === undefined) return undefined;
    if (profiles.length === 1) return first;
    const alike = all.length === profiles.length && all.every(({ kind }) => kind === first.kind);
    const kind: Kind = alike ? first.kind : 'partial';
    return new IpctlError(kind, `${all.length} of ${profiles.length} profiles failed: ${first.message}`, {
      fate: 'not-sent',
      hint: 'what the others hold is shown; each failure is told with its profile',
      errors: all,
    });
  };

  async function* merged(): AsyncGenerator<T, void, undefined> {
    const sources = profiles.map((profile) => read(profile)[Symbol.asyncIterator]());
    const ready: Step<T>[] = [];
    let wake = (): void => {};
    const arrived = (step: Step<T>): void => {
      ready.push(step);
      wake();
    };
    const advance = (index: number): void => {
      sources[index]?.next().then(
        (result) => arrived({ index, result }),
        (thrown: unknown) => arrived({ index, error: toIpctlError(thrown).with({ profile: profiles[index], target: profiles[index] }) }),
      );
    };
    for (const index of sources.keys()) advance(index);
    let open = sources.length;
    try {
      while (open > 0) {
        const step = ready.shift();
        if (step === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if ('error' in step) {
          if (step.error.kind === 'signal') throw step.error;
          errors.set(profiles[step.index] ?? '', step.error);
          open -= 1;
        } else if (step.result.done === true) open -= 1;
        else {
          yield step.result.value;
          advance(step.index);
        }
      }
    } finally {
      // Not awaited: one that hangs in a request must not hold those who have what they wanted.
      for (const source of sources) source.return?.()?.catch(() => undefined);
    }
    const failure = failed();
    if (failure !== undefined && errors.size === profiles.length) throw failure;
  }
  return { items: merged(), failed };
}
