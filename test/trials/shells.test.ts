/** Completion in the other real shells: zsh on a terminal, fish by its own question. Each skips where it is not installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { completed, shellEnv } from '../cli/completion-terminal.js';
import { type Home, withHome } from '../support/ipctl.js';

const HOSTILE = '$(touch pwned) `x`:y';

const missing = (shell: string): string | false =>
  spawnSync(shell, ['--version'], { encoding: 'utf8' }).status === 0 ? false : `${shell} is not installed`;

/** A home with one address on the sandbox, where nothing was asked for completion yet; one server is called as no server should be. */
async function withCloudHome(work: (home: Home, env: Readonly<Record<string, string>>, address: string) => Promise<void>): Promise<void> {
  await withHome(async (home) => {
    const env = shellEnv(home);
    assert.equal((await home.ipctl(['-p', 'sandbox', 'ip', 'allocate'])).code, 0);
    const add = ['profile', 'add', 'mine', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:WORD'];
    assert.equal((await home.ipctl(add)).code, 0);
    const cloud = join(home.directory, 'state/ipctl/sandbox/openstack.json');
    writeFileSync(cloud, readFileSync(cloud, 'utf8').replaceAll('"worker-1"', JSON.stringify(HOSTILE)));
    const address = (await home.ipctl(['-p', 'sandbox', 'ip', 'list', '-o', 'value', '-c', 'address'])).stdout.trim();
    await work(home, env, address);
    assert.equal(existsSync(join(home.directory, 'pwned')), false);
  });
}

test('a real zsh', { skip: missing('zsh') }, async () => {
  await withCloudHome(async (home, env, address) => {
    const lines: readonly (readonly [string, string])[] = [
      ['ipctl ip as', 'ipctl ip associate '],
      ['ipctl -p mi', 'ipctl -p mine '],
      ['ipctl -p env:o', 'ipctl -p env:openstack env:otc '],
      ['ipctl -p sandbox ip release ', `ipctl -p sandbox ip release ${address} `],
      ['ipctl -p sandbox ip associate 1.2.3.4 --server=web', 'ipctl -p sandbox ip associate 1.2.3.4 --server=web-1 --server=web-2 '],
      ['ipctl -p sandbox server show \\$', 'ipctl -p sandbox server show \\$\\(touch\\ pwned\\)\\ \\`x\\`:y '],
      ['ipctl ip list -c address,st', 'ipctl ip list -c address,state '],
      ['ipctl ip list --fr', 'ipctl ip list --free '],
      ['ipctl op res', 'ipctl op resume '],
      ['ipctl profile set mine read-only=t', 'ipctl profile set mine read-only=true '],
      [
        'ipctl profile add o --provider hostway --secret password=env:ZDOT',
        'ipctl profile add o --provider hostway --secret password=env:ZDOTDIR ',
      ],
      ['ipctl --otc-virtual true privateip cr', 'ipctl --otc-virtual true privateip create '],
      ['ipctl --otc-bandwidth-sh', 'ipctl --otc-bandwidth-share '],
      ['ipctl ip allocate --otc-bandwidth-share=W', 'ipctl ip allocate --otc-bandwidth-share=WHOLE '],
      ['ipctl ip list --profiles mine,sandbox-h', 'ipctl ip list --profiles mine,sandbox-hostway '],
    ];
    const typed = await completed(
      'zsh',
      home,
      env,
      lines.map(([line]) => line),
    );
    assert.deepEqual(
      typed.map((line) => line.trimEnd()),
      lines.map(([, line]) => line.trimEnd()),
    );
    const alone: readonly (readonly [string, string])[] = [
      ['ipctl -p sandbox ip show ', `ipctl -p sandbox ip show ${address} `],
      ['ipctl profile set mine zo', 'ipctl profile set mine zone='],
      ['ipctl profile add o --provider hostway --secret password=e', 'ipctl profile add o --provider hostway --secret password=env:'],
    ];
    assert.deepEqual(
      await completed(
        'zsh',
        home,
        env,
        alone.map(([line]) => line),
        'tab',
      ),
      alone.map(([, line]) => line),
    );
  });
});

test('a real fish', { skip: missing('fish') }, async () => {
  await withCloudHome(async (home, env, address) => {
    const file = fileURLToPath(new URL('../../completions/ipctl.fish', import.meta.url));
    const offered = (line: string): string[] => {
      const words = ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', file, line];
      const { stdout, stderr } = spawnSync('fish', words, { env, cwd: home.directory, encoding: 'utf8' });
      assert.equal(stderr, '', line);
      return stdout.split('\n').filter((text) => text !== '');
    };
    const words = (line: string): string[] => offered(line).map((text) => text.split('\t')[0] ?? '');
    assert.deepEqual(offered('ipctl ip as'), ['associate\tPut a floating IP on a server']);
    assert.deepEqual(words('ipctl -p mi'), ['mine']);
    assert.deepEqual(words('ipctl -p env:o'), ['env:openstack', 'env:otc']);
    assert.deepEqual(offered('ipctl -p sandbox ip release '), [`${address}\tfree`]);
    assert.deepEqual(words('ipctl -p sandbox ip associate 1.2.3.4 --server=web'), ['--server=web-1', '--server=web-2']);
    assert.ok(words('ipctl -p sandbox server show ').includes(HOSTILE));
    assert.deepEqual(words('ipctl ip list -c address,st'), ['address,state']);
    assert.deepEqual(offered('ipctl ip list --fr'), ['--free\tonly those that serve nobody']);
    assert.deepEqual(words('ipctl op res'), ['resume']);
    assert.deepEqual(words('ipctl profile set mine read-only='), ['read-only=true', 'read-only=false']);
    assert.deepEqual(words('ipctl profile add o --provider hostway --secret password=e'), ['password=env:']);
    assert.deepEqual(words('ipctl --otc-virtual true privateip cr'), ['create']);
    assert.deepEqual(words('ipctl --otc-virtual privateip cr'), ['create']);
    assert.deepEqual(words('ipctl --otc-bandwidth-sh'), ['--otc-bandwidth-share']);
    assert.deepEqual(words('ipctl privateip create --otc-virtual='), ['--otc-virtual=true', '--otc-virtual=false']);
    assert.deepEqual(words('ipctl ip list --profiles mine,sandbox-h'), ['mine,sandbox-hostway']);
    assert.deepEqual(words('ipctl nonsense verb '), []);
  });
});
