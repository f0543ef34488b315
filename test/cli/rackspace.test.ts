/** Rackspace with the real binary: its life of an address as a written transcript, and all that may come in between. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { API_KEYS, PASSCODE, portId, serverId } from '../../src/sandbox/dialects/rackspace/cloud.js';
import { aimed, type Cloud, withCloud } from '../support/cloud.js';
import { type Home, type Ran, withHome } from '../support/ipctl.js';
import { follow } from '../support/transcript.js';
import {
  type Answers,
  IP,
  ipObject,
  optionsAt,
  PORT_A,
  PORT_B,
  PUBLIC,
  portObject,
  type Routes,
  routes,
  serverObject,
  WEB_A,
  WEB_B,
} from '../wire/rackspace/scene.js';

const NOVA = '/servers/v2/123456';
const NEUTRON = '/networks/v2.0';
const NOTE = 'profile env:rackspace (Rackspace Public Cloud), username demo, region DFW\n';
const WEB_1 = serverId('web-1');
const WEB_2 = serverId('web-2');
const P1 = portId('web-1', 'public');
const P2 = portId('web-2', 'public');
const FAR = portId('worker-2', 'public');
const BOTH = ['--server', 'web-1', '--server', 'web-2'];
const NOBODY = '00000000-0000-4000-8000-000000000000';

const linesOf = ({ sandbox }: Cloud): string[] => sandbox.journal().map(({ method, path }) => `${method} ${path}`);
const changesOf = (cloud: Cloud): string[] => linesOf(cloud).filter((line) => !line.startsWith('GET ') && !line.endsWith('/tokens'));
const marksOf = ({ sandbox }: Cloud): string[] =>
  sandbox.journal().flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`]));

/** Runs, expects success, and gives the standard output. */
async function good({ ipctl }: Pick<Home, 'ipctl'>, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ipctl(words);
  assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  return stdout;
}

const allocated = async (home: Pick<Home, 'ipctl'>): Promise<{ address: string; id: string }> => {
  const [address = '', id = ''] = (await good(home, 'ip', 'allocate', ...BOTH, '-o', 'value', '-c', 'address,id')).trim().split('\t');
  return { address, id };
};

describe('the published walkthrough', () => {
  const transcript = `
$ ipctl ip allocate --server web-1 --server web-2
ACTION    CHANGED  ADDRESS     STATE       SERVER        ID
allocate  true     192.0.2.60  associated  web-1, web-2  …
profile env:rackspace (Rackspace Public Cloud), username demo, region DFW
$ ipctl ip show 192.0.2.60 -o csv -c address,kind,state,server
address,kind,state,server
192.0.2.60,shared,associated,"web-1, web-2"
$ ipctl ip disassociate 192.0.2.60 --server web-1
ACTION        CHANGED  ADDRESS     STATE       SERVER  ID
disassociate  true     192.0.2.60  associated  web-2   …
profile env:rackspace (Rackspace Public Cloud), username demo, region DFW
$ ipctl ip release 192.0.2.60 --yes
profile env:rackspace (Rackspace Public Cloud), username demo, region DFW
ipctl: 192.0.2.60 is associated with web-2
  --disassociate takes it off first
(exit 6)
$ ipctl ip release 192.0.2.60 --disassociate --yes
ACTION   CHANGED  ADDRESS     STATE  SERVER  ID
release  true     192.0.2.60  free   -       …
profile env:rackspace (Rackspace Public Cloud), username demo, region DFW
$ ipctl ip show 192.0.2.60
ipctl: no floating IP '192.0.2.60' in profile env:rackspace
(exit 3)
`;
  test('is what a user sees, by the requests that the guide lists', () =>
    withCloud('rackspace', {}, async (cloud) => {
      await follow(transcript, cloud);
      assert.deepEqual(marksOf(cloud), []);
      const seen = cloud.sandbox.journal();
      const provision = seen.find(({ method, path }) => method === 'POST' && path === `${NEUTRON}/ip_addresses`);
      assert.deepEqual(JSON.parse(provision?.body ?? ''), { ip_address: { network_id: PUBLIC, version: 4, port_ids: [P1, P2] } });
      const before = linesOf(cloud).slice(0, seen.indexOf(provision ?? assert.fail('no POST')));
      // Steps 1 and 2: the servers with their zones, then their ports.
      assert.deepEqual(
        before.filter((line) => !line.endsWith('/tokens')).sort(),
        [
          `GET ${NEUTRON}/ip_addresses?type=shared`,
          `GET ${NEUTRON}/ports?device_id=${WEB_1}&network_id=${PUBLIC}`,
          `GET ${NEUTRON}/ports?device_id=${WEB_2}&network_id=${PUBLIC}`,
          `GET ${NOVA}/servers/detail?name=web-1`,
          `GET ${NOVA}/servers/detail?name=web-2`,
        ].sort(),
      );
      // Steps 3, 4 and 7. The release of step 6, too early, is explained before it is sent.
      const changes = seen.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/tokens'));
      const address = changes.at(-1)?.path.split('/').at(-1) ?? '';
      assert.deepEqual(
        changes.map(({ method, path, status }) => [`${method} ${path.replaceAll(address, '{id}')}`, status]),
        [
          [`POST ${NEUTRON}/ip_addresses`, 201],
          [`PUT ${NOVA}/servers/${WEB_1}/ip_associations/{id}`, 201],
          [`PUT ${NOVA}/servers/${WEB_2}/ip_associations/{id}`, 201],
          [`DELETE ${NOVA}/servers/${WEB_1}/ip_associations/{id}`, 204],
          [`DELETE ${NOVA}/servers/${WEB_2}/ip_associations/{id}`, 204],
          [`DELETE ${NEUTRON}/ip_addresses/{id}`, 204],
        ],
      );
      assert.ok(
        changes.slice(1).every(({ body }) => body === ''),
        'associations and releases have no body',
      );
      const look = seen.slice(seen.indexOf(changes.at(-1) ?? assert.fail()) + 1)[0];
      assert.deepEqual([look?.path, look?.status], [`${NEUTRON}/ip_addresses/${address}`, 404]);
    }));

  test('goes by ports as well, whose servers are found out', () =>
    withCloud('rackspace', {}, async (cloud) => {
      const out = await good(cloud, 'ip', 'allocate', '--port', P1, '--port', P2, '-o', 'value', '-c', 'address,server');
      assert.equal(out, '192.0.2.60\tweb-1, web-2\n');
      assert.deepEqual(marksOf(cloud), []);
    }));
});

describe('a warm command', () => {
  test('makes so many requests, and none to log in', () =>
    withCloud('rackspace', {}, async (cloud) => {
      const { address } = await allocated(cloud);
      const count = async (...words: readonly string[]): Promise<number> => {
        const before = linesOf(cloud).length;
        await good(cloud, ...words);
        const fresh = linesOf(cloud).slice(before);
        assert.ok(!fresh.some((line) => line.endsWith('/tokens')), fresh.join(', '));
        return fresh.length;
      };
      const counts = {
        list: await count('ip', 'list'),
        'list without names': await count('ip', 'list', '-c', 'address,state'),
        show: await count('ip', 'show', address),
        disassociate: await count('ip', 'disassociate', address, '--server', 'web-1'),
        'list, one address mixed': await count('ip', 'list'),
        associate: await count('ip', 'associate', address, '--server', 'web-1'),
        'associate again': await count('ip', 'associate', address, '--server', 'web-1'),
        'disassociate all': await count('ip', 'disassociate', address),
        release: await count('ip', 'release', address, '--yes'),
      };
      assert.deepEqual(counts, {
        // Who is associated, and who is not; whose ports; their names.
        list: 4,
        'list without names': 3,
        show: 4,
        // Besides show: the server by its name, the request, and a look at the server's own list.
        disassociate: 7,
        // Of an address in both lists each of its servers is asked.
        'list, one address mixed': 6,
        // Besides show, mixed: the server by its name, its port, the request, and a look.
        associate: 10,
        'associate again': 5,
        'disassociate all': 8,
        // Besides show: the request, and a look.
        release: 6,
      });
    }));
});

describe('bad input', () => {
  const refused = async (words: readonly string[], code: number, says: RegExp, check: (cloud: Cloud) => void): Promise<void> =>
    withCloud('rackspace', {}, async (cloud) => {
      const ran = await cloud.ipctl(words);
      assert.deepEqual([ran.code, ran.stdout], [code, ''], ran.stderr);
      assert.match(ran.stderr, says);
      assert.deepEqual(changesOf(cloud), []);
      assert.deepEqual(marksOf(cloud), []);
      check(cloud);
    });
  const silent = (cloud: Cloud): void => assert.deepEqual(linesOf(cloud), [], 'not even a login');
  const onlyReads = (cloud: Cloud): void => assert.ok(linesOf(cloud).length > 1);

  test('one port is too few, and nothing is sent', () => refused(['ip', 'allocate', '--port', P1], 2, /two servers or more/, silent));

  test('nobody is too few, and nothing is sent', () => refused(['ip', 'allocate'], 2, /two servers or more/, silent));

  test('ports of two zones are told with their zones', () =>
    refused(
      ['ip', 'allocate', '--port', P1, '--port', FAR],
      2,
      /different public IP zones cannot share an address: web-1 is in [0-9a-f]+ and worker-2 is in [0-9a-f]+\n.*public_ip_zone:near/,
      onlyReads,
    ));

  test('servers of two zones as well', () =>
    refused(['ip', 'allocate', '--server', 'web-1', '--server', 'worker-2'], 2, /worker-2 is in [0-9a-f]+/, onlyReads));

  test('ServiceNet has no addresses to share', () =>
    refused(['ip', 'allocate', ...BOTH, '--network', 'ServiceNet'], 8, /ServiceNet addresses cannot be shared/, onlyReads));

  test('servers that have no port on the network are named', () =>
    refused(['ip', 'allocate', ...BOTH, '--network', 'data'], 2, /web-1 and web-2 have no port on network/, onlyReads));

  test('a chosen address is for isolated networks', () =>
    refused(['ip', 'allocate', ...BOTH, '--address', '192.0.2.70'], 8, /PublicNet addresses cannot be chosen/, onlyReads));

  test('an address that is part of its server is left to it', () =>
    withCloud('rackspace', {}, async (cloud) => {
      for (const words of [
        ['associate', '192.0.2.11', '--server', 'web-2'],
        ['disassociate', '192.0.2.11'],
        ['release', '192.0.2.11', '--disassociate', '--yes'],
        ['update', '192.0.2.11', '--rackspace-ports', '+web-2'],
      ]) {
        const ran = await cloud.ipctl(['ip', ...words]);
        assert.deepEqual([ran.code, ran.stdout], [8, ''], `${words[0]}: ${ran.stderr}`);
        assert.match(ran.stderr, /192\.0\.2\.11 is (a fixed address|part) of its server/);
      }
      assert.deepEqual([changesOf(cloud), marksOf(cloud)], [[], []]);
    }));

  test('what is no id stays in its place', () =>
    withCloud('rackspace', {}, async (cloud) => {
      const odd = ['x/../../ports', `${NOBODY}?tenant_id=654321`, '..'];
      const words = [...odd.map((text) => ['ip', 'show', text]), ['ip', 'allocate', '--port', `${NOBODY}/../../ports`, '--port', P1]];
      for (const each of words) {
        const ran = await cloud.ipctl(each);
        assert.ok([2, 3].includes(ran.code), `${each.join(' ')}: ${ran.code} ${ran.stderr}`);
        assert.equal(ran.stdout, '');
      }
      const release = await cloud.ipctl(['ip', 'release', 'x/../../ports', '--yes']);
      const associate = await cloud.ipctl(['ip', 'associate', '192.0.2.11', '--server', '../ports?x=1']);
      const update = await cloud.ipctl(['ip', 'update', '192.0.2.11', '--rackspace-ports', '+../x']);
      assert.deepEqual([release.code, associate.code, update.code], [3, 3, 8]);
      const known = new RegExp(`^(POST /identity/v2.0/tokens|GET ${NEUTRON}/(ip_addresses|ports)|GET ${NOVA}/servers/detail)(\\?|$)`);
      assert.deepEqual(
        linesOf(cloud).filter((line) => !known.test(line)),
        [],
      );
      assert.deepEqual(marksOf(cloud), []);
    }));
});

describe('the ports that share an address', () => {
  const update = (change: string, ...more: readonly string[]): string[] => [
    'ip',
    'update',
    '192.0.2.60',
    '--rackspace-ports',
    change,
    ...more,
  ];

  test('one is taken out and added again, by its server or by its id', () =>
    withCloud('rackspace', {}, async (cloud) => {
      const { id } = await allocated(cloud);
      const put = `PUT ${NEUTRON}/ip_addresses/${id}`;
      const puts = (): string[] => cloud.sandbox.journal().flatMap(({ method, path, body }) => (`${method} ${path}` === put ? [body] : []));
      const busy = await cloud.ipctl(update('-web-1'));
      assert.deepEqual(
        [busy.code, busy.stdout, busy.stderr],
        [6, '', `${NOTE}ipctl: 192.0.2.60 is associated with web-1\n  ipctl ip disassociate takes it off first\n`],
      );
      await good(cloud, 'ip', 'disassociate', '192.0.2.60', '--server', 'web-1');
      const dry = await good(cloud, ...update(`-${P1}`, '--dry-run', '-o', 'json'));
      assert.deepEqual(
        (JSON.parse(dry) as { requests: { method: string; body: unknown }[] }).requests.map(({ method, body }) => [method, body]),
        [['PUT', { ip_address: { port_ids: [P2] } }]],
      );
      assert.deepEqual(puts(), []);
      const out = JSON.parse(await good(cloud, ...update(`-${P1}`, '-o', 'json'))) as {
        changed: boolean;
        ip: { ports: string[]; state: string };
      };
      assert.deepEqual([out.changed, out.ip.ports, out.ip.state], [true, [P2], 'associated']);
      const last = await cloud.ipctl(update('-web-2'));
      assert.equal(last.code, 6);
      assert.equal(await good(cloud, ...update('+web-1', '-o', 'value', '-c', 'changed')), 'true\n');
      assert.equal(await good(cloud, ...update(`+${P1},+web-2`, '-o', 'value', '-c', 'changed')), 'false\n');
      assert.deepEqual(
        puts().map((body) => JSON.parse(body)),
        [{ ip_address: { port_ids: [P2] } }, { ip_address: { port_ids: [P2, P1] } }],
      );
      assert.deepEqual(marksOf(cloud), []);
    }));

  test('a change is needed, in its form, and one that the provider knows', () =>
    withCloud('rackspace', {}, async (cloud) => {
      for (const [words, code, says] of [
        [['ip', 'update', '192.0.2.60'], 2, /nothing to update/],
        [['ip', 'update', '192.0.2.60', '--rackspace-network', 'data'], 2, /nothing to update/],
        [update('web-1'), 2, /'web-1' is no port with \+ or - before it/],
        [update(`+${P1}`, '--name', 'x'), 8, /cannot honour --name/],
      ] as const) {
        const { code: exit, stderr } = await cloud.ipctl(words);
        assert.equal(exit, code, stderr);
        assert.match(stderr, says);
      }
      assert.deepEqual(linesOf(cloud), []);
    }));

  test('a change of which nobody knows the end is resumed from its record, and not sent twice', () =>
    withHome(async (home) => {
      const p = ['-p', 'sandbox-rackspace'];
      await good(home, ...p, 'ip', 'allocate', ...BOTH);
      await good(home, ...p, 'ip', 'disassociate', '192.0.2.60', '--server', 'web-1');
      // The answer is lost, and so is every look at the address.
      const faults = ['--fault', 'PUT */ip_addresses/*: drop after commit x1', '--fault', 'GET */ip_addresses/*: 403'];
      const lost = await home.ipctl([...p, ...update('-web-1'), ...faults, '--timeout', '1s', '-o', 'json']);
      assert.equal(lost.code, 12, lost.stderr);
      const { operation } = JSON.parse(lost.stdout) as { operation: string };
      assert.equal(
        await good(home, 'operation', 'resume', operation, '-o', 'value', '-c', 'action,changed,server'),
        'update\tfalse\tweb-2\n',
      );
      const seen = JSON.parse(await good(home, 'sandbox', 'journal', 'rackspace', '--limit', '2000', '-o', 'json')) as {
        method: string;
        path: string;
      }[];
      assert.equal(seen.filter(({ method, path }) => method === 'PUT' && path.includes('/ip_addresses/')).length, 1);
      assert.equal(await good(home, 'operation', 'list', '-o', 'value', '-c', 'state', '--limit', '1'), 'applied\n');
    }));
});

describe('bad replies', () => {
  const HTML = '<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1>The proxy <b>says</b> no</body></html>';
  const CUT = '{"ip_address": {"id": "c7f0';
  const ports = [portObject(PORT_A, WEB_A), portObject(PORT_B, WEB_B)];
  const lists = (open: readonly unknown[], shut: readonly unknown[]): Answers => ({
    'GET /v2.0/ports': { body: { ports } },
    'GET /v2/123456/servers/detail': { body: { servers: [serverObject(WEB_A, 'web-a'), serverObject(WEB_B, 'web-b')] } },
    'GET /v2.0/ip_addresses?type=shared&service=compute': { body: { ip_addresses: open } },
    'GET /v2.0/ip_addresses?type=shared&service=none': { body: { ip_addresses: shut } },
  });
  const at = async (answers: Answers, words: readonly string[], check: (ran: Ran, lines: Routes['lines']) => void): Promise<void> => {
    const server = await routes(answers);
    try {
      await withHome(async (home) => check(await aimed(home, 'rackspace', optionsAt(server.origin))(words), server.lines));
    } finally {
      await server.close();
    }
  };

  test('an HTML page in place of a list is told by its words, without its tags', () =>
    at({ ...lists([], []), 'GET /v2.0/ports': { status: 403, body: HTML } }, ['ip', 'list'], ({ code, stdout, stderr }) => {
      assert.deepEqual([code, stdout], [4, '']);
      assert.match(stderr, /The proxy says no \(rackspace 403/);
      assert.ok(!stderr.includes('<'), stderr);
    }));

  test('an HTML page that calls itself a success is a defect', () =>
    at({ ...lists([], []), 'GET /v2.0/ports': { body: HTML } }, ['ip', 'list'], ({ code, stdout }) => {
      assert.deepEqual([code, stdout], [1, '']);
    }));

  test('so is a list that is cut', () =>
    at({ ...lists([], []), 'GET /v2.0/ports': { body: '{"ports": [{"id": "5d1e' } }, ['ip', 'list'], ({ code, stdout, stderr }) => {
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /the provider's reply is broken/);
    }));

  test('an allocation whose answer is cut is not sent again, and what is new is named', () =>
    at(
      {
        ...lists([], []),
        [`GET /v2.0/ports?id=${PORT_A}&id=${PORT_B}`]: { body: { ports } },
        'GET /v2.0/ip_addresses?type=shared': [{ body: { ip_addresses: [] } }, { body: { ip_addresses: [ipObject()] } }],
        'POST /v2.0/ip_addresses': { status: 201, body: CUT },
      },
      ['ip', 'allocate', '--port', PORT_A, '--port', PORT_B],
      ({ code, stderr }, lines) => {
        assert.equal(code, 12, stderr);
        assert.match(stderr, /new since then: 203\.0\.113\.60\n {2}ipctl operation resume \S+ --take 203\.0\.113\.60\|--none/);
        assert.equal(lines.filter((line) => line.startsWith('POST')).length, 1);
      },
    ));

  for (const [name, reply] of [
    ['is cut', { status: 201, body: '{"ip_association": {"id": "' }],
    ['is an HTML page of a gateway', { status: 502, body: HTML }],
  ] as const) {
    test(`an association whose answer ${name} is looked for, and not sent again`, () => {
      const put = `PUT /v2/123456/servers/${WEB_A}/ip_associations/${IP}`;
      const none = { body: { ip_addresses: [] } };
      const one = { body: { ip_addresses: [ipObject()] } };
      return at(
        {
          ...lists([], []),
          'GET /v2.0/ip_addresses?address=203.0.113.60&type=shared&service=compute': none,
          'GET /v2.0/ip_addresses?address=203.0.113.60&type=shared&service=none': one,
          'GET /v2/123456/servers/detail?name=web-a': { body: { servers: [serverObject(WEB_A, 'web-a')] } },
          [`GET /v2.0/ports?device_id=${WEB_A}&network_id=${PUBLIC}`]: { body: { ports: ports.slice(0, 1) } },
          [put]: reply,
          [`GET /v2.0/ip_addresses?id=${IP}&type=shared&service=compute`]: one,
          [`GET /v2.0/ip_addresses?id=${IP}&type=shared&service=none`]: one,
          [`GET /v2/123456/servers/${WEB_A}/ip_associations`]: { body: { ip_associations: [{ id: IP, address: '203.0.113.60' }] } },
          [`GET /v2/123456/servers/${WEB_B}/ip_associations`]: { body: { ip_associations: [] } },
        },
        ['ip', 'associate', '203.0.113.60', '--server', 'web-a', '-o', 'value', '-c', 'changed,server'],
        ({ code, stdout, stderr }, lines) => {
          assert.deepEqual([code, stdout], [0, 'true\tweb-a\n'], stderr);
          assert.equal(lines.filter((line) => line === put).length, 1);
        },
      );
    });
  }
});

describe('what an address may be, and who holds it', () => {
  test('IPv6, of an isolated network, chosen there, and those that are part of servers', () =>
    withCloud('rackspace', {}, async (cloud) => {
      const made = async (...words: readonly string[]): Promise<string> =>
        good(cloud, 'ip', 'allocate', ...BOTH, '-o', 'value', '-c', 'address,version,state', ...words);
      assert.equal(await made('--ip-version', '6'), '2001:db8:10::60\t6\tassociated\n');
      assert.equal(await made('--network', 'backend', '--address', '192.168.1.40'), '192.168.1.40\t4\tassociated\n');
      const taken = await cloud.ipctl(['ip', 'allocate', ...BOTH, '--network', 'backend', '--address', '192.168.1.11']);
      assert.deepEqual([taken.code, taken.stdout], [6, ''], taken.stderr);
      const kinds = async (kind: string): Promise<string> => good(cloud, 'ip', 'list', '--kind', kind, '-o', 'value', '-c', 'address,kind');
      assert.equal(await kinds('shared'), '192.168.1.40\tshared\n2001:db8:10::60\tshared\n');
      assert.match(await kinds('fixed'), /^10\.180\.0\.11\tfixed\n/);
      assert.deepEqual(marksOf(cloud), []);
    }));

  test('a used-up number of addresses is a limit', () =>
    withCloud('rackspace', { knobs: { sharedQuota: 0 } }, async (cloud) => {
      const ran = await cloud.ipctl(['ip', 'allocate', ...BOTH]);
      assert.deepEqual([ran.code, ran.stdout], [7, ''], ran.stderr);
      assert.match(ran.stderr, /Cannot create more shared IPs on selected network/);
    }));

  test('where it is not certain who holds it, the request is sent, and nobody says that it changed anything', () =>
    withCloud('rackspace', { knobs: { associationVisibility: 'plugin' } }, async (cloud) => {
      const { address, id } = await allocated(cloud);
      await good(cloud, 'ip', 'disassociate', address, '--server', 'web-2');
      const before = changesOf(cloud).length;
      const associate = await good(cloud, 'ip', 'associate', address, '--server', 'web-1', '-o', 'json');
      assert.equal((JSON.parse(associate) as { changed: boolean | null }).changed, null);
      const disassociate = await good(cloud, 'ip', 'disassociate', address, '--server', 'web-2', '-o', 'json');
      assert.equal((JSON.parse(disassociate) as { changed: boolean | null }).changed, null);
      assert.deepEqual(changesOf(cloud).slice(before), [
        `PUT ${NOVA}/servers/${WEB_1}/ip_associations/${id}`,
        `DELETE ${NOVA}/servers/${WEB_2}/ip_associations/${id}`,
      ]);
    }));

  test('an allocation of which one association fails tells the address, who holds it, and the way on and back', () =>
    withCloud('rackspace', { faults: [`PUT ${NOVA}/servers/${WEB_2}/ip_associations/*: 409 x1`] }, async (cloud) => {
      const { code, stdout, stderr } = await cloud.ipctl(['ip', 'allocate', ...BOTH, '-o', 'json']);
      assert.equal(code, 9, stderr);
      const { ip } = JSON.parse(stdout) as { ip: { id: string; associations: { server: { name: string } }[] } };
      assert.deepEqual(
        ip.associations.map(({ server }) => server.name),
        ['web-1'],
      );
      assert.ok(stderr.includes(`192.0.2.60 is allocated (id ${ip.id})`), stderr);
      assert.match(
        stderr,
        /go on: ipctl -p env:rackspace ip associate 192\.0\.2\.60 --server web-1 --server web-2; back: .* --disassociate/,
      );
      assert.equal(await good(cloud, 'ip', 'associate', '192.0.2.60', ...BOTH, '-o', 'value', '-c', 'server'), 'web-1, web-2\n');
    }));
});

describe('who may do what', () => {
  test('a role that may allocate but not associate: the address is kept and told, and so is the reason', () =>
    withCloud('rackspace', { options: { username: 'creator', 'api-key': API_KEYS.creator } }, async (cloud) => {
      const { code, stdout, stderr } = await cloud.ipctl(['ip', 'allocate', ...BOTH, '-o', 'json']);
      assert.equal(code, 9, stderr);
      const { changed, ip } = JSON.parse(stdout) as { changed: boolean; ip: { id: string; address: string; state: string } };
      assert.deepEqual([changed, ip.address, ip.state], [true, '192.0.2.60', 'free']);
      assert.ok(stderr.includes(`192.0.2.60 is allocated (id ${ip.id})`), stderr);
      assert.match(stderr, /may not associate addresses \(creator may allocate them, only admin may associate and release them\)/);
      assert.deepEqual(
        changesOf(cloud).map((line) => line.replace(/\/[0-9a-f-]{36}$/, '')),
        [`POST ${NEUTRON}/ip_addresses`, `PUT ${NOVA}/servers/${WEB_1}/ip_associations`],
      );
      assert.deepEqual(marksOf(cloud), []);
    }));

  const mfa = { username: 'mfa', password: 'mfa-secret', 'api-key': '' };
  test('a second factor that is asked for is told, and not tried again', () =>
    withCloud('rackspace', { options: mfa }, async (cloud) => {
      const { code, stderr } = await cloud.ipctl(['ip', 'list']);
      assert.equal(code, 4, stderr);
      assert.match(stderr, /Additional authentication credentials required[\s\S]*use an API key/);
      assert.equal(linesOf(cloud).length, 1);
    }));

  test('a passcode comes by variable, and no trace shows it', () =>
    withCloud('rackspace', { options: { ...mfa, passcode: PASSCODE } }, async (cloud) => {
      const { code, stdout, stderr } = await cloud.ipctl(['ip', 'list', '-o', 'json', '--debug=body']);
      assert.deepEqual([code, stdout], [0, '[]\n'], stderr);
      assert.equal(linesOf(cloud).filter((line) => line.endsWith('/tokens')).length, 2);
      assert.ok(!stderr.includes(PASSCODE) && !stderr.includes('mfa-secret'), stderr);
    }));

  test('the region is that of the option, of the variable, else the user’s own', () =>
    withCloud('rackspace', { options: { region: '' } }, async (cloud) => {
      await allocated(cloud);
      const seen = async (words: readonly string[], env: Readonly<Record<string, string>>): Promise<string> => {
        const { code, stdout, stderr } = await cloud.ipctl(['ip', 'list', '-o', 'value', '-c', 'region', ...words], { env });
        assert.equal(code, 0, stderr);
        return stdout;
      };
      assert.equal(await seen([], {}), 'DFW\n');
      assert.equal(await seen([], { RS_REGION_NAME: 'ORD' }), '');
      assert.equal(await seen(['--region', 'dfw'], { RS_REGION_NAME: 'ORD' }), 'DFW\n');
      const nowhere = await cloud.ipctl(['--region', 'LON', 'ip', 'list']);
      assert.equal(nowhere.code, 14);
      assert.match(nowhere.stderr, /not in region LON[\s\S]*DFW, ORD/);
    }));
});
