/** Scripts need nothing but ipctl: one that does the whole job on each founding provider, and those of the documents. */
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
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
        assert.deepEqual(await sh([script, ...words]), { code: 0, stdout: '', stderr: '' });
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
