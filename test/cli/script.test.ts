/** Scripts need nothing but ipctl: one that does the whole job on each founding provider, and those of the documents. */
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { applicationCredential } from '../../src/sandbox/dialects/openstack/cloud.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import { withCloud } from '../support/cloud.js';
import { type ShellHome, shellHome } from './shell.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = fileURLToPath(new URL('./script.sh', import.meta.url));

async function withShell(work: (home: ShellHome) => Promise<void>): Promise<void> {
  const home = shellHome();
  try {
    await work(home);
  } finally {
    home.remove();
  }
}

describe('allocate, associate, check, clean up', () => {
  const providers: readonly (readonly [string, ...string[]])[] = [
    ['sandbox-openstack'],
    ['sandbox-hostway'],
    ['sandbox-rackspace', '--server', 'web-1', '--server', 'web-2'],
    ['sandbox-otc', '--otc-bandwidth-size', '10'],
  ];
  for (const words of providers) {
    test(words[0], () =>
      withShell(async ({ sh }) => {
        const { code, stdout, stderr } = await sh([script, ...words]);
        assert.deepEqual([code, stdout], [0, ''], stderr);
        assert.match(stderr, /^(profile [^\n]+\n)*$/, 'whose addresses it changes, and nothing else');
      }),
    );
  }

  test('it fails where something is not as it says, and cleans up all the same', () =>
    withShell(async ({ sh, directory }) => {
      const wrong = join(directory, 'wrong.sh');
      writeFileSync(wrong, readFileSync(script, 'utf8').replace('is web-1 ipctl', 'is web-9 ipctl'));
      const { code, stderr, stdout } = await sh([wrong, 'sandbox']);
      assert.equal(code, 1);
      assert.match(stderr, /'web-1', not 'web-9'/);
      assert.equal(stdout, 'true\n', 'what clean_up released');
      assert.equal((await sh(['-c', 'ipctl -p sandbox ip list -o value'])).stdout, '');
    }));
});

/** Blocks of shell in a document, by what they hold. */
function block(path: string, holding: string): string {
  const text = readFileSync(join(root, path), 'utf8');
  const found = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code).find((code) => code.includes(holding));
  assert.ok(found !== undefined, `${path} has a block of shell with ${holding}`);
  return found;
}

describe('the README', () => {
  test('the lines for a shell', () =>
    withShell(async ({ sh }) => {
      const lines = block('README.md', 'addr=$(ipctl ip allocate');
      const { code, stderr } = await sh(['-c', lines], { env: { IPCTL_PROFILE: 'sandbox' } });
      assert.equal(code, 0, stderr);
      assert.equal((await sh(['-c', 'ipctl -p sandbox ip list -o value -c server'])).stdout, 'web-1\n');
    }));

  test('the script for keepalived: takes over from the other machine, and from nobody else', () =>
    withShell(async ({ sh, directory }) => {
      const hook = join(directory, 'take-over');
      writeFileSync(hook, block('README.md', 'MASTER').replaceAll('-p prod', '-p sandbox'));
      const logger = join(directory, 'bin', 'logger');
      writeFileSync(logger, '#!/bin/sh\necho "log: $*"\n');
      chmodSync(logger, 0o755);
      const holder = async () => (await sh(['-c', 'ipctl -p sandbox ip list -o value -c server'])).stdout.trim();
      await sh(['-c', 'ipctl -p sandbox ip allocate --server web-1']);
      assert.equal((await sh([hook, 'INSTANCE', 'VI_1', 'BACKUP'])).code, 0);
      assert.equal(await holder(), 'web-1', 'not the master');
      const taken = await sh([hook, 'INSTANCE', 'VI_1', 'MASTER']);
      assert.equal(taken.code, 0, taken.stderr);
      assert.equal(await holder(), 'web-2');
      await sh(['-c', 'ipctl -p sandbox ip disassociate 203.0.113.10']);
      const refused = await sh([hook, 'INSTANCE', 'VI_1', 'MASTER']);
      assert.equal(refused.code, 6, refused.stderr);
      assert.match(refused.stdout, /log: web-1 does not have the address/);
      assert.equal(await holder(), '');
      await sh(['-c', 'ipctl -p sandbox ip associate 203.0.113.10 --server web-1']);
      // The first time the network is down, as a network may be at such a moment.
      const ipctl = join(directory, 'bin', 'ipctl');
      const down = 'if mkdir once 2>/dev/null; then set -- "$@" --fault "GET */floatingips: 503 x99" --timeout 1s; fi\n';
      writeFileSync(ipctl, readFileSync(ipctl, 'utf8').replace('exec', `${down}exec`));
      const again = await sh([hook, 'INSTANCE', 'VI_1', 'MASTER']);
      assert.equal(again.code, 0, again.stderr);
      assert.equal(await holder(), 'web-2');
    }));
});

/** A block of YAML of the README, by what it holds. */
function recipe(holding: string): Readonly<Record<string, unknown>> {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const found = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = '']) => yaml).find((yaml) => yaml.includes(holding));
  assert.ok(found !== undefined, `the README has a block of YAML with ${holding}`);
  return parse(found) as Readonly<Record<string, unknown>>;
}

/** A cloud of this process, entered by the application credential that its project has. */
const withKeystone = (work: (cloud: { readonly sandbox: Sandbox; readonly home: ShellHome }) => Promise<void>): Promise<void> =>
  withCloud('openstack', {}, ({ sandbox }) => withShell((home) => work({ sandbox, home })));

const addresses = async ({ sh }: ShellHome, env: Readonly<Record<string, string>>): Promise<string> =>
  (await sh(['-c', 'ipctl ip list -o value -c address,server'], { env })).stdout;

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly run: string;
}

/** What a runner does with the recipe: each step a file for `sh -e`, expressions filled in, the outputs of a step read from its file. */
async function act(
  { sandbox, home }: { readonly sandbox: Sandbox; readonly home: ShellHome },
  more: Readonly<Record<string, string>> = {},
) {
  const { env: written, steps } = recipe('GITHUB_OUTPUT') as { env: Record<string, string>; steps: readonly Step[] };
  const outputs = new Map<string, string>();
  const values: Readonly<Record<string, string>> = {
    'vars.CREDENTIAL_ID': applicationCredential.id,
    'secrets.CREDENTIAL_SECRET': applicationCredential.secret,
  };
  const filled = (text: string): string =>
    text.replace(/\$\{\{ ([\w.]+) \}\}/g, (_, name: string) => values[name] ?? outputs.get(name.replace('steps.ip.outputs.', '')) ?? '');
  const env = {
    ...Object.fromEntries(Object.entries(written).map(([name, value]) => [name, filled(value)])),
    OS_AUTH_URL: sandbox.options['auth-url'] ?? '',
    GITHUB_RUN_ID: '4711',
    GITHUB_OUTPUT: join(home.directory, 'output'),
    ...more,
  };
  const codes: (number | 'skipped')[] = [];
  let failed = false;
  for (const { if: condition, run } of steps) {
    assert.ok(condition === undefined || condition === "always() && steps.ip.outputs.address != ''", condition);
    if (condition === undefined ? failed : (outputs.get('address') ?? '') === '') {
      codes.push('skipped');
      continue;
    }
    const file = join(home.directory, 'step.sh');
    writeFileSync(file, filled(run));
    writeFileSync(env.GITHUB_OUTPUT, '');
    const { code } = await home.sh(['-e', file], { env });
    codes.push(code);
    failed ||= code !== 0;
    for (const line of readFileSync(env.GITHUB_OUTPUT, 'utf8').split('\n')) {
      const [name = '', ...value] = line.split('=');
      if (name !== '') outputs.set(name, value.join('='));
    }
  }
  return { codes, env, outputs };
}

describe('the README for CI', () => {
  const testEnds = (home: ShellHome, code: number): void => {
    writeFileSync(join(home.directory, 'end-to-end-test'), `#!/bin/sh\necho "$1" > tested\nexit ${code}\n`);
    chmodSync(join(home.directory, 'end-to-end-test'), 0o755);
  };

  test('GitHub Actions: the address is there for the test, and gone after it, whatever came of the test', () =>
    withKeystone(async (cloud) => {
      for (const code of [0, 1]) {
        testEnds(cloud.home, code);
        const { codes, env, outputs } = await act(cloud);
        assert.deepEqual(codes, [0, code, 0]);
        assert.match(outputs.get('address') ?? '', /^203\.0\.113\.\d+$/);
        assert.equal(readFileSync(join(cloud.home.directory, 'tested'), 'utf8'), `${outputs.get('address')}\n`);
        assert.equal(await addresses(cloud.home, env), '', 'nothing is left');
      }
    }));

  test('GitHub Actions: an allocation that failed is a step that failed; what exists of it is released', () =>
    withKeystone(async (cloud) => {
      testEnds(cloud.home, 0);
      const refused = await act(cloud, { OS_APPLICATION_CREDENTIAL_SECRET: 'wrong' });
      assert.deepEqual(refused.codes, [4, 'skipped', 'skipped']);
      const { home } = cloud;
      const ipctl = join(home.directory, 'bin', 'ipctl');
      const real = readFileSync(ipctl, 'utf8');
      // As when what was allocated is not shown by the deadline.
      writeFileSync(ipctl, `${real.replace('exec ', '')}code=$?\n[ "$2" != allocate ] || exit 11\nexit $code\n`);
      const late = await act(cloud);
      assert.deepEqual(late.codes, [11, 'skipped', 0]);
      assert.equal(await addresses(home, late.env), '');
    }));

  test('GitLab CI: the script, then what comes after it however it ended', () =>
    withKeystone(async ({ sandbox, home }) => {
      const { review } = recipe('after_script') as {
        review: Record<'script' | 'after_script', readonly string[]> & Record<string, unknown>;
      };
      const env = {
        ...(review.variables as Record<string, string>),
        OS_AUTH_URL: sandbox.options['auth-url'] ?? '',
        OS_REGION_NAME: 'RegionOne',
        OS_APPLICATION_CREDENTIAL_ID: applicationCredential.id,
        OS_APPLICATION_CREDENTIAL_SECRET: applicationCredential.secret,
      };
      const job = (lines: readonly string[], more = {}) => {
        const file = join(home.directory, 'job.sh');
        writeFileSync(file, `${lines.join('\n')}\n`);
        return home.sh(['-e', file], { env: { ...env, ...more } });
      };
      const ran = await job(review.script);
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(await addresses(home, env), /^203\.0\.113\.\d+\tweb-1\n$/);
      assert.equal((await job(review.after_script)).code, 0);
      assert.equal(await addresses(home, env), '');

      assert.equal((await job(review.script, { OS_AUTH_URL: 'http://127.0.0.1:1' })).code, 5, 'the code that is tried again');
      assert.deepEqual(review.retry, { max: 2, exit_codes: 5 });
      assert.equal((await job(review.after_script)).code, 0, 'with nothing to release');
    }));
});

describe('profiles as the documents add them', () => {
  const env = { OS_PASSWORD: 'a', RS_API_KEY: 'b', OTC_PASSWORD: 'c', OTC_SECRET_KEY: 'd' };
  const documents = [
    'README.md',
    ...readdirSync(join(root, 'src/providers'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('README.md'))
      .map((name) => `src/providers/${name}`),
  ];
  for (const path of documents) {
    test(path, () =>
      withShell(async ({ sh }) => {
        const lines = block(path, 'ipctl profile add').replaceAll('\\\n', ' ').split('\n');
        const adds = lines.filter((line) => line.startsWith('ipctl profile add'));
        assert.ok(adds.length > 0);
        for (const line of adds) {
          // Their identity services are nowhere to be asked; what is read from stdin is a line.
          const { code, stderr } = await sh(['-c', `echo secret | ${line.replace(/ --test$/, '')}`], { env });
          assert.equal(code, 0, `${line}\n${stderr}`);
        }
      }),
    );
  }
});
