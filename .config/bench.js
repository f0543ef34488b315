// Measures ipctl against a bare start of Node, curl and the peers that are installed, on servers of its own on loopback. Runs are
// interleaved, and each is compared with the bare start of its own round, so that what else the machine does falls on all alike.
// node .config/bench.js [ROUNDS]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.argv[2] ?? 15);
const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'bin/ipctl.js');
const standalone = join(root, 'dist/standalone/ipctl');
const folder = mkdtempSync(join(tmpdir(), 'ipctl-bench-'));
const home = {
  PATH: process.env.PATH,
  HOME: folder,
  XDG_STATE_HOME: join(folder, 'state'),
  XDG_CONFIG_HOME: join(folder, 'config'),
  XDG_CACHE_HOME: join(folder, 'cache'),
};
const ipctl = [process.execPath, bin];
const say = (text) => process.stdout.write(`${text}\n`);
const variables = (provider, options) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`IPCTL_${provider}_${name}`.replaceAll('-', '_').toUpperCase(), value]),
  );

/** Milliseconds. A failure ends the benchmark: what fails quickly must not look fast. */
function timed([program, ...words], env) {
  const begun = process.hrtime.bigint();
  const { status, stderr } = spawnSync(program, words, { env, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${status} ${stderr}`);
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

const quantile = (values, part) =>
  [...values].sort((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * part))];

/** Each case once a round, the bare start first; the ratios of each round, their median and the middle half. */
function compare(cases, env) {
  const ratios = new Map(cases.map(({ name }) => [name, []]));
  const bare = [];
  for (const { words } of cases) timed(words, env);
  for (let round = 0; round < rounds; round += 1) {
    bare.push(timed([process.execPath, '-e', '0'], env));
    for (const { name, words } of cases) ratios.get(name).push(timed(words, env) / bare.at(-1));
  }
  say(`\nA bare start of Node ${process.version} took ${quantile(bare, 0.5).toFixed(0)} ms (median of ${rounds}); ratios to it:\n`);
  say('| command | median | middle half | target |\n| --- | --- | --- | --- |');
  for (const { name, target = '' } of cases) {
    const all = ratios.get(name);
    say(
      `| ${name} | ${quantile(all, 0.5).toFixed(2)} | ${quantile(all, 0.25).toFixed(2)} – ${quantile(all, 0.75).toFixed(2)} | ${target} |`,
    );
  }
}

/** As much of OpenStack as a release asks for, each answer `latency` late: what is measured is what ipctl adds. */
async function slowCloud(latency) {
  let requests = 0;
  const gone = new Set();
  const address = (index) => `203.0.${113 + (index >> 8)}.${index & 255}`;
  const record = (index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    floating_ip_address: address(index),
    status: 'DOWN',
    floating_network_id: 'public',
    project_id: 'p',
    port_id: null,
    fixed_ip_address: null,
    router_id: null,
    description: '',
  });
  const all = Array.from({ length: 1000 }, (_, index) => record(index));
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    const { pathname, searchParams } = new URL(request.url, origin);
    const id = pathname.split('/').at(-1);
    const endpoint = (type, path) => ({
      type,
      name: type,
      endpoints: [{ interface: 'public', region: 'R', region_id: 'R', url: `${origin}${path}` }],
    });
    const answer = () => {
      if (pathname.endsWith('/auth/tokens')) {
        const catalog = [endpoint('network', '/network'), endpoint('compute', '/compute/v2.1')];
        const expires = new Date(Date.now() + 3_600_000).toISOString();
        const token = { catalog, expires_at: expires, project: { id: 'p', name: 'p' }, user: { id: 'u', name: 'u' }, roles: [] };
        return [201, { token }];
      }
      if (request.method === 'DELETE') return [gone.add(id) && 204, undefined];
      if (pathname.endsWith('/floatingips')) {
        const wanted = searchParams.get('floating_ip_address');
        return [200, { floatingips: all.filter((ip) => !gone.has(ip.id) && (wanted === null || ip.floating_ip_address === wanted)) }];
      }
      if (/floatingips\//.test(pathname)) {
        const found = all.find((ip) => ip.id === id && !gone.has(id));
        return found === undefined
          ? [404, { NeutronError: { type: 'FloatingIPNotFound', message: 'gone', detail: '' } }]
          : [200, { floatingip: found }];
      }
      return [200, { servers: [], ports: [], networks: [], subnets: [], extensions: [] }];
    };
    setTimeout(() => {
      const [status, body] = answer();
      const text = body === undefined ? '' : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'x-subject-token': 't' });
      response.end(text);
    }, latency);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const options = {
    'auth-url': `${origin}/v3`,
    username: 'u',
    password: 'p',
    'user-domain-name': 'd',
    'project-name': 'p',
    'project-domain-name': 'd',
  };
  return { options, addresses: all.map((ip) => ip.floating_ip_address), count: () => requests, close: () => server.close() };
}

async function bulk() {
  const [latency, parallel] = [20, 16];
  const cloud = await slowCloud(latency);
  const env = { ...home, ...variables('openstack', cloud.options) };
  const words = [bin, '-p', 'env:openstack', 'ip', 'release', '--yes', '--parallel', String(parallel), '-o', 'jsonl', ...cloud.addresses];
  const begun = process.hrtime.bigint();
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.on('close', resolve));
  const took = Number(process.hrtime.bigint() - begun) / 1e9;
  const each = cloud.count() / cloud.addresses.length;
  const ideal = (cloud.count() / parallel) * (latency / 1000);
  say(
    `\n1,000 releases, ${latency} ms a request, --parallel ${parallel}: ${took.toFixed(2)} s, exit ${code}; ${each.toFixed(2)} requests each;`,
  );
  say(`${(took / ideal).toFixed(2)} of the ideal for so many requests (${ideal.toFixed(2)} s)`);
  cloud.close();
}

const serving = spawn(process.execPath, [bin, 'sandbox', 'serve', '-o', 'json'], { env: home, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const served = await new Promise((resolve, reject) => {
    let text = '';
    serving.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.trimEnd().endsWith(']')) resolve(JSON.parse(text));
    });
    serving.on('exit', (code) => reject(new Error(`the sandbox ended: ${code}`)));
  });
  const { openstack, hostway } = Object.fromEntries(served.map(({ provider, options }) => [provider, options]));
  const os = Object.fromEntries(
    Object.entries(openstack).map(([name, value]) => [
      `OS_${name}`.replaceAll('-', '_').replace('_region', '_region_name').toUpperCase(),
      value,
    ]),
  );
  const env = { ...home, ...variables('openstack', openstack), ...variables('hostway', hostway) };
  const list = (provider) => ['-p', `env:${provider}`, 'ip', 'list', '-o', 'json'];
  const has = (program) => spawnSync(program, ['--version'], { encoding: 'utf8' }).status === 0;
  say(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`);
  compare(
    [
      { name: 'ipctl --version', words: [...ipctl, '--version'], target: '1.25' },
      { name: 'ipctl --help', words: [...ipctl, '--help'], target: '1.25' },
      { name: 'completion of a value', words: [...ipctl, '__complete', '--', 'ip', 'list', '--kind', ''], target: '1.5' },
      { name: 'ipctl ip list -o json, openstack, warm', words: [...ipctl, ...list('openstack')], target: '1.8' },
      { name: 'ipctl ip list -o json, hostway', words: [...ipctl, ...list('hostway')], target: '1.8' },
      ...(existsSync(standalone)
        ? [
            { name: 'standalone --version', words: [standalone, '--version'], target: '0.35' },
            { name: 'standalone ip list -o json, openstack, warm', words: [standalone, ...list('openstack')], target: '0.8' },
          ]
        : []),
      ...(has('curl')
        ? [
            {
              name: 'curl, one such request (hostway)',
              words: ['curl', '-sS', '-o', '/dev/null', '-u', `${hostway.username}:${hostway.password}`, `${hostway.endpoint}/`],
            },
          ]
        : []),
    ],
    env,
  );
  await bulk();
  if (has('openstack')) {
    const [theirs, ours] = [[], []];
    for (let round = 0; round < 3; round += 1) {
      theirs.push(timed(['openstack', 'floating', 'ip', 'list', '-f', 'json'], { ...home, ...os, OS_IDENTITY_API_VERSION: '3' }));
      ours.push(timed([...ipctl, ...list('openstack')], env));
    }
    say(
      `\nopenstack floating ip list -f json, same server: ${(quantile(theirs, 0.5) / quantile(ours, 0.5)).toFixed(1)} times as long as ipctl ip list -o json`,
    );
  }
} finally {
  serving.kill();
  rmSync(folder, { recursive: true, force: true });
}
