/** The v3 list: filters on every member, parts of texts, an order of one's choice, chosen members, pages by marker or offset. */

import { ownEips } from './eips.js';
import { type EipV3Row, fullRow, ON_REQUEST } from './eips-v3-row.js';
import { idMark, isRecord, limitOf, type Refusal, type Request, vpcRefusal } from './request.js';

/** Compared as they are; each may come more than once, and any of its values fits. */
const EXACT = [
  'id',
  'ip_version',
  'public_ip_address',
  'type',
  'network_type',
  'publicip_pool_name',
  'status',
  'alias',
  'description',
  'vnic.private_ip_address',
  'vnic.device_id',
  'vnic.device_owner',
  'vnic.vpc_id',
  'vnic.port_id',
  'vnic.instance_type',
  'vnic.instance_id',
  'bandwidth.id',
  'bandwidth.name',
  'bandwidth.size',
  'bandwidth.share_type',
  'bandwidth.charge_mode',
  'associate_instance_type',
  'associate_instance_id',
  'enterprise_project_id',
  'public_border_group',
] as const;

const PARTS = ['public_ip_address_like', 'alias_like', 'vnic.private_ip_address_like', 'bandwidth.name_like'] as const;

const SORT_KEYS: readonly string[] = [
  'id',
  'public_ip_address',
  'public_ipv6_address',
  'ip_version',
  'created_at',
  'updated_at',
  'public_border_group',
];

const STATES: readonly string[] = ['FREEZED', 'DOWN', 'ACTIVE', 'ERROR'];

export const V3_FILTERS: readonly string[] = [...EXACT, ...PARTS, 'fields'];
export const V3_PAGING: readonly string[] = ['marker', 'offset', 'limit', 'sort_key', 'sort_dir'];

/** The members of the answer but its request id. */
export function listed(request: Request): object {
  const { query } = request.call;
  const state = query.getAll('status').find((text) => !STATES.includes(text));
  if (state !== undefined) throw invalid(request, `status ${state} is no filter`);
  const rows = ownEips(request).map((eip) => fullRow(request, eip));
  const hits = sorted(request, rows).filter(
    (row) => EXACT.every((name) => equals(request, row, name)) && PARTS.every((name) => contains(request, row, name)),
  );
  const page = pageOf(request, hits);
  const start = page[0] === undefined ? hits.length : hits.indexOf(page[0]);
  const more = start + page.length < hits.length;
  return {
    publicips: page.map((row) => chosen(request, row)),
    page_info: {
      ...(start > 0 && page[0] !== undefined ? { previous_marker: page[0].id } : {}),
      ...(more ? { next_marker: page.at(-1)?.id } : {}),
      current_count: page.length,
    },
    total_count: hits.length,
  };
}

function sorted(request: Request, rows: readonly EipV3Row[]): readonly EipV3Row[] {
  const { query } = request.call;
  const key = query.get('sort_key') ?? 'id';
  const direction = query.get('sort_dir') ?? 'asc';
  if (!SORT_KEYS.includes(key)) throw invalid(request, `sort_key ${key}`);
  if (direction !== 'asc' && direction !== 'desc') throw invalid(request, `sort_dir ${direction}`);
  const value = (row: EipV3Row) => String(memberOf(row, key));
  const order = [...rows].sort((one, other) => compare(value(one), value(other)) || compare(one.id, other.id));
  return direction === 'asc' ? order : order.reverse();
}

function pageOf(request: Request, rows: readonly EipV3Row[]): readonly EipV3Row[] {
  const { query } = request.call;
  const refuse = (_text: string, mark?: string) => invalid(request, mark);
  const limit = limitOf(request, refuse);
  const offset = query.get('offset') ?? '0';
  if (!/^\d{1,5}$/.test(offset)) throw invalid(request, `offset is not from 0 to 99999: ${offset}`);
  const marker = query.get('marker');
  const at = marker === null ? -1 : rows.findIndex((row) => row.id === marker);
  if (marker !== null && at < 0) throw refuse('', idMark(marker, 'marker'));
  const start = at + 1 + Number(offset);
  return rows.slice(start, start + limit);
}

function chosen(request: Request, row: EipV3Row): object {
  const wanted = request.call.query.getAll('fields');
  const keep = (name: string) => (wanted.length === 0 ? !ON_REQUEST.includes(name) : wanted.includes(name));
  return Object.fromEntries(Object.entries(row).filter(([name]) => keep(name)));
}

function equals(request: Request, row: EipV3Row, name: string): boolean {
  const wanted = request.call.query.getAll(name);
  return wanted.length === 0 || wanted.includes(String(memberOf(row, name) ?? ''));
}

function contains(request: Request, row: EipV3Row, name: string): boolean {
  const wanted = request.call.query.getAll(name);
  const text = String(memberOf(row, name.slice(0, -'_like'.length)) ?? '');
  return wanted.length === 0 || wanted.some((part) => text.includes(part));
}

/** `vnic.port_id` is the member of a member; undefined where there is none. */
function memberOf(row: EipV3Row, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), row);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function invalid(request: Request, mark?: string): Refusal {
  return vpcRefusal(request.tools, 400, 'VPC.0501', 'Invalid param.', { mark });
}
