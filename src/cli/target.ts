/** A profile by name -> a Target: manifest, typed options, driver, connections; the sandbox started when the profile says so. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AnyDriver, Tokens } from '../domain/driver.js';
import { IpctlError, isIpctlError } from '../domain/errors.js';
import type { Manifest } from '../domain/manifest.js';
import { hintAt } from '../domain/nearest.js';
import { type OptionSpec, type OptionValue, parseOption, variableNames } from '../domain/option.js';
import { requireCapability } from '../operations/capable.js';
import type { Target } from '../operations/target.js';
import { merge, requireComplete, type Setting } from '../profiles/merge.js';
import { emptyProfile, type Profile } from '../profiles/profile.js';
import { cloudsProviders, defaultSandbox, isProviderId, type ProviderId, providerIds, providerOf } from '../providers/registry.js';
import { type Row, rows } from './commands.js';
import { deferred } from './deferred.js';
import type { Intent } from './intent.js';
import { parallelOf, type Session } from './session.js';

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
  readonly kind: 'stored' | 'sandbox' | 'environment' | 'cloud';
  /** What the profile is in another region, where the two differ in more than the name. */
  inRegion?(region: string): Profile;
}

/** What a profile name stands for. `config` for a name that stands for nothing. */
export async function lookUp(name: string, session: Session): Promise<Known> {
  const unknown = (what: string, hint: string): IpctlError => new IpctlError('config', what, { profile: name, fate: 'not-sent', hint });
  const builtIn = (rest: string, kind: Known['kind']): Known => {
    if (!isProviderId(rest))
      throw unknown(
        `there is no provider '${rest}' for profile '${name}'`,
        hintAt(rest, providerIds, `providers: ${providerIds.join(', ')}`),
      );
    return { id: rest, profile: emptyProfile(rest), kind };
  };
  if (name === 'sandbox') return builtIn(defaultSandbox, 'sandbox');
  if (name.startsWith('sandbox-')) return builtIn(name.slice(8), 'sandbox');
  if (name.startsWith('env:')) return builtIn(name.slice(4), 'environment');
  if (name.startsWith('cloud:')) return cloudKnown(name, session);
  const store = await session.store();
  const profile = store.get(name);
  if (profile === undefined) throw unknown(`there is no profile '${name}'`, 'ipctl profile list');
  if (!isProviderId(profile.provider))
    throw unknown(`profile '${name}' is of provider '${profile.provider}', which this ipctl does not know`, `see ${store.path}`);
  if (store.exposed()) session.warn(`warning: others can read ${store.path}; close it with chmod 600`);
  if (store.replaceable()) session.warn(`warning: others can replace ${store.path}; close its directory with chmod 700`);
  return { id: profile.provider, profile, kind: 'stored' };
}

/** An entry of clouds.yaml. A file that was found only because the command runs beside it is named: it says where passwords go. */
async function cloudKnown(name: string, session: Session): Promise<Known> {
  const { placesOf, requireClouds } = await import('../profiles/clouds.js');
  const clouds = await requireClouds(placesOf(session.world.env));
  if (clouds.here) session.warn(`${name} is read from ${clouds.path}, in the working directory`);
  const [id] = cloudsProviders;
  const inRegion = (region?: string): Profile => {
    try {
      return { ...emptyProfile(id), options: clouds.options(name.slice(6), region) };
    } catch (thrown) {
      throw isIpctlError(thrown) ? thrown.with({ profile: name }) : thrown;
    }
  };
  return { id, profile: inRegion(), kind: 'cloud', inRegion };
}

export async function openTarget(intent: Intent, session: Session): Promise<Target> {
  const chosen = await chooseProfile(intent, session);
  return openKnown(chosen, await lookUp(chosen.name, session), intent, session);
}

/** For a test of the credentials themselves: what an earlier use of them left behind is passed over. */
export interface Probe {
  /** Told when a login says until when it holds (ISO 8601). */
  expires(at: string): void;
}

export async function openKnown(chosen: Chosen, known: Known, intent: Intent, session: Session, probe?: Probe): Promise<Target> {
  const { world } = session;
  const { id, kind } = known;
  const place = { profile: chosen.name, provider: id };
  session.at(place);
  const { manifest, load } = providerOf(id);
  const row: Row | undefined = rows.find((candidate) => candidate.words === intent.words);
  if (row?.needs !== undefined) requireCapability(manifest, row.needs);
  refuseStrayFlags(intent, id, kind);
  const flags = { ...intent.options[id] };
  if (intent.global.region !== undefined) {
    const spec: OptionSpec | undefined = manifest.options.region;
    if (spec === undefined) {
      throw new IpctlError('unsupported', `${manifest.title} has no regions: --region means nothing to it`, { fate: 'not-sent' });
    }
    // Read under the name that was typed: a message tells no other.
    flags.region = String(parseOption('--region', spec, intent.global.region));
  }
  const profile = flags.region === undefined ? known.profile : (known.inRegion?.(flags.region) ?? known.profile);
  // What is to be refused stands in those variables alone.
  if (kind === 'environment' && cloudsProviders.includes(id) && Object.keys(world.env).some((name) => name.startsWith('OS_'))) {
    (await import('../profiles/cloud-entry.js')).refuseEnvironment(world.env);
  }
  const stored =
    kind === 'sandbox' ? await (await import('./playground.js')).playground(id, intent.global.fault, session) : profile.options;
  const merged = merge(manifest, { flags, env: world.env, stored, fromEnvironment: kind === 'environment', profile: chosen.name });
  const settings = intent.words === 'ip update' ? withoutStanding(manifest, merged) : merged;
  try {
    requireComplete(manifest, settings, chosen.name);
  } catch (thrown) {
    if (kind !== 'cloud' || !isIpctlError(thrown)) throw thrown;
    throw thrown.with({
      hint: `complete the entry, or secure.yaml beside its file; or copy it: ipctl profile add NAME --import ${chosen.name}`,
    });
  }
  const plain = plainOptions(manifest, settings, session);
  const secrets = Object.entries(settings).filter(([, { value }]) => typeof value === 'object');
  let resolved: Promise<Record<string, OptionValue>> | undefined;
  const whole = (): Promise<Record<string, OptionValue>> => {
    resolved ??= withSecrets(plain, settings, session);
    return resolved;
  };
  // A read of the user's own changes nothing.
  const reads = intent.words === 'api' && /^get$/i.test(intent.arguments[0] ?? '');
  if (row?.changes === true && !reads) session.note(inUse(chosen.name, manifest, settings, profile.account));

  const [{ client }, { connections }, { connect }, ca] = await Promise.all([
    import('../http/client.js'),
    import('../http/connections.js'),
    load(),
    authorities(intent.global['ca-file'], settings.cacert),
  ]);
  const opened = connections({ env: world.env, ...(ca === undefined ? {} : { ca }) });
  session.onClose(opened.close);
  const clientFor = client({
    connections: opened,
    clock: world.clock,
    random: world.random,
    redactor: session.redactor,
    trace: session.trace(intent.global.debug),
    userAgent: `ipctl/${world.version}`,
    // The number that the user gave bounds requests, whatever number of targets they are for.
    inFlight: 'parallel' in intent.flags ? parallelOf(intent.flags.parallel) : undefined,
  });
  const kept = await tokensFor(kind, session);
  const tokens = probe === undefined ? kept : anew(kept, probe);
  return {
    place,
    manifest,
    pinned: profile.account,
    refused: refusalOf(chosen, profile, intent, session),
    ...(profile.settings['read-only'] === true ? { readOnly: true as const } : {}),
    soleWriter: profile.settings['sole-writer'] === true,
    flags,
    exclusive: (work, patience) => session.lock(join('accounts', accountKey(id, settings)), work, patience),
    connect(limits, changes) {
      const open = (options: Record<string, OptionValue>): AnyDriver =>
        connect({
          place,
          options,
          http: clientFor(limits),
          tokens,
          clock: world.clock,
          progress: limits.progress,
          conceal: session.redactor.conceal,
          ...(session.interactive ? { ask: (question: string) => session.ask(question, true) } : {}),
          ...changes,
        });
      return secrets.length === 0 ? open(plain) : deferred(async () => open(await whole()));
    },
  };
}

/** Options that say who pays, and where. */
const WHO = /^(account|tenant|project|user|username|region)(-name|-id)?$/;

/** Whose addresses are about to change: the account that was pinned, else what the profile says of itself. */
function inUse(name: string, manifest: Manifest, settings: Readonly<Record<string, Setting>>, account: string | null): string {
  const facts = Object.entries(settings).flatMap(([option, { value, origin }]) => {
    const spec = manifest.options[option];
    const tells = spec?.identity === true && spec.kind !== 'secret' && WHO.test(option) && origin !== 'default';
    return tells ? [`${option} ${String(value)}`] : [];
  });
  const who = account === null ? facts : [`account ${account}`];
  return [`profile ${name} (${manifest.title})`, ...who].join(', ');
}

/** What an update changes is said on its command line: a value that stands in the profile is meant for what is made. */
function withoutStanding({ options }: Manifest, settings: Readonly<Record<string, Setting>>): Readonly<Record<string, Setting>> {
  const counts = ([name, { origin }]: [string, Setting]): boolean => origin === 'flag' || options[name]?.on?.includes('ip update') !== true;
  return Object.fromEntries(Object.entries(settings).filter(counts));
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

/** Those whose value is at hand. From here on no trace, error or record shows a secret, whoever may echo it. */
function plainOptions(manifest: Manifest, settings: Readonly<Record<string, Setting>>, session: Session): Record<string, OptionValue> {
  const options: Record<string, OptionValue> = {};
  for (const [name, { value }] of Object.entries(settings)) {
    if (typeof value === 'object') continue;
    options[name] = value;
    if (manifest.options[name]?.kind === 'secret') session.redactor.conceal(String(value));
  }
  return options;
}

/** The others are fetched for the first request, when everything that can be known without one is known to be right. */
async function withSecrets(
  plain: Readonly<Record<string, OptionValue>>,
  settings: Readonly<Record<string, Setting>>,
  { world, redactor }: Session,
): Promise<Record<string, OptionValue>> {
  const { fetchSecret } = await import('../profiles/secrets.js');
  const options: Record<string, OptionValue> = { ...plain };
  for (const [name, { value }] of Object.entries(settings)) {
    if (typeof value !== 'object') continue;
    const secret = await fetchSecret(name, value, 'env' in value ? world.env : withoutOurs(world.env), world.signal);
    redactor.conceal(secret);
    options[name] = secret;
  }
  return options;
}

/** What a command that yields a secret gets to see: its own credentials are its own affair, those meant for a provider are not. */
function withoutOurs(env: Session['world']['env']): Session['world']['env'] {
  const ours = providerIds.flatMap((id) =>
    Object.entries(providerOf(id).manifest.options).flatMap(([name, spec]) =>
      spec.kind === 'secret' ? variableNames(id, name, spec) : [],
    ),
  );
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.includes(name)));
}

/** PEM text: of `--ca-file`, else of the file that the provider's option `cacert` names, where it has one. */
async function authorities(caFile: string | undefined, cacert: Setting | undefined): Promise<string | undefined> {
  if (caFile === undefined && cacert === undefined) return undefined;
  const [path, by] = caFile === undefined ? [await expanded(String(cacert?.value)), `cacert (${cacert?.source})`] : [caFile, '--ca-file'];
  const refused = (why: string, cause?: unknown): IpctlError =>
    new IpctlError('config', `${by}: ${why}`, {
      fate: 'not-sent',
      hint: 'it wants certificates in PEM: -----BEGIN CERTIFICATE-----',
      cause,
    });
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw refused(`cannot read ${path}`, thrown);
  });
  // What is none is passed over by TLS without a word, and then every server is a stranger.
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw refused(`there is no certificate in ${path}`);
  const { X509Certificate } = await import('node:crypto');
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (thrown) {
      throw refused(`certificate ${index + 1} of ${path} cannot be read`, thrown);
    }
  }
  return text;
}

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** No shell has seen the values of profiles, nor those of variables that were quoted. */
async function expanded(path: string): Promise<string> {
  return (await import('../profiles/cloud-entry.js')).fromHome(path, homedir());
}

async function tokensFor(kind: Known['kind'], session: Session): Promise<Tokens> {
  const { fileTokens, memoryTokens, rememberedTokens } = await import('../state/tokens.js');
  if (kind === 'sandbox') return memoryTokens();
  return rememberedTokens(fileTokens(session.world.directories.state, session.world.clock, session.lock));
}

/** What is kept proves that the credentials were good, not that they are. What else is kept (tries that count towards a lock) stands. */
const anew = (tokens: Tokens, { expires }: Probe): Tokens => ({
  ...tokens,
  async get(key) {
    const kept = (await tokens.get(key)) as { readonly token?: unknown; readonly account?: unknown } | null | undefined;
    return typeof kept?.token === 'string' || typeof kept?.account === 'string' ? undefined : kept;
  },
  async put(key, value, expiresAt) {
    const { token } = value as { readonly token?: unknown };
    if (typeof token === 'string') expires(expiresAt.toISOString());
    await tokens.put(key, value, expiresAt);
  },
});

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
