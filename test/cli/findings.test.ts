/** What a reader found by trying to break the tool: each stays found. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { verb } from '../../src/operations/capable.js';
import { releaseOne } from '../../src/operations/release.js';
import { connect } from '../../src/providers/openstack/driver.js';
import { openstack } from '../../src/providers/openstack/manifest.js';
import { dialects } from '../../src/sandbox/dialects.js';
import { start } from '../../src/sandbox/server.js';
import { bench } from '../support/bench.js';
import { withHome } from '../support/ipctl.js';

const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));

test('a password that a provider echoes is in no record', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        floating_ip: { ip: '203.0.113.9', instance_id: null, pool: 'default', echo: 'demo:hunter2secret' },
        floating_ips: [],
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await withHome(async ({ ipctl, directory }) => {
      const env = {
        IPCTL_HOSTWAY_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        IPCTL_HOSTWAY_USERNAME: 'demo',
        IPCTL_HOSTWAY_PASSWORD: 'hunter2secret',
      };
      const ran = await ipctl(['-p', 'env:hostway', 'ip', 'allocate', '--debug=body', '-o', 'json'], { env });
      assert.equal(ran.code, 0, ran.stderr);
      const records = join(directory, 'state', 'ipctl', 'operations');
      const text = readdirSync(records)
        .map((name) => readFileSync(join(records, name), 'utf8'))
        .join('');
      assert.ok(text.includes('demo:****'), text);
      assert.ok(!(text + ran.stderr + ran.stdout).includes('hunter2secret'));
    });
  } finally {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
});

test('an address that was bought is on stdout, whatever the look at it is answered with', async () => {
  await withHome(async ({ ipctl }) => {
    for (const [provider, fault, more] of [
      ['otc', 'GET */publicips/*: 403', ['--otc-bandwidth-size', '5']],
      ['otc', 'GET */publicips/*: body /dev/null', ['--otc-bandwidth-size', '5']],
      ['hostway', 'GET */os-floating-ips/*: 403', []],
    ] as const) {
      const ran = await ipctl(['-p', `sandbox-${provider}`, '--fault', fault, 'ip', 'allocate', ...more, '-o', 'json']);
      assert.equal(ran.code, 11, ran.stderr);
      const { ip, error } = JSON.parse(ran.stdout) as { ip: { address: string }; error: { operation: { state: string } } };
      assert.match(ip.address, /^(198\.51\.100|203\.0\.113)\.\d+$/);
      assert.equal(error.operation.state, 'unknown');
    }
  });
});

test('one of two servers associated is partial: not safe to repeat unseen, and told as it stands', async () => {
  await withHome(async ({ ipctl }) => {
    const p = ['-p', 'sandbox-rackspace'];
    const address = (
      await ipctl([...p, 'ip', 'allocate', '--server', 'web-1', '--server', 'web-2', '-o', 'value', '-c', 'address'])
    ).stdout.trim();
    const two = (await ipctl([...p, 'server', 'show', 'web-2', '-o', 'value', '-c', 'id'])).stdout.trim();
    const half = await ipctl([
      ...p,
      '--fault',
      `DELETE */servers/${two}/ip_associations/*: 409`,
      'ip',
      'disassociate',
      address,
      '-o',
      'json',
    ]);
    assert.equal(half.code, 9, half.stderr);
    const state = (text: string): unknown => {
      const { ip, error } = JSON.parse(text) as {
        ip: { associations: { server: { name: string } }[] };
        error: { retryable: boolean; operation: { state: string } };
      };
      return [ip.associations.map(({ server }) => server.name), error.retryable, error.operation.state];
    };
    assert.deepEqual(state(half.stdout), [['web-2'], false, 'partial']);
    assert.equal((await ipctl([...p, 'ip', 'disassociate', address])).code, 0);
    const other = await ipctl([
      ...p,
      '--fault',
      `PUT */servers/${two}/ip_associations/*: 403`,
      'ip',
      'associate',
      address,
      '--server',
      'web-1',
      '--server',
      'web-2',
      '-o',
      'json',
    ]);
    assert.equal(other.code, 9, other.stderr);
    assert.deepEqual(state(other.stdout), [['web-1'], false, 'partial']);
    const twice = await ipctl([...p, 'ip', 'associate', address, '--server', 'web-1', '--server', 'web-1', '-o', 'value', '-c', 'changed']);
    assert.deepEqual([twice.code, twice.stdout], [0, 'false\n']);
  });
});

test('a secret typed where an option belongs is not repeated', async () => {
  await withHome(async ({ ipctl }) => {
    for (const words of [
      ['--secret', 'hunter2secret'],
      ['--set', 'hunter2secret'],
    ]) {
      const { code, stdout, stderr } = await ipctl(['profile', 'add', 'p', '--provider', 'openstack', ...words]);
      assert.equal(code, 2);
      assert.ok(!(stdout + stderr).includes('hunter2'), stderr);
    }
  });
});

test('a settled operation takes no second word', async () => {
  await withHome(async ({ ipctl }) => {
    const lost = await ipctl([
      '-p',
      'sandbox-hostway',
      'ip',
      'allocate',
      '--fault',
      'POST /os-floating-ips: drop after commit x1',
      '-o',
      'json',
    ]);
    const { operation } = JSON.parse(lost.stdout) as { operation: string };
    assert.equal((await ipctl(['operation', 'resume', operation, '--none'])).code, 0);
    const late = await ipctl(['operation', 'resume', operation, '--take', '198.51.100.10']);
    assert.deepEqual([late.code, late.stdout], [6, '']);
  });
});

test('a lock file that names nobody holds nobody up', async () => {
  await withHome(async ({ ipctl, directory }) => {
    const config = join(directory, 'config', 'ipctl');
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, 'config.lock'), '');
    assert.equal((await ipctl(['profile', 'use', 'sandbox'])).code, 0);
    assert.deepEqual(readdirSync(config), ['config.json']);
  });
});

test('a result that cannot be written is told, not thrown', {
  skip: existsSync('/dev/full') ? false : 'this system has no /dev/full',
}, async () => {
  await withHome(async ({ env }) => {
    const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${bin}" -p sandbox ip allocate > /dev/full`], {
      env: { ...env },
      encoding: 'utf8',
    });
    assert.equal(status, 14);
    assert.match(
      stderr,
      /^profile .+\nipctl: the result could not be written: .+; what was done stands: allocate 203\.0\.113\.10\n {2}ipctl operation show (\S+)\n {2}operation \1: applied\n$/,
    );
  });
});

test('a label of any name is a label, and the same address is asked for once', async () => {
  await withHome(async ({ ipctl }) => {
    const made = await ipctl(['-p', 'sandbox', 'ip', 'allocate', '--label', '__proto__=x', '-o', 'json']);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /"__proto__": "x"/);
    assert.equal((await ipctl(['-p', 'sandbox', 'ip', 'list', '--label', 'constructor=x', '-o', 'json'])).stdout, '[]\n');
    assert.equal((await ipctl(['-p', 'sandbox', 'ip', 'allocate', '--address', '203.0.113.50', '--address', '203.0.113.50'])).code, 2);
    const released = await ipctl([
      '-p',
      'sandbox',
      'ip',
      'release',
      '203.0.113.10',
      '203.0.113.10',
      '--yes',
      '-o',
      'value',
      '-c',
      'changed',
    ]);
    assert.deepEqual([released.code, released.stdout], [0, 'true\n']);
  });
});

test('an address that a load balancer holds is not pulled from under it', async () => {
  await withHome(async ({ ipctl, directory }) => {
    const p = ['-p', 'sandbox'];
    await ipctl([...p, 'ip', 'allocate']);
    const created = await ipctl([...p, 'privateip', 'create', '--subnet', 'app', '-o', 'value', '-c', 'id']);
    const port = created.stdout.trim();
    assert.equal((await ipctl([...p, 'ip', 'associate', '203.0.113.10', '--port', port])).code, 0);
    // The sandbox lets nobody make a load balancer, so its port is made one by hand.
    const file = join(directory, 'state', 'ipctl', 'sandbox', 'openstack.json');
    const state = readFileSync(file, 'utf8');
    const owned = JSON.parse(state, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && 'id' in value && value.id === port
        ? { ...value, owner: 'Octavia', device: 'lb-1' }
        : value,
    ) as unknown;
    writeFileSync(file, JSON.stringify(owned));
    for (const words of [
      ['ip', 'release', '203.0.113.10', '--disassociate', '--yes'],
      ['ip', 'disassociate', '203.0.113.10'],
      ['ip', 'move', '203.0.113.10', '--to', 'web-1'],
    ]) {
      const { code, stderr } = await ipctl([...p, ...words]);
      assert.equal(code, 6, `${words.join(' ')}: ${stderr}`);
      assert.match(stderr, /in use by something that is no server/);
    }
  });
});

test('what is wrong with the words is told before what the provider or the profile lacks', async () => {
  await withHome(async ({ ipctl }) => {
    for (const words of [
      ['-p', 'sandbox-hostway', 'ip', 'update', '198.51.100.10'],
      ['-p', 'sandbox-rackspace', 'ip', 'move', '999.1.1.1', '--to', 'web-1'],
      ['-p', 'sandbox', 'ip', 'move', '203.0.113.10', '--to', ''],
      ['ip', 'associate', '203.0.113.7'],
    ]) {
      const { code, stdout } = await ipctl(words);
      assert.deepEqual([code, stdout], [2, ''], words.join(' '));
    }
  });
});

test('without a journal no state directory is needed, and with one it is', async () => {
  await withHome(async (place) => {
    const serving = place.spawn(['sandbox', 'serve', '-o', 'jsonl']);
    try {
      const served = await new Promise<{ options: Record<string, string> }>((resolve, reject) => {
        let text = '';
        serving.stdout?.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const line = /^.*"provider":"hostway".*\n/m.exec(text)?.[0];
          if (line !== undefined) resolve(JSON.parse(line) as { options: Record<string, string> });
        });
        serving.on('close', () => reject(new Error(text)));
      });
      const env = {
        XDG_STATE_HOME: '/dev/null',
        IPCTL_HOSTWAY_ENDPOINT: served.options.endpoint ?? '',
        IPCTL_HOSTWAY_USERNAME: served.options.username ?? '',
        IPCTL_HOSTWAY_PASSWORD: served.options.password ?? '',
      };
      const refused = await place.ipctl(['-p', 'env:hostway', 'ip', 'allocate'], { env });
      assert.deepEqual([refused.code, refused.stdout], [14, '']);
      const made = await place.ipctl(['-p', 'env:hostway', 'ip', 'allocate', '--no-journal', '-o', 'value', '-c', 'address,operation'], {
        env,
      });
      assert.deepEqual([made.code, made.stdout], [0, '198.51.100.10\t\n'], made.stderr);
    } finally {
      const ended = new Promise((resolve) => serving.on('close', resolve));
      serving.kill('SIGTERM');
      await ended;
    }
  });
});

test('an update of which one of two requests is refused is partial, with the record as it is', async () => {
  await withHome(async ({ ipctl }) => {
    const p = ['-p', 'sandbox'];
    const address = (await ipctl([...p, 'ip', 'allocate', '-o', 'value', '-c', 'address'])).stdout.trim();
    const words = ['ip', 'update', address, '--description', 'z', '--label', 'x=1', '-o', 'json'];
    const { code, stdout, stderr } = await ipctl([...p, '--fault', 'PUT *tags: 403', ...words]);
    assert.equal(code, 9, stderr);
    const { ip } = JSON.parse(stdout) as { ip: { description: string; labels: object } };
    assert.deepEqual([ip.description, ip.labels], ['z', {}]);
  });
});

test('without a record nobody is sent to one', async () => {
  await withHome(async ({ ipctl }) => {
    const { code, stderr } = await ipctl([
      ...['-p', 'sandbox-hostway', '--fault', 'POST /os-floating-ips: drop after commit x1'],
      ...['ip', 'allocate', '--no-journal', '--timeout', '2s'],
    ]);
    assert.equal(code, 12, stderr);
    assert.doesNotMatch(stderr, /operation resume/);
    assert.match(stderr, /without a record: look what is there/);
  });
});

test('the time that a user thinks is none of the time that a release has', async () => {
  const sandbox = await start(await dialects.openstack(), {});
  const { target, settings, clock, run, close } = bench(openstack, connect, { options: sandbox.options, timeout: 5_000 });
  try {
    const { id } = await run((driver) => verb(driver, 'allocateFloatingIp')({ mark: 'x', version: 4, labels: {}, servers: [], ports: [] }));
    const thinking = { ...settings, confirm: () => clock.sleep(600_000, settings.signal) };
    const { changed } = await releaseOne(target, thinking, { ref: id, disassociate: false, ifExists: false });
    assert.equal(changed, true);
  } finally {
    await close();
    await sandbox.close();
  }
});
