/** Labels as EIP tags (https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip_tag_management/index.html): keys with values, ten at most. */
import type { Labels } from '../../domain/records.js';
import { refused } from './records.js';

const MOST = 10;
const KEY = /^[A-Za-z0-9_@-]+$/;
const VALUE = /^[A-Za-z0-9_@-]*$/;

export interface LabelChange {
  /** The whole set afterwards. */
  readonly wanted: Readonly<Record<string, string>>;
  readonly gone: readonly string[];
  readonly fresh: Readonly<Record<string, string>>;
}

/** `usage` for a new label without a value: a tag here is a key with a value, which may be empty, and that is another thing. */
export function labelChange(now: Labels, labels: Labels): LabelChange {
  const bare = Object.entries(labels).find(([key, value]) => value === null && now[key] !== null);
  if (bare !== undefined) {
    throw refused(
      'usage',
      `label '${bare[0]}' has no value, and an EIP carries no bare labels`,
      `--label ${bare[0]}= gives it an empty value`,
    );
  }
  const wanted = Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value ?? '']));
  return {
    wanted,
    gone: Object.keys(now).filter((key) => !(key in wanted)),
    fresh: Object.fromEntries(Object.entries(wanted).filter(([key, value]) => !(key in now) || (now[key] ?? '') !== value)),
  };
}

/** `usage` for what the provider would refuse: in a request of its own, when the address is allocated and costs already. */
export function checkLabels({ wanted, fresh }: LabelChange, cloud: 'otc' | 'huawei'): void {
  if (Object.keys(wanted).length > MOST) throw refused('usage', `an EIP carries ${MOST} labels at most`);
  for (const [key, value] of Object.entries(fresh)) {
    if (key.length > 36 || value.length > 43) {
      throw refused('usage', `label '${key}' is too long: a key has up to 36 characters, a value up to 43`);
    }
    // The other cloud of the family takes letters of any script.
    if (cloud === 'otc' && !(KEY.test(key) && VALUE.test(value))) {
      throw refused(
        'usage',
        `label '${key}=${value}' holds a character that Open Telekom Cloud refuses`,
        'letters, digits, - _ and @ may be used',
      );
    }
  }
}
