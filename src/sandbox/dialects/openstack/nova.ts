/** The same cloud, for whoever speaks to its compute service alone. */
import { openstack } from './openstack.js';

export const nova = { ...openstack, id: 'nova', title: 'OpenStack Nova, legacy floating IPs' } satisfies typeof openstack;
