/**
 * Each provider, each verb, each way to fail: the exit code and `operation.state` that the contract promises, and the cloud
 * as they say it is. The rules stand in `expected`; the table of what came out is printed.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type DialectId, dialectIds } from '../../src/sandbox/dialects.js';
import { type ImpatientClock, impatientClock, inside } from './support/inside.js';
import { allocating, roomy, variableOf } from './support/machine.js';
import { type Asked, type Delivery, type Relay, relay, type Told, type Turn } from './support/relay.js';
import { type Served, served } from './support/served.js';

let cloud: Served;
before(async () => {
  cloud = await served(roomy);
});
after(() => cloud.stop());

interface Verb {
  readonly name: string;
  /** What has to be there. */
  readonly needs: 'nothing' | 'free' | 'held' | 'private';
  readonly words: (provider: DialectId, subject: string) => readonly string[];
  readonly reads?: true;
  /** Makes something; without a mark a lost answer leaves a candidate. */
  readonly markless?: readonly DialectId[];
  readonly unsupported?: readonly DialectId[];
}

/** Where private IPs can be listed at most. */
const noPrivate: readonly DialectId[] = ['hostway', 'rackconnect', 'nova'];

/** Whose list of addresses has no pages; no server is asked for while all are free. */
const inOnePiece: readonly DialectId[] = ['rackconnect', 'nova'];

const verbs: readonly Verb[] = [
  {
    name: 'allocate',
    needs: 'nothing',
    words: (provider) => ['ip', 'allocate', ...allocating[provider]],
    markless: ['hostway', 'rackspace', 'nova', 'rackconnect'],
  },
  { name: 'associate', needs: 'free', words: (_, ip) => ['ip', 'associate', ip, '--server', 'web-1'] },
  { name: 'disassociate', needs: 'held', words: (_, ip) => ['ip', 'disassociate', ip] },
  { name: 'move', needs: 'held', words: (_, ip) => ['ip', 'move', ip, '--to', 'web-2'], unsupported: ['rackspace'] },
  { name: 'release', needs: 'free', words: (_, ip) => ['ip', 'release', ip, '--yes'] },
  {
    name: 'update',
    needs: 'free',
    words: (provider, ip) => ['ip', 'update', ip, ...(provider === 'openstack' ? ['--description', 'new'] : ['--name', 'new'])],
    unsupported: ['hostway', 'rackspace', 'rackconnect', 'nova'],
  },
  {
    name: 'private create',
    needs: 'nothing',
    words: () => ['privateip', 'create', '--subnet', 'app'],
    markless: ['otc'],
    unsupported: noPrivate,
  },
  { name: 'private delete', needs: 'private', words: (_, ip) => ['privateip', 'delete', ip, '--yes'], unsupported: noPrivate },
  { name: 'list', needs: 'free', words: () => ['ip', 'list'], reads: true },
  { name: 'show', needs: 'free', words: (_, ip) => ['ip', 'show', ip], reads: true },
];

/** What a way to fail means for a change: turned away unread, lost on its way there, lost on its way back, or answered with nonsense. */
type Meaning = 'unreached' | 'turned away' | 'lost before' | 'lost after' | 'nonsense' | 'endless';

interface Way {
  readonly name: string;
  readonly meaning: Meaning;
  readonly turn?: (asked: Asked, pass: () => Promise<Told>, clock: ImpatientClock) => Promise<Delivery>;
}

const answer = (status: number, body: string, type = 'application/json'): Told => ({
  status,
  headers: { 'content-type': type, ...(status === 429 || status === 413 || status === 503 ? { 'retry-after': '1' } : {}) },
  body: Buffer.from(body),
});
const page = answer(200, '<!doctype html><title>Welcome</title><p>Please sign in to the network.</p>', 'text/html');

const ways: readonly Way[] = [
  { name: 'refused', meaning: 'unreached' },
  { name: 'reset before', meaning: 'lost before', turn: async () => 'cut' },
  {
    name: 'reset after',
    meaning: 'lost after',
    turn: async (_, pass) => {
      await pass();
      return 'cut';
    },
  },
  ...[429, 413].map((status): Way => ({ name: String(status), meaning: 'turned away', turn: async () => answer(status, '{}') })),
  ...[500, 502, 503].map((status): Way => ({ name: String(status), meaning: 'lost before', turn: async () => answer(status, '{}') })),
  ...[500, 502, 503].map(
    (status): Way => ({
      name: `${status} after`,
      meaning: 'lost after',
      turn: async (_, pass) => {
        await pass();
        return answer(status, '<html><body>Bad gateway</body></html>', 'text/html');
      },
    }),
  ),
  {
    name: 'timeout',
    meaning: 'lost before',
    turn: async (_asked, _pass, clock) => {
      clock.expire();
      return 'silence';
    },
  },
  {
    name: 'timeout after',
    meaning: 'lost after',
    turn: async (_asked, pass, clock) => {
      await pass();
      clock.expire();
      return 'silence';
    },
  },
  { name: 'half a body', meaning: 'lost after', turn: async (_, pass) => ({ half: await pass() }) },
  {
    name: 'wrong JSON',
    meaning: 'lost after',
    turn: async (_, pass) => {
      const told = await pass();
      return told.status === 204 ? told : { ...told, body: Buffer.from('{"surprise":[1,{"deep":null}]}') };
    },
  },
  { name: 'HTML', meaning: 'nonsense', turn: async () => page },
  { name: 'endless pages', meaning: 'endless' },
];

interface Result {
  readonly code: number;
  /** `operation.state`; `applied` for a change that succeeded; `-` for what only reads. */
  readonly state: string;
}

/** The contract, in one place. More than one where it leaves the choice to what the provider's answer is worth. */
function expected(provider: DialectId, verb: Verb, way: Way): readonly Result[] {
  if (verb.reads === true) {
    const broken = way.name === 'wrong JSON' || way.meaning === 'nonsense' || way.meaning === 'endless';
    return [{ code: broken ? 1 : 5, state: '-' }];
  }
  switch (way.meaning) {
    case 'unreached':
      return [{ code: 5, state: 'not-sent' }];
    case 'turned away':
    case 'lost before':
      return [{ code: 5, state: 'not-applied' }];
    case 'nonsense':
      // Read, it breaks the protocol, and looking proves that nothing happened. Where success has no body worth reading
      // it was accepted by the look of it, and does not show.
      return [
        { code: 1, state: 'not-applied' },
        { code: 11, state: 'unknown' },
      ];
    default:
      return [verb.markless?.includes(provider) ? { code: 12, state: 'unknown' } : { code: 0, state: 'applied' }];
  }
}

interface Scene {
  readonly provider: DialectId;
  readonly relay: Relay;
  readonly env: Readonly<Record<string, string>>;
  readonly deadEnv: Readonly<Record<string, string>>;
}

const aimedAt = (provider: DialectId, options: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  IPCTL_PROFILE: `env:${provider}`,
  IPCTL_OUTPUT: 'json',
  ...Object.fromEntries(Object.entries(options).map(([name, value]) => [variableOf(provider, name), value])),
});

async function well({ env }: Pick<Scene, 'env'>, words: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await inside(words, { env, clock: impatientClock() });
  assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

interface Prepared {
  readonly cloud: string;
  readonly subject: string;
}

/** Clouds in which what a verb needs is there. */
async function prepare(scene: Scene): Promise<Readonly<Record<Verb['needs'], Prepared>>> {
  const { provider } = scene;
  await well(scene, ['ip', 'list']);
  const nothing = { cloud: cloud.cloud(provider), subject: '' };
  const { ip } = (await well(scene, ['ip', 'allocate', ...allocating[provider]])) as { ip: { address: string } };
  if (provider === 'rackspace') await well(scene, ['ip', 'disassociate', ip.address]);
  const free = { cloud: cloud.cloud(provider), subject: ip.address };
  await well(scene, ['ip', 'associate', ip.address, '--server', 'web-1']);
  const held = { cloud: cloud.cloud(provider), subject: ip.address };
  if (noPrivate.includes(provider)) return { nothing, free, held, private: nothing };
  cloud.restore(provider, nothing.cloud);
  const made = (await well(scene, ['privateip', 'create', '--subnet', 'app'])) as { ip: { address: string } };
  return { nothing, free, held, private: { cloud: cloud.cloud(provider), subject: made.ip.address } };
}

interface Seen {
  readonly address: string;
  readonly description?: string;
  readonly name?: string;
  readonly associations?: readonly { readonly server: { readonly id: string } | null }[];
}

/** What the cloud has, in our words, without what differs from run to run. */
async function truth(scene: Scene): Promise<string> {
  const ips = (await well(scene, ['ip', 'list'])) as readonly Seen[];
  const within = scene.provider === 'otc' ? ['--subnet', 'app'] : [];
  const privateIps = noPrivate.includes(scene.provider) ? [] : ((await well(scene, ['privateip', 'list', ...within])) as readonly Seen[]);
  return JSON.stringify([
    ips.map(({ address, name, description, associations = [] }) => [
      address,
      name,
      description,
      associations.map(({ server }) => server?.id),
    ]),
    privateIps.map(({ address }) => address),
  ]);
}

const isLogin = ({ path }: Asked): boolean => /\/tokens(\?|$)/.test(path);
const isList = ({ path }: Asked): boolean => /\/(floatingips|os-floating-ips|ports|servers\/detail|publicips)(\?|$)/.test(path);

/** A first page that says that another one follows: whoever goes on gets it again. */
async function endless(provider: DialectId, pass: () => Promise<Told>): Promise<Told> {
  const told = await pass();
  const body = JSON.parse(told.body.toString()) as Record<string, Record<string, unknown>[]>;
  const next = (path: string): Record<string, unknown>[] => [{ rel: 'next', href: `http://elsewhere.invalid/${path}` }];
  if (provider === 'openstack') body.floatingips_links = next('v2.0/floatingips?marker=again');
  if (provider === 'hostway') body.links = next('os-floating-ips?page=2&pageSize=100');
  // Its shared addresses come in one piece, whatever their number: the ports and servers beside them are paged.
  if (provider === 'rackspace') body[body.ports === undefined ? 'servers_links' : 'ports_links'] = next('page?marker=again');
  // Nothing tells of a next page here: a full page may have one.
  if (provider === 'otc') {
    const [one = {}] = body.publicips ?? [];
    body.publicips = Array.from({ length: FULL_PAGE }, (_, index) => ({ ...one, id: `${index}`.padStart(36, 'e') }));
  }
  return { ...told, body: Buffer.from(JSON.stringify(body)) };
}
const FULL_PAGE = 2000;

function turnOf({ provider }: Scene, verb: Verb, way: Way, clock: ImpatientClock): Turn {
  const { turn } = way;
  const first = new Map<string, Promise<Told>>();
  if (way.meaning === 'endless') {
    return (asked, pass) => {
      if (!isList(asked)) return pass();
      const [path = ''] = asked.path.split('?');
      const again = first.get(path) ?? endless(provider, pass);
      first.set(path, again);
      return again;
    };
  }
  if (turn === undefined) return (_asked, pass) => pass();
  return (asked, pass) => {
    const struck = verb.reads === true ? asked.method === 'GET' : asked.method !== 'GET';
    return struck && !isLogin(asked) ? turn(asked, pass, clock) : pass();
  };
}

function resultOf(verb: Verb, code: number, stdout: string, stderr: string): Result {
  if (verb.reads === true) return { code, state: '-' };
  if (code === 0) {
    const found: unknown = JSON.parse(stdout);
    const [{ changed }] = (Array.isArray(found) ? found : [found]) as [{ changed: boolean | null }];
    return { code, state: changed === true ? 'applied' : `changed: ${changed}` };
  }
  const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { error: { operation: { state: string } | null } };
  return { code, state: error.operation?.state ?? 'none' };
}

const show = ({ code, state }: Result): string => (state === '-' ? String(code) : `${code} ${state}`);

async function cell(
  scene: Scene,
  verb: Verb,
  way: Way,
  { cloud: state, subject }: Prepared,
  truths: Truths,
): Promise<[string, string | null]> {
  const { provider } = scene;
  const clock = impatientClock();
  cloud.restore(provider, state);
  scene.relay.treat(turnOf(scene, verb, way, clock));
  const words = [...verb.words(provider, subject), ...(verb.reads === true ? [] : ['--timeout', '20s'])];
  const { code, stdout, stderr } = await inside(words, { env: way.meaning === 'unreached' ? scene.deadEnv : scene.env, clock });
  scene.relay.treat((_asked, pass) => pass());
  const result = resultOf(verb, code, stdout, stderr);
  const right = expected(provider, verb, way);
  if (!right.some((one) => one.code === result.code && one.state === result.state)) {
    return [show(result), `${provider} ${verb.name}, ${way.name}: ${show(result)}, not ${right.map(show).join(' or ')}: ${stderr.trim()}`];
  }
  if (verb.reads === true) return [show(result), null];
  const now = await truth(scene);
  const happened = result.state === 'applied' || result.code === 12;
  if (way.meaning === 'nonsense' || way.meaning === 'unreached' || !happened) {
    if (now !== truths.before)
      return [show(result), `${provider} ${verb.name}, ${way.name}: said ${show(result)}, and it happened: ${now}`];
  } else if (result.state === 'applied' && now !== truths.after) {
    return [show(result), `${provider} ${verb.name}, ${way.name}: said ${show(result)}, and the cloud has ${now}, not ${truths.after}`];
  }
  return [show(result), null];
}

interface Truths {
  readonly before: string;
  readonly after: string;
}

/** A port of this machine where nobody listens. */
const NOWHERE = 'http://127.0.0.1:9';

for (const provider of dialectIds) {
  test(`${provider}: the exit code and the state are right in every cell`, async (t) => {
    const gate = await relay();
    const options = gate.through(cloud.options(provider));
    const dead = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value.replace(/^http:\/\/[^/]+/, NOWHERE)]));
    const scene: Scene = { provider, relay: gate, env: aimedAt(provider, options), deadEnv: aimedAt(provider, dead) };
    const wrong: string[] = [];
    const rows: string[][] = [];
    try {
      const prepared = await prepare(scene);
      for (const verb of verbs) {
        const start = prepared[verb.needs];
        if (verb.unsupported?.includes(provider)) {
          const { code } = await inside(verb.words(provider, '192.0.2.1'), { env: scene.env, clock: impatientClock() });
          rows.push([verb.name, ...ways.map(() => String(code))]);
          if (code !== 8) wrong.push(`${provider} ${verb.name}: ${code}, not 8`);
          continue;
        }
        cloud.restore(provider, start.cloud);
        const truths = { before: await truth(scene), after: '' };
        await well(scene, verb.words(provider, start.subject));
        truths.after = await truth(scene);
        const row: string[] = [verb.name];
        for (const way of ways) {
          if (way.meaning === 'endless' && (verb.name !== 'list' || inOnePiece.includes(provider))) {
            row.push('');
            continue;
          }
          const [shown, failure] = await cell(scene, verb, way, start, truths);
          row.push(shown);
          if (failure !== null) wrong.push(failure);
        }
        rows.push(row);
      }
    } finally {
      await gate.close();
    }
    t.diagnostic(['', ...tableOf([['', ...ways.map(({ name }) => name)], ...rows], provider)].join('\n'));
    assert.deepEqual(wrong, []);
  });
}

/** Verbs across, ways down: there are more ways. */
function tableOf(rows: readonly (readonly string[])[], title: string): string[] {
  const width = (row: readonly string[]): number => Math.max(...row.map(({ length }) => length));
  const height = rows[0]?.length ?? 0;
  return Array.from({ length: height }, (_, index) =>
    rows
      .map((row, column) => (index === 0 && column === 0 ? title : (row[index] ?? '')).padEnd(Math.max(width(row), title.length)))
      .join('  '),
  );
}
