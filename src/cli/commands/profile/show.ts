import { merge, type Origin, type Setting } from '../../../profiles/merge.js';
import type { SecretSource } from '../../../profiles/profile.js';
import { providerOf } from '../../../providers/registry.js';
import { type ProfileDetail, profileDetailView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import { lookUp } from '../../target.js';
import { homeless } from '../doctor/places.js';
import { sourceOf } from './stored.js';

export const run: Command<'profile show'> = async (intent, session) => {
  const name = intent.arguments[0] ?? '';
  const known = await lookUp(name, session);
  const { id, profile, kind } = known;
  const { manifest } = providerOf(id);
  const flags = intent.options[id] ?? {};
  const regional = Object.hasOwn(manifest.options, 'region') ? intent.global.region : undefined;
  const settings = merge(manifest, {
    flags: regional === undefined ? flags : { ...flags, region: regional },
    env: session.world.env,
    stored: regional === undefined ? profile.options : (known.inRegion?.(regional) ?? profile).options,
    fromEnvironment: kind === 'environment',
    profile: name,
  });
  const store = await session.store();
  const where =
    kind === 'cloud'
      ? `the entry ${name.slice(6)} of clouds.yaml`
      : `the profile ${name}, in ${homeless(store.path, session.world.env.HOME)}`;
  const words = (origin: Origin, source: string): string =>
    ({ flag: `the flag ${source}`, variable: `the variable ${source}`, profile: where, default: 'default' })[origin];
  const masked = (
    option: string,
    { value, origin, source }: Setting,
  ): { value: string | number | boolean; origin: Origin; source: string } => {
    const isUnset = typeof value === 'object' && 'env' in value && (session.world.env[value.env] ?? '') === '';
    const isSecret = typeof value === 'object' || manifest.options[option]?.kind === 'secret';
    const shown = isUnset && intent.flags.explain ? 'not set' : isSecret ? '****' : value;
    const from = option === 'region' && regional !== undefined ? '--region' : source;
    return { value: shown, origin, source: typeof value === 'object' ? `${named(value)}, which the profile names` : words(origin, from) };
  };
  const current = kind === 'environment' ? null : store.current();
  const detail: ProfileDetail = {
    name,
    provider: id,
    source: sourceOf(kind),
    current: current === name,
    protected: profile.settings.protected === true,
    readOnly: profile.settings['read-only'] === true,
    soleWriter: profile.settings['sole-writer'] === true,
    account: profile.account,
    options: Object.fromEntries(Object.entries(settings).map(([option, setting]) => [option, masked(option, setting)])),
  };
  return one(profileDetailView(detail, intent.flags.explain), detail);
};

const named = (source: SecretSource): string => ('env' in source ? `the variable ${source.env}` : `the command ${source.command[0] ?? ''}`);
