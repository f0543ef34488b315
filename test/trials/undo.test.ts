/**
 * `operation resume`, row by row of the promise, and `--undo`: the binary is killed at a request, before the cloud hears of
 * it or after the cloud has acted, and what it left behind is gone on with, gone back from, or told.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { aimed, type Cloud, withCloud } from '../support/cloud.js';
import type { Home } from '../support/ipctl.js';
import { type Relay, relay } from './support/relay.js';

type Id = Parameters<typeof withCloud>[0];

const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));

/** Starts the binary as `aimed` does, without waiting for its end. */
function started({ env, directory }: Home, id: Id, options: Readonly<Record<string, string>>, words: readonly string[]): ChildProcess {
  const variables = Object.entries(options).map(([name, value]) => [`IPCTL_${id}_${name}`.replaceAll('-', '_').toUpperCase(), value]);
  return spawn(process.execPath, [bin, '-p', `env:${id}`, ...words], {
    env: { ...env, ...Object.fromEntries(variables) },
    cwd: directory,
    stdio: 'ignore',
  });
}

interface Stage extends Cloud {
  /** Runs the words, and kills the binary at the first request that fits. Resolves with the id of the operation. */
  killedAt(words: readonly string[], fits: RegExp, side: 'before' | 'after'): Promise<string>;
  /** Changes that the cloud was asked for. */
  changes(): number;
}

/** The binary behind a relay, which alone knows when to kill it. */
async function withStage(id: Id, knobs: Record<string, unknown>, work: (stage: Stage) => Promise<void>): Promise<void> {
  await withCloud(id, { knobs }, async (cloud) => {
    const gate: Relay = await relay();
    try {
      const options = gate.through(cloud.sandbox.options);
      const ipctl = aimed(cloud, id, options);
      await work({
        ...cloud,
        ipctl,
        changes: () => cloud.sandbox.journal().filter(({ method, path }) => method !== 'GET' && !path.endsWith('/tokens')).length,
        async killedAt(words, fits, side) {
          let child: ChildProcess | undefined;
          gate.treat(async ({ method, path, body }, pass) => {
            if (!fits.test(`${method} ${path} ${body}`)) return pass();
            if (side === 'after') await pass();
            child?.kill('SIGKILL');
            return 'silence';
          });
          const running = started(cloud, id, options, words);
          child = running;
          const signal = await new Promise((resolve) => running.on('close', (_code, by) => resolve(by)));
          assert.equal(signal, 'SIGKILL', words.join(' '));
          gate.treat((_asked, pass) => pass());
          return last(cloud);
        },
      });
    } finally {
      await gate.close();
    }
  });
}

/** The operation that began last. */
function last({ env }: Pick<Home, 'env'>): string {
  const directory = join(env.XDG_STATE_HOME ?? '', 'ipctl', 'operations');
  const lines = readdirSync(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'));
  const begun = lines.filter((line) => line.startsWith('{"event":"begin"')).map((line) => JSON.parse(line) as { operation: string });
  return begun.at(-1)?.operation ?? '';
}

async function ok({ ipctl }: Pick<Home, 'ipctl'>, words: readonly string[], columns = 'changed,address,server'): Promise<string> {
  const { code, stdout, stderr } = await ipctl([...words, '-o', 'value', '-c', columns]);
  assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  return stdout.replace(/\n$/, '');
}

const stateOf = (stage: Stage, id: string): Promise<string> => ok(stage, ['operation', 'show', id], 'state');
const resume = (id: string, ...more: readonly string[]): string[] => ['operation', 'resume', id, '--timeout', '3s', ...more];
const at = (words: string): string[] => words.split(' ');

const AT_ONCE = { delay: 0 };
const ALLOCATE = /^POST \S*(floatingips|os-floating-ips) /;
const ADD = /addFloatingIp/;
const REMOVE = /removeFloatingIp/;
const PUT = /^PUT \S*floatingips/;

describe('allocate', () => {
  test('found by its mark it is done; never sent, it is closed as not applied', () =>
    withStage('openstack', {}, async (stage) => {
      const arrived = await stage.killedAt(at('ip allocate'), ALLOCATE, 'after');
      assert.match(await ok(stage, resume(arrived)), /^true\t203\.0\.113\.\d+\t$/);
      assert.equal(await stateOf(stage, arrived), 'applied');
      const stopped = await stage.killedAt(at('ip allocate'), ALLOCATE, 'before');
      assert.equal(await ok(stage, resume(stopped)), 'false\t\t');
      assert.equal(await stateOf(stage, stopped), 'not-applied');
      assert.equal(stage.changes(), 1, 'sent once, and never again');
    }));

  test('without a mark what is new is a candidate (12), --take settles it, and settled it is 0', () =>
    withStage('hostway', AT_ONCE, async (stage) => {
      const id = await stage.killedAt(at('ip allocate'), ALLOCATE, 'after');
      assert.equal((await stage.ipctl(resume(id))).code, 12);
      const address = await ok(stage, at('ip list'), 'address');
      assert.match(await ok(stage, resume(id, '--take', address)), new RegExp(`^true\t${address}`));
      assert.match(await ok(stage, resume(id)), /^false/);
      assert.equal((await stage.ipctl(resume(id, '--undo'))).code, 2, 'an allocation alone has no rest');
    }));
});

describe('the rest of allocate --server', () => {
  const words = at('ip allocate --server web-1');

  test('it is gone on with, and done where it is there', () =>
    withStage('hostway', AT_ONCE, async (stage) => {
      const id = await stage.killedAt(words, ADD, 'before');
      assert.match(await ok(stage, resume(id)), /^true\t\S+\tweb-1$/);
      await ok(stage, [...at('ip release --disassociate --yes'), await ok(stage, at('ip list'), 'address')]);
      const sent = await stage.killedAt(words, ADD, 'after');
      const before = stage.changes();
      assert.match(await ok(stage, resume(sent)), /\tweb-1$/);
      assert.equal(stage.changes(), before, 'looked for, and found');
    }));

  test('another holder is a conflict, going on and going back', () =>
    withStage('hostway', AT_ONCE, async (stage) => {
      const id = await stage.killedAt(words, ADD, 'before');
      const address = await ok(stage, at('ip list'), 'address');
      await ok(stage, ['ip', 'associate', address, '--server', 'web-2']);
      for (const more of [[], ['--undo', '--yes']]) {
        const { code, stdout, stderr } = await stage.ipctl(resume(id, ...more));
        assert.deepEqual([code, stdout], [6, ''], stderr);
        assert.match(stderr, /is associated with web-2/);
      }
      assert.equal(await stateOf(stage, id), 'unknown', 'no failure to go on makes it less');
    }));

  for (const [id, fits, side] of [
    ['hostway', ADD, 'before'],
    ['hostway', ADD, 'after'],
    ['openstack', PUT, 'before'],
    ['openstack', PUT, 'after'],
    ['openstack', ALLOCATE, 'after'],
    ['openstack', ALLOCATE, 'before'],
  ] as const) {
    test(`--undo releases what was made: ${id}, killed ${side} ${fits.source}`, () =>
      withStage(id, AT_ONCE, async (stage) => {
        const operation = await stage.killedAt(words, fits, side);
        const isThere = fits !== ALLOCATE || side === 'after';
        if (isThere) {
          const asked = await stage.ipctl(resume(operation, '--undo'));
          assert.equal(asked.code, 13, asked.stderr);
        }
        assert.match(await ok(stage, resume(operation, '--undo', '--yes'), 'action,changed'), isThere ? /^release\ttrue$/ : /\tfalse$/);
        assert.equal(await ok(stage, at('ip list'), 'address'), '');
        assert.equal(await stateOf(stage, operation), 'not-applied');
        assert.match(await ok(stage, resume(operation, '--undo')), /^false/, 'settled is 0');
      }));
  }
});

test('--undo cut short is gone on with by --undo alone', () =>
  withStage('hostway', AT_ONCE, async (stage) => {
    const id = await stage.killedAt(at('ip allocate --server web-1'), ADD, 'after');
    await stage.killedAt(resume(id, '--undo', '--yes'), /^DELETE/, 'before');
    const { code, stderr } = await stage.ipctl(resume(id));
    assert.equal(code, 6);
    assert.match(stderr, /on its way back already[\s\S]*--undo goes on with that/);
    assert.match(await ok(stage, resume(id, '--undo', '--yes'), 'action,changed'), /^release\ttrue$/);
    assert.equal(await ok(stage, at('ip list'), 'address'), '');
  }));

describe('associate', () => {
  const prepared = async (stage: Stage): Promise<string> => ok(stage, at('ip allocate'), 'address');

  test('held by the target it is done; held as recorded it is sent again; another holder is a conflict', () =>
    withStage('hostway', AT_ONCE, async (stage) => {
      const address = await prepared(stage);
      const words = ['ip', 'associate', address, '--server', 'web-1'];
      const arrived = await stage.killedAt(words, ADD, 'after');
      const before = stage.changes();
      assert.match(await ok(stage, resume(arrived)), /\tweb-1$/);
      assert.equal(stage.changes(), before);
      await ok(stage, ['ip', 'disassociate', address]);
      const stopped = await stage.killedAt(words, ADD, 'before');
      const { code, stderr } = await stage.ipctl(resume(stopped, '--undo'));
      assert.equal(code, 2);
      assert.match(stderr, /ip disassociate takes it off again/);
      assert.match(await ok(stage, resume(stopped)), /^true\t\S+\tweb-1$/);
      await ok(stage, ['ip', 'disassociate', address]);
      const late = await stage.killedAt(words, ADD, 'before');
      await ok(stage, ['ip', 'associate', address, '--server', 'web-2']);
      assert.equal((await stage.ipctl(resume(late))).code, 6);
      assert.equal(await stateOf(stage, late), 'unknown');
    }));
});

describe('disassociate', () => {
  test('where the recorded holder is gone it is done, whoever came since; else it is sent again', () =>
    withStage('hostway', AT_ONCE, async (stage) => {
      const address = await ok(stage, at('ip allocate --server web-1'), 'address');
      const words = ['ip', 'disassociate', address];
      const stopped = await stage.killedAt(words, REMOVE, 'before');
      assert.match(await ok(stage, resume(stopped)), /^true\t\S+\t$/);
      await ok(stage, ['ip', 'associate', address, '--server', 'web-1']);
      const arrived = await stage.killedAt(words, REMOVE, 'after');
      await ok(stage, ['ip', 'associate', address, '--server', 'web-2']);
      assert.match(await ok(stage, resume(arrived)), /\tweb-2$/, 'not its business');
      assert.equal((await stage.ipctl(resume(arrived, '--undo'))).code, 2);
    }));
});

describe('move', () => {
  const moving = async (stage: Stage): Promise<{ readonly address: string; readonly words: readonly string[] }> => {
    const address = await ok(stage, at('ip allocate --server web-1'), 'address');
    return { address, words: ['ip', 'move', address, '--to', 'web-2', '--if-holder', 'web-1'] };
  };

  test('held by the target it is done; by the source it starts again; by nobody it goes to the target', () =>
    withStage('hostway', AT_ONCE, async (stage) => {
      const { address, words } = await moving(stage);
      assert.match(await ok(stage, resume(await stage.killedAt(words, REMOVE, 'before'))), /\tweb-2$/);
      await ok(stage, ['ip', 'move', address, '--to', 'web-1']);
      assert.match(await ok(stage, resume(await stage.killedAt(words, ADD, 'before'))), /\tweb-2$/);
      await ok(stage, ['ip', 'move', address, '--to', 'web-1']);
      const before = stage.changes();
      const arrived = await stage.killedAt(words, ADD, 'after');
      assert.match(await ok(stage, resume(arrived)), /\tweb-2$/);
      assert.equal(stage.changes(), before + 2, 'nothing was sent again');
    }));

  for (const id of ['hostway', 'nova'] as const) {
    test(`${id}: --undo puts an address that nobody has back on its server`, () =>
      withStage(id, AT_ONCE, async (stage) => {
        const { words } = await moving(stage);
        const operation = await stage.killedAt(words, ADD, 'before');
        assert.match(await ok(stage, resume(operation, '--undo')), /^true\t\S+\tweb-1$/);
        assert.equal(await stateOf(stage, operation), 'not-applied');
      }));
  }

  test('--undo: held by the source there is nothing to do; held by another it is a conflict', () =>
    withStage('hostway', AT_ONCE, async (stage) => {
      const { address, words } = await moving(stage);
      const stopped = await stage.killedAt(words, REMOVE, 'before');
      assert.match(await ok(stage, resume(stopped, '--undo')), /^false\t\S+\tweb-1$/);
      const arrived = await stage.killedAt(words, ADD, 'after');
      const { code, stderr } = await stage.ipctl(resume(arrived, '--undo'));
      assert.equal(code, 6);
      assert.match(stderr, new RegExp(`ip move ${address.replaceAll('.', '\\.')} --to `));
      await ok(stage, ['ip', 'move', address, '--to', 'web-1']);
      const robbed = await stage.killedAt(words, ADD, 'before');
      await ok(stage, ['ip', 'associate', address, '--server', 'Web 3']).catch(() =>
        ok(stage, ['ip', 'associate', address, '--server', 'web-2']),
      );
      assert.equal((await stage.ipctl(resume(robbed, '--undo'))).code, 6);
    }));
});

test('update: equal fields are done, else it is sent again; it has no way back', () =>
  withStage('openstack', {}, async (stage) => {
    const address = await ok(stage, at('ip allocate'), 'address');
    const words = ['ip', 'update', address, '--description', 'new'];
    const stopped = await stage.killedAt(words, PUT, 'before');
    await ok(stage, ['ip', 'associate', address, '--server', 'web-1']);
    assert.equal((await stage.ipctl(resume(stopped, '--undo'))).code, 2);
    assert.equal(await ok(stage, resume(stopped), 'changed,description'), 'true\tnew', 'who holds it is not its business');
    const arrived = await stage.killedAt([...words.slice(0, -1), 'newer'], PUT, 'after');
    assert.equal(await ok(stage, resume(arrived), 'changed,description'), 'false\tnewer');
  }));

describe('release and delete', () => {
  test('gone is done; provably the same object is given back without asking again', () =>
    withStage('openstack', {}, async (stage) => {
      const address = await ok(stage, at('ip allocate'), 'address');
      const stopped = await stage.killedAt(['ip', 'release', address, '--yes'], /^DELETE/, 'before');
      assert.equal((await stage.ipctl(resume(stopped, '--undo'))).code, 2);
      assert.match(await ok(stage, resume(stopped)), /^true/);
      const other = await ok(stage, at('ip allocate'), 'address');
      const arrived = await stage.killedAt(['ip', 'release', other, '--yes'], /^DELETE/, 'after');
      assert.match(await ok(stage, at('ip allocate'), 'address'), /203/);
      assert.match(await ok(stage, resume(arrived)), /^false/, 'the next one that has the address is not touched');
      const kept = await ok(stage, at('privateip create --subnet app'), 'address');
      const half = await stage.killedAt(['privateip', 'delete', kept, '--subnet', 'app', '--yes'], /^DELETE/, 'before');
      assert.equal((await stage.ipctl(resume(half, '--undo'))).code, 2);
      const { code, stderr } = await stage.ipctl(resume(half));
      assert.equal(code, 0, stderr);
    }));

  test('where an address may have come back as another’s it is asked, or --yes; held by somebody it is a conflict', () =>
    withStage('hostway', AT_ONCE, async (stage) => {
      const address = await ok(stage, at('ip allocate'), 'address');
      const words = ['ip', 'release', address, '--yes'];
      const stopped = await stage.killedAt(words, /^DELETE/, 'before');
      const asked = await stage.ipctl(resume(stopped));
      assert.equal(asked.code, 13, asked.stderr);
      assert.match(await ok(stage, resume(stopped, '--yes')), /^true/);
      assert.equal(await ok(stage, at('ip allocate'), 'address'), address);
      const late = await stage.killedAt(words, /^DELETE/, 'before');
      await ok(stage, ['ip', 'associate', address, '--server', 'web-1']);
      assert.equal((await stage.ipctl(resume(late, '--yes'))).code, 6);
    }));
});

test('while its owner is alive an operation is not gone on with', () =>
  withStage('hostway', AT_ONCE, async (stage) => {
    const gate = await relay();
    try {
      const options = gate.through(stage.sandbox.options);
      let arrived: () => void = () => undefined;
      const underWay = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      gate.treat(async ({ method }, pass) => {
        if (method !== 'POST') return pass();
        arrived();
        return 'silence';
      });
      const child = started(stage, 'hostway', options, ['ip', 'allocate']);
      const closed = new Promise((resolve) => child.on('close', resolve));
      await underWay;
      const { code, stderr } = await stage.ipctl(resume(last(stage)));
      assert.equal(code, 6, stderr);
      assert.match(stderr, /still at work/);
      child.kill('SIGKILL');
      await closed;
    } finally {
      await gate.close();
    }
  }));

test('a profile that points to another account by now is refused', () =>
  withCloud('hostway', { knobs: AT_ONCE, faults: ['POST /os-floating-ips: drop after commit x1'] }, async ({ ipctl, sandbox }) => {
    const { endpoint, username, password = '' } = sandbox.options;
    const bare = (words: readonly string[]) => ipctl(words, { env: { SECRET: password } });
    const add = ['profile', 'add', 'prod', '--provider', 'hostway', '--secret', 'password=env:SECRET'];
    const set = ['--set', `endpoint=${endpoint}`, '--set', `username=${username}`];
    const added = await bare([...add, ...set, '--test']);
    assert.equal(added.code, 0, added.stderr);
    const lost = await bare(['ip', 'allocate', '-p', 'prod', '--timeout', '2s', '-o', 'json']);
    assert.equal(lost.code, 12, lost.stderr);
    const { operation } = JSON.parse(lost.stdout) as { operation: string };
    assert.equal((await bare(resume(operation))).code, 12, 'the same account: asked for, and still unknown');
    assert.equal((await bare(['profile', 'remove', 'prod', '--yes'])).code, 0);
    assert.equal((await bare([...add, ...set])).code, 0);
    const { code, stderr } = await bare(resume(operation));
    assert.equal(code, 13, stderr);
    assert.match(stderr, /points to another account/);
  }));
