/** `ip update`: what the address is called. Only what differs is sent. */

import type { Change } from '../domain/change.js';
import { IpctlError } from '../domain/errors.js';
import type { Flag } from '../domain/manifest.js';
import type { FloatingIp, Labels } from '../domain/records.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change } from './change.js';
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

/** What can be said without a profile. */
export function checkUpdate(input: UpdateInput): void {
  if (flagsOf(input).length === 0) {
    throw new IpctlError('usage', 'nothing to update: give --name, --description, --label or --unlabel', { fate: 'not-sent' });
  }
  checkReference(input.ref);
}

export async function update(target: Target, settings: ChangeSettings, input: UpdateInput): Promise<Change<FloatingIp>> {
  checkUpdate(input);
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
    if (Object.keys(wish).length === 0) return { ip, changed: false };
    run.about(ip);
    return { ip: await verb(driver, 'updateFloatingIp')(ip, wish), changed: true };
  });
}

function sameLabels(one: Labels, other: Labels): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && one[key] === other[key]);
}
