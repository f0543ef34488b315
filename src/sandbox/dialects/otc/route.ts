/** What a route is, and the bodies that the families of calls take. */
import type { Answer, Tools } from '../../dialect.js';
import type { Service } from './gateway.js';
import { neutronRefusal, type Refusal, type Request, vpcRefusal } from './request.js';

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

export const PAGE = ['limit', 'marker'] as const;

export const vpcBody = (status: number, code: string, text: string, ...roots: readonly string[]): BodyRule => ({
  roots,
  refuse: (tools, mark) => vpcRefusal(tools, status, code, text, { mark }),
});

export const neutronBody = (root: string): BodyRule => ({
  roots: [root],
  refuse: (_tools, mark) => neutronRefusal(400, 'InvalidInput', 'Invalid request body.', mark),
});

export const eipBody = (...roots: readonly string[]) => vpcBody(400, 'VPC.0501', 'Invalid param.', ...roots);
export const bandwidthBody = vpcBody(400, 'VPC.0301', 'Bandwidth name or share_type is invalid.', 'bandwidth');
export const tagBody = (...roots: readonly string[]) => vpcBody(400, 'VPC.1801', 'Tags are invalid.', ...roots);
