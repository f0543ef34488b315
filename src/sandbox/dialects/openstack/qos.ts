/**
 * Policies that limit the bandwidth of floating addresses, to look at and to name.
 * https://docs.openstack.org/api-ref/network/v2/#quality-of-service
 */
import type { ServiceAsk } from './ask.js';
import type { Attributes } from './body.js';
import { text } from './body.js';
import type { QosPolicy } from './cloud.js';
import type { Collection } from './listing.js';
import { find } from './listing.js';

/** Its rules have calls of their own, which nobody who only names a policy makes: this cloud's policies have none. */
export const qosPolicies: Collection<QosPolicy> = {
  name: 'policies',
  path: 'qos/policies',
  root: 'policy',
  missing: 'QosPolicyNotFound',
  filters: {
    id: 'id',
    name: 'text',
    shared: 'boolean',
    project_id: 'text',
    tenant_id: 'text',
    description: 'text',
    revision_number: 'integer',
  },
  sorts: ['id', 'name', 'project_id', 'tenant_id'],
  items: ({ cloud, who }) => cloud.qosPolicies.filter((one) => who.admin || one.project === who.project || one.shared),
  id: (item) => item.id,
  view: (_ask, item) => ({
    id: item.id,
    name: item.name,
    shared: item.shared,
    rules: [],
    project_id: item.project,
    tenant_id: item.project,
    description: item.description,
    tags: item.tags,
    created_at: item.created,
    updated_at: item.updated,
    revision_number: item.revision,
  }),
};

/**
 * Id of the policy that a body asks for, null for none; silence keeps `held`. Only a policy that is new to the address
 * is looked for, as Neutron does: one it has stays, even if the caller may no longer see it.
 */
export function wantedPolicy(ask: ServiceAsk, given: Attributes, held: string | null): string | null {
  if (given.qos_policy_id === undefined) return held;
  const wish = text(given.qos_policy_id);
  if (wish === undefined) return null;
  return wish === held ? held : find(ask, qosPolicies, wish).id;
}
