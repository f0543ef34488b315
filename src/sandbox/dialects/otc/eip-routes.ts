/** The calls for elastic IPs besides v1: v3, floating IPs of the native API, and shared bandwidths. */
import {
  associateInstance,
  attachToBandwidth,
  disassociateInstance,
  listCommonPools,
  listPublicIpsV3,
  showPublicIpV3,
  updatePublicIpV3,
} from './eips-v3.js';
import { V3_FILTERS, V3_PAGING } from './eips-v3-list.js';
import {
  createFloatingIp,
  deleteFloatingIp,
  FLOATING_FILTERS,
  listFloatingIps,
  listNetworks,
  NETWORK_FILTERS,
  showFloatingIp,
  updateFloatingIp,
} from './floatingips.js';
import { bandwidthBody, eipBody, neutronBody, PAGE, type Route } from './route.js';
import { createSharedBandwidth, deleteSharedBandwidth, insertIntoBandwidth, removeFromBandwidth } from './shared-bandwidths.js';

const V3 = 'v3/{P}/eip/publicips';

export const EIP_ROUTES: readonly Route[] = [
  {
    service: 'vpc',
    path: V3,
    methods: { GET: { action: 'eip:publicIps:list', query: [...V3_FILTERS, ...V3_PAGING], repeats: V3_FILTERS, run: listPublicIpsV3 } },
  },
  {
    service: 'vpc',
    path: `${V3}/attach-share-bandwidth`,
    methods: { POST: { action: 'vpc:publicIps:insert', body: eipBody('publicips'), run: attachToBandwidth } },
  },
  {
    service: 'vpc',
    path: 'v3/{P}/eip/publicip-pools/common-pools',
    methods: { GET: { action: 'eip:publicIps:list', run: listCommonPools } },
  },
  {
    service: 'vpc',
    path: `${V3}/{id}`,
    methods: {
      GET: { action: 'eip:publicIps:get', run: showPublicIpV3 },
      PUT: { action: 'eip:publicIps:update', body: eipBody('publicip'), run: updatePublicIpV3 },
    },
  },
  {
    service: 'vpc',
    path: `${V3}/{id}/associate-instance`,
    methods: { POST: { action: 'eip:publicIps:update', body: eipBody('publicip'), run: associateInstance } },
  },
  {
    service: 'vpc',
    path: `${V3}/{id}/disassociate-instance`,
    methods: { POST: { action: 'eip:publicIps:update', run: disassociateInstance } },
  },
  {
    service: 'vpc',
    path: 'v2.0/{P}/bandwidths',
    methods: { POST: { action: 'vpc:bandwidths:create', body: bandwidthBody, run: createSharedBandwidth } },
  },
  {
    service: 'vpc',
    path: 'v2.0/{P}/bandwidths/{id}',
    methods: { DELETE: { action: 'vpc:bandwidths:delete', run: deleteSharedBandwidth } },
  },
  {
    service: 'vpc',
    path: 'v2.0/{P}/bandwidths/{id}/insert',
    methods: { POST: { action: 'vpc:publicIps:insert', body: bandwidthBody, run: insertIntoBandwidth } },
  },
  {
    service: 'vpc',
    path: 'v2.0/{P}/bandwidths/{id}/remove',
    methods: { POST: { action: 'vpc:publicIps:remove', body: bandwidthBody, run: removeFromBandwidth } },
  },
  {
    service: 'vpc',
    path: 'v2.0/floatingips',
    methods: {
      GET: {
        action: 'vpc:floatingIps:list',
        query: [...FLOATING_FILTERS, ...PAGE, 'page_reverse'],
        repeats: FLOATING_FILTERS,
        run: listFloatingIps,
      },
      POST: { action: 'vpc:floatingIps:create', body: neutronBody('floatingip'), run: createFloatingIp },
    },
  },
  {
    service: 'vpc',
    path: 'v2.0/floatingips/{id}',
    methods: {
      GET: { action: 'vpc:floatingIps:get', run: showFloatingIp },
      PUT: { action: 'vpc:floatingIps:update', body: neutronBody('floatingip'), run: updateFloatingIp },
      DELETE: { action: 'vpc:floatingIps:delete', run: deleteFloatingIp },
    },
  },
  {
    service: 'vpc',
    path: 'v2.0/networks',
    methods: {
      GET: {
        action: 'vpc:networks:get',
        query: [...NETWORK_FILTERS, ...PAGE, 'page_reverse'],
        repeats: NETWORK_FILTERS,
        run: listNetworks,
      },
    },
  },
];
