/** EIPs as things: allocate with a bandwidth, name, label, release. Whom they serve stands in association.ts. */
import type { FloatingIpChange, FloatingIpSpec, Outcome } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { FloatingIp, Labels } from '../../domain/records.js';
import { collect, stillThere } from '../../http/pages.js';
import type { Options } from './access.js';
import { orAbsent } from './api.js';
import type { Cloud } from './association.js';
import { explaining } from './explain.js';
import { checkLabels, type LabelChange, labelChange } from './labels.js';
import { asPartial } from './partial.js';
import { markedName, refused } from './records.js';
import { type Eip, readEip } from './wire.js';

interface Bandwidth {
  readonly order: Readonly<Record<string, string | number>>;
  /** Whether its name is our trace: it proves which EIP a lost answer was about. */
  readonly marked: boolean;
}

/** Every EIP has a bandwidth, which costs by its size: never one that nobody asked for. */
function bandwidthOf(options: Options, mark: string): Bandwidth {
  const { cloud } = options;
  const { 'bandwidth-share': share, 'bandwidth-size': size, 'bandwidth-id': id, 'bandwidth-name': name, 'charge-mode': charge } = options;
  if (share === 'WHOLE') {
    if (id === undefined) throw refused('usage', 'joining a shared bandwidth needs its id', 'give --otc-bandwidth-id');
    return { order: { share_type: share, id }, marked: false };
  }
  if (id !== undefined) {
    throw refused('usage', '--otc-bandwidth-id names a shared bandwidth', 'join it with --otc-bandwidth-share WHOLE');
  }
  if (size === undefined) {
    throw refused(
      'usage',
      'an EIP needs the size of its bandwidth, which is billed',
      'give --otc-bandwidth-size MBIT, or set bandwidth-size in the profile',
    );
  }
  if (charge !== undefined && charge !== 'traffic' && cloud === 'otc') {
    throw refused('usage', `Open Telekom Cloud bills by traffic only, not by ${charge}`, 'leave --otc-charge-mode away');
  }
  const order = { share_type: share, name: name ?? markedName(mark), size };
  return { order: charge === undefined ? order : { ...order, charge_mode: charge }, marked: name === undefined };
}

const addressOf = (ip: FloatingIp): string => ip.address ?? ip.id;

export function eips({ context: { options, mutate, settle }, access, open, records }: Cloud) {
  /** Lost answers without a mark: what is new since `before`, and by a chosen address which of it. */
  const newSince = (all: readonly Eip[], before: readonly string[], address: string | undefined): Outcome<FloatingIp> => {
    const fresh = all.filter(({ id }) => !before.includes(id));
    const chosen = address === undefined ? undefined : fresh.find((eip) => eip.address === address);
    if (chosen !== undefined) return { is: 'applied', result: records.floatingIp(chosen) };
    if (address !== undefined || fresh.length === 0) return { is: 'not-applied' };
    return { is: 'unknown', candidates: fresh.map((eip) => ({ name: eip.address ?? eip.id, result: records.floatingIp(eip) })) };
  };

  const byMark = (all: readonly Eip[], name: string): Outcome<FloatingIp> => {
    const ours = all.find(({ bandwidthName }) => bandwidthName === name);
    if (ours !== undefined) return { is: 'applied', result: records.floatingIp(ours) };
    // While it is being assigned an EIP has no bandwidth yet: absence of the mark proves nothing then.
    const unnamed = all.find((eip) => eip.status === 'PENDING_CREATE' && eip.bandwidthName === null);
    if (unnamed === undefined) return { is: 'not-applied' };
    throw new IpctlError('temporary', `${unnamed.address ?? unnamed.id} is still being assigned`, { provider: 'otc' });
  };

  /** Removes, then adds: an EIP carries ten labels at most. Done once the provider shows the set. */
  const relabel = async (ip: FloatingIp, { wanted, gone, fresh }: LabelChange): Promise<FloatingIp> => {
    const api = await open();
    const result: FloatingIp = { ...ip, labels: wanted };
    const removed = (shown: Labels): boolean => gone.every((key) => !(key in shown));
    const added = (shown: Labels): boolean => Object.entries(fresh).every(([key, value]) => shown[key] === value);
    const step = async (key: string, request: ReturnType<typeof api.releaseEip>, done: (shown: Labels) => boolean): Promise<void> => {
      await mutate<FloatingIp>({
        key,
        request,
        via: access.vpc,
        read: () => result,
        standIn: result,
        look: async () => (done(await api.listTags(ip.id)) ? { is: 'applied', result } : { is: 'not-applied' }),
      });
    };
    if (gone.length > 0) await step('unlabel', api.removeTags(ip.id, gone), removed);
    if (Object.keys(fresh).length > 0) await step('label', api.addTags(ip.id, fresh), added);
    return settle({
      accepted: result,
      async check() {
        const shown = await api.listTags(ip.id);
        return removed(shown) && added(shown) ? result : undefined;
      },
      what: `the labels of ${addressOf(ip)}`,
    });
  };

  const rename = async (ip: FloatingIp, name: string): Promise<FloatingIp> => {
    const api = await open();
    const renamed = ({ alias, raw }: Eip): FloatingIp => ({ ...ip, name: alias, raw });
    const accepted = await mutate<FloatingIp>({
      key: 'rename',
      request: api.renameEip(ip.id, name),
      via: access.vpc,
      read: (reply) => renamed(readEip(reply)),
      standIn: { ...ip, name },
      async look() {
        const found = renamed(await api.showEip(ip.id));
        return found.name === name ? { is: 'applied', result: found } : { is: 'not-applied' };
      },
    });
    if (accepted.name === name) return accepted;
    return settle({
      accepted,
      async check() {
        const found = renamed(await api.showEip(ip.id));
        return found.name === name ? found : undefined;
      },
      what: `${addressOf(ip)} to be named ${name}`,
    });
  };

  const assign = async ({ address, name, pool, mark, markOnly }: FloatingIpSpec): Promise<FloatingIp> => {
    const { order, marked } = bandwidthOf(options, mark);
    if (!marked && markOnly === true) {
      throw refused(
        'usage',
        '--key: the name of the bandwidth is the place for it',
        'leave --no-journal out, or let the bandwidth be named by it',
      );
    }
    const api = await open();
    const type = pool ?? options.type;
    const before = async (): Promise<readonly string[]> => (await collect(api.listEips())).map(({ id }) => id);
    const allocated = await mutate<FloatingIp>({
      key: 'allocate',
      creates: true,
      request: api.assignEip({ type, alias: name, address, bandwidth: order }),
      via: access.vpc,
      read: (reply) => records.floatingIp(readEip(reply)),
      standIn: records.floatingIp({
        id: '{ip.id}',
        status: 'DOWN',
        address: address ?? '{ip.address}',
        port: null,
        privateAddress: null,
        alias: name ?? null,
        type,
        bandwidthName: marked ? markedName(mark) : null,
        project: null,
        createdAt: null,
        labels: {},
        raw: null,
      }),
      ...(marked ? {} : { before }),
      async look(known) {
        const all = await collect(api.listEips());
        return marked ? byMark(all, markedName(mark)) : newSince(all, known, address);
      },
    }).catch(async (thrown: unknown) => {
      throw await explaining({ open }).allocation(thrown);
    });
    return settle({
      accepted: allocated,
      async check() {
        const eip = await orAbsent(api.showEip(allocated.id));
        const found = eip === undefined ? undefined : records.floatingIp(eip);
        if (found?.state !== 'error') return found?.state === 'pending' ? undefined : found;
        throw new IpctlError('partial', `${addressOf(found)} is allocated (id ${found.id}), but in state ${found.providerState}`, {
          provider: 'otc',
          exists: [found],
        });
      },
      what: `${addressOf(allocated)} to be assigned`,
    });
  };

  return {
    async allocate(spec: FloatingIpSpec): Promise<FloatingIp> {
      const change = labelChange({}, spec.labels);
      checkLabels(change, options.cloud);
      const ip = await assign(spec);
      if (Object.keys(change.wanted).length === 0) return ip;
      try {
        return await relabel(ip, change);
      } catch (thrown) {
        throw asPartial(`${addressOf(ip)} is allocated (id ${ip.id})`, [ip], thrown);
      }
    },

    async update(ip: FloatingIp, { name, labels }: FloatingIpChange): Promise<FloatingIp> {
      // Surprise: an update whose name is empty may be taken for one without fields, and unbind the EIP.
      if (name === '') throw refused('usage', 'the name of an EIP can be changed, not removed', 'give another name');
      const change = labels === undefined ? undefined : labelChange(ip.labels, labels);
      if (change !== undefined) checkLabels(change, options.cloud);
      const renamed = name === undefined ? ip : await rename(ip, name);
      return change === undefined ? renamed : relabel(renamed, change);
    },

    async release(ip: FloatingIp): Promise<void> {
      const api = await open();
      const gone = async (): Promise<boolean> => (await orAbsent(api.showEip(ip.id))) === undefined;
      await orAbsent(
        mutate<FloatingIp>({
          key: 'release',
          request: api.releaseEip(ip.id),
          via: access.vpc,
          read: () => ip,
          standIn: ip,
          look: async () => ((await gone()) ? { is: 'applied', result: ip } : { is: 'not-applied' }),
        }),
      );
      // Surprise: after the 204 it may be seen for a while, as PENDING_DELETE or NOTIFY_DELETE.
      await settle({ accepted: ip, check: async () => ((await gone()) ? ip : undefined), what: `${addressOf(ip)} to be gone`, gone: true });
    },

    async left(ids: readonly string[]): Promise<ReadonlySet<string>> {
      const api = await open();
      return stillThere(
        ids,
        async () => {
          const { items, next } = await api.firstEips();
          return { ids: items.map(({ id }) => id), next };
        },
        async (id) => (await orAbsent(api.showEip(id))) !== undefined,
      );
    },
  };
}
