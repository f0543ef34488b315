/** Open Telekom Cloud with the real binary: what is sent, what is printed, and how it ends. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Sandbox } from '../../src/sandbox/server.js';
import { aimed, type Cloud, withCloud } from '../support/cloud.js';
import { type Home, type Ran, withHome } from '../support/ipctl.js';
import { play } from '../support/script.js';

const KEY = { 'access-key': 'OTCSANDBOXACCESSKEY1', 'secret-key': 'otc-sandbox-secret-key-0000000000000001' };
const TEMPORARY = {
  'access-key': 'OTCSANDBOXTEMPORARY1',
  'secret-key': 'otc-sandbox-secret-key-0000000000000002',
  'security-token': 'OTC-SANDBOX-SECURITY-TOKEN',
};

/** Runs it, asserts its exit code, returns it. */
async function ended(code: number, run: Promise<Ran>): Promise<Ran> {
  const ran = await run;
  assert.equal(ran.code, code, `${ran.stderr}${ran.stdout}`);
  return ran;
}
const good = async (run: Promise<Ran>): Promise<string> => (await ended(0, run)).stdout;
const parsed = async <T>(run: Promise<Ran>): Promise<T> => JSON.parse(await good(run)) as T;

/** What changed anything, as the sandbox saw it; fails when anything was marked as no faithful client's. */
function changes(sandbox: Sandbox): { line: string; body: unknown }[] {
  const all = sandbox.journal();
  assert.deepEqual(
    all.flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`])),
    [],
  );
  return all
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/auth/tokens'))
    .map(({ method, path, body }) => ({
      line: `${method} ${path.replace(/^\/vpc\/(v1|v2\.0)(\/[0-9a-f]{32})?/, '')}`,
      body: body === '' ? null : JSON.parse(body),
    }));
}

interface Made {
  readonly action: string;
  readonly changed: boolean | null;
  readonly operation: string;
  readonly ip: { readonly id: string; readonly address: string; readonly subnet: string; readonly usedBy: string | null } | null;
  readonly error: { readonly kind: string; readonly message: string; readonly hint: string | null } | null;
}
interface Recorded {
  readonly state: string;
  readonly steps: readonly { readonly step: string; readonly state: string; readonly status: number | null }[];
}
const recorded = ({ ipctl }: Pick<Home, 'ipctl'>, id: string): Promise<Recorded> => parsed(ipctl(['operation', 'show', id, '-o', 'json']));

const SIZE = ['--otc-bandwidth-size', '10'];

describe('private IPs', () => {
  test('two, one of them chosen: one request with two entries, its reply as a table and as records', async () => {
    await withCloud('otc', {}, async ({ ipctl, sandbox }) => {
      const words = ['privateip', 'create', '--subnet', 'app', '--address', '192.168.1.17', '--count', '2'];
      assert.match(
        await good(ipctl(words)),
        /^ACTION {2}CHANGED {2}ADDRESS {7}STATE {2}SERVER {2}ID\ncreate {2}true {5}192\.168\.1\.17 {2}free {3}- {7}[0-9a-f-]{36}\ncreate {2}true {5}192\.168\.1\.\d+ +free {3}- {7}[0-9a-f-]{36}\n$/,
      );
      const records = await parsed<
        { address: string; subnet: string; state: string; usedBy: null; name: null; port: string; id: string }[]
      >(ipctl(['privateip', 'list', '--subnet', 'app', '-o', 'json']));
      const free = records.filter(({ state }) => state === 'free');
      assert.equal(free.length, 2);
      const [{ subnet: subnet_id } = assert.fail()] = free;
      assert.ok(free.every(({ usedBy, name, port, id }) => usedBy === null && name === null && port === id));
      assert.deepEqual(changes(sandbox), [
        { line: 'POST /privateips', body: { privateips: [{ subnet_id }, { subnet_id, ip_address: '192.168.1.17' }] } },
      ]);
      // By the id of the network no name is looked up, and the answer is the same kind of record.
      const before = sandbox.journal().length;
      const [one, two, ...more] = await parsed<Made[]>(
        ipctl(['privateip', 'create', '--subnet', subnet_id, '--address', '192.168.1.18', '--address', '192.168.1.19', '-o', 'json']),
      );
      assert.deepEqual([one?.ip?.address, two?.ip?.address, more], ['192.168.1.18', '192.168.1.19', []]);
      assert.equal(sandbox.journal().length, before + 1);
    });
  });

  test('a batch of 45 is three calls, each recorded and reported; then the subnet is nearly full, and says so', async () => {
    await withCloud('otc', {}, async (cloud) => {
      const { ipctl, sandbox } = cloud;
      const words = ['privateip', 'create', '--subnet', 'app', '--count', '45', '-o', 'json'];
      const made = await parsed<Made[]>(ipctl(words));
      assert.deepEqual([made.length, new Set(made.map(({ ip }) => ip?.address)).size], [45, 45]);
      assert.ok(made.every(({ action, changed, operation }) => action === 'create' && changed && operation === made[0]?.operation));
      assert.deepEqual(
        changes(sandbox).map(({ line, body }) => [line, (body as { privateips: unknown[] }).privateips.length]),
        [20, 20, 5].map((count) => ['POST /privateips', count]),
      );
      const { state, steps } = await recorded(cloud, made[0]?.operation ?? '');
      assert.deepEqual(
        [state, ...steps.map(({ step, state: each, status }) => `${step}: ${each} ${status}`)],
        ['applied', 'create 1: applied 200', 'create 2: applied 200', 'create 3: applied 200'],
      );
      const { stderr, stdout } = await ended(7, ipctl(words));
      assert.equal(stdout, '');
      assert.match(stderr, /VPC\.0703.*: addresses of subnet app \([0-9a-f-]{36}\): \d+ of \d+ used/);
    });
  });

  test('a reply with fewer entries than asked for is exit 9, with what exists', async () => {
    const [subnet, project, id] = [
      'a1e0c9d4-6b52-4f0d-8c33-2d9f7e5b1004',
      '3f9c2ab4d17e4c0b8a65e01c7d2f4b90',
      'e3a7b915-0c4d-4e62-9f18-5b2c7d60a831',
    ];
    const given = { status: 'DOWN', id, subnet_id: subnet, tenant_id: project, device_owner: '', ip_address: '10.40.8.77' };
    const script = await play(() => [
      {
        source: 'a short answer',
        request: {
          line: `POST /v1/${project}/privateips`,
          body: { privateips: ['10.40.8.77', '10.40.8.78'].map((ip_address) => ({ subnet_id: subnet, ip_address })) },
        },
        reply: { status: 200, body: { privateips: [given] } },
      },
    ]);
    await withHome(async (home) => {
      const ipctl = aimed(home, 'otc', { token: 'a-token-of-tests', 'project-id': project, 'vpc-endpoint': script.origin });
      const words = ['privateip', 'create', '--subnet', subnet, '--address', '10.40.8.77', '--address', '10.40.8.78', '-o', 'json'];
      const { stdout, stderr } = await ended(9, ipctl(words));
      const [exists, failed, ...more] = JSON.parse(stdout) as Made[];
      assert.deepEqual([exists?.ip?.id, exists?.changed, exists?.error], [id, true, null]);
      assert.deepEqual([failed?.ip, failed?.error?.kind, more], [null, 'partial', []]);
      assert.match(stderr, /1 of 2 private IPs, without 10\.40\.8\.78/);
    });
    await script.end();
  });

  test('names that two subnets bear, addresses that cannot be, and addresses in use', async () => {
    await withCloud('otc', {}, async ({ ipctl, sandbox }) => {
      const create = (subnet: string, ...words: readonly string[]): Promise<Ran> =>
        ipctl(['privateip', 'create', '--subnet', subnet, ...words]);
      assert.match(
        (await ended(2, create('db'))).stderr,
        /2 subnets are named 'db'\n {2}use an id: .*10\.\d+\.0\.0\/24.*10\.\d+\.0\.0\/24/,
      );
      assert.match((await ended(3, create('nowhere'))).stderr, /no subnet 'nowhere'/);
      assert.match((await ended(2, create('app', '--address', '10.41.0.5'))).stderr, /10\.41\.0\.5 is outside subnet app/);
      assert.match((await ended(2, create('app', '--address', '192.168.1.255'))).stderr, /broadcast/);
      assert.deepEqual(changes(sandbox), []);
      const nic = await ended(6, create('app', '--address', '192.168.1.11'));
      assert.match(nic.stderr, /VPC\.0701.*: 192\.168\.1\.11 is held by server web-1/);
      // Kept by the provider: of the last addresses their own pages say different things, so they are asked.
      assert.match((await ended(2, create('app', '--address', '192.168.1.254'))).stderr, /VPC\.0705.*\n.*one of the five/);
      assert.equal(changes(sandbox).length, 2);
    });
  });
});

describe('virtual IPs', () => {
  const words = [
    'privateip',
    'create',
    '--subnet',
    'app',
    '--address',
    '192.168.1.40',
    '--otc-virtual',
    'true',
    '--otc-bind',
    'web-1,web-2',
  ];

  test('made, bound to two servers, listed, shown, carrying an EIP, unbound and deleted', async () => {
    await withCloud('otc', {}, async ({ ipctl, sandbox }) => {
      const planned = await parsed<{ requests: { method: string; url: string }[] }[]>(ipctl([...words, '--dry-run', '-o', 'json']));
      assert.deepEqual(changes(sandbox), []);
      assert.deepEqual(
        [planned].flat().flatMap(({ requests }) => requests.map(({ method }) => method)),
        ['POST', 'PUT', 'PUT', 'PUT', 'PUT'],
      );
      const { ip } = await parsed<Made>(ipctl([...words, '-o', 'json']));
      assert.deepEqual([ip?.address, ip?.usedBy], ['192.168.1.40', 'virtual']);
      const sent = changes(sandbox);
      assert.deepEqual(
        sent.map(({ line }) => line.replace(ip?.id ?? '?', 'VIP').replace(/[0-9a-f-]{36}/, 'NIC')),
        ['POST /ports', 'PUT /ports/VIP', 'PUT /ports/NIC', 'PUT /ports/VIP', 'PUT /ports/NIC'],
      );
      assert.deepEqual(sent[2]?.body, { port: { allowed_address_pairs: [{ ip_address: '1.1.1.1/0' }] } });
      const listed = await good(ipctl(['privateip', 'list', '--subnet', 'app', '-o', 'value', '-c', 'address,used-by']));
      assert.match(listed, /^192\.168\.1\.40\tvirtual$/m);

      const { ip: eip } = await parsed<Made>(ipctl(['ip', 'allocate', ...SIZE, '-o', 'json']));
      await good(ipctl(['ip', 'associate', eip?.address ?? '', '--port', ip?.id ?? '']));
      const remove = (...more: readonly string[]): Promise<Ran> => ipctl(['privateip', 'delete', '192.168.1.40', '--yes', ...more]);
      assert.match((await ended(6, remove('--otc-unbind', 'true'))).stderr, new RegExp(`192\\.168\\.1\\.40 carries ${eip?.address}`));
      await good(ipctl(['ip', 'disassociate', eip?.address ?? '']));
      assert.match((await ended(6, remove())).stderr, /192\.168\.1\.40 is bound to web-1 and web-2\n {2}--otc-unbind true/);
      await good(remove('--otc-unbind', 'true'));
      await ended(3, ipctl(['privateip', 'show', '192.168.1.40']));
    });
  });

  test('a bind that is refused is exit 9 with the virtual IP; resuming binds the rest', async () => {
    await withHome(async (home) => {
      const p = ['-p', 'sandbox-otc'];
      const { stdout, stderr } = await ended(9, home.ipctl([...p, ...words, '--fault', 'PUT */v2.0/ports/*: 403 x1', '-o', 'json']));
      const { ip, error, changed, operation: id } = JSON.parse(stdout) as Made;
      assert.deepEqual([ip?.address, changed, error?.kind], ['192.168.1.40', true, 'partial']);
      assert.match(stderr, /operation resume goes on with it; the way back: ipctl privateip delete 192\.168\.1\.40 --otc-unbind true/);
      await good(home.ipctl(['operation', 'resume', id]));
      const { state, steps } = await recorded(home, id);
      assert.equal(state, 'applied');
      assert.deepEqual(
        steps.map(({ step, state: each }) => `${step}: ${each}`),
        [
          'create: applied',
          'bind to web-1: not-applied',
          'bind to web-1: applied',
          'let web-1 pass it: applied',
          'bind to web-2: applied',
          'let web-2 pass it: applied',
        ],
      );
    });
  });
});

describe('elastic IPs', () => {
  test('the whole life of one, with its bandwidth, name and labels', async () => {
    await withCloud('otc', {}, async ({ ipctl, sandbox }) => {
      const none = await ended(2, ipctl(['ip', 'allocate']));
      assert.match(none.stderr, /needs the size of its bandwidth, which is billed\n {2}give --otc-bandwidth-size/);
      assert.match((await ended(2, ipctl(['ip', 'allocate', ...SIZE, '--otc-charge-mode', 'bandwidth']))).stderr, /bills by traffic only/);
      assert.deepEqual(changes(sandbox), []);

      const options = [
        '--otc-bandwidth-size',
        '20',
        '--otc-bandwidth-name',
        'front-bw',
        '--otc-charge-mode',
        'traffic',
        '--otc-type',
        '5_bgp',
      ];
      const { ip } = await parsed<Made>(ipctl(['ip', 'allocate', ...options, '--name', 'front', '--label', 'env=prod', '-o', 'json']));
      const [post, label] = changes(sandbox);
      assert.deepEqual(post, {
        line: 'POST /publicips',
        body: {
          publicip: { type: '5_bgp', alias: 'front' },
          bandwidth: { share_type: 'PER', name: 'front-bw', size: 20, charge_mode: 'traffic' },
        },
      });
      assert.deepEqual(label?.body, { action: 'create', tags: [{ key: 'env', value: 'prod' }] });

      const address = ip?.address ?? '';
      const line = async (columns: string): Promise<string> =>
        (await good(ipctl(['ip', 'show', 'front', '-o', 'value', '-c', columns]))).trimEnd();
      await good(ipctl(['ip', 'associate', 'front', '--server', 'web-1']));
      assert.equal(await line('address,state,server,provider-state'), `${address}\tassociated\tweb-1\tACTIVE`);
      assert.match((await ended(6, ipctl(['ip', 'associate', address, '--server', 'web-2']))).stderr, /is associated with web-1/);
      assert.match((await ended(6, ipctl(['ip', 'release', address, '--yes']))).stderr, /--disassociate takes it off first/);
      await good(ipctl(['ip', 'disassociate', address]));
      await good(ipctl(['ip', 'update', address, '--name', 'back', '--label', 'tier=1', '--unlabel', 'env']));
      const [listed] = await parsed<{ name: string; labels: object; state: string }[]>(
        ipctl(['ip', 'list', '--label', 'tier=1', '-o', 'json']),
      );
      assert.deepEqual([listed?.name, listed?.labels, listed?.state], ['back', { tier: '1' }, 'free']);
      await good(ipctl(['ip', 'release', 'back', '--yes']));
      assert.equal(await good(ipctl(['ip', 'list', '-o', 'json'])), '[]\n');
    });
  });

  test('a limit names the quota and what is used', async () => {
    await withCloud('otc', {}, async ({ ipctl }) => {
      const { stdout, stderr } = await ended(9, ipctl(['ip', 'allocate', '--count', '11', ...SIZE, '-o', 'json']));
      const made = JSON.parse(stdout) as Made[];
      assert.deepEqual([made.filter(({ ip }) => ip !== null).length, made.filter(({ error }) => error?.kind === 'limit').length], [10, 1]);
      assert.match(stderr, /VPC\.0521.*: quota publicIp: 10 of 10 used/);
    });
  });

  test('states that take their time are waited out', async () => {
    await withCloud('otc', { knobs: { slowStates: 2 } }, async ({ ipctl }) => {
      const { ip } = await parsed<Made & { ip: { state: string } }>(ipctl(['ip', 'allocate', ...SIZE, '-o', 'json']));
      assert.equal(ip.state, 'free');
      const { ip: held } = await parsed<Made & { ip: { state: string } }>(
        ipctl(['ip', 'associate', ip.address, '--server', 'web-1', '-o', 'json']),
      );
      assert.equal(held.state, 'associated');
    });
  });
});

describe('access keys', () => {
  const listing = ['ip', 'list', '-o', 'json'];
  test('permanent and temporary ones, in both dialects, are accepted by a verifier that is not ours', async () => {
    for (const [key, signature] of [
      [KEY, 'a'],
      [KEY, 'b'],
      [TEMPORARY, 'auto'],
    ] as const) {
      await withCloud('otc', { options: { ...key, signature } }, async ({ ipctl, sandbox }) => {
        assert.equal(await good(ipctl(listing)), '[]\n');
        assert.ok(sandbox.journal().every(({ path, status }) => status === 200 && !path.endsWith('/auth/tokens')));
      });
    }
  });

  test('a wrong one ends in 4 after one request, with a word about the lock', async () => {
    await withCloud('otc', { options: { ...KEY, 'secret-key': 'another-secret-key-0000' } }, async ({ ipctl, sandbox }: Cloud) => {
      const { stderr } = await ended(4, ipctl([...listing, '-o', 'table']));
      assert.match(stderr, /verify aksk signature fail .*\n {2}check access-key, .*five bad signatures in a row lock the key/);
      assert.equal(sandbox.journal().length, 1);
      // A loop that does not look at exit codes comes no further than this.
      for (let again = 0; again < 2; again += 1) await ended(4, ipctl(listing));
      assert.match((await ended(4, ipctl(listing))).stderr, /was refused 3 times in a row within minutes/);
      assert.equal(sandbox.journal().length, 3);
    });
  });

  test('a clock that is off is told by the seconds', async () => {
    const project = '3f9c2ab4d17e4c0b8a65e01c7d2f4b90';
    const script = await play(() => [
      {
        source: 'a gateway of another year',
        request: { line: `GET /v1/${project}/publicips?limit=2000` },
        reply: {
          status: 401,
          headers: { Date: 'Fri, 02 Jan 2026 03:04:05 GMT' },
          body: { error_msg: 'Incorrect IAM authentication information: signature expired', error_code: 'APIGW.0301', request_id: '7d2c' },
        },
      },
    ]);
    await withHome(async (home) => {
      const options = { ...KEY, 'project-id': project, 'vpc-endpoint': script.origin };
      const { stderr } = await ended(4, aimed(home, 'otc', options)(['ip', 'list', '-c', 'address']));
      assert.match(stderr, /this machine’s clock is \d+ s ahead of the provider’s\n {2}set the clock right/);
    });
    await script.end();
  });
});
