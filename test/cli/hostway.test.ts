/** The published walkthrough of Hostway with the real binary, in both URI styles; what is read-only there; and what it lacks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostway } from '../../src/providers/hostway/manifest.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import { type CloudSettings, withCloud } from '../support/cloud.js';
import type { Home } from '../support/ipctl.js';
import { follow } from '../support/transcript.js';

const IP = '198.51.100.10';
const ONE = 'acct1001-AUS001-0001';
const TWO = 'acct1001-AUS001-0002';

/** `METHOD path body -> status`, oldest first, without the lists of servers, which run beside other reads. */
const exchanges = (sandbox: Sandbox): string[] =>
  sandbox
    .journal()
    .filter(({ path }) => !path.endsWith('/servers/detail'))
    .map(({ method, path, body, status }) => [method, path, ...(body === '' ? [] : [body]), '->', status].join(' '));

const unmarked = (sandbox: Sandbox): void =>
  assert.deepEqual(
    sandbox.journal().flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`])),
    [],
  );

const withPassword = (home: Pick<Home, 'ipctl'>, password: string): Pick<Home, 'ipctl'> => ({
  ipctl: (words, more = {}) => home.ipctl(words, { ...more, env: { ...more.env, IPCTL_HOSTWAY_PASSWORD: password } }),
});

interface Style {
  readonly name: string;
  readonly settings: CloudSettings;
  readonly prefix: string;
  /** The body of an allocation, as it stands in a line, and its length. */
  readonly body: string;
  readonly length: string;
}

const styles: readonly Style[] = [
  { name: 'short URIs, April 2013', settings: {}, prefix: '', body: '', length: '0' },
  {
    name: 'account URIs, October 2013',
    settings: { knobs: { revision: '2013-10' }, options: { account: 'acct1001', zone: 'AUS001' } },
    prefix: '/accounts/acct1001/flexcloud',
    body: ' {"zone":"AUS001"}',
    length: '17',
  },
];

for (const { name, settings, prefix, body, length } of styles) {
  test(`the walkthrough, ${name}`, () =>
    withCloud('hostway', settings, async ({ sandbox, ...home }) => {
      await follow(
        `$ ipctl ip list -c address
ipctl: Hostway does not accept the user name or the password (hostway 401)
  check username and password of the profile
(exit 4)
`,
        withPassword(home, 'wrong-password'),
      );
      await follow(
        `$ ipctl ip allocate
ACTION    CHANGED  ADDRESS        STATE  SERVER  ID
allocate  true     ${IP}  free   -       ${IP}
profile env:hostway (Hostway FlexCloud), …
$ ipctl ip associate ${IP} --server web-1 --no-wait
ACTION     CHANGED  ADDRESS        STATE    SERVER  ID
associate  true     ${IP}  pending  -       ${IP}
profile env:hostway (Hostway FlexCloud), …
$ ipctl ip associate ${IP} --server web-2
profile env:hostway (Hostway FlexCloud), …
ipctl: ${IP} is associated with web-1: The IP address is already assigned (hostway 403 forbidden, request …)
  operation …: not-applied
(exit 6)
$ ipctl ip list
ADDRESS        STATE       SERVER  NAME  ID
${IP}  associated  web-1   -     ${IP}
$ ipctl ip disassociate ${IP} --server web-1
ACTION        CHANGED  ADDRESS        STATE  SERVER  ID
disassociate  true     ${IP}  free   -       ${IP}
profile env:hostway (Hostway FlexCloud), …
$ ipctl ip release ${IP} --yes
ACTION   CHANGED  ADDRESS        STATE  SERVER  ID
release  true     ${IP}  free   -       ${IP}
profile env:hostway (Hostway FlexCloud), …
$ ipctl ip show ${IP}
ipctl: no floating IP '${IP}' in profile env:hostway
(exit 3)
`,
        home,
      );
      const list = `GET ${prefix}/os-floating-ips -> `;
      const show = `GET ${prefix}/os-floating-ips/${IP} -> `;
      const act = (server: string, action: string): string =>
        `POST ${prefix}/servers/${server}/action {"${action}":{"address":"${IP}"}} -> `;
      assert.deepEqual(exchanges(sandbox), [
        `${list}401`,
        // What there is before an allocation, should its answer be lost.
        `${list}200`,
        `POST ${prefix}/os-floating-ips${body} -> 202`,
        `${show}404`,
        `${show}200`,
        `${show}200`,
        `${act(ONE, 'addFloatingIp')}202`,
        `${show}200`,
        `${act(TWO, 'addFloatingIp')}403`,
        `${show}200`,
        `${list}200`,
        `${show}200`,
        `${act(ONE, 'removeFloatingIp')}202`,
        `${show}200`,
        `${show}200`,
        `${show}200`,
        `DELETE ${prefix}/os-floating-ips/${IP} -> 202`,
        `${show}200`,
        `${show}404`,
        `${show}404`,
      ]);
      const journal = sandbox.journal();
      const allocation = journal.find(({ method, path }) => method === 'POST' && path.endsWith('/os-floating-ips'));
      assert.equal(allocation?.headers['content-length'], length);
      for (const { headers } of journal) {
        assert.deepEqual(
          [headers['content-type'], headers.accept, headers.authorization],
          ['application/json; charset=UTF-8', 'application/json', 'Basic ****'],
        );
      }
      unmarked(sandbox);
    }));
}

test('an account alone means account URIs, `short` overrules it, and the account is never chosen in the middle', () =>
  withCloud('hostway', { knobs: { revision: '2013-10', delay: 0 }, options: { account: 'acct1001' } }, async ({ sandbox, ipctl }) => {
    assert.equal((await ipctl(['ip', 'list', '-c', 'address'])).code, 0);
    assert.equal((await ipctl(['ip', 'list', '-c', 'address'], { env: { IPCTL_HOSTWAY_URI_STYLE: 'short' } })).code, 0);
    const wrong = await ipctl(['ip', 'allocate'], { env: { IPCTL_HOSTWAY_ACCOUNT: 'acct9999' } });
    assert.equal(wrong.code, 3, wrong.stderr);
    assert.match(wrong.stderr, /Resource not found \(hostway 404 itemNotFound, request /);
    assert.deepEqual(exchanges(sandbox), [
      'GET /accounts/acct1001/flexcloud/os-floating-ips -> 200',
      'GET /os-floating-ips -> 200',
      'GET /accounts/acct9999/flexcloud/os-floating-ips -> 404',
    ]);
    unmarked(sandbox);
  }));

test('profile test asks for the accounts once, tells why one is not open to us, and pins what it found', () =>
  withCloud('hostway', { knobs: { revision: '2013-10', delay: 0 } }, async ({ sandbox, ipctl }) => {
    const test = await ipctl(['profile', 'test', '-o', 'json']);
    assert.equal(test.code, 0, test.stderr);
    assert.equal((JSON.parse(test.stdout) as { account: string }).account, 'acct1001');
    for (const [account, message] of [
      ['acct2002', /these credentials do not open account acct2002: forbidden \(hostway 403 forbidden, request /],
      ['acct9999', /these credentials do not open account acct9999: Resource not found \(hostway 404 itemNotFound, request /],
    ] as const) {
      const refused = await ipctl(['profile', 'test'], { env: { IPCTL_HOSTWAY_ACCOUNT: account } });
      assert.deepEqual([refused.code, refused.stdout], [4, '']);
      assert.match(refused.stderr, message);
    }
    const accounts = 'GET /accounts?filterStatus=open&page=1&pageSize=100 -> 200';
    assert.deepEqual(exchanges(sandbox), [accounts, accounts, 'GET /accounts/acct2002 -> 403', accounts, 'GET /accounts/acct9999 -> 404']);
    unmarked(sandbox);
  }));

test('a list of several pages: the 303 is followed, then each next page, and nothing is listed twice', () =>
  withCloud('hostway', { knobs: { delay: 0, pageLimit: 2 } }, async ({ sandbox, ipctl }) => {
    const made = await ipctl(['ip', 'allocate', '--count', '5', '--parallel', '1', '-o', 'value', '-c', 'address']);
    assert.equal(made.code, 0, made.stderr);
    const before = sandbox.journal().length;
    const listed = await ipctl(['ip', 'list', '-o', 'value', '-c', 'address']);
    assert.deepEqual([listed.code, listed.stdout], [0, made.stdout]);
    assert.deepEqual(exchanges(sandbox).slice(before), [
      'GET /os-floating-ips -> 303',
      'GET /os-floating-ips?pageSize=2&page=1 -> 200',
      'GET /os-floating-ips?page=2&pageSize=2 -> 200',
      'GET /os-floating-ips?page=3&pageSize=2 -> 200',
    ]);
    unmarked(sandbox);
  }));

test('private IPs are listed, shown and nothing more', () =>
  withCloud('hostway', {}, async ({ sandbox, ...home }) => {
    await follow(
      `$ ipctl privateip list -c address,state,server
ADDRESS       STATE  SERVER
10.20.0.14    used   worker-2
192.168.1.11  used   web-1
192.168.1.12  used   web-2
$ ipctl privateip show 192.168.1.11 -o value -c address,server,used-by
192.168.1.11	web-1	server
`,
      home,
    );
    assert.deepEqual(
      sandbox.journal().map(({ method, path }) => `${method} ${path}`),
      ['GET /servers/detail', 'GET /servers/detail'],
    );
    unmarked(sandbox);
  }));

/** A command for each capability that the manifest denies: a denied one without a command fails the test below. */
const attempts: Readonly<Record<string, readonly string[]>> = {
  updateFloatingIp: ['ip', 'update', IP, '--description', 'x'],
  createPrivateIps: ['privateip', 'create', '--subnet', 'app', '--address', '192.168.1.17'],
  deletePrivateIp: ['privateip', 'delete', '192.168.1.11', '--yes'],
  listNetworks: ['network', 'list'],
  listSubnets: ['subnet', 'list'],
};

test('what Hostway lacks is refused with the reason and the way out, before any request', () =>
  withCloud('hostway', {}, async ({ sandbox, ipctl }) => {
    for (const [capability, answer] of Object.entries(hostway.supports)) {
      if (answer.can) continue;
      const words = attempts[capability];
      assert.ok(words, `no command tries ${capability}`);
      const { code, stdout, stderr } = await ipctl(words);
      const way = answer.instead ?? `see ${answer.link}`;
      assert.deepEqual([code, stdout, stderr], [8, '', `ipctl: Hostway FlexCloud: ${answer.reason}\n  ${way}\n`], capability);
    }
    const flags: readonly (readonly [readonly string[], RegExp])[] = [
      [['ip', 'allocate', '--address', '198.51.100.20'], /cannot honour --address here/],
      [['ip', 'allocate', '--name', 'x', '--label', 'a=b'], /cannot honour --name, --label here/],
      [['ip', 'allocate', '--pool', 'p'], /cannot honour --pool here/],
      [['ip', 'allocate', '--ip-version', '6'], /cannot honour --ip-version 6 here/],
      [['ip', 'associate', IP, '--port', 'p'], /cannot honour --port here/],
      [['ip', 'associate', IP, '--server', 'web-1', '--private-address', '192.168.1.11'], /cannot honour --private-address here/],
      [['ip', 'associate', IP, '--server', 'web-1', '--server', 'web-2'], /an address serves one server at a time/],
      [['ip', 'list', '--region', 'r'], /has no regions/],
    ];
    for (const [words, message] of flags) {
      const { code, stdout, stderr } = await ipctl(words);
      assert.deepEqual([code, stdout], [8, ''], `${words.join(' ')}: ${stderr}`);
      assert.match(stderr, message);
    }
    assert.deepEqual(sandbox.journal(), []);
  }));
