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

export async function update(target: Target, settings: ChangeSettings, input: UpdateInput): Promise<Change<FloatingIp>> {
  const labelled = Object.keys(input.labels).length > 0 || input.unlabel.length > 0;
  const flags: Flag[] = [
    ...(input.name === undefined ? [] : (['name'] as const)),
    ...(input.description === undefined ? [] : (['description'] as const)),
    ...(labelled ? (['label'] as const) : []),
  ];
  if (flags.length === 0)
    throw new IpctlError('usage', 'nothing to update: give --name, --description, --label or --unlabel', { fate: 'not-sent' });
  checkReference(input.ref);
  requireCapability(target.manifest, 'updateFloatingIp', flags);
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
