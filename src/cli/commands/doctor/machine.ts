/** The program, the system under it, and which variables it would read: their names, never their values. */
import { arch, platform, release } from 'node:os';
import { version as nodeVersion } from 'node:process';
import type { OptionSpec } from '../../../domain/option.js';
import { variableNames } from '../../../domain/option.js';
import { providerIds, providers } from '../../../providers/registry.js';
import type { World } from '../../../world.js';
import { type Found, found } from './finding.js';

export const program = ({ version }: World): readonly Found[] => [
  found('ok', { area: 'program', name: 'ipctl', detail: version, facts: { version } }),
  found('ok', { area: 'program', name: 'node', detail: nodeVersion, facts: { version: nodeVersion } }),
  found('ok', {
    area: 'program',
    name: 'system',
    detail: `${platform()} ${release()} ${arch()}`,
    facts: { platform: platform(), release: release(), arch: arch() },
  }),
];

/** Beside those of options: where files are, how requests travel, how output looks. */
const OTHERS =
  /^(IPCTL_.*|XDG_(CONFIG|STATE|CACHE)_HOME|OS_CLOUD|OS_CLIENT_(CONFIG|SECURE)_FILE|(HTTPS?|NO)_PROXY|NODE_(OPTIONS|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)|SSL_CERT_(FILE|DIR)|NO_COLOR|FORCE_COLOR|TERM|COLUMNS)$/i;

export function environment({ env }: World): readonly Found[] {
  const options = new Set(
    providerIds.flatMap((id) =>
      Object.entries<OptionSpec>(providers[id].manifest.options).flatMap(([name, spec]) => variableNames(id, name, spec)),
    ),
  );
  const set = Object.keys(env)
    .filter((name) => (env[name] ?? '') !== '' && (OTHERS.test(name) || options.has(name)))
    .sort();
  const unchecked = env.NODE_TLS_REJECT_UNAUTHORIZED === '0';
  return [
    found('info', {
      area: 'environment',
      name: 'variables',
      detail: set.length === 0 ? 'none that matters is set' : `set: ${set.join(', ')}`,
      facts: Object.fromEntries(set.map((name) => [name, true])),
    }),
    ...(unchecked
      ? [
          found('warning', {
            area: 'environment',
            name: 'NODE_TLS_REJECT_UNAUTHORIZED',
            detail: 'certificates are not checked: whoever is in between can read the credentials',
            hint: 'unset it; --ca-file trusts an authority of your own',
          }),
        ]
      : []),
  ];
}
