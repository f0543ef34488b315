/** What RackConnect says: its record of a public IP, and its three forms of errors. */
import type { Answer } from '../../../dialect.js';
import { expectMembers, type Guest, isJsonType, isRecord, type Json, parsed } from '../speech.js';
import { type PublicIp, type RackConnectCloud, seatOf } from './cloud.js';
import type { RackConnectKnobs } from './knobs.js';

/** A visit whose token was good, to the RackConnect service. */
export interface Customer extends Guest {
  readonly cloud: RackConnectCloud;
  readonly knobs: RackConnectKnobs;
}

export function shown(customer: Customer, one: PublicIp): Json {
  const date = (text: string): string => (customer.knobs.rackconnectDates === 'bare' ? text.replace('Z', '.000000') : text);
  return {
    id: one.id,
    created: date(one.created),
    updated: one.updated === null ? null : date(one.updated),
    public_ip_v4: one.status === 'ADDING' ? null : one.address,
    status: one.status,
    status_detail: one.detail,
    ...(customer.knobs.rackconnectRetainMember ? { retain: one.retain } : {}),
    cloud_server: one.server === null ? null : shownServer(customer, one.server, date),
  };
}

function shownServer({ cloud }: Customer, id: string, date: (text: string) => string): Json | null {
  const seat = seatOf(cloud, id);
  if (seat === undefined) return null;
  const { server, network, subnet, address } = seat;
  return {
    id: server.id,
    name: server.name,
    created: date(server.created),
    updated: date(server.updated),
    cloud_network: {
      id: network.id,
      name: network.name,
      cidr: subnet.cidr,
      private_ip_v4: address.address,
      created: date('2026-01-15T08:00:00Z'),
      updated: date('2026-01-15T08:00:30Z'),
    },
  };
}

/** Input that does not fit: a JSON string and nothing around it. */
export const unfit = (why: string): Answer => ({ status: 400, json: `The input was not in the correct format. ${why}.` });

/** The same where the client could have known. */
export function unfaithful(customer: Customer, why: string): Answer {
  customer.marks.push(why);
  return unfit(why);
}

/** A state that stands in the way. */
export const conflict = (why: string): Answer => ({ status: 409, json: { errors: [why] } });

/** Plain text: nothing but the status says that this is no internal error. */
export const noServer = (id: string): Answer => ({ status: 409, text: `Cloud Server ${id} does not exist` });

export const failure = (status: number, type: string, message: string): Answer => ({
  status,
  json: { error: { type, code: status, message, details: '' } },
});

/** What a POST or PATCH asks for; an absent member is undefined. */
export interface Wish {
  readonly server: string | null | undefined;
  readonly retain: boolean | undefined;
}

export function wishOf(customer: Customer): Wish | Answer {
  if (!isJsonType(customer.call.headers['content-type'])) return unfaithful(customer, 'Content-Type is not application/json');
  const body = parsed(customer.call)?.value;
  if (!isRecord(body)) return unfaithful(customer, 'The body is no JSON object');
  expectMembers(customer, body, ['cloud_server', 'retain'], 'the body');
  const { cloud_server: server, retain } = body;
  if (retain !== undefined && typeof retain !== 'boolean') return unfaithful(customer, 'retain is no boolean');
  if (server === undefined || server === null) return { server, retain };
  if (!isRecord(server) || typeof server.id !== 'string') return unfaithful(customer, 'cloud_server has no id');
  expectMembers(customer, server, ['id'], 'cloud_server');
  return { server: server.id, retain };
}
