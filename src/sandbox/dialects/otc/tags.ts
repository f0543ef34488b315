/** Tags of elastic IPs, one by one, several at once, and the search by them. */
import { tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import type { Eip, Tag } from './cloud.js';
import { ownEips } from './eips.js';
import { byId, idMark, isRecord, type Json, noteUnknownFields, type Refusal, type Request, vpcRefusal } from './request.js';

const MOST = 10;
const KEY = /^[A-Za-z0-9_@-]{1,36}$/;
const VALUE = /^[A-Za-z0-9_@-]{0,43}$/;

/** `GET publicips/{id}/tags`. */
export function listTags(request: Request): Answer {
  return { status: 200, json: { tags: find(request).tags } };
}

/** `POST publicips/{id}/tags`. */
export function addTag(request: Request): Answer {
  const tag = tagOf(request, request.body.tag, false);
  const eip = find(request);
  put(request, eip, [tag]);
  return { status: 204 };
}

/** `DELETE publicips/{id}/tags/{key}`. */
export function removeTag(request: Request): Answer {
  const eip = find(request);
  if (!eip.tags.some((tag) => tag.key === request.key)) throw unknown(request);
  drop(request, eip, [request.key]);
  return { status: 204 };
}

/** `POST publicips/{id}/tags/action`: creates or deletes several; saying the same twice changes nothing. */
export function changeTags(request: Request): Answer {
  const { action, tags } = request.body;
  if (action !== 'create' && action !== 'delete') throw invalid(request, 'action is invalid.', `action ${action}`);
  if (!Array.isArray(tags) || tags.length === 0) throw invalid(request, 'Tags are invalid.', 'tags is no list or empty');
  const given = tags.map((tag) => tagOf(request, tag, action === 'delete'));
  const keys = given.map((tag) => tag.key);
  if (new Set(keys).size < keys.length) throw invalid(request, 'Tag key is repeated.', 'a key twice in one request');
  const eip = find(request);
  if (action === 'create') put(request, eip, given);
  else drop(request, eip, keys);
  return { status: 204 };
}

/** `GET publicips/tags`: every key of the project with its values. */
export function listProjectTags(request: Request): Answer {
  const all = ownEips(request).flatMap((eip) => eip.tags);
  const keys = [...new Set(all.map((tag) => tag.key))].sort();
  const valuesOf = (key: string) => [...new Set(all.filter((tag) => tag.key === key).map((tag) => tag.value))].sort();
  return { status: 200, json: { tags: keys.map((key) => ({ key, values: valuesOf(key) })) } };
}

/** `POST publicips/resource_instances/action`: elastic IPs that have all the named keys, each with one of its values. */
export function findByTags(request: Request): Answer {
  const { action, limit, offset } = request.body;
  if (action !== 'filter' && action !== 'count') throw invalid(request, 'action is invalid.', `action ${action}`);
  const filters = tagFilters(request);
  const names = nameFilters(request);
  const hits = byId(ownEips(request)).filter(
    (eip) => filters.every((filter) => hasTag(eip, filter)) && names.every((name) => named(eip, name)),
  );
  if (action === 'count') {
    if (limit !== undefined || offset !== undefined) request.marks.push('limit and offset have no place in a count');
    return { status: 200, json: { total_count: hits.length } };
  }
  const size = whole(request, limit, 'limit', 1, 1000) ?? 1000;
  const start = whole(request, offset, 'offset', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const resources = hits.slice(start, start + size).map((eip) => ({
    resource_id: eip.id,
    resource_name: eip.alias ?? '',
    resource_detail: null,
    tags: eip.tags,
  }));
  return { status: 200, json: { resources, total_count: hits.length } };
}

/** A key and what its value may be; an empty list takes every value. */
interface TagFilter {
  readonly key: string;
  readonly values: readonly unknown[];
}

function tagFilters(request: Request): readonly TagFilter[] {
  const { tags = [] } = request.body;
  if (!Array.isArray(tags) || tags.length > 20) throw invalid(request, 'Tags are invalid.', 'tags is no list of up to 20 keys');
  return tags.map((tag) => {
    if (!isRecord(tag) || typeof tag.key !== 'string') throw invalid(request, 'Tags are invalid.', 'a tag without a key');
    noteUnknownFields(request, tag, ['key', 'values'], 'tags[]');
    const { key, values = [] } = tag;
    if (!Array.isArray(values) || values.length > 10) throw invalid(request, 'Tags are invalid.', 'values is no list of up to 10');
    return { key, values };
  });
}

function nameFilters(request: Request): readonly string[] {
  const { matches = [] } = request.body;
  if (!Array.isArray(matches)) throw invalid(request, 'Matches are invalid.', 'matches is no list');
  return matches.map((match) => {
    if (!isRecord(match) || match.key !== 'resource_name' || typeof match.value !== 'string') {
      throw invalid(request, 'Matches are invalid.', 'a match for something else than resource_name');
    }
    return match.value;
  });
}

function hasTag(eip: Eip, { key, values }: TagFilter): boolean {
  return eip.tags.some((tag) => tag.key === key && (values.length === 0 || values.includes(tag.value)));
}

function named(eip: Eip, part: string): boolean {
  return (eip.alias ?? '').includes(part);
}

function whole(request: Request, value: unknown, name: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most) throw invalid(request, `${name} is invalid.`, `${name} ${value}`);
  return number;
}

function tagOf(request: Request, value: unknown, valueOptional: boolean): Tag {
  if (!isRecord(value)) throw invalid(request, 'Tags are invalid.', 'a tag is no object');
  noteUnknownFields(request, value, ['key', 'value'], 'tag');
  const { key } = value;
  const text = textOf(value, valueOptional);
  if (typeof key !== 'string' || text === undefined) throw invalid(request, 'Tags are invalid.', 'a tag without key or value');
  if (KEY.test(key) && VALUE.test(text)) return { key, value: text };
  throw invalid(request, 'Tag length is invalid. The key length must be in range [1,36] and value in range [0,43]');
}

function textOf(tag: Json, optional: boolean): string | undefined {
  if (tag.value === undefined && optional) return '';
  return typeof tag.value === 'string' ? tag.value : undefined;
}

/** Overwrites keys that are there already. */
function put(request: Request, eip: Eip, tags: readonly Tag[]): void {
  const kept = eip.tags.filter((old) => !tags.some((tag) => tag.key === old.key));
  if (kept.length + tags.length > MOST) throw invalid(request, `number of tags exceeds max num of ${MOST}.`);
  eip.tags = [...kept, ...tags];
  tick(request.cloud);
}

function drop(request: Request, eip: Eip, keys: readonly string[]): void {
  eip.tags = eip.tags.filter((tag) => !keys.includes(tag.key));
  tick(request.cloud);
}

function find(request: Request): Eip {
  const eip = ownEips(request).find((other) => other.id === request.id);
  if (eip === undefined) throw unknown(request);
  return eip;
}

function unknown(request: Request): Refusal {
  const mark = idMark(request.id, 'EIP');
  return vpcRefusal(request.tools, 404, 'VPC.2204', 'Resource query by ID failed.', { old: 'Query resource by id fail.', mark });
}

function invalid(request: Request, text: string, mark?: string): Refusal {
  return vpcRefusal(request.tools, 400, 'VPC.1801', text, { mark });
}
