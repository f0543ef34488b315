/** `ip update`: what the address is called, and what options of the provider's own change about it. Only what differs is sent. */

import type { Change } from '../domain/change.js';
import { IpctlError, type Kind, toIpctlError } from '../domain/errors.js';
import type { Flag } from '../domain/manifest.js';
import type { OptionSpec } from '../domain/option.js';
import type { FloatingIp, Labels } from '../domain/records.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, partial } from './change.js';
import { checkReference, findFloatingIp } from './resolve.js';
import type { Target } from './target.js';

export interface UpdateInput {
  readonly ref: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly labels: Labels;
  readonly unlabel: readonly string[];
}

const isLabelled = ({ labels, unlabel }: UpdateInput): boolean => Object.keys(labels).length > 0 || unlabel.length > 0;

const flagsOf = (input: UpdateInput): Flag[] => [
  ...(input.name === undefined ? [] : (['name'] as const)),
  ...(input.description === undefined ? [] : (['description'] as const)),
  ...(isLabelled(input) ? (['label'] as const) : []),
];

/** What can be said without a profile. `byOption`: an option of the provider's own may be the change. */
export function checkUpdate(input: UpdateInput, byOption: boolean): void {
  if (flagsOf(input).length === 0 && !byOption) {
    throw new IpctlError('usage', 'nothing to update: give --name, --description, --label or --unlabel', {
      fate: 'not-sent',
      hint: 'ipctl ip update --help names the options of single providers that are a change as well',
    });
  }
  checkReference(input.ref);
}

/**
 * Whether the command line gives an option that the provider has for this verb: such a one is a change by itself. The driver
 * reads it as it reads all its options, and the record of the operation keeps it among the flags that a resumed one gets.
 */
const changesByOption = ({ manifest, flags }: Target): boolean =>
  Object.entries<OptionSpec>(manifest.options).some(([name, { on }]) => on?.includes('ip update') === true && Object.hasOwn(flags, name));

/** Kinds that say themselves what is left behind. */
const TOLD: ReadonlySet<Kind> = new Set(['unknown', 'timeout', 'partial', 'signal']);

export async function update(target: Target, settings: ChangeSettings, input: UpdateInput): Promise<Change<FloatingIp>> {
  const byOption = changesByOption(target);
  checkUpdate(input, byOption);
  const labelled = isLabelled(input);
  requireCapability(target.manifest, 'updateFloatingIp', flagsOf(input));
  return change(target, settings, 'update', input, async (run) => {
    const { driver } = run;
    const ip = await findFloatingIp(target, driver, input.ref);
    const labels = Object.fromEntries(Object.entries({ ...ip.labels, ...input.labels }).filter(([key]) => !input.unlabel.includes(key)));
    const wish = {
      ...(input.name === undefined || input.name === ip.name ? {} : { name: input.name }),
      ...(input.description === undefined || input.description === (ip.description ?? '') ? {} : { description: input.description }),
      ...(!labelled || sameLabels(labels, ip.labels) ? {} : { labels }),
    };
    const differs = Object.keys(wish).length > 0;
    if (!differs && !byOption) return { ip, changed: false };
    run.about(ip, 'identity');
    const updated = await verb(driver, 'updateFloatingIp')(ip, wish).catch(async (thrown: unknown) => {
      const error = toIpctlError(thrown);
      if (run.applied() === 0 || TOLD.has(error.kind)) throw thrown;
      const now = await verb(driver, 'getFloatingIp')({ id: ip.id }).catch(() => ip);
      throw partial(`${ip.address ?? ip.id} is changed in part`, now, thrown, 'the same command again changes the rest');
    });
    // Whether an option asked for anything new only its driver can tell: it sent something, or nothing.
    return { ip: updated, changed: differs || run.applied() > 0 };
  });
}

function sameLabels(one: Labels, other: Labels): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && one[key] === other[key]);
}
