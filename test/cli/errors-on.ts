/** Bad input on the real binary: the contract's exit code, one clear sentence on stderr, an empty stdout. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ProviderId, providers } from '../../src/providers/registry.js';
import { type Home, home } from '../support/ipctl.js';

interface ErrorObject {
  readonly error: {
    readonly kind: string;
    readonly exitCode: number;
    readonly message: string;
    readonly operation: { readonly state: string } | null;
  };
}

export let place: Home;
before(() => {
  place = home();
});
after(() => place.remove());

/** Text and JSON alike: the code, nothing on stdout, the sentence on stderr. */
export async function fails(
  words: readonly string[],
  code: number,
  message: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const [text, json] = await Promise.all([place.ipctl(words, { env }), place.ipctl([...words, '-o', 'json'], { env })]);
  const what = words.join(' ');
  assert.equal(text.stdout, '', what);
  assert.match(text.stderr, message, what);
  assert.equal(text.code, code, `${what}: ${text.stderr}`);
  assert.match(text.stderr, /^(profile [^\n]+\n)?ipctl: [^\n]+\n( {2}[^\n]+\n)*$/, 'whose addresses, one sentence, then what to do');
  assert.equal(json.stdout, '', what);
  assert.equal(json.code, code, what);
  const last = json.stderr.trimEnd().split('\n').at(-1) ?? '';
  const { error } = JSON.parse(last) as ErrorObject;
  assert.equal(error.exitCode, code, what);
  assert.match(`ipctl: ${error.message}`, message, what);
}

/** What every provider answers alike. */
export function errorsOn(id: ProviderId): void {
  describe(`on ${id}`, () => {
    const p = ['-p', `sandbox-${id}`];

    test('an address, a server, a subnet that is not there', async () => {
      await fails([...p, 'ip', 'show', '192.0.2.254'], 3, /no floating IP '192\.0\.2\.254' in profile sandbox-/);
      await fails([...p, 'ip', 'show', 'no-such-name'], 3, /no floating IP 'no-such-name'/);
      await fails([...p, 'ip', 'release', '192.0.2.254', '--yes'], 3, /no floating IP '192\.0\.2\.254'/);
      await fails([...p, 'ip', 'associate', '192.0.2.254', '--server', 'web-1'], 3, /no floating IP '192\.0\.2\.254'/);
      await fails([...p, 'ip', 'disassociate', '192.0.2.254'], 3, /no floating IP '192\.0\.2\.254'/);
      await fails([...p, 'server', 'show', 'web'], 3, /no server 'web'/);
      if (providers[id].manifest.supports.getPrivateIp.can)
        await fails([...p, 'privateip', 'show', '192.168.200.200'], 3, /no private IP '192\.168\.200\.200'/);
      else await fails([...p, 'privateip', 'show', '192.168.200.200'], 8, /./);
    });

    test('what is meant for an address and is none', async () => {
      for (const bad of ['999.1.1.1', '203.0.113', '203.0.113.0/24x', '2001:db8:::1']) {
        const { code, stdout } = await place.ipctl([...p, 'ip', 'show', bad]);
        assert.deepEqual([code, stdout], bad.includes('x') ? [3, ''] : [2, ''], bad);
      }
      await fails([...p, 'ip', 'list', '--cidr', '203.0.113.0/99'], 2, /--cidr: '203\.0\.113\.0\/99' is no range/);
      await fails([...p, 'ip', 'associate', '999.1.1.1', '--server', 'web-1'], 2, /'999\.1\.1\.1' is no IP address/);
      await fails([...p, 'ip', 'associate', '203.0.113.7'], 2, /--server or --port/);
    });

    test('nothing is released off a terminal without --yes', async () => {
      const allocate = [
        ...p,
        'ip',
        'allocate',
        '-o',
        'value',
        '-c',
        'address',
        ...(id === 'rackspace' ? ['--server', 'web-1', '--server', 'web-2'] : []),
        ...(id === 'otc' ? ['--otc-bandwidth-size', '5'] : []),
      ];
      const { stdout, stderr } = await place.ipctl(allocate);
      const address = stdout.trim();
      assert.match(address, /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/, stderr);
      await fails([...p, 'ip', 'release', address, '--disassociate'], 13, /not confirmed: Release/);
      assert.equal((await place.ipctl([...p, 'ip', 'release', address, '--disassociate', '--yes'])).code, 0);
      assert.equal((await place.ipctl([...p, 'ip', 'list', '-o', 'json'])).stdout, '[]\n');
    });

    test('a closed port', async () => {
      const { options } = await closedPort(id);
      const words = ['ip', 'list'];
      await fails(['-p', `env:${id}`, ...words], 5, /cannot reach 127\.0\.0\.1:9 \(ECONNREFUSED\)/, options);
      await fails(['-p', `env:${id}`, 'ip', 'show', '203.0.113.7'], 5, /cannot reach/, options);
    });
  });
}

/** An environment that points the provider to a port nobody listens on. */
async function closedPort(id: string): Promise<{ options: Record<string, string> }> {
  const closed = 'http://127.0.0.1:9';
  const options: Readonly<Record<string, Record<string, string>>> = {
    openstack: { OS_AUTH_URL: closed, OS_USERNAME: 'u', OS_PASSWORD: 'long-secret', OS_PROJECT_NAME: 'p', OS_DOMAIN_NAME: 'Default' },
    nova: { OS_AUTH_URL: closed, OS_USERNAME: 'u', OS_PASSWORD: 'long-secret', OS_PROJECT_NAME: 'p', OS_DOMAIN_NAME: 'Default' },
    hostway: { IPCTL_HOSTWAY_ENDPOINT: closed, IPCTL_HOSTWAY_USERNAME: 'u', IPCTL_HOSTWAY_PASSWORD: 'long-secret' },
    rackspace: { RS_AUTH_URL: closed, RS_USERNAME: 'u', RS_API_KEY: 'long-secret', RS_REGION_NAME: 'DFW' },
    rackconnect: { RS_AUTH_URL: closed, RS_USERNAME: 'u', RS_API_KEY: 'long-secret', RS_REGION_NAME: 'DFW' },
    otc: {
      IPCTL_OTC_IAM_ENDPOINT: closed,
      IPCTL_OTC_VPC_ENDPOINT: closed,
      IPCTL_OTC_ECS_ENDPOINT: closed,
      IPCTL_OTC_USERNAME: 'u',
      IPCTL_OTC_PASSWORD: 'long-secret',
      IPCTL_OTC_DOMAIN_NAME: 'd',
    },
  };
  return { options: options[id] ?? {} };
}
