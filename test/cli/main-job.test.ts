/** The main job with the real binary, on each provider: what is printed, and what the provider saw. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Home, withHome } from '../support/ipctl.js';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly mark: string | null;
}

/** What the sandbox of a provider received that was no read and no login, oldest first. */
async function changesSeen({ ipctl }: Home, provider: string): Promise<Seen[]> {
  const { stdout } = await ipctl(['sandbox', 'journal', provider, '--limit', '2000', '-o', 'json']);
  const all = JSON.parse(stdout) as Seen[];
  assert.deepEqual(
    all.filter(({ mark }) => mark !== null).map(({ method, path, mark }) => `${method} ${path}: ${mark}`),
    [],
  );
  return all.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/tokens'));
}

/** Runs, expects success, and gives the standard output. */
async function good({ ipctl }: Home, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ipctl(words);
  assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  assert.match(stderr, /^(profile [^\n]+\n)?$/, 'off a terminal a success says only whose addresses it changed');
  return stdout;
}

const DOCUMENTATION = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}$/;

test('hostway: an allocation is one POST without a body, and gives the mutation object of the contract', async () => {
  await withHome(async (home) => {
    const value = JSON.parse(await good(home, ['-p', 'sandbox-hostway', 'ip', 'allocate', '-o', 'json'])) as Record<string, unknown>;
    assert.deepEqual(Object.keys(value), ['action', 'changed', 'operation', 'ip', 'error']);
    assert.deepEqual([value.action, value.changed, value.error], ['allocate', true, null]);
    const ip = value.ip as Record<string, unknown>;
    assert.match(String(ip.address), DOCUMENTATION);
    assert.deepEqual([ip.profile, ip.provider, ip.state, ip.id], ['sandbox-hostway', 'hostway', 'free', ip.address]);
    const seen = await changesSeen(home, 'hostway');
    assert.deepEqual(
      seen.map(({ method, path, body, headers, status }) => [method, path, body, headers.authorization, headers['content-length'], status]),
      [['POST', '/os-floating-ips', '', 'Basic ****', '0', 202]],
    );
  });
});

describe('rackspace', () => {
  const p = ['-p', 'sandbox-rackspace'];
  const allocated = async (home: Home): Promise<{ address: string; id: string }> => {
    const out = await good(home, [...p, 'ip', 'allocate', '--server', 'web-1', '--server', 'web-2', '-o', 'value', '-c', 'address,id']);
    const [address = '', id = ''] = out.trim().split('\t');
    assert.match(address, DOCUMENTATION);
    await good(home, [...p, 'ip', 'disassociate', address]);
    return { address, id };
  };
  const servers = async (home: Home): Promise<string[]> => {
    const out = await good(home, [...p, 'server', 'list', '-o', 'value', '-c', 'name,id']);
    return ['web-1', 'web-2'].map((name) => new RegExp(`^${name}\t(.+)$`, 'm').exec(out)?.[1] ?? '');
  };

  test('associating with two servers is one PUT a server, by the id of the address', async () => {
    await withHome(async (home) => {
      const { address, id } = await allocated(home);
      const [one, two] = await servers(home);
      const before = (await changesSeen(home, 'rackspace')).length;
      await good(home, [...p, 'ip', 'associate', address, '--server', 'web-1', '--server', 'web-2']);
      const seen = (await changesSeen(home, 'rackspace')).slice(before);
      assert.deepEqual(
        seen.map(({ method, path, body }) => `${method} ${path.replace(/^.*\/servers\/(?=[^/]*\/ip_)/, '')} ${body}`),
        [`PUT ${one}/ip_associations/${id} `, `PUT ${two}/ip_associations/${id} `],
      );
    });
  });

  test('with --rackspace-association-method post it is the POST with network, version, ports and devices', async () => {
    await withHome(async (home) => {
      const { address, id } = await allocated(home);
      const [one] = await servers(home);
      const before = (await changesSeen(home, 'rackspace')).length;
      await good(home, [...p, 'ip', 'associate', address, '--server', 'web-1', '--rackspace-association-method', 'post']);
      const [post, ...more] = (await changesSeen(home, 'rackspace')).slice(before);
      assert.deepEqual(more, []);
      assert.equal(post?.method, 'POST');
      assert.ok(post?.path.endsWith(`/servers/${one}/ip_associations/${id}`), post?.path);
      const { ip_address: body } = JSON.parse(post?.body ?? '') as { ip_address: Record<string, unknown> };
      assert.deepEqual([body.network_id, body.version, body.device_ids], ['00000000-0000-0000-0000-000000000000', '4', [one]]);
      assert.equal((body.port_ids as string[]).length, 1);
    });
  });

  test('what is in use is not released: exit 6 names the servers and changes nothing; --disassociate does it', async () => {
    await withHome(async (home) => {
      const { address } = await allocated(home);
      await good(home, [...p, 'ip', 'associate', address, '--server', 'web-1', '--server', 'web-2']);
      const before = (await changesSeen(home, 'rackspace')).length;
      const refused = await home.ipctl([...p, 'ip', 'release', address, '--yes']);
      assert.deepEqual([refused.code, refused.stdout], [6, '']);
      assert.equal(
        refused.stderr,
        `profile sandbox-rackspace (Rackspace Public Cloud), username demo, region DFW\nipctl: ${address} is associated with web-1 and web-2\n  --disassociate takes it off first\n`,
      );
      assert.equal((await changesSeen(home, 'rackspace')).length, before);
      assert.equal(
        await good(home, [...p, 'ip', 'release', address, '--disassociate', '--yes', '-o', 'value', '-c', 'action,changed']),
        'release\ttrue\n',
      );
      assert.equal((await home.ipctl([...p, 'ip', 'show', address])).code, 3);
    });
  });

  test('one server only is a usage error, and nothing is sent for it', async () => {
    await withHome(async (home) => {
      const { code, stdout, stderr } = await home.ipctl([...p, 'ip', 'allocate', '--server', 'web-1']);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /two servers or more/);
      assert.deepEqual(await changesSeen(home, 'rackspace'), []);
    });
  });
});

test('otc: two private IPs, one chosen, are one request with two entries', async () => {
  await withHome(async (home) => {
    const words = [
      '-p',
      'sandbox-otc',
      'privateip',
      'create',
      '--subnet',
      'app',
      '--address',
      '192.168.1.17',
      '--count',
      '2',
      '-o',
      'json',
    ];
    const value = JSON.parse(await good(home, words)) as { action: string; changed: boolean; ip: { address: string; subnet: string } }[];
    assert.equal(value.length, 2);
    assert.deepEqual([value[0]?.ip.address, value[0]?.changed, value[1]?.changed], ['192.168.1.17', true, true]);
    const [request, ...more] = await changesSeen(home, 'otc');
    assert.deepEqual(more, []);
    const subnet_id = value[0]?.ip.subnet;
    assert.deepEqual(JSON.parse(request?.body ?? ''), { privateips: [{ subnet_id }, { subnet_id, ip_address: '192.168.1.17' }] });
    assert.match(request?.path ?? '', /^\/vpc\/v1\/[0-9a-f]{32}\/privateips$/);
  });
});

test('openstack: the whole life of an address, as a person sees it', async () => {
  await withHome(async (home) => {
    const p = ['-p', 'sandbox'];
    assert.match(
      await good(home, [...p, 'ip', 'allocate', '--description', 'web']),
      /^ACTION {4}CHANGED {2}ADDRESS {7}STATE {2}SERVER {2}ID\nallocate {2}true {5}203\.0\.113\.10 {2}free {3}- {7}[0-9a-f-]{36}\n$/,
    );
    assert.match(
      await good(home, [...p, 'ip', 'associate', '203.0.113.10', '--server', 'web-1']),
      /associate {2}true {5}203\.0\.113\.10 {2}associated {2}web-1/,
    );
    const again = await good(home, [...p, 'ip', 'associate', '203.0.113.10', '--server', 'web-1', '-o', 'value', '-c', 'changed,server']);
    assert.equal(again, 'false\tweb-1\n');
    const taken = await home.ipctl([...p, 'ip', 'associate', '203.0.113.10', '--server', 'web-2']);
    assert.deepEqual(
      [taken.code, taken.stdout, taken.stderr],
      [
        6,
        '',
        'profile sandbox (OpenStack), username demo, project-name demo, region RegionOne\n' +
          'ipctl: 203.0.113.10 is associated with web-1\n  --move takes it from there\n',
      ],
    );
    const [shown] = JSON.parse(await good(home, [...p, 'ip', 'list', '-o', 'json'])) as Record<string, unknown>[];
    assert.deepEqual([shown?.description, shown?.pool, shown?.kind, shown?.state], ['web', shown?.network, 'floating', 'associated']);
    await good(home, [...p, 'ip', 'disassociate', '203.0.113.10']);
    await good(home, [...p, 'ip', 'release', '203.0.113.10', '--yes']);
    assert.equal(await good(home, [...p, 'ip', 'list', '-o', 'json']), '[]\n');
    assert.equal(await good(home, [...p, 'ip', 'list']), '');
    assert.equal((await changesSeen(home, 'openstack')).length, 4);
  });
});

test('references come from stdin, one a line, one result each', async () => {
  await withHome(async (home) => {
    const p = ['-p', 'sandbox-hostway'];
    const addresses = await good(home, [...p, 'ip', 'allocate', '--count', '3', '-o', 'value', '-c', 'address']);
    assert.equal(addresses.trim().split('\n').length, 3);
    const { code, stdout } = await home.ipctl([...p, 'ip', 'release', '--yes', '-', '-o', 'json'], {
      stdin: `${addresses}203.0.113.250\n`,
    });
    assert.equal(code, 9);
    const results = JSON.parse(stdout) as { changed: boolean; error: { kind: string; target: string } | null }[];
    assert.deepEqual(
      results.map(({ changed, error }) => [changed, error?.kind ?? null]),
      [
        [true, null],
        [true, null],
        [true, null],
        [false, 'not-found'],
      ],
    );
  });
});

test('commands at once see one cloud, and each gets an address of its own', async () => {
  await withHome(async (home) => {
    const out = await Promise.all(
      Array.from({ length: 6 }, () => good(home, ['-p', 'sandbox-hostway', 'ip', 'allocate', '-o', 'value', '-c', 'address'])),
    );
    assert.equal(new Set(out).size, 6);
    assert.equal((JSON.parse(await good(home, ['-p', 'sandbox-hostway', 'ip', 'list', '-o', 'json'])) as unknown[]).length, 6);
  });
});

test('a lost answer ends in 12 with the candidate, the record and no second request', async () => {
  await withHome(async (home) => {
    const words = ['-p', 'sandbox-hostway', 'ip', 'allocate', '--fault', 'POST /os-floating-ips: drop after commit x1', '-o', 'json'];
    const { code, stdout, stderr } = await home.ipctl(words);
    assert.equal(code, 12, stderr);
    const { changed, operation, error } = JSON.parse(stdout) as {
      changed: null;
      operation: string;
      error: { operation: { state: string } };
    };
    assert.deepEqual([changed, error.operation.state], [null, 'unknown']);
    const record = JSON.parse(await good(home, ['operation', 'show', operation, '-o', 'json'])) as {
      state: string;
      steps: { candidates: string[] }[];
    };
    assert.equal(record.state, 'unknown');
    assert.equal(record.steps[0]?.candidates.length, 1);
    const seen = await changesSeen(home, 'hostway');
    assert.deepEqual(
      seen.map(({ method, path }) => `${method} ${path}`),
      ['POST /os-floating-ips'],
    );
  });
});

test('an interrupt while waiting ends in 130 and names the operation', async () => {
  await withHome(async (home) => {
    const child = home.spawn(['-p', 'sandbox-hostway', 'ip', 'allocate', '--verbose', '--fault', 'GET /os-floating-ips/*: 404']);
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (!child.killed && stderr.includes('waiting for')) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 130, stderr);
    assert.match(
      stderr,
      /ipctl: interrupted while waiting for 198\.51\.100\.10 to be there\n {2}ipctl operation resume (\S+)\n {2}operation \1: unknown\n$/,
    );
  });
});
