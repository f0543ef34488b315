/** A manifest as a record to be shown. */
import { defaultOf, variableNames } from '../../../domain/option.js';
import { type ProviderId, providerOf } from '../../../providers/registry.js';
import type { ProviderRecord } from '../../../render/house-views.js';

export function providerRecord(id: ProviderId): ProviderRecord {
  const { title, docs, move, holders, timeout, supports, options } = providerOf(id).manifest;
  return {
    id,
    title,
    docs,
    move,
    holders,
    timeout,
    supports: Object.fromEntries(
      Object.entries(supports).map(([capability, answer]) => [
        capability,
        answer.can
          ? { can: true, takes: answer.takes, note: answer.note, reason: null, instead: null, link: null }
          : { can: false, takes: [], note: null, reason: answer.reason, instead: answer.instead, link: answer.link },
      ]),
    ),
    options: Object.entries(options).map(([name, spec]) => ({
      name,
      kind: spec.kind,
      required: spec.required === true,
      default: defaultOf(spec) ?? null,
      choices: spec.kind === 'enum' ? spec.choices : [],
      variables: variableNames(id, name, spec),
      identity: spec.identity === true,
      help: spec.help,
    })),
  };
}
