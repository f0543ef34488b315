/** A command that is stopped by a signal, off a terminal: what it says, and how it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Home, withHome } from '../support/ipctl.js';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Sends each of `signals` once stderr shows the pattern beside it. */
function stopped(home: Home, words: readonly string[], signals: readonly (readonly [RegExp, NodeJS.Signals])[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = home.spawn(words);
    const texts = { stdout: '', stderr: '' };
    const left = [...signals];
    child.stdout?.on('data', (chunk: Buffer) => {
      texts.stdout += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      texts.stderr += chunk.toString();
      const [pattern, signal] = left[0] ?? [];
      if (pattern === undefined || signal === undefined || !pattern.test(texts.stderr)) return;
      left.shift();
      child.kill(signal);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...texts }));
  });
}

const waiting = ['-v', '-p', 'sandbox-hostway', '--fault', 'GET /os-floating-ips/*: 404', 'ip', 'allocate'];

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  test(`${signal} ends the waiting with ${code}; the last lines name the operation and how to go on`, () =>
    withHome(async (home) => {
      const ended = await stopped(home, waiting, [[/waiting for/, signal]]);
      assert.deepEqual([ended.code, ended.stdout], [code, ''], ended.stderr);
      const [, id, again] =
        /\nipctl: interrupted while waiting for 198\.51\.100\.\d+.*\n {2}ipctl operation resume (\S+)\n {2}operation (\S+): unknown\n$/.exec(
          ended.stderr,
        ) ?? [];
      assert.ok(id !== undefined && id === again, ended.stderr);
      const resumed = await home.ipctl(['operation', 'resume', id, '-o', 'value', '-c', 'address']);
      assert.match(resumed.stdout, /^198\.51\.100\.\d+\n$/, resumed.stderr);
    }));

test('as JSON the interrupt is one line with the operation in it', () =>
  withHome(async (home) => {
    const ended = await stopped(home, [...waiting, '-o', 'json'], [[/waiting for/, 'SIGINT']]);
    assert.equal(ended.code, 130, ended.stderr);
    const { error } = JSON.parse(ended.stderr.trimEnd().split('\n').at(-1) ?? '') as {
      error: { kind: string; exitCode: number; operation: { id: string; state: string } };
    };
    assert.deepEqual([error.kind, error.exitCode, error.operation.state], ['signal', 130, 'unknown']);
  }));

interface Result {
  readonly changed: boolean | null;
  readonly error: { readonly exitCode: number; readonly operation: { readonly id: string; readonly state: string } } | null;
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  test(`${signal} in the middle of two: the error says ${code} as well, and what is unsure is not called unchanged`, () =>
    withHome(async (home) => {
      const p = ['-p', 'sandbox-hostway'];
      const { stdout: made } = await home.ipctl([...p, 'ip', 'allocate', '--count', '2', '-o', 'value', '-c', 'address,id']);
      const [[first = ''] = [], [second = '', id = ''] = []] = made.split('\n').map((line) => line.split('\t'));
      const lost = ['--fault', `DELETE /os-floating-ips/${id}: drop before commit`];
      const words = [...p, '-v', ...lost, 'ip', 'release', first, second, '--parallel', '1', '--yes', '-o', 'json'];
      const ended = await stopped(home, words, [[/the answer was lost/, signal]]);
      assert.equal(ended.code, code, ended.stderr);
      const [done, unsure] = JSON.parse(ended.stdout) as Result[];
      assert.ok(done?.changed !== false, ended.stdout);
      assert.deepEqual([unsure?.changed, unsure?.error?.exitCode, unsure?.error?.operation.state], [null, code, 'unknown']);
      const { error } = JSON.parse(ended.stderr.trimEnd().split('\n').at(-1) ?? '') as {
        error: { kind: string; exitCode: number; operation: { id: string | null; state: string }; errors: { exitCode: number }[] };
      };
      assert.deepEqual([error.kind, error.exitCode, error.errors.at(-1)?.exitCode], ['signal', code, code]);
      assert.equal(error.operation.id, null, 'the state of both is that of neither operation');
    }));

test('a wait that is stopped tells of its profile and provider', () =>
  withHome(async (home) => {
    const p = ['-v', '-p', 'sandbox-hostway'];
    const { stdout } = await home.ipctl([...p, 'ip', 'allocate', '-o', 'value', '-c', 'address']);
    const words = [...p, 'ip', 'wait', stdout.trim(), '--for', 'gone', '-o', 'json'];
    const ended = await stopped(home, words, [[/waiting for/, 'SIGTERM']]);
    const { error } = JSON.parse(ended.stderr.trimEnd().split('\n').at(-1) ?? '') as {
      error: { exitCode: number; profile: string; provider: string };
    };
    assert.deepEqual([ended.code, error.exitCode, error.profile, error.provider], [143, 143, 'sandbox-hostway', 'hostway']);
  }));
