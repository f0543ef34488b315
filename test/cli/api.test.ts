/** `ipctl api` with the binary: what is sent where, what stands on stdout, what is recorded, and what nobody gets to see. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Sandbox } from '../../src/sandbox/server.js';
import { aimed, withCloud } from '../support/cloud.js';
import { type Home, withHome } from '../support/ipctl.js';
import { type Exchange, play } from '../support/script.js';

const asked = (sandbox: Sandbox, method: string): string[] =>
  sandbox.journal().flatMap((entry) => (entry.method === method && !entry.path.endsWith('/auth/tokens') ? [entry.path] : []));
const allocated = async ({ ipctl }: Pick<Home, 'ipctl'>): Promise<string> =>
  (await ipctl(['ip', 'allocate', '-o', 'value', '-c', 'id'])).stdout.trim();

/** Everything that is kept on this machine of operations. */
function recorded({ directory }: Pick<Home, 'directory'>): string {
  const path = join(directory, 'state', 'ipctl', 'operations');
  return readdirSync(path)
    .map((name) => readFileSync(join(path, name), 'utf8'))
    .join('');
}

describe('reads', () => {
  test('the answer as JSON, of the first service or of another, with a query', async () => {
    await withCloud('openstack', {}, async (cloud) => {
      const id = await allocated(cloud);
      const { code, stdout, stderr } = await cloud.ipctl(['api', 'get', '/floatingips', '--field', 'status=DOWN', '--field', 'fields=id']);
      assert.deepEqual([code, JSON.parse(stdout), stderr], [0, { floatingips: [{ id }] }, '']);
      assert.ok(asked(cloud.sandbox, 'GET').some((path) => path.endsWith('/v2.0/floatingips?status=DOWN&fields=id')));
      const names = await cloud.ipctl(['api', 'GET', 'compute:/servers', '--query', 'servers[].name', '-o', 'value']);
      assert.match(names.stdout, /^web-1\nweb-2\n/);
      const yaml = await cloud.ipctl(['api', 'GET', 'floatingips?fields=id', '-o', 'yaml']);
      assert.match(yaml.stdout, /^floatingips:\n/);
      const included = JSON.parse((await cloud.ipctl(['api', 'GET', '/floatingips', '--include'])).stdout) as {
        status: number;
        headers: Record<string, string>;
        body: { floatingips: unknown[] };
      };
      assert.deepEqual([included.status, included.headers['content-type'], included.body.floatingips.length], [200, 'application/json', 1]);
    });
  });

  test('a whole URL on the service’s own origin; never another', async () => {
    await withCloud('openstack', {}, async ({ ipctl, sandbox }) => {
      assert.equal((await ipctl(['api', 'GET', `${sandbox.origin}/network/v2.0/networks`])).code, 0);
      const others = ['http://127.0.0.1:1/x', 'http://evil.example/x', sandbox.origin.replace('127.0.0.1', 'localhost')];
      for (const url of [...others, sandbox.origin.replace('//', '//me:secret@'), `${sandbox.origin}/network/../identity`]) {
        const before = asked(sandbox, 'GET').length;
        const { code, stdout, stderr } = await ipctl(['api', 'GET', url]);
        assert.deepEqual([code, stdout, asked(sandbox, 'GET').length], [2, '', before], `${url}: ${stderr}`);
      }
    });
  });

  test('retried, and the token renewed when it is refused', async () => {
    await withCloud('openstack', { faults: ['GET */floatingips: 503 x1', 'GET */floatingips: 401 x1'] }, async ({ ipctl, sandbox }) => {
      const { code, stderr } = await ipctl(['api', 'GET', '/floatingips']);
      assert.equal(code, 0, stderr);
      assert.equal(asked(sandbox, 'GET').length, 3);
      assert.equal(sandbox.journal().filter(({ path }) => path.endsWith('/auth/tokens')).length, 2);
    });
  });

  test('a refusal is an error of its kind, with what the provider said beside it when asked for', async () => {
    await withCloud('openstack', {}, async ({ ipctl }) => {
      const bare = await ipctl(['api', 'GET', '/floatingips/nope']);
      assert.deepEqual([bare.code, bare.stdout], [3, '']);
      assert.match(bare.stderr, /^ipctl: Floating IP nope could not be found \(openstack 404/);
      const { code, stdout, stderr } = await ipctl(['api', 'GET', '/floatingips/nope', '--include', '-o', 'json']);
      assert.deepEqual([code, stdout], [3, '']);
      const [reply, error] = stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { status?: number; body?: object; error?: object });
      assert.deepEqual([reply?.status, Object.keys(reply?.body ?? {}), Object.keys(error ?? {})], [404, ['NeutronError'], ['error']]);
    });
  });

  test('every provider’s services answer', async () => {
    const paths = {
      hostway: ['/os-floating-ips', 'root:/accounts?filterStatus=open&page=1&pageSize=100'],
      rackspace: ['/networks', 'compute:/servers'],
      otc: ['/v1/{project}/vpcs', 'ecs:/v1/{project}/cloudservers/detail'],
      rackconnect: ['/public_ips', 'compute:/servers'],
      nova: ['/os-floating-ips'],
    } as const;
    for (const [provider, each] of Object.entries(paths) as [keyof typeof paths, readonly string[]][]) {
      await withCloud(provider, {}, async ({ ipctl, sandbox }) => {
        for (const path of each) {
          const { code, stderr } = await ipctl(['api', 'GET', path]);
          assert.equal(code, 0, `${provider} ${path}: ${stderr}`);
        }
        assert.deepEqual(
          sandbox.journal().flatMap(({ mark }) => mark ?? []),
          [],
          provider,
        );
      });
    }
  });
});

describe('changes', () => {
  const put = (id: string, ...more: string[]): string[] => [
    'api',
    'PUT',
    `/floatingips/${id}`,
    '--field',
    'floatingip[description]=web',
    ...more,
  ];

  test('confirmed, sent once, recorded', async () => {
    await withCloud('openstack', {}, async (cloud) => {
      const id = await allocated(cloud);
      assert.equal((await cloud.ipctl(put(id))).code, 13);
      const plan = await cloud.ipctl(put(id, '--dry-run'));
      assert.deepEqual(
        [plan.code, plan.stdout],
        [0, `PUT ${cloud.sandbox.origin}/network/v2.0/floatingips/${id}\n  {"floatingip":{"description":"web"}}\n`],
      );
      assert.deepEqual(asked(cloud.sandbox, 'PUT'), []);
      const done = await cloud.ipctl(put(id, '--yes', '--query', 'floatingip.description', '-o', 'value'));
      assert.deepEqual([done.code, done.stdout], [0, 'web\n']);
      assert.equal(asked(cloud.sandbox, 'PUT').length, 1);
      const records = JSON.parse((await cloud.ipctl(['operation', 'list', '-o', 'json'])).stdout) as {
        verb: string;
        state: string;
        steps: { status: number }[];
      }[];
      assert.deepEqual(
        records.map(({ verb, state }) => [verb, state]),
        [
          ['allocate', 'applied'],
          ['api', 'applied'],
        ],
      );
      assert.equal(records[1]?.steps[0]?.status, 200);
    });
  });

  test('a body from a file or stdin; an answer without a body prints nothing', async () => {
    await withCloud('openstack', {}, async (cloud) => {
      const id = await allocated(cloud);
      const body = '{"floatingip": {"description": "from stdin"}}';
      const set = await cloud.ipctl(['api', 'PUT', `/floatingips/${id}`, '--input', '-', '--yes', '--query', 'floatingip.description'], {
        stdin: body,
      });
      assert.deepEqual([set.code, set.stdout], [0, 'from stdin\n'.padStart(11)]);
      const gone = await cloud.ipctl(['api', 'DELETE', `/floatingips/${id}`, '--yes', '-o', 'json']);
      assert.deepEqual(gone, { code: 0, stdout: '', stderr: '' });
    });
  });

  test('never sent again: what became of it is unknown, until the user says so', async () => {
    await withCloud('openstack', { faults: ['PUT */floatingips/*: 503 after commit'] }, async (cloud) => {
      const id = await allocated(cloud);
      const lost = await cloud.ipctl(put(id, '--yes', '-o', 'json'));
      assert.deepEqual([lost.code, lost.stdout], [12, '']);
      const { error } = JSON.parse(lost.stderr.trim().split('\n').at(-1) ?? '') as { error: { operation: { id: string; state: string } } };
      assert.equal(error.operation.state, 'unknown');
      assert.equal((await cloud.ipctl(['operation', 'resume', error.operation.id])).code, 12);
      assert.equal(asked(cloud.sandbox, 'PUT').length, 1);
    });
  });

  test('a lost one is resumed: still unknown, or settled by the user’s word, but never sent', async () => {
    await withHome(async ({ ipctl }) => {
      const lost = await ipctl([
        '-p',
        'sandbox',
        'api',
        'POST',
        '/floatingips',
        '--yes',
        '--fault',
        'POST */floatingips: drop after commit',
        '-o',
        'json',
      ]);
      assert.equal(lost.code, 12, lost.stderr);
      const [id = ''] = (await ipctl(['operation', 'list', '-o', 'value', '-c', 'id'])).stdout.trim().split('\n');
      assert.equal((await ipctl(['operation', 'resume', id])).code, 12);
      const settled = await ipctl(['operation', 'resume', id, '--none', '-o', 'json']);
      assert.equal(settled.code, 0, settled.stderr);
      assert.equal((JSON.parse(settled.stdout) as { changed: boolean }).changed, false);
      const posts = (await ipctl(['sandbox', 'journal', 'openstack', '-o', 'value', '-c', 'method,path'])).stdout.match(
        /POST.*floatingips/g,
      );
      assert.equal(posts?.length, 1);
    });
  });

  test('a read-only profile refuses, before it asks', async () => {
    await withCloud('hostway', {}, async ({ ipctl, sandbox }) => {
      const options = Object.entries(sandbox.options).filter(([name]) => name !== 'password');
      const set = options.flatMap(([name, value]) => ['--set', `${name}=${value}`]);
      const added = await ipctl(['profile', 'add', 'ro', '--provider', 'hostway', ...set, '--secret', 'password=-'], {
        stdin: sandbox.options.password ?? '',
      });
      assert.equal(added.code, 0, added.stderr);
      await ipctl(['profile', 'set', 'ro', 'read-only=true']);
      const refused = await ipctl(['-p', 'ro', 'api', 'POST', '/os-floating-ips', '--yes']);
      assert.equal(refused.code, 13);
      assert.match(refused.stderr, /profile ro is read-only/);
      assert.equal((await ipctl(['-p', 'ro', 'api', 'GET', '/os-floating-ips'])).code, 0);
      assert.deepEqual(asked(sandbox, 'POST'), []);
    });
  });
});

test('what is wrong with a command line is told before anything is sent', async () => {
  await withCloud('openstack', {}, async ({ ipctl, sandbox }) => {
    for (const words of [
      ['HEAD', '/x'],
      ['GET', ''],
      ['GET', 'volume:/x'],
      ['GET', '/x', '--service', 'volume'],
      ['GET', '/x', '--input', '-'],
      ['POST', '/x', '--input', '-', '--field', 'a=1'],
      ['POST', '/x', '--input', 'nowhere.json'],
      ['POST', '/x', '--field', 'a'],
      ['GET', '/x', '--header', 'X-Auth-Token: abc'],
      ['GET', '/x', '-o', 'csv'],
      ['GET', '/x', '-o', 'value'],
      ['POST', '/x', '--yes', '--no-wait'],
      ['GET', '/x', '-c', 'id'],
    ]) {
      const { code, stdout, stderr } = await ipctl(['api', ...words]);
      assert.deepEqual([code, stdout], [2, ''], `${words.join(' ')}: ${stderr}`);
    }
    assert.deepEqual(sandbox.journal(), []);
  });
});

describe('secrets', () => {
  const PASSWORD = 'planted-password/1';
  const TOKEN = 'planted-token-0001';
  const login = (origin: string): Exchange => ({
    source: 'login',
    request: {
      line: 'POST /v3/auth/tokens',
      body: {
        auth: {
          identity: { methods: ['password'], password: { user: { id: 'u1', password: PASSWORD } } },
          scope: { project: { id: 'p1' } },
        },
      },
    },
    reply: {
      status: 201,
      headers: { 'x-subject-token': TOKEN },
      body: {
        token: {
          methods: ['password'],
          user: { id: 'u1', name: 'ops', domain: { id: 'default', name: 'Default' } },
          project: { id: 'p1', name: 'web', domain: { id: 'default', name: 'Default' } },
          issued_at: '2026-01-15T11:59:05.000000Z',
          expires_at: '2999-01-15T12:59:05.000000Z',
          catalog: [{ type: 'network', name: 'neutron', endpoints: [{ interface: 'public', region: 'R', region_id: 'R', url: origin }] }],
        },
      },
    },
  });

  async function played(
    exchanges: readonly Exchange[],
    words: readonly string[],
    check: (ran: Awaited<ReturnType<Home['ipctl']>>, home: Home) => void,
  ) {
    const script = await play((origin) => [login(origin), ...exchanges]);
    try {
      await withHome(async (home) => {
        const options = { 'auth-url': script.origin, 'user-id': 'u1', 'project-id': 'p1', password: PASSWORD };
        check(await aimed(home, 'openstack', options)(words), home);
      });
    } finally {
      await script.end();
    }
  }

  test('--debug: a line a request, with its time, status and request id; bodies and headers with =body, and no secret in any', async () => {
    const echo = { seen: [TOKEN, PASSWORD], [TOKEN]: 'key', encoded: encodeURIComponent(PASSWORD) };
    const read: Exchange = {
      source: 'echo',
      request: { line: `GET /v2.0/ports?x=1`, headers: { 'x-auth-token': TOKEN, 'x-note': 'mine' } },
      reply: { status: 200, headers: { 'x-openstack-request-id': 'req-7f3a', 'x-echo': TOKEN }, body: echo },
    };
    for (const debug of ['--debug', '--debug=body']) {
      await played([read], ['api', 'GET', '/ports?x=1', '--include', '--header', 'X-Note: mine', debug], ({ code, stdout, stderr }) => {
        assert.equal(code, 0, stderr);
        for (const text of [TOKEN, PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(PASSWORD).toString('base64')]) {
          assert.ok(!`${stdout}${stderr}`.includes(text), `${debug} shows ${text}`);
        }
        const lines = stderr.trim().split('\n');
        assert.match(lines.find((line) => line.startsWith('GET')) ?? '', /^GET http:\S+\/v2\.0\/ports\?x=1 -> 200 \(\d+ ms, req-7f3a\)$/);
        assert.match(lines.find((line) => line.startsWith('POST')) ?? '', /^POST http:\S+\/v3\/auth\/tokens -> 201 \(\d+ ms\)$/);
        assert.equal(lines.length > 2, debug === '--debug=body');
        if (debug === '--debug=body') {
          assert.ok(lines.includes('> x-auth-token: ****'), stderr);
          assert.ok(lines.includes('> x-note: mine'), stderr);
          assert.ok(lines.includes('< x-subject-token: ****'), stderr);
          assert.ok(lines.includes('< {"seen":["****","****"],"****":"key","encoded":"****"}'), stderr);
          assert.ok(lines.includes('> (not shown: a login)') && lines.includes('< (not shown: a login)'), stderr);
        }
        const { headers, body } = JSON.parse(stdout) as { headers: Record<string, string>; body: unknown };
        assert.deepEqual([headers['x-echo'], body], ['****', { seen: ['****', '****'], '****': 'key', encoded: '****' }]);
      });
    }
  });

  test('what is told once is printed, and neither it nor a password that was sent is recorded', async () => {
    const make: Exchange = {
      source: 'make',
      request: { line: 'POST /v2.0/things', body: { thing: { name: 'a', adminPass: 'planted-in' } } },
      reply: { status: 201, body: { thing: { adminPass: 'planted-once' } } },
    };
    const words = ['api', 'POST', '/things', '--field', 'thing[name]=a', '--field', 'thing[adminPass]=planted-in', '--yes'];
    await played([make], words, ({ code, stdout, stderr }, home) => {
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), { thing: { adminPass: 'planted-once' } });
      const text = recorded(home);
      assert.match(text, /"thing":\{"name":"a","adminPass":"\*\*\*\*"\}/);
      assert.doesNotMatch(text, /planted/);
    });
    await played([], [...words.slice(0, -1), '--dry-run'], ({ code, stdout }) => {
      assert.equal(code, 0);
      assert.doesNotMatch(stdout, /planted/);
    });
  });
});
