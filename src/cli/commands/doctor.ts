import { IpctlError } from '../../domain/errors.js';
import { findingView } from '../../render/doctor-view.js';
import type { Command } from '../intent.js';
import { list } from '../output.js';
import type { Session } from '../session.js';
import type { Found } from './doctor/finding.js';
import { environment, program } from './doctor/machine.js';
import { operations } from './doctor/operations.js';
import { homeless, places } from './doctor/places.js';
import { profiles } from './doctor/profiles.js';
import { sandbox } from './doctor/sandbox.js';

export const view = findingView;

export const run: Command<'doctor'> = async (intent, session) => {
  const { world } = session;
  // First, since a flag that is wrong is told before anything is looked at.
  const { findings: tried, tried: count } = await profiles(intent, session);
  const looked = [
    ...program(world),
    ...(await places(session, intent.global.config ?? world.directories.config)),
    ...environment(world),
    ...tried,
    ...(await sandbox(world)),
    ...(await operations(world)),
  ];
  const findings = looked.map((each) => fit(each, session));
  const failed = verdict(findings, tried.filter(({ status }) => status === 'problem').length < count);
  // The report is what was asked for: it is shown whatever it says.
  return { ...list(view, findings), failed };
};

/** Fit to be shown to strangers: no secret, and no name of a home directory. */
function fit({ error, ...finding }: Found, { redactor, world }: Session): Found {
  const clean = (text: string): string => homeless(redactor.text(text), world.env.HOME);
  const facts = Object.entries(finding.facts).map(([name, value]) => [name, typeof value === 'string' ? clean(value) : value]);
  const shown = {
    ...finding,
    detail: clean(finding.detail),
    hint: finding.hint === null ? null : clean(finding.hint),
    facts: Object.fromEntries(facts) as Found['facts'],
  };
  return error === undefined
    ? shown
    : { ...shown, error: new IpctlError(error.kind, shown.detail, { ...error.details, hint: shown.hint ?? undefined }) };
}

/** Problems of one kind are of that kind, unless `someProfiles` are well while others are not; of several: `partial`. */
function verdict(findings: readonly Found[], someProfiles: boolean): IpctlError | undefined {
  const errors = findings.flatMap(({ area, name, error }) => (error === undefined ? [] : [error.with({ target: `${area} ${name}` })]));
  const [first, ...others] = errors;
  if (first === undefined) return undefined;
  const alike = others.every(({ kind }) => kind === first.kind);
  const split = someProfiles && findings.some(({ area, status }) => area === 'profile' && status === 'problem');
  const message = others.length === 0 ? `1 problem: ${first.message}` : `${errors.length} problems`;
  return new IpctlError(alike && !split ? first.kind : 'partial', message, { errors });
}
