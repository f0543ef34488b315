/** Which optional parts of Neutron this cloud has. https://docs.openstack.org/api-ref/network/v2/#extensions */
import type { Answer } from '../../dialect.js';
import type { ServiceAsk } from './ask.js';
import { neutronFault } from './ask.js';

const always: readonly string[] = [
  'router',
  'external-net',
  'project-id',
  'pagination',
  'sorting',
  'sort-key-validation',
  'empty-string-filtering',
  'ip-substring-filtering',
  'standard-attr-description',
  'standard-attr-timestamp',
  'standard-attr-revisions',
  'standard-attr-tag',
  'quotas',
  'quota_details',
];
const forwardings: readonly string[] = [
  'floating-ip-port-forwarding',
  'expose-port-forwarding-in-fip',
  'floating-ip-port-forwarding-detail',
  'floating-ip-port-forwarding-description',
];
const qos: readonly string[] = ['qos', 'qos-fip', 'qos-fip-network-policy'];

export function answerExtensions(ask: ServiceAsk, alias: string | undefined): Answer {
  for (const name of ask.call.query.keys()) ask.note(`unknown query parameter ${name}`);
  const { knobs } = ask;
  const aliases = [
    ...always,
    ...(knobs.filterValidation ? ['filter-validation'] : []),
    ...(knobs.portDetails ? ['fip-port-details'] : []),
    ...(knobs.portForwardings ? forwardings : []),
    ...(knobs.revisionIfMatch ? ['revision-if-match'] : []),
    ...(knobs.tagCreation ? ['tag-creation'] : []),
    ...(knobs.qos ? qos : []),
    ...(knobs.dnsIntegration ? ['dns-integration'] : []),
  ];
  if (alias === undefined) return { status: 200, json: { extensions: aliases.map(describe) } };
  if (aliases.includes(alias)) return { status: 200, json: { extension: describe(alias) } };
  throw neutronFault(ask, 404, 'ExtensionNotFound', `Extension with alias ${alias} does not exist`);
}

function describe(alias: string): unknown {
  const words = alias.replaceAll(/[-_]/g, ' ');
  return { alias, name: words, description: `Provides ${words}`, updated: '2020-01-01T00:00:00-00:00', links: [] };
}
