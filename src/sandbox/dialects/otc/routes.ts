/** Every call that the sandbox of Open Telekom Cloud knows: path, method, query, body and permission. */
import type { Answer, Tools } from '../../dialect.js';
import { listBandwidths, showBandwidth, updateBandwidth } from './bandwidths.js';
import type { Service } from './gateway.js';
import { listOwnProjects, listProjects, revokeToken, showToken } from './identity.js';
import { listSubnets, listVpcs, showAvailability, showQuotas, showSubnet, showVpc } from './networks.js';
import { createPort, deletePort, listPorts, PORT_FILTERS, showPort, updatePort } from './ports.js';
import { assignPrivateIps, deletePrivateIp, listPrivateIps, showPrivateIp } from './privateips.js';
import { assignPublicIp, listPublicIps, releasePublicIp, showPublicIp, updatePublicIp } from './publicips.js';
import { neutronRefusal, type Refusal, type Request, vpcRefusal } from './request.js';
import { listCloudInterfaces, listCloudServers, listInterfaces, listServerDetails, listServers, showServer } from './servers.js';
import { addTag, changeTags, findByTags, listProjectTags, listTags, removeTag } from './tags.js';

export interface BodyRule {
  /** Members that must be there. */
  readonly roots: readonly string[];
  readonly optional?: readonly string[];
  /** What a body that is no JSON object, or lacks a root, gets. */
  readonly refuse: (tools: Tools, mark: string) => Refusal;
}

export interface Operation {
  /** The permission, named in refusals to callers who may only read. */
  readonly action: string;
  /** Set on a POST that changes nothing. */
  readonly reads?: boolean;
  readonly query?: readonly string[];
  /** Query parameters that may come more than once. */
  readonly repeats?: readonly string[];
  readonly body?: BodyRule;
  readonly run: (request: Request) => Answer;
}

export interface Route {
  readonly service: Service;
  /** Segments after the service's prefix: literal, or `{P}` the project, `{id}`, `{key}`. */
  readonly path: string;
  /** `issue` is the one call without credentials. */
  readonly methods: Readonly<Record<string, Operation | 'issue'>>;
}

const PAGE = ['limit', 'marker'] as const;

const vpcBody = (status: number, code: string, text: string, ...roots: readonly string[]): BodyRule => ({
  roots,
  refuse: (tools, mark) => vpcRefusal(tools, status, code, text, { mark }),
});

const portBody: BodyRule = {
  roots: ['port'],
  refuse: (_tools, mark) => neutronRefusal(400, 'InvalidInput', 'Invalid request body.', mark),
};

const eipBody = (...roots: readonly string[]) => vpcBody(400, 'VPC.0501', 'Invalid param.', ...roots);
const tagBody = (...roots: readonly string[]) => vpcBody(400, 'VPC.1801', 'Tags are invalid.', ...roots);

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
        body: vpcBody(400, 'VPC.0301', 'Bandwidth name or share_type is invalid.', 'bandwidth'),
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
      POST: { action: 'vpc:ports:create', body: portBody, run: createPort },
    },
  },
  {
    service: 'vpc',
    path: 'v2.0/ports/{id}',
    methods: {
      GET: { action: 'vpc:ports:get', run: showPort },
      PUT: { action: 'vpc:ports:update', body: portBody, run: updatePort },
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
  ...serverRoutes(),
];

function serverRoutes(): readonly Route[] {
  const query = ['name', 'ip', 'limit', 'marker'];
  const list = (run: (request: Request) => Answer): Route['methods'] => ({ GET: { action: 'ecs:cloudServers:list', query, run } });
  const get = (run: (request: Request) => Answer): Route['methods'] => ({ GET: { action: 'ecs:cloudServers:get', run } });
  return [
    { service: 'ecs', path: 'v2.1/{P}/servers', methods: list(listServers) },
    { service: 'ecs', path: 'v2.1/{P}/servers/detail', methods: list(listServerDetails) },
    { service: 'ecs', path: 'v2.1/{P}/servers/{id}', methods: get(showServer) },
    { service: 'ecs', path: 'v2.1/{P}/servers/{id}/os-interface', methods: get(listInterfaces) },
    {
      service: 'ecs',
      path: 'v1/{P}/cloudservers/detail',
      methods: { GET: { action: 'ecs:cloudServers:list', query: ['name', 'ip', 'limit', 'offset'], run: listCloudServers } },
    },
    { service: 'ecs', path: 'v1/{P}/cloudservers/{id}/os-interface', methods: get(listCloudInterfaces) },
  ];
}
