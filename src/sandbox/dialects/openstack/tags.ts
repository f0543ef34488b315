/** Tags of floating addresses and ports: a sub-resource of their own. https://docs.openstack.org/api-ref/network/v2/#standard-attributes-tag-extension */
import type { Answer } from '../../dialect.js';
import type { ServiceAsk } from './ask.js';
import { jsonObject, neutronFault } from './ask.js';
import { invalid } from './body.js';
import type { Standard } from './cloud.js';
import { touch } from './cloud.js';

const longest = 255;

/** `rest` is the path below `tags`; undefined when there is no such path or method. */
export function answerTags(ask: ServiceAsk, record: Standard, rest: readonly string[]): Answer | undefined {
  const [tag] = rest;
  if (rest.length > 1) return undefined;
  return tag === undefined ? answerAll(ask, record) : answerOne(ask, record, tag);
}

function answerAll(ask: ServiceAsk, record: Standard): Answer | undefined {
  switch (ask.call.method) {
    case 'GET':
      return { status: 200, json: { tags: record.tags } };
    case 'PUT':
      return change(ask, record, readTags(ask), 200);
    case 'POST':
      return ask.knobs.tagCreation ? change(ask, record, [...record.tags, ...readTags(ask)], 200) : undefined;
    case 'DELETE':
      return change(ask, record, [], 204);
    default:
      return undefined;
  }
}

function answerOne(ask: ServiceAsk, record: Standard, tag: string): Answer | undefined {
  const has = record.tags.includes(tag);
  if (ask.call.method === 'PUT') {
    if (tag.length > longest) throw invalid(ask, `'${tag}' exceeds maximum length of ${longest}`);
    if (ask.call.body !== '') ask.note('adding one tag takes no body');
    return change(ask, record, [...record.tags, tag], 201);
  }
  if (ask.call.method !== 'GET' && ask.call.method !== 'DELETE') return undefined;
  if (!has) throw neutronFault(ask, 404, 'TagNotFound', `Tag ${tag} could not be found.`);
  if (ask.call.method === 'GET') return { status: 204 };
  const kept = record.tags.filter((one) => one !== tag);
  return change(ask, record, kept, 204);
}

function change(ask: ServiceAsk, record: Standard, tags: readonly string[], status: 200 | 201 | 204): Answer {
  const distinct = [...new Set(tags)];
  if (distinct.join('\n') !== record.tags.join('\n')) {
    record.tags = distinct;
    touch(ask.cloud, record);
  }
  return status === 200 ? { status, json: { tags: record.tags } } : { status };
}

function readTags(ask: ServiceAsk): readonly string[] {
  const body = jsonObject(ask.call.body);
  const tags = body?.tags;
  if (!body || Object.keys(body).length !== 1 || !Array.isArray(tags)) throw invalid(ask, "Unable to find 'tags' in request body");
  const wrong = tags.find((tag) => typeof tag !== 'string' || tag === '' || tag.length > longest);
  if (wrong !== undefined) throw invalid(ask, `'${String(wrong)}' is no tag of at most ${longest} characters`);
  return tags;
}
