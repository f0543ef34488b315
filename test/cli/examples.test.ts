/** The examples of help are true: each is typed into a shell, on the sandbox, and must succeed. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Row, rows } from '../../src/cli/commands.js';
import { programHelp } from '../../src/cli/help/describe.js';
import { type ShellHome, shellHome } from './shell.js';

/** What an example needs beyond the home that all begin with. */
interface Need {
  /** Lines of shell that run before it. */
  readonly before?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** It runs until it is stopped: what it prints first. */
  readonly until?: RegExp;
  /** Exit codes that are its answer. */
  readonly exits?: readonly number[];
  /** Why it cannot be run here. */
  readonly elsewhere?: string;
}

const LOST = "ipctl -p sandbox-hostway ip allocate --fault 'POST */os-floating-ips: drop after commit' --timeout 2s";
const REMOVED = 'ipctl profile remove prod --yes';
const PROFILES = 'it asks stored profiles, and those lead to clouds that nobody runs';
/** By the words of the command, or by the whole example. */
const needs: Readonly<Record<string, Need>> = {
  'ipctl ip allocate --server web-1 --timeout 2m': { before: ['ipctl ip disassociate 203.0.113.10'] },
  'privateip create': { before: ['ipctl privateip delete 192.168.1.17 --yes'] },
  "ipctl ip list --profiles 'prod-*' -o jsonl": { elsewhere: PROFILES },
  'ipctl ip show 203.0.113.10 --all-profiles    # who holds it?': { elsewhere: PROFILES },
  'ipctl ip wait 203.0.113.10 --for gone --timeout 2m': { before: ['ipctl ip release 203.0.113.10 --disassociate --yes'] },
  'profile add': { before: [REMOVED] },
  doctor: { before: [REMOVED] },
  'ipctl profile test prod --repin': { elsewhere: 'it asks id.example.com' },
  'ipctl operation resume mbx1k2f0-7q3z9k --take 198.51.100.10': { before: [`${LOST} || [ $? = 12 ]`] },
  'sandbox serve': { until: /sandbox-nova/ },
};

/** Of the documentation: the last operation stands for it. */
const OPERATION = 'mbx1k2f0-7q3z9k';
const ENV = { IPCTL_PROFILE: 'sandbox', OS_PASSWORD: 'of-the-example' };
const FIRST = [
  'ipctl ip allocate && ipctl ip associate 203.0.113.10 --server web-1',
  'ipctl privateip create --subnet app --address 192.168.1.17 --yes',
  'ipctl profile add prod --provider openstack --set auth-url=https://id.example.com/v3 --set username=ops --set project-name=web --set user-domain-name=Default --set project-domain-name=Default --set region=RegionOne --set read-only=true --secret password=env:OS_PASSWORD',
];

async function done(home: ShellHome, line: string, need: Need = {}): Promise<void> {
  const env = { ...ENV, PROFILE: join(home.directory, 'profile.ps1'), ...need.env };
  const run = (text: string) => home.sh(['-c', text], { env, ...(need.until === undefined ? {} : { until: need.until }) });
  const first = await run(line);
  // On a terminal it would have asked.
  const asks = first.code === 13 && first.stderr.includes('off a terminal, --yes agrees');
  const { code, stdout, stderr } = asks ? await run(`${line} --yes`) : first;
  assert.ok([0, ...(need.exits ?? [])].includes(code), `$ ${line}\n${stdout}${stderr}(exit ${code})`);
}

async function aboutLast(example: string, home: ShellHome): Promise<string> {
  if (!example.includes(OPERATION)) return example;
  const { stdout } = await home.sh(['-c', 'ipctl operation list --limit 1 -o value -c id']);
  return example.replace(OPERATION, stdout.trim());
}

describe('each example', () => {
  const start = shellHome();
  before(async () => {
    for (const folder of ['.local/share/bash-completion/completions', '.zfunc', '.config/fish/completions']) {
      mkdirSync(join(start.directory, folder), { recursive: true });
    }
    writeFileSync(
      join(start.directory, 'clouds.yaml'),
      'clouds:\n  prod:\n    auth:\n      auth_url: https://id.example.com/v3\n      username: ops\n      project_name: web\n      user_domain_name: Default\n      project_domain_name: Default\n    region_name: RegionOne\n',
    );
    for (const line of FIRST) await done(start, line);
  });
  after(() => start.remove());

  const examples = [
    ...(rows as readonly Row[]).flatMap((row) => row.examples.map((example) => ({ words: row.words, example }))),
    ...programHelp().examples.map((example) => ({ words: '', example })),
  ];
  for (const { words, example } of examples) {
    const need = needs[example] ?? needs[words] ?? {};
    if (need.elsewhere !== undefined) continue;
    test(example, async () => {
      const home = shellHome(start);
      try {
        for (const line of need.before ?? []) await done(home, line, need.until === undefined ? need : {});
        await done(home, await aboutLast(example, home), need);
      } finally {
        home.remove();
      }
    });
  }

  test('what is said of an example is of one that there is', () => {
    const known = new Set(examples.flatMap(({ words, example }) => [words, example]));
    assert.deepEqual(
      Object.keys(needs).filter((key) => !known.has(key)),
      [],
    );
  });
});
