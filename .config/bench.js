// Measures ipctl against a bare start of Node, curl and the peers that are installed, on servers of its own on loopback. Runs are
// interleaved, and each is compared with the bare start of its own round, so that what else the machine does falls on all alike.
// node .config/bench.js [ROUNDS], or the bulk releases alone: node .config/bench.js bulk
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bulkOnly = process.argv[2] === 'bulk';
const rounds = bulkOnly ? 0 : Number(process.argv[2] ?? 15);
const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'bin/ipctl.js');
const standalone = join(root, 'dist-standalone/ipctl');
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
const middle = (values, digits) => `${quantile(values, 0.25).toFixed(digits)} – ${quantile(values, 0.75).toFixed(digits)}`;

/** Hundredths of a second of processor that children which have ended took, where the system tells (Linux), else undefined. */
function computed() {
  if (!existsSync('/proc/self/stat')) return undefined;
  // The name of the program stands in brackets, and may hold spaces.
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[13]) + Number(fields[14]);
}

/** What `work` returns, and what it made children compute. */
function metered(work) {
  const before = computed();
  return [work(), before === undefined ? 0 : computed() - before];
}

/** Each case once a round, the bare start first: of each its ratios to the bare start of the same round. Of the processor's time, which is told coarsely, the sums are compared. */
function compare(cases, env) {
  const seen = new Map(cases.map(({ name }) => [name, { ratios: [], ticks: 0 }]));
  const bare = { times: [], ticks: 0 };
  for (const { words } of cases) timed(words, env);
  for (let round = 0; round < rounds; round += 1) {
    const [time, ticks] = metered(() => timed([process.execPath, '-e', '0'], env));
    bare.times.push(time);
    bare.ticks += ticks;
    for (const { name, words } of cases) {
      const [its, own] = metered(() => timed(words, env));
      seen.get(name).ratios.push(its / time);
      seen.get(name).ticks += own;
    }
  }
  say(`\nA bare start of Node took ${quantile(bare.times, 0.5).toFixed(0)} ms (median of ${rounds}); ratios to it:\n`);
  say('| command | time | middle half | processor | target |\n| --- | --- | --- | --- | --- |');
  for (const { name, target = '' } of cases) {
    const { ratios, ticks } = seen.get(name);
    const processor = bare.ticks === 0 ? '' : (ticks / bare.ticks).toFixed(2);
    say(`| ${name} | ${quantile(ratios, 0.5).toFixed(2)} | ${middle(ratios, 2)} | ${processor} | ${target} |`);
  }
}

/** Runs a command without holding up the servers of this process; seconds. */
async function awaited([program, ...words], env) {
  const begun = process.hrtime.bigint();
  const child = spawn(program, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${program} ${words.join(' ')}: ${code} ${complaint}`);
  return Number(process.hrtime.bigint() - begun) / 1e9;
}

/** The first request that each of `commands` sends to `origin`, as [method, path, headers]: they get an address that passes it on. */
async function requestsOf(origin, commands) {
  const seen = [];
  const relay = createServer((incoming, outgoing) => {
    // What names the connection is not part of what is asked.
    const { host, connection, ...headers } = incoming.headers;
    seen.push([incoming.method, incoming.url, headers]);
    const onward = forward(`${origin}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const requests = [];
  for (const command of commands) {
    seen.length = 0;
    const [words, env] = command(`http://127.0.0.1:${relay.address().port}`, requests[0]);
    await awaited(words, env);
    if (seen.length !== 1) throw new Error(`${words.join(' ')}: ${seen.length} requests`);
    requests.push(seen[0]);
  }
  relay.close();
  return requests;
}

/** curl's words for a request: exactly these headers, none of its own. */
const curled = (origin, [, path, headers]) => [
  'curl',
  '-sS',
  '-o',
  '/dev/null',
  ...['user-agent', 'accept'].filter((name) => headers[name] === undefined).flatMap((name) => ['-H', `${name}:`]),
  ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
  `${origin}${path}`,
];

/** curl's words for what `words` ask of hostway, proven by a look at both. */
async function sameByCurl({ endpoint }, words, env) {
  const { origin, pathname } = new URL(endpoint);
  const [ours, theirs] = await requestsOf(origin, [
    (relay) => [words, { ...env, IPCTL_HOSTWAY_ENDPOINT: `${relay}${pathname.replace(/\/$/, '')}` }],
    (relay, request) => [curled(relay, request), env],
  ]);
  const sorted = ([method, path, headers]) => JSON.stringify([method, path, Object.entries(headers).sort()]);
  if (sorted(ours) !== sorted(theirs)) throw new Error(`curl asks otherwise: ${sorted(ours)} and ${sorted(theirs)}`);
  return curled(origin, ours);
}

/** The options of a sandbox with replay.js in its place: what is measured is who asks, not the sandbox's locks and files. */
async function replayed(options) {
  const { origin } = new URL(options.endpoint ?? options['auth-url']);
  const child = spawn(process.execPath, [join(root, '.config/replay.js'), origin], { stdio: ['ignore', 'pipe', 'inherit'] });
  replaying.push(child);
  const where = await new Promise((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(chunk.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the replaying server ended: ${code}`)));
  });
  const entries = Object.entries(options).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll(origin, where) : value,
  ]);
  return Object.fromEntries(entries);
}

/** Eight profiles, one of them slow, side by side: how much longer than the slow one alone. */
async function allProfiles() {
  const latency = 250;
  const clouds = await Promise.all(Array.from({ length: 8 }, (_, index) => slowCloud(index === 0 ? latency : 10)));
  const profiles = clouds.map(({ options }, index) => [
    index === 0 ? 'slow' : `quick-${index}`,
    { provider: 'openstack', options, settings: {}, account: null },
  ]);
  const config = join(folder, 'many');
  mkdirSync(join(config, 'ipctl'), { recursive: true });
  writeFileSync(join(config, 'ipctl', 'config.json'), JSON.stringify({ profiles: Object.fromEntries(profiles) }), { mode: 0o600 });
  const env = { ...home, XDG_CONFIG_HOME: config };
  const list = (...words) => awaited([...ipctl, 'ip', 'list', '-o', 'jsonl', ...words], env);
  await list('--all-profiles');
  const ratios = [];
  for (let round = 0; round < 5; round += 1) {
    const alone = await list('-p', 'slow');
    ratios.push((await list('--all-profiles')) / alone);
  }
  say(`\n--all-profiles, seven of 10 ms a request and one of ${latency} ms, 1,000 addresses each:`);
  say(`${quantile(ratios, 0.5).toFixed(2)} (${middle(ratios, 2)}) of the slowest alone`);
  for (const cloud of clouds) cloud.close();
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
    // As every Neutron since Ocata has it: the precondition of the DELETE, which spares a look before it.
    revision_number: 1,
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
        // A repeated filter is an OR.
        const [wanted, ids] = ['floating_ip_address', 'id'].map((name) => new Set(searchParams.getAll(name)));
        const fits = (ip) => (wanted.size === 0 || wanted.has(ip.floating_ip_address)) && (ids.size === 0 || ids.has(ip.id));
        return [200, { floatingips: all.filter((ip) => !gone.has(ip.id) && fits(ip)) }];
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

/** 1,000 releases of one command, as a multiple of what they need at least, and the requests that each took. */
async function bulkOnce(latency, parallel) {
  const cloud = await slowCloud(latency);
  const env = { ...home, ...variables('openstack', cloud.options) };
  const words = [bin, '-p', 'env:openstack', 'ip', 'release', '--yes', '--parallel', String(parallel), '-o', 'jsonl', ...cloud.addresses];
  const begun = process.hrtime.bigint();
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.on('close', resolve));
  const took = Number(process.hrtime.bigint() - begun) / 1e9;
  cloud.close();
  if (code !== 0) throw new Error(`ip release: ${code}`);
  // One request each: that others have to be made as well is ours to hide.
  return { ratio: took / ((cloud.addresses.length / parallel) * (latency / 1000)), each: cloud.count() / cloud.addresses.length };
}

async function bulk() {
  const [latency, parallel] = [20, 16];
  // As of all else, the first start does not count.
  await bulkOnce(latency, parallel);
  const runs = [];
  for (let round = 0; round < 5; round += 1) runs.push(await bulkOnce(latency, parallel));
  const ratios = runs.map(({ ratio }) => ratio);
  say(
    `\n1,000 releases, ${latency} ms a request, --parallel ${parallel}: ${quantile(ratios, 0.5).toFixed(2)} (${middle(ratios, 2)}) times the ideal of one`,
  );
  say(`request each, target 1.3; ${runs[0].each.toFixed(2)} requests each`);
}

if (bulkOnly) {
  await bulk();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

const serving = spawn(process.execPath, [bin, 'sandbox', 'serve', '-o', 'json'], { env: home, stdio: ['ignore', 'pipe', 'pipe'] });
let complaint = '';
serving.stderr.on('data', (chunk) => {
  complaint += chunk;
});
const replaying = [];
try {
  const served = await new Promise((resolve, reject) => {
    let text = '';
    serving.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.trimEnd().endsWith(']')) resolve(JSON.parse(text));
    });
    serving.on('exit', (code) => reject(new Error(`the sandbox ended: ${code} ${complaint}`)));
  });
  const options = Object.fromEntries(served.map((each) => [each.provider, each.options]));
  const openstack = await replayed(options.openstack);
  const hostway = await replayed(options.hostway);
  const os = Object.fromEntries(
    Object.entries(openstack).map(([name, value]) => [
      `OS_${name}`.replaceAll('-', '_').replace('_region', '_region_name').toUpperCase(),
      value,
    ]),
  );
  const env = { ...home, ...variables('openstack', openstack), ...variables('hostway', hostway) };
  const list = (provider) => ['-p', `env:${provider}`, 'ip', 'list', '-o', 'json'];
  // With columns that need no names: one request.
  const bare = ['-p', 'env:hostway', 'ip', 'list', '-o', 'csv', '-c', 'address'];
  const has = (program) => spawnSync(program, ['--version'], { encoding: 'utf8' }).status === 0;
  const curl = has('curl') ? await sameByCurl(hostway, [...ipctl, ...bare], env) : undefined;
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
      { name: 'ipctl ip list -o csv -c address, hostway', words: [...ipctl, ...bare] },
      ...(curl === undefined ? [] : [{ name: 'curl, the same request', words: curl }]),
    ],
    env,
  );
  await bulk();
  await allProfiles();
  if (has('openstack')) {
    const ratios = [];
    for (let round = 0; round < 3; round += 1) {
      const theirs = timed(['openstack', 'floating', 'ip', 'list', '-f', 'json'], { ...home, ...os, OS_IDENTITY_API_VERSION: '3' });
      ratios.push(theirs / timed([...ipctl, ...list('openstack')], env));
    }
    say(`\nopenstack floating ip list -f json, same server: ${quantile(ratios, 0.5).toFixed(1)} (${middle(ratios, 1)}) times as long`);
    say('as ipctl ip list -o json');
  }
} finally {
  for (const child of replaying) child.kill();
  // It writes its state at its end, into what is to be removed.
  const ended = serving.exitCode === null ? new Promise((resolve) => serving.once('exit', resolve)) : undefined;
  serving.kill();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
