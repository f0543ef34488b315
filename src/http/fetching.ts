/**
 * Connections by Bun's own `fetch`, in place of native.ts in the executable that is compiled with it: its likeness of Node's
 * client costs more to load than all of a list. Only for reads: it sends again what a kept connection breaks off, and does not
 * tell whether there was a connection. Nor has it a limit of its own for the time to connect, so the one of the request holds.
 */
import {
  broken,
  type ConnectionSettings,
  type Connections,
  gathering,
  type Incoming,
  LARGEST_BODY,
  type Outgoing,
  opening,
  proxiesOf,
  verifiedBy,
} from './connections.js';

/** What Bun takes beyond the standard: no unpacking, no time limit, nothing of it on stderr whatever a variable says, and whom to trust. */
interface BunRequest extends RequestInit {
  readonly verbose: false;
  readonly decompress: false;
  readonly timeout: false;
  readonly tls: ReturnType<typeof verifiedBy>;
}

export function native(settings: ConnectionSettings): Connections {
  const others = opening(async () => (await import('./undici.js')).undici({ ...settings, env: {} }));
  // It would go through a proxy that a variable names, whatever it is told: also to this machine, and by variables that are none of ours.
  const { ALL_PROXY = '', all_proxy = '' } = settings.env;
  if (Object.keys(proxiesOf(settings.env)).length > 0 || ALL_PROXY !== '' || all_proxy !== '') return others;
  const closing = new AbortController();
  const tls = verifiedBy(settings.ca);
  return {
    async exchange(outgoing, signal) {
      if (outgoing.method !== 'GET' || outgoing.body !== '') return others.exchange(outgoing, signal);
      try {
        return await read(outgoing, AbortSignal.any([signal, closing.signal]), tls);
      } catch (thrown) {
        throw broken(thrown, outgoing.url.host, true);
      }
    },
    async close() {
      closing.abort();
      await others.close();
    },
  };
}

async function read({ url, headers }: Outgoing, signal: AbortSignal, tls: BunRequest['tls']): Promise<Incoming> {
  const request: BunRequest = {
    headers: { 'accept-encoding': 'identity', ...headers },
    redirect: 'manual',
    decompress: false,
    timeout: false,
    verbose: false,
    signal,
    tls,
  };
  const response = await fetch(`${url.origin}${url.pathname}${url.search}`, request);
  const received: Record<string, string> = {};
  for (const [name, value] of response.headers) received[name] = Object.hasOwn(received, name) ? `${received[name]}, ${value}` : value;
  return { status: response.status, headers: received, text: await textOf(response, url.host) };
}

/** A length that was told is kept to, so it bounds what is read in one go. */
async function textOf(response: Response, host: string): Promise<string> {
  const length = response.headers.get('content-length') ?? '';
  if (/^\d+$/.test(length) && Number(length) <= LARGEST_BODY) return Buffer.from(await response.arrayBuffer()).toString('utf8');
  const gathered = gathering(host);
  for await (const chunk of response.body ?? []) gathered.add(chunk);
  return gathered.text();
}
