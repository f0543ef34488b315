/** `ipctl doctor` with the binary: what it finds, what it ends with, and what it never shows. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { profiles } from '../../src/cli/commands/doctor/profiles.js';
import type { Intent } from '../../src/cli/intent.js';
import { parse } from '../../src/cli/program.js';
import { openSession } from '../../src/cli/session.js';
import type { Finding } from '../../src/render/doctor-view.js';
import type { World } from '../../src/world.js';
import { virtualClock } from '../support/clock.js';
import { withCloud } from '../support/cloud.js';
import { type Home, type Ran, withHome } from '../support/ipctl.js';
import { withDesk } from './golden/screen.js';

const findings = ({ stdout }: Ran): readonly Finding[] => JSON.parse(stdout) as readonly Finding[];
const of = (ran: Ran, area: string, name: string): Finding => {
  const found = findings(ran).find((each) => each.area === area && each.name === name);
  return found ?? assert.fail(`${area} ${name} is not in ${ran.stdout}`);
};
const doctor = (ipctl: Home['ipctl'], ...words: string[]): Promise<Ran> => ipctl(['doctor', '-o', 'json', ...words]);
const errorOf = ({ stderr }: Ran) => (JSON.parse(stderr) as { error: { kind: string; errors: { target: string; kind: string }[] } }).error;

/** `down` is of a provider that nobody plays. */
async function addProfiles(home: Pick<Home, 'ipctl'>, options: Readonly<Record<string, string>>): Promise<void> {
  const add = async (name: string, endpoint: string): Promise<void> => {
    const words = ['--set', `endpoint=${endpoint}`, '--set', `username=${options.username}`, '--secret', 'password=-'];
    const { code, stderr } = await home.ipctl(['profile', 'add', name, '--provider', 'hostway', ...words], {
      stdin: options.password ?? '',
    });
    assert.equal(code, 0, stderr);
  };
  await add('prod', options.endpoint ?? '');
  await add('down', 'http://127.0.0.1:1');
}

test('a machine on which nothing was done yet is well: nothing is made, nobody is asked', async () => {
  await withHome(async ({ ipctl, env }) => {
    const ran = await doctor(ipctl);
    assert.deepEqual([ran.code, ran.stderr], [0, '']);
    assert.deepEqual([...new Set(findings(ran).map(({ status }) => status))].sort(), ['info', 'ok']);
    assert.equal(of(ran, 'program', 'node').detail, process.version);
    assert.match(of(ran, 'paths', 'config').detail, /^~\/config\/ipctl, not there yet$/);
    assert.match(of(ran, 'profile', 'profiles').hint ?? '', /ipctl profile add/);
    assert.ok(!ran.stdout.includes(env.HOME ?? ''), 'the home directory is ~');
    const table = await ipctl(['doctor', '-c', 'area,name,status', '--no-header']);
    assert.match(table.stdout, /^program +ipctl +ok$/m);
  });
});

test('the profile in use: who, how far, until when, and the clocks', async () => {
  await withCloud('openstack', {}, async ({ ipctl, sandbox }) => {
    const ran = await doctor(ipctl);
    assert.equal(ran.code, 0, ran.stderr);
    const { status, facts, detail } = of(ran, 'profile', 'env:openstack');
    assert.deepEqual(
      [status, facts.provider, facts.region, facts.user, facts.pinned],
      ['ok', 'openstack', 'RegionOne', sandbox.options.username, false],
    );
    assert.equal(typeof facts.latency, 'number');
    assert.match(detail, /^OpenStack, account [0-9a-f]{32}, user \S+, region RegionOne; answered in \d+ ms$/);
    const token = of(ran, 'profile', 'env:openstack token');
    assert.deepEqual([token.status, Number(token.facts.left) > 3_000_000], ['ok', true]);
    assert.match(of(ran, 'environment', 'variables').detail, /IPCTL_OPENSTACK_PASSWORD/);
    assert.ok(!ran.stdout.includes(sandbox.options.password ?? '?'), 'names of variables, never values');
    assert.ok(!sandbox.journal().some(({ method, path }) => method !== 'GET' && !path.endsWith('/auth/tokens')), 'it only reads');
  });
});

test('a profile that is refused, or cannot be reached, is that kind of error, and the report is there', async () => {
  await withCloud('openstack', {}, async ({ ipctl }) => {
    const ran = await ipctl(['doctor', '-o', 'json'], { env: { IPCTL_OPENSTACK_PASSWORD: 'planted-wrong' } });
    assert.equal(ran.code, 4);
    assert.equal(of(ran, 'profile', 'env:openstack').facts.kind, 'auth');
    assert.deepEqual(
      errorOf(ran).errors.map(({ target, kind }) => [target, kind]),
      [['profile env:openstack', 'auth']],
    );
    assert.ok(!`${ran.stdout}${ran.stderr}`.includes('planted-wrong'));
  });
});

test('each stored profile is tried beside the one in use, which is marked; some well and some not is 9; -p tries only that', async () => {
  await withCloud('hostway', {}, async ({ sandbox, directory }) => {
    // Not aimed: the profiles are stored ones.
    await withHome(async (home) => {
      assert.notEqual(home.directory, directory);
      await addProfiles(home, sandbox.options);
      const tried = (ran: Ran): [string, string, unknown][] =>
        findings(ran).flatMap(({ area, name, status, facts }) =>
          area === 'profile' && !/ (token|clock)$/.test(name) ? [[name, status, facts.current ?? false]] : [],
        );
      const all = await doctor(home.ipctl);
      assert.equal(all.code, 9, all.stderr);
      const both: [string, string, unknown][] = [
        ['down', 'problem', false],
        ['prod', 'ok', false],
      ];
      assert.deepEqual(tried(all), both, 'also while none is in use');
      await home.ipctl(['profile', 'use', 'prod']);
      const used = await doctor(home.ipctl);
      assert.deepEqual(tried(used), [both[0], ['prod', 'ok', true]]);
      assert.match(of(used, 'profile', 'prod').detail, / ms; in use$/);
      const variable = await home.ipctl(['doctor', '-o', 'json'], { env: { IPCTL_PROFILE: 'sandbox' } });
      assert.deepEqual(tried(variable), [...both, ['sandbox', 'ok', true]], 'and one that a variable names');
      const down = await doctor(home.ipctl, '-p', 'down');
      assert.deepEqual([down.code, tried(down)], [5, [both[0]]]);
      await home.ipctl(['profile', 'add', 'unset', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:NOT_THERE']);
      const unset = await doctor(home.ipctl, '-p', 'unset');
      assert.doesNotMatch(`${of(unset, 'profile', 'unset').detail}${unset.stderr}`, /profile unset: /, 'its name stands beside it');
      await home.ipctl(['profile', 'remove', 'unset', '--yes']);
      assert.equal((await doctor(home.ipctl, '-p', 'prod')).code, 0);
      assert.equal((await doctor(home.ipctl, '-p', 'nobody')).code, 14);
      await home.ipctl(['profile', 'remove', 'prod', '--yes']);
      assert.equal((await doctor(home.ipctl)).code, 5, 'the broken one alone is its own kind');
    });
  });
});

test('a provider that says nothing is given up after 10 s, and does not hold up the report', async () => {
  await withHome(async ({ directory }) => {
    const asked = new AbortController();
    const alarms: number[] = [];
    const silent = createServer(() => asked.abort());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const parsed = parse(['doctor', '-p', 'env:hostway'], {});
    assert.ok(parsed.is === 'intent' && parsed.intent.words === 'doctor');
    const intent = parsed.intent as Intent<'doctor'>;
    const nobody = { on: () => {} } as unknown as World['stdin'];
    const session = openSession(
      {
        argv: [],
        env: { IPCTL_HOSTWAY_ENDPOINT: `http://127.0.0.1:${port}`, IPCTL_HOSTWAY_USERNAME: 'u', IPCTL_HOSTWAY_PASSWORD: 'p' },
        stdin: nobody,
        stdout: { write: () => true },
        stderr: nobody as unknown as World['stderr'],
        terminal: { stdin: false, stdout: false, stderr: false, columns: 80 },
        clock: {
          ...virtualClock(),
          // Time is up as soon as the provider was asked.
          alarm(milliseconds) {
            alarms.push(milliseconds);
            return { signal: asked.signal, cancel() {} };
          },
        },
        random: () => 0,
        directories: { config: directory, state: directory },
        signal: new AbortController().signal,
        pid: 1,
        isAlive: () => true,
        version: '0',
      },
      intent,
    );
    try {
      const { findings: found } = await profiles(intent, session);
      assert.deepEqual(
        found.map(({ status, detail, facts }) => [status, detail, facts.kind]),
        [['problem', 'no answer within 10 s', 'temporary']],
      );
      assert.equal(alarms[0], 10_000);
    } finally {
      await session.close();
      silent.closeAllConnections();
      await new Promise((resolve) => silent.close(resolve));
    }
  });
});

test('files that others can read, a file that is broken, a directory that is none', async () => {
  await withHome(async ({ ipctl, directory }) => {
    const config = join(directory, 'config', 'ipctl');
    mkdirSync(config, { recursive: true, mode: 0o700 });
    writeFileSync(join(config, 'config.json'), '{"profiles": {}}');
    chmodSync(join(config, 'config.json'), 0o644);
    const open = await doctor(ipctl);
    assert.equal(open.code, 0);
    const { status, detail, hint, facts } = of(open, 'paths', 'profiles');
    assert.deepEqual([status, facts.mode, hint], ['warning', '0644', 'chmod 600 ~/config/ipctl/config.json']);
    assert.match(detail, /is open to others$/);
    writeFileSync(join(config, 'config.json'), '{"profiles": ');
    const broken = await doctor(ipctl);
    assert.equal(broken.code, 14);
    assert.match(of(broken, 'profile', 'profiles').detail, /not valid JSON/);
    writeFileSync(join(config, 'config.json'), '{}');
    mkdirSync(join(directory, 'state'));
    writeFileSync(join(directory, 'state', 'ipctl'), '');
    const none = await doctor(ipctl);
    assert.equal(none.code, 14);
    assert.match(of(none, 'paths', 'state').detail, /^~\/state\/ipctl is no directory$/);
  });
});

test('an operation of unknown outcome is a problem, with the way on', async () => {
  await withHome(async ({ ipctl }) => {
    const lost = await ipctl([
      '-p',
      'sandbox',
      'api',
      'POST',
      '/floatingips',
      '--yes',
      '--fault',
      'POST */floatingips: drop before commit',
    ]);
    assert.equal(lost.code, 12);
    const ran = await doctor(ipctl);
    assert.equal(ran.code, 12);
    const [id = ''] = findings(ran).flatMap(({ area, status, name }) => (area === 'operations' && status === 'problem' ? [name] : []));
    assert.match(of(ran, 'operations', id).hint ?? '', new RegExp(`ipctl operation resume ${id}`));
    assert.match(of(ran, 'sandbox', 'clouds').detail, /openstack/);
  });
});

test('at 80 columns the report and what a provider takes are whole', async () => {
  await withDesk(async (desk) => {
    const shown = async (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
      const { stdout } = await desk.ipctl(words, { columns: 80, env: { NO_COLOR: '1', ...env } });
      assert.ok(stdout.length > 0 && !stdout.includes('…'), stdout);
      return stdout;
    };
    const variables = ['IPCTL_OPENSTACK_APPLICATION_CREDENTIAL_SECRET', 'IPCTL_OPENSTACK_USERNAME'];
    const report = await shown(['doctor'], Object.fromEntries(variables.map((name) => [name, 'x'])));
    for (const whole of [...variables, 'ipctl profile use NAME']) assert.match(report, new RegExp(`\\b${whole}(,|$)`, 'm'));
    for (const provider of ['openstack', 'hostway', 'rackspace', 'otc', 'rackconnect', 'nova']) {
      const text = await shown(['provider', 'show', provider]);
      const wide = text.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '));
      assert.deepEqual(wide, [], provider);
    }
  });
});
