/** Every call that the sandbox of Open Telekom Cloud knows: path, method, query, body and permission. */
import type { Answer } from '../../dialect.js';
import { listBandwidths, showBandwidth, updateBandwidth } from './bandwidths.js';
import { EIP_ROUTES } from './eip-routes.js';
import { listOwnProjects, listProjects, revokeToken, showToken } from './identity.js';
import { listSubnets, listVpcs, showAvailability, showQuotas, showSubnet, showVpc } from './networks.js';
import { createPort, deletePort, listPorts, PORT_FILTERS, showPort, updatePort } from './ports.js';
import { assignPrivateIps, deletePrivateIp, listPrivateIps, showPrivateIp } from './privateips.js';
import { assignPublicIp, listPublicIps, releasePublicIp, showPublicIp, updatePublicIp } from './publicips.js';
import type { Request } from './request.js';
import { bandwidthBody, eipBody, neutronBody, PAGE, type Route, tagBody, vpcBody } from './route.js';
import {
  deleteServer,
  listCloudInterfaces,
  listCloudServers,
  listInterfaces,
  listServerDetails,
  listServers,
  showServer,
} from './servers.js';
import { addTag, changeTags, findByTags, listProjectTags, listTags, removeTag } from './tags.js';

/** Literal segments come before variable ones: the first route that fits is taken. */
export const ROUTES: readonly Route[] = [
  {
    service: 'iam',
    path: 'v3/auth/tokens',
    methods: {
      POST: 'issue',
      GET: { action: 'iam:tokens:get', query: ['nocatalog'], run: showToken },
      HEAD: { action: 'iam:tokens:get', query: ['nocatalog'], run: showToken },
      // Everybody may give back a token, whatever else they may do.
      DELETE: { action: 'iam:tokens:delete', reads: true, run: revokeToken },
    },
  },
  {
    service: 'iam',
    path: 'v3/projects',
    methods: {
      GET: {
        action: 'iam:projects:list',
        query: ['domain_id', 'name', 'parent_id', 'enabled', 'is_domain', 'page', 'per_page'],
        run: listProjects,
      },
    },
  },
  { service: 'iam', path: 'v3/auth/projects', methods: { GET: { action: 'iam:projects:list', run: listOwnProjects } } },
  {
    service: 'vpc',
    path: 'v1/{P}/privateips',
    methods: {
      POST: {
        action: 'vpc:privateIps:create',
        body: vpcBody(400, 'VPC.0702', 'Private IP address query error.', 'privateips'),
        run: assignPrivateIps,
      },
    },
  },
  {
    service: 'vpc',
    path: 'v1/{P}/privateips/{id}',
    methods: {
      GET: { action: 'vpc:privateIps:get', run: showPrivateIp },
      DELETE: { action: 'vpc:privateIps:delete', run: deletePrivateIp },
    },
  },
  {
    service: 'vpc',
    path: 'v1/{P}/subnets/{id}/privateips',
    methods: { GET: { action: 'vpc:privateIps:list', query: PAGE, run: listPrivateIps } },
  },
  {
    service: 'vpc',
    path: 'v1/{P}/publicips',
    methods: {
      GET: { action: 'vpc:publicIps:list', query: PAGE, run: listPublicIps },
      POST: {
        action: 'vpc:publicIps:create',
        body: { ...eipBody('publicip', 'bandwidth'), optional: ['enterprise_project_id'] },
        run: assignPublicIp,
      },
    },
  },
  {
    service: 'vpc',
    path: 'v1/{P}/publicips/{id}',
    methods: {
      GET: { action: 'vpc:publicIps:get', run: showPublicIp },
      PUT: { action: 'vpc:publicIps:update', body: eipBody('publicip'), run: updatePublicIp },
      DELETE: { action: 'vpc:publicIps:delete', run: releasePublicIp },
    },
  },
  {
    service: 'vpc',
    path: 'v1/{P}/bandwidths',
    methods: { GET: { action: 'vpc:bandwidths:list', query: [...PAGE, 'share_type'], run: listBandwidths } },
  },
  {
    service: 'vpc',
    path: 'v1/{P}/bandwidths/{id}',
    methods: {
      GET: { action: 'vpc:bandwidths:get', run: showBandwidth },
      PUT: {
        action: 'vpc:bandwidths:update',
        body: bandwidthBody,
        run: updateBandwidth,
      },
    },
  },
  {
    service: 'vpc',
    path: 'v1/{P}/vpcs',
    methods: { GET: { action: 'vpc:vpcs:list', query: [...PAGE, 'id', 'enterprise_project_id'], run: listVpcs } },
  },
  { service: 'vpc', path: 'v1/{P}/vpcs/{id}', methods: { GET: { action: 'vpc:vpcs:get', run: showVpc } } },
  { service: 'vpc', path: 'v1/{P}/subnets', methods: { GET: { action: 'vpc:subnets:get', query: [...PAGE, 'vpc_id'], run: listSubnets } } },
  { service: 'vpc', path: 'v1/{P}/subnets/{id}', methods: { GET: { action: 'vpc:subnets:get', run: showSubnet } } },
  { service: 'vpc', path: 'v1/{P}/quotas', methods: { GET: { action: 'vpc:quotas:list', query: ['type'], run: showQuotas } } },
  {
    service: 'vpc',
    path: 'v2.0/network-ip-availabilities/{id}',
    methods: { GET: { action: 'vpc:networks:get', run: showAvailability } },
  },
  {
    service: 'vpc',
    path: 'v2.0/ports',
    methods: {
      GET: {
        action: 'vpc:ports:get',
        query: [...PORT_FILTERS, ...PAGE, 'page_reverse', 'fixed_ips'],
        repeats: [...PORT_FILTERS, 'fixed_ips'],
        run: listPorts,
      },
      POST: { action: 'vpc:ports:create', body: neutronBody('port'), run: createPort },
    },
  },
  {
    service: 'vpc',
    path: 'v2.0/ports/{id}',
    methods: {
      GET: { action: 'vpc:ports:get', run: showPort },
      PUT: { action: 'vpc:ports:update', body: neutronBody('port'), run: updatePort },
      DELETE: { action: 'vpc:ports:delete', run: deletePort },
    },
  },
  { service: 'vpc', path: 'v2.0/{P}/publicips/tags', methods: { GET: { action: 'vpc:publicipTags:get', run: listProjectTags } } },
  {
    service: 'vpc',
    path: 'v2.0/{P}/publicips/resource_instances/action',
    methods: {
      POST: {
        action: 'vpc:publicipTags:get',
        reads: true,
        body: { ...tagBody('action'), optional: ['limit', 'offset', 'tags', 'matches'] },
        run: findByTags,
      },
    },
  },
  {
    service: 'vpc',
    path: 'v2.0/{P}/publicips/{id}/tags',
    methods: {
      GET: { action: 'vpc:publicipTags:get', run: listTags },
      POST: { action: 'vpc:publicipTags:create', body: tagBody('tag'), run: addTag },
    },
  },
  {
    service: 'vpc',
    path: 'v2.0/{P}/publicips/{id}/tags/action',
    methods: { POST: { action: 'vpc:publicipTags:create', body: tagBody('action', 'tags'), run: changeTags } },
  },
  {
    service: 'vpc',
    path: 'v2.0/{P}/publicips/{id}/tags/{key}',
    methods: { DELETE: { action: 'vpc:publicipTags:delete', run: removeTag } },
  },
  ...EIP_ROUTES,
  ...serverRoutes(),
];

function serverRoutes(): readonly Route[] {
  const query = ['name', 'ip', 'limit', 'marker'];
  const list = (run: (request: Request) => Answer): Route['methods'] => ({ GET: { action: 'ecs:cloudServers:list', query, run } });
  const get = (run: (request: Request) => Answer): Route['methods'] => ({ GET: { action: 'ecs:cloudServers:get', run } });
  return [
    { service: 'ecs', path: 'v2.1/{P}/servers', methods: list(listServers) },
    { service: 'ecs', path: 'v2.1/{P}/servers/detail', methods: list(listServerDetails) },
    {
      service: 'ecs',
      path: 'v2.1/{P}/servers/{id}',
      methods: { ...get(showServer), DELETE: { action: 'ecs:cloudServers:delete', run: deleteServer } },
    },
    { service: 'ecs', path: 'v2.1/{P}/servers/{id}/os-interface', methods: get(listInterfaces) },
    {
      service: 'ecs',
      path: 'v1/{P}/cloudservers/detail',
      methods: { GET: { action: 'ecs:cloudServers:list', query: ['name', 'ip', 'limit', 'offset'], run: listCloudServers } },
    },
    { service: 'ecs', path: 'v1/{P}/cloudservers/{id}/os-interface', methods: get(listCloudInterfaces) },
  ];
}
