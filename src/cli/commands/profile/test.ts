import { IpctlError } from '../../../domain/errors.js';
import { verb } from '../../../operations/capable.js';
import { accountView } from '../../../render/house-views.js';
import type { World } from '../../../world.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import { type Chosen, chooseProfile, lookUp, openKnown } from '../../target.js';

export const view = accountView;

export const run: Command<'profile test'> = async (intent, session) => {
  const named = intent.arguments[0];
  const chosen: Chosen = named === undefined ? await chooseProfile(intent, session) : { name: named, by: 'argument' };
  const known = await lookUp(chosen.name, session);
  let expiresAt: string | null = null;
  const probe = {
    expires(at: string): void {
      expiresAt = at;
    },
  };
  const target = await openKnown(chosen, known, intent, session, probe);
  const { now } = session.world.clock;
  const started = now();
  const found = await session.read(target, (driver) => verb(driver, 'account')());
  const latency = Math.round(now() - started);
  const { profile, kind } = known;
  if (profile.account !== null && profile.account !== found.id && !intent.flags.repin) {
    throw new IpctlError('auth', `profile ${chosen.name} is pinned to account ${profile.account}, but its credentials open ${found.id}`, {
      ...target.place,
      fate: 'not-sent',
      hint: `if that is meant: ipctl profile test ${chosen.name} --repin`,
    });
  }
  if (kind === 'stored' && profile.account !== found.id) {
    await (await session.store()).update((stored) => ({
      ...stored,
      profiles: { ...stored.profiles, [chosen.name]: { ...(stored.profiles[chosen.name] ?? profile), account: found.id } },
    }));
  }
  const { user, project, region } = found;
  const isTable = (intent.global.output ?? 'table') === 'table';
  return one(isTable ? forPeople(session.world) : view, {
    ...target.place,
    account: found.id,
    user,
    project,
    region,
    pinned: kind === 'stored',
    latency,
    expiresAt,
  });
};

/** Relative time is for eyes: off a terminal the same command prints the same. */
const forPeople = ({ terminal, clock }: World): typeof view => ({
  ...view,
  columns: {
    ...view.columns,
    latency: ({ latency }) => `${latency} ms`,
    expires: ({ expiresAt }) => {
      if (expiresAt === null || !terminal.stdout) return expiresAt;
      const minutes = Math.max(0, Math.round((Date.parse(expiresAt) - clock.now()) / 60_000));
      return `in ${minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`} (${expiresAt})`;
    },
  },
});
