/** The switches of the Hostway sandbox: what the documentation leaves open, or changed between its revisions. */

export const OPERATIONS = ['allocate', 'associate', 'disassociate', 'release'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Policy {
  /**
   * Which flexible-IP pages hold. `2013-04`: short URIs, allocate ignores its body. `2013-06`: allocate knows `zone`.
   * `2013-10`: the account-style URIs too, and `…/flexcloud/zone` in place of `/zones`.
   */
  readonly revision: '2013-04' | '2013-06' | '2013-10';
  /** Which server pages hold: the ones of 2012-13 know no zone, security group or administrator password. */
  readonly serverPage: '2012' | '2014';
  /** Reads of an address that go on showing its old value after a 202; one number, or one for each operation. */
  readonly delay: Readonly<Record<Operation, number>>;
  /** Operations that are accepted with 202 and then silently do not happen, once for each time they are named. */
  readonly failNext: readonly Operation[];
  /** Flexible IPs an account may hold. */
  readonly quota: number;
  /** How many items a list without `page` and `pageSize` may have before it redirects to its first page. */
  readonly pageLimit: number;
  /** Names of servers that are being built, besides those whose own status says so. */
  readonly building: readonly string[];
  /** Refused actions after which a server that is being built is ready; by default never. */
  readonly provisionedAfter: number;
  /** Looks at a server that is being built after which it is ready; by default never. */
  readonly provisionedAfterLooks: number;
  /** Whether allocate needs a `zone` (from `2013-06` on). */
  readonly requireZone: boolean;
  /** Whether show answers with the object itself in place of an array of one. */
  readonly showAsObject: boolean;
  /** Releasing a bound address: unbinds and frees it, or 409. */
  readonly releaseBound: 'free' | 'conflict';
  /** Associating an address with the server that has it: 202 without a change, or 403. */
  readonly repeatAssociate: 'noop' | 'forbidden';
}

/** Reads the knobs; throws on a value it does not know. Other names are other dialects': one set of knobs may serve several. */
export function policyOf(knobs: Readonly<Record<string, unknown>>): Policy {
  return {
    revision: choice(knobs, 'revision', ['2013-04', '2013-06', '2013-10']),
    serverPage: choice(knobs, 'serverPage', ['2014', '2012']),
    delay: delays(knobs.delay),
    failNext: failures(knobs.failNext),
    quota: whole(knobs.quota, 'quota', 10),
    pageLimit: whole(knobs.pageLimit, 'pageLimit', 100),
    building: texts(knobs.building, 'building'),
    provisionedAfter: whole(knobs.provisionedAfter, 'provisionedAfter', Number.MAX_SAFE_INTEGER),
    provisionedAfterLooks: whole(knobs.provisionedAfterLooks, 'provisionedAfterLooks', Number.MAX_SAFE_INTEGER),
    requireZone: flag(knobs, 'requireZone'),
    showAsObject: flag(knobs, 'showAsObject'),
    releaseBound: choice(knobs, 'releaseBound', ['free', 'conflict']),
    repeatAssociate: choice(knobs, 'repeatAssociate', ['noop', 'forbidden']),
  };
}

function choice<T extends string>(knobs: Readonly<Record<string, unknown>>, name: string, [standard, ...others]: readonly [T, ...T[]]): T {
  const value = knobs[name] ?? standard;
  const known = [standard, ...others].find((one) => one === value);
  if (known === undefined) throw new TypeError(`knob ${name} is one of ${[standard, ...others].join(', ')}`);
  return known;
}

function flag(knobs: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = knobs[name] ?? false;
  if (typeof value !== 'boolean') throw new TypeError(`knob ${name} is true or false`);
  return value;
}

function whole(value: unknown, name: string, standard: number): number {
  const number = value ?? standard;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) throw new TypeError(`knob ${name} is a whole number`);
  return number;
}

function texts(value: unknown, name: string): readonly string[] {
  const list: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one !== 'string') throw new TypeError(`knob ${name} is a name or a list of names`);
    return one;
  });
}

function delays(value: unknown): Record<Operation, number> {
  const single = typeof value === 'object' && value !== null ? undefined : whole(value, 'delay', 1);
  const each = new Map<string, unknown>(single === undefined ? Object.entries(value as object) : []);
  for (const name of each.keys()) operation(name, 'delay');
  const [allocate, associate, disassociate, release] = OPERATIONS.map((name) => single ?? whole(each.get(name), 'delay', 1));
  return { allocate: allocate ?? 1, associate: associate ?? 1, disassociate: disassociate ?? 1, release: release ?? 1 };
}

function failures(value: unknown): readonly Operation[] {
  return texts(value, 'failNext').map((name) => operation(name, 'failNext'));
}

function operation(name: string, knob: string): Operation {
  const known = OPERATIONS.find((one) => one === name);
  if (known === undefined) throw new TypeError(`knob ${knob} knows ${OPERATIONS.join(', ')}`);
  return known;
}
