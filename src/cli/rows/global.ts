/** The flags of every command, and of every change. */
import type { FlagSet } from '../flags.js';

export const globalFlags = {
  profile: { type: 'text', value: 'NAME', short: 'p', help: 'profile to use: a name, sandbox, sandbox-PROVIDER, env:PROVIDER, cloud:NAME' },
  region: { type: 'text', value: 'NAME', help: 'region, over the profile’s own' },
  output: { type: 'choice', choices: ['table', 'json', 'jsonl', 'yaml', 'csv', 'tsv', 'value'], short: 'o', help: 'format of the result' },
  columns: { type: 'text', value: 'A,B', short: 'c', help: 'columns to show; +a adds one' },
  'no-header': { type: 'switch', help: 'leave out the header of a table, csv or tsv' },
  sort: { type: 'text', value: 'A,-B', help: 'sort by columns, - for descending' },
  query: {
    type: 'text',
    value: 'JMESPATH',
    help: 'show what this takes from the JSON of the whole result, in any format (jsonl: a line for each element)',
  },
  raw: { type: 'switch', help: 'add the provider’s own objects to JSON' },
  'no-input': { type: 'switch', help: 'never ask' },
  quiet: { type: 'switch', short: 'q', help: 'no notes on stderr' },
  verbose: { type: 'switch', short: 'v', help: 'notes on stderr, also off a terminal' },
  debug: { type: 'optional', value: 'body', choices: ['body'], help: 'a line a request on stderr; =body adds bodies, secrets masked' },
  color: { type: 'choice', choices: ['auto', 'always', 'never'], help: 'when to use colour' },
  config: { type: 'text', value: 'DIR', help: 'directory of the profiles' },
  'ca-file': { type: 'text', value: 'FILE', help: 'trust the certificate authorities in this PEM file' },
  fault: { type: 'list', value: 'FAULT', help: 'sandbox profiles only: make it misbehave, "METHOD PATH: EFFECT [xN]"' },
} as const satisfies FlagSet;

export const changeFlags = {
  'dry-run': { type: 'switch', short: 'n', help: 'do the reads, print the requests that would change something, send none' },
  yes: { type: 'switch', short: 'y', help: 'do not ask for confirmation' },
  wait: { type: 'switch', help: 'wait until the provider shows the result (default)' },
  'no-wait': { type: 'switch', help: 'return when the provider has accepted it' },
  timeout: { type: 'duration', value: '60s', help: 'time for one target, from its first request to the shown result' },
  'no-journal': { type: 'switch', help: 'keep no record of the operation on this machine' },
} as const satisfies FlagSet;

/** The variable of a global flag; the region has none, since that of a named profile is not to be redirected. */
export const variableOf = (flag: string): string | undefined =>
  flag === 'region' ? undefined : `IPCTL_${flag.replaceAll('-', '_').toUpperCase()}`;
