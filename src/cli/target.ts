/** A profile by name -> a Target: manifest, typed options, driver, connections; the sandbox started when the profile says so. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tokens } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import type { Manifest } from '../domain/manifest.js';
import type { OptionValue } from '../domain/option.js';
import { requireCapability } from '../operations/capable.js';
import type { Target } from '../operations/target.js';
import { merge, requireComplete, type Setting } from '../profiles/merge.js';
import { emptyProfile, type Profile } from '../profiles/profile.js';
import { defaultSandbox, isProviderId, type ProviderId, providerIds, providerOf } from '../providers/registry.js';
import { type Row, rows } from './commands.js';
import type { Intent } from './intent.js';
import type { Session } from './session.js';

/** How the profile in use was named: only a flag counts as naming a protected one. */
export interface Chosen {
  readonly name: string;
  readonly by: 'flag' | 'variable' | 'current' | 'argument';
}

/** `config` without a choice: nothing is sent to a provider that nobody named. */
export async function chooseProfile(intent: Intent, session: Session): Promise<Chosen> {
  const name = intent.global.profile;
  if (name !== undefined) return { name, by: intent.variables.includes('profile') ? 'variable' : 'flag' };
  const current = (await session.store()).current();
  if (current !== null) return { name: current, by: 'current' };
  throw new IpctlError('config', 'no profile is chosen', {
    fate: 'not-sent',
    hint: 'choose one with -p NAME or ipctl profile use NAME; add one: ipctl profile add NAME --provider P; or try things on the sandbox: -p sandbox',
  });
}

export interface Known {
  readonly id: ProviderId;
  readonly profile: Profile;
  readonly kind: 'stored' | 'sandbox' | 'environment';
}

/** What a profile name stands for. `config` for a name that stands for nothing. */
export async function lookUp(name: string, session: Session): Promise<Known> {
  const unknown = (what: string, hint: string): IpctlError => new IpctlError('config', what, { profile: name, fate: 'not-sent', hint });
  const builtIn = (rest: string, kind: Known['kind']): Known => {
    if (!isProviderId(rest)) throw unknown(`there is no provider '${rest}' for profile '${name}'`, `providers: ${providerIds.join(', ')}`);
    return { id: rest, profile: emptyProfile(rest), kind };
  };
  if (name === 'sandbox') return builtIn(defaultSandbox, 'sandbox');
  if (name.startsWith('sandbox-')) return builtIn(name.slice(8), 'sandbox');
  if (name.startsWith('env:')) return builtIn(name.slice(4), 'environment');
  const store = await session.store();
  const profile = store.get(name);
  if (profile === undefined) throw unknown(`there is no profile '${name}'`, 'ipctl profile list');
  if (!isProviderId(profile.provider))
    throw unknown(`profile '${name}' is of provider '${profile.provider}', which this ipctl does not know`, `see ${store.path}`);
  if (store.exposed()) session.warn(`warning: others can read ${store.path}; close it with chmod 600`);
  return { id: profile.provider, profile, kind: 'stored' };
}

export async function openTarget(intent: Intent, session: Session): Promise<Target> {
  const chosen = await chooseProfile(intent, session);
  return openKnown(chosen, await lookUp(chosen.name, session), intent, session);
}

export async function openKnown(chosen: Chosen, { id, profile, kind }: Known, intent: Intent, session: Session): Promise<Target> {
  const { world } = session;
  const { manifest, load } = providerOf(id);
  const row: Row | undefined = rows.find((candidate) => candidate.words === intent.words);
  if (row?.needs !== undefined) requireCapability(manifest, row.needs);
  refuseStrayFlags(intent, id, kind);
  const flags = { ...intent.options[id] };
  if (intent.global.region !== undefined) {
    if (!Object.hasOwn(manifest.options, 'region')) {
      throw new IpctlError('unsupported', `${manifest.title} has no regions: --region means nothing to it`, { fate: 'not-sent' });
    }
    flags.region = intent.global.region;
  }
  const stored =
    kind === 'sandbox' ? await (await import('./playground.js')).playground(id, intent.global.fault, session) : profile.options;
  const settings = merge(manifest, { flags, env: world.env, stored, fromEnvironment: kind === 'environment', profile: chosen.name });
  requireComplete(manifest, settings, chosen.name);
  const options = await resolveSecrets(manifest, settings, session);

  const [{ client }, { connections }, { connect }, ca] = await Promise.all([
    import('../http/client.js'),
    import('../http/wire.js'),
    load(),
    intent.global['ca-file'] === undefined ? undefined : readAuthorities(intent.global['ca-file']),
  ]);
  const dispatcher = connections({ env: world.env, ...(ca === undefined ? {} : { ca }) });
  session.onClose(() => dispatcher.destroy());
  const clientFor = client({
    dispatcher,
    clock: world.clock,
    random: world.random,
    redactor: session.redactor,
    trace: session.trace(intent.global.debug),
    userAgent: `ipctl/${world.version}`,
  });
  const tokens = await tokensFor(kind, session);
  const place = { profile: chosen.name, provider: id };
  const account = accountKey(id, settings);
  return {
    place,
    manifest,
    pinned: profile.account,
    refused: refusalOf(chosen, profile, intent, session),
    soleWriter: profile.settings['sole-writer'] === true,
    flags,
    exclusive: (work) => session.lock(join('accounts', account), work),
    connect: (limits, changes) =>
      connect({
        place,
        options,
        http: clientFor(limits),
        tokens,
        clock: world.clock,
        progress: limits.progress,
        conceal: session.redactor.conceal,
        ...changes,
      }),
  };
}

/** Options of another provider, and faults for a real one, mean nothing here: refused, never dropped. */
function refuseStrayFlags(intent: Intent, id: ProviderId, kind: Known['kind']): void {
  const strange = Object.keys(intent.options).find((provider) => provider !== id);
  if (strange !== undefined) {
    const option = Object.keys(intent.options[strange] ?? {})[0] ?? '';
    throw new IpctlError('unsupported', `--${strange}-${option} means nothing to ${id}`, { provider: id, fate: 'not-sent' });
  }
  if (intent.global.fault.length > 0 && kind !== 'sandbox') {
    throw new IpctlError('usage', '--fault is for sandbox profiles: a real provider brings its own', { fate: 'not-sent' });
  }
}

/** Secrets are fetched here, when everything else is known to be right. */
async function resolveSecrets(
  manifest: Manifest,
  settings: Readonly<Record<string, Setting>>,
  session: Session,
): Promise<Record<string, OptionValue>> {
  const options: Record<string, OptionValue> = {};
  for (const [name, { value }] of Object.entries(settings)) {
    if (typeof value !== 'object') options[name] = value;
    else options[name] = await (await import('../profiles/secrets.js')).fetchSecret(name, value, session.world.env, session.world.signal);
    // From here on no trace, error or record shows it, whoever may echo it.
    if (manifest.options[name]?.kind === 'secret') session.redactor.conceal(String(options[name]));
  }
  return options;
}

async function readAuthorities(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new IpctlError('config', `--ca-file: cannot read ${path}`, { fate: 'not-sent', cause: thrown });
  }
}

async function tokensFor(kind: Known['kind'], session: Session): Promise<Tokens> {
  const { fileTokens, memoryTokens } = await import('../state/tokens.js');
  return kind === 'sandbox' ? memoryTokens() : fileTokens(session.world.directories.state, session.world.clock);
}

/** One name for an account on this machine, whatever the profile is called: what identity options say, secrets left out. */
function accountKey(id: ProviderId, settings: Readonly<Record<string, Setting>>): string {
  const { options } = providerOf(id).manifest;
  const identity = Object.entries(settings).filter(([name]) => options[name]?.identity === true && options[name].kind !== 'secret');
  const text = JSON.stringify([id, identity.map(([name, { value }]) => [name, value]).sort()]);
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

function refusalOf({ name, by }: Chosen, profile: Profile, intent: Intent, session: Session): IpctlError | null {
  const refused = (message: string, hint: string): IpctlError =>
    new IpctlError('refused', message, { profile: name, fate: 'not-sent', hint });
  if (profile.settings['read-only'] === true) return refused(`profile ${name} is read-only`, `ipctl profile set ${name} read-only=false`);
  if (profile.settings.protected !== true) return null;
  if (by !== 'flag') return refused(`profile ${name} is protected: name it on the command line`, `-p ${name}`);
  const asks = session.world.terminal.stdin && session.world.terminal.stderr && !intent.global['no-input'];
  return asks || intent.change.yes ? null : refused(`profile ${name} is protected: off a terminal it wants --yes`, '--yes');
}
