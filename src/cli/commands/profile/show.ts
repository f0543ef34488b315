import { merge, type Origin, type Setting } from '../../../profiles/merge.js';
import { providerOf } from '../../../providers/registry.js';
import { type ProfileDetail, profileDetailView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import { lookUp } from '../../target.js';
import { sourceOf } from './stored.js';

export const run: Command<'profile show'> = async (intent, session) => {
  const name = intent.arguments[0] ?? '';
  const { id, profile, kind } = await lookUp(name, session);
  const { manifest } = providerOf(id);
  const settings = merge(manifest, {
    flags: {},
    env: session.world.env,
    stored: profile.options,
    fromEnvironment: kind === 'environment',
    profile: name,
  });
  const masked = (
    option: string,
    { value, origin, source }: Setting,
  ): { value: string | number | boolean; origin: Origin; source: string } => {
    if (typeof value === 'object')
      return { value: '****', origin, source: 'env' in value ? `variable ${value.env}` : `command ${value.command[0] ?? ''}` };
    return { value: manifest.options[option]?.kind === 'secret' ? '****' : value, origin, source };
  };
  const current = kind === 'environment' ? null : (await session.store()).current();
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
