/** `--all-profiles`, `--profiles GLOB,...`: which profiles are meant, and a read in all of them. */
import { IpctlError } from '../../../domain/errors.js';
import type { FloatingIp } from '../../../domain/records.js';
import { everywhere } from '../../../operations/everywhere.js';
import type { Target } from '../../../operations/target.js';
import { printList } from '../../../render/print.js';
import { floatingIpView } from '../../../render/views.js';
import type { Intent } from '../../intent.js';
import type { Output } from '../../output.js';
import type { Session } from '../../session.js';
import { lookUp, openKnown } from '../../target.js';

type Asked = Intent<'ip list'> | Intent<'ip show'>;

/** Whose the rows are is told first. */
const view = { ...floatingIpView, defaults: ['profile', ...floatingIpView.defaults] };

/** Names in order, or undefined when one profile is asked as ever. `usage` beside `--profile`; `config` when there is none such. */
export async function profilesOf({ flags, global, variables }: Asked, session: Session): Promise<readonly string[] | undefined> {
  const globs = flags.profiles?.split(',').map((glob) => glob.trim());
  if (!flags['all-profiles'] && globs === undefined) return undefined;
  const refuse = (message: string): never => {
    throw new IpctlError('usage', message, { fate: 'not-sent' });
  };
  if (flags['all-profiles'] && globs !== undefined) refuse('--all-profiles or --profiles, not both');
  if (global.profile !== undefined && !variables.includes('profile')) refuse('--profile or several profiles, not both');
  const missing = (what: string): never => {
    throw new IpctlError('config', what, { fate: 'not-sent', hint: 'ipctl profile list' });
  };
  const stored = (await session.store()).names();
  if (globs === undefined) return stored.length > 0 ? stored : missing('there are no profiles');
  const named = globs.flatMap((glob) => {
    // Without a wildcard it is a name, also of a profile that is not stored: sandbox, env:PROVIDER, cloud:NAME.
    if (!/[*?]/.test(glob)) return [glob];
    const pattern = new RegExp(
      `^${glob
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
    const matching = stored.filter((name) => pattern.test(name));
    return matching.length > 0 ? matching : missing(`no profile is named like '${glob}'`);
  });
  return [...new Set(named)];
}

/** The rows that `read` finds in each of them. `not-found` where something is `sought` and all of them say that they do not have it. */
export async function inEach(
  profiles: readonly string[],
  intent: Asked,
  session: Session,
  read: (target: Target) => AsyncIterable<FloatingIp>,
  sought?: string,
): Promise<Output> {
  const { items, failed } = everywhere(profiles, (name) => found(name));
  async function* found(name: string): AsyncGenerator<FloatingIp, void, undefined> {
    yield* read(await openKnown({ name, by: 'flag' }, await lookUp(name, session), intent, session));
  }
  // The first row, or the end of all: where every profile fails nothing is printed, not even a header.
  const first = await items.next();
  if (first.done === true && sought !== undefined && failed() === undefined) {
    throw new IpctlError('not-found', `no ${sought} in ${profiles.length === 1 ? profiles[0] : `any of ${profiles.length} profiles`}`, {
      fate: 'not-sent',
    });
  }
  async function* rest(): AsyncGenerator<FloatingIp, void, undefined> {
    if (first.done !== true) yield first.value;
    yield* items;
  }
  return {
    print: (settings) => printList(view, rest(), settings),
    get failed() {
      return failed();
    },
  };
}
