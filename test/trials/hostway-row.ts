/** What the tests of Hostway's failures share: a row of a table, and how the real binary is held to it. */
import assert from 'node:assert/strict';
import { type CloudSettings, withCloud } from '../support/cloud.js';
import type { Ran } from '../support/ipctl.js';

export const IP = '198.51.100.10';
export const ONE = 'acct1001-AUS001-0001';
export const TWO = 'acct1001-AUS001-0002';
export const BUILDING = 'acct1001-AUS001-0003';

/** A change that somebody else makes: raw HTTP, and no part of what the binary is judged by. */
export type Change = readonly [method: string, path: string, body?: object];
export const allocation: Change = ['POST', '/os-floating-ips'];
export const add = (server: string): Change => ['POST', `/servers/${server}/action`, { addFloatingIp: { address: IP } }];
export const remove = (server: string): Change => ['POST', `/servers/${server}/action`, { removeFloatingIp: { address: IP } }];
export const allocations = (count: number): Change[] => Array.from({ length: count }, () => allocation);

const headers = {
  authorization: `Basic ${Buffer.from('demo:sandbox-secret').toString('base64')}`,
  'content-type': 'application/json; charset=UTF-8',
};

export async function arrange(origin: string, changes: readonly Change[]): Promise<void> {
  for (const [method, path, body] of changes) {
    const reply = await fetch(`${origin}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    assert.equal(reply.status, 202, `${method} ${path}`);
    await reply.text();
  }
}

interface ErrorObject {
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | null;
  readonly retryable: boolean;
  readonly requestId: string | null;
  readonly operation: { readonly state: string } | null;
}

/** Of a failure under `-o json`: on stdout where the result shows what exists, else the last line of stderr. */
export function errorOf({ stdout, stderr }: Ran): ErrorObject | undefined {
  const lines = (stdout === '' ? stderr : stdout).trimEnd().split('\n');
  const value = JSON.parse(stdout === '' ? (lines.at(-1) ?? '') : lines.join('\n')) as { error: ErrorObject | null };
  return value.error ?? undefined;
}

export interface Row extends CloudSettings {
  readonly name: string;
  readonly before?: readonly Change[];
  readonly words: readonly string[];
  readonly code: number;
  readonly message?: RegExp;
  readonly hint?: RegExp;
  /** What became of the operation; null where it was none. */
  readonly state?: string | null;
  /** The requests of the binary that would change something, with what they were answered. */
  readonly changes: readonly string[];
}

export const added = (server: string, status: number | null) => `POST /servers/${server}/action addFloatingIp ${status}`;
export const removed = (server: string, status: number | null) => `POST /servers/${server}/action removeFloatingIp ${status}`;
export const posted = (status: number | null) => `POST /os-floating-ips ${status}`;
export const deleted = (status: number | null) => `DELETE /os-floating-ips/${IP} ${status}`;
export const AT_ONCE = { delay: 0 };
export const associate = ['ip', 'associate', IP, '--server', ONE];
export const disassociate = ['ip', 'disassociate', IP];
export const release = ['ip', 'release', IP, '--yes'];
/** The looks of this long end after 1.75 s; the rest is for a slow machine. */
export const soon = ['--timeout', '3s'];

export async function check(row: Row): Promise<void> {
  const { before = [], words, code, message, hint, state, changes, faults = [], ...settings } = row;
  await withCloud('hostway', { ...settings, faults }, async ({ ipctl, sandbox }) => {
    await arrange(sandbox.origin, before);
    const start = sandbox.journal().length;
    const ran = await ipctl([...words, '-o', 'json']);
    assert.equal(ran.code, code, ran.stderr);
    const seen = sandbox.journal().slice(start);
    assert.deepEqual(
      seen
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path, body, status }) => [method, path, ...(/^\{"(\w+FloatingIp)"/.exec(body)?.slice(1) ?? []), status].join(' ')),
      changes,
    );
    assert.deepEqual(
      seen.flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`])),
      [],
    );
    if (code === 0) return;
    assert.equal(ran.stdout === '', ![9, 11, 12].includes(code), 'stdout holds what exists, and nothing else');
    const error = errorOf(ran);
    assert.equal(error?.exitCode, code);
    assert.match(error.message, message ?? /^$/);
    if (hint !== undefined) assert.match(error.hint ?? '', hint);
    if (state !== undefined) assert.equal(error.operation?.state ?? null, state);
  });
}
