/** `--dry-run` prints what would be sent: compared, for each mutation of each provider, with what is then sent. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Cloud, withCloud } from '../support/cloud.js';

type Id = Parameters<typeof withCloud>[0];

interface Mutation {
  /** Run before it. `{ip}` is the address that the first of them made. */
  readonly before?: readonly string[];
  readonly words: string;
  /** How many requests it takes: a table that compares nothing with nothing would be green too. */
  readonly requests: number;
}

const SIZE = '--otc-bandwidth-size 10';
const TWO = '--server web-1 --server web-2';
const free = ['ip allocate'];
const held = ['ip allocate --server web-1'];

/** The verbs of those that give an address to one server. */
const common: readonly Mutation[] = [
  { words: 'ip allocate', requests: 1 },
  { before: free, words: 'ip associate {ip} --server web-1', requests: 1 },
  { before: held, words: 'ip disassociate {ip}', requests: 1 },
  { before: free, words: 'ip release {ip}', requests: 1 },
];
/** Those that take an address off one server, and then put it on the other. */
const stepwise: readonly Mutation[] = [
  ...common,
  { words: 'ip allocate --server web-1', requests: 2 },
  { before: held, words: 'ip move {ip} --to web-2', requests: 2 },
  { before: held, words: 'ip associate {ip} --server web-2 --move', requests: 2 },
  { before: held, words: 'ip release {ip} --disassociate', requests: 2 },
];
const atomic: readonly Mutation[] = [
  ...common,
  { words: 'ip allocate --server web-1', requests: 2 },
  { before: held, words: 'ip move {ip} --to web-2', requests: 1 },
  { before: held, words: 'ip release {ip} --disassociate', requests: 2 },
];
const sized = (mutation: Mutation): Mutation => ({
  ...mutation,
  before: (mutation.before ?? []).map((line) => line.replace(/^ip allocate/, `ip allocate ${SIZE}`)),
  words: mutation.words.replace(/^ip allocate/, `ip allocate ${SIZE}`),
});

const table: Readonly<Record<Id, readonly Mutation[]>> = {
  openstack: [
    ...atomic,
    { words: 'ip allocate --description web --label env=prod --key k', requests: 2 },
    { before: free, words: 'ip update {ip} --description web --label env=prod', requests: 2 },
    { words: 'privateip create --subnet app', requests: 1 },
    { words: 'privateip create --subnet app --address 192.168.1.40 --count 3 --name db', requests: 3 },
    { before: ['privateip create --subnet app'], words: 'privateip delete {ip} --subnet app', requests: 1 },
  ],
  hostway: stepwise,
  nova: stepwise,
  rackspace: [
    { words: `ip allocate ${TWO}`, requests: 3 },
    { before: [`ip allocate ${TWO}`, 'ip disassociate {ip}'], words: `ip associate {ip} ${TWO}`, requests: 2 },
    { before: [`ip allocate ${TWO}`], words: 'ip disassociate {ip}', requests: 2 },
    { before: [`ip allocate ${TWO}`], words: 'ip disassociate {ip} --server web-1', requests: 1 },
    { before: [`ip allocate ${TWO}`], words: 'ip release {ip} --disassociate', requests: 3 },
    { before: [`ip allocate ${TWO}`, 'ip disassociate {ip}'], words: 'ip release {ip}', requests: 1 },
    { words: 'privateip create --subnet app --count 2', requests: 2 },
    { before: ['privateip create --subnet app'], words: 'privateip delete {ip} --subnet app', requests: 1 },
  ],
  otc: [
    ...stepwise.map(sized),
    sized({ words: 'ip allocate --label env=prod --name web', requests: 2 }),
    sized({ before: free, words: 'ip update {ip} --name web --label env=prod', requests: 2 }),
    { words: 'privateip create --subnet app', requests: 1 },
    { words: 'privateip create --subnet app --count 21', requests: 2 },
    { words: 'privateip create --subnet app --otc-virtual true --otc-bind web-1', requests: 3 },
    { before: ['privateip create --subnet app'], words: 'privateip delete {ip} --subnet app', requests: 1 },
    {
      before: ['privateip create --subnet app --otc-virtual true --otc-bind web-1'],
      words: 'privateip delete {ip} --subnet app --otc-unbind true',
      requests: 2,
    },
  ],
  rackconnect: [
    { words: 'ip allocate', requests: 1 },
    { words: 'ip allocate --server web-1', requests: 1 },
    { before: free, words: 'ip associate {ip} --server web-1', requests: 1 },
    { before: held, words: 'ip disassociate {ip}', requests: 2 },
    { before: held, words: 'ip move {ip} --to web-2', requests: 1 },
    { before: free, words: 'ip release {ip}', requests: 1 },
    { before: held, words: 'ip release {ip} --disassociate', requests: 1 },
  ],
};

interface Planned {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

type Seen = ReturnType<Cloud['sandbox']['journal']>[number];

const changesIn = ({ sandbox }: Cloud, from: number): Seen[] =>
  sandbox
    .journal()
    .slice(from)
    .filter(({ method, path }) => method !== 'GET' && !/\/tokens$/.test(path));

/** Marks differ from run to run. What is not known yet stands in braces, and fits any id, address or revision. */
function assertFits(planned: string, sent: string, about: string): void {
  const settled = (text: string): string => text.replace(/\b[a-z0-9]{8}-[a-z0-9]{6}(?=\b|-\d)/g, 'MARK');
  const pattern = settled(planned)
    .split(/\{ip\.[a-z]+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^"/?{}]+');
  assert.match(settled(sent), new RegExp(`^${pattern}$`), about);
}

for (const [id, mutations] of Object.entries(table) as [Id, readonly Mutation[]][]) {
  describe(id, () => {
    for (const { before = [], words, requests } of mutations) {
      test(words, () =>
        withCloud(id, { knobs: { delay: 0 } }, async (cloud) => {
          const { ipctl, sandbox } = cloud;
          let ip = '';
          const run = async (line: string, ...more: readonly string[]): Promise<string> => {
            const { code, stdout, stderr } = await ipctl([...line.replaceAll('{ip}', ip).split(' '), ...more]);
            assert.equal(code, 0, `${line}: ${stderr}`);
            return stdout;
          };
          for (const line of before) ip = (await run(line, '-o', 'value', '-c', 'address')).trim();
          const start = sandbox.journal().length;
          const dry = [JSON.parse(await run(words, '--dry-run', '-o', 'json'))].flat() as readonly {
            readonly requests: readonly Planned[];
          }[];
          assert.equal(dry.length, 1, words);
          const { requests: planned = [], ...rest } = dry[0] ?? {};
          assert.deepEqual(rest, { action: words.split(' ')[1], dryRun: true, changed: null, operation: null });
          assert.deepEqual(changesIn(cloud, start), [], 'nothing is sent');
          const read = await run(words, '--dry-run');
          await run(words, '--yes');
          const sent = changesIn(cloud, start);
          const line = ({ method, url, path = url }: { method: string; url?: string; path?: string | undefined }): string =>
            `${method} ${path}`;
          assert.equal(planned.length, requests, planned.map(line).join('\n'));
          assert.equal(sent.length, requests, sent.map(line).join('\n'));
          for (const [index, { method, url, headers, body }] of planned.entries()) {
            const real = sent[index];
            assert.ok(real !== undefined && real.status !== null && real.status < 300, words);
            assert.ok(url.startsWith(sandbox.origin), url);
            assertFits(`${method} ${url.slice(sandbox.origin.length)}`, `${real.method} ${real.path}`, words);
            assertFits(body === null ? '' : JSON.stringify(body), real.body, words);
            for (const [name, value] of Object.entries(headers)) assertFits(value, real.headers[name.toLowerCase()] ?? '', name);
            assert.ok(read.includes(`${method} ${url}\n`), read);
          }
        }),
      );
    }
  });
}
