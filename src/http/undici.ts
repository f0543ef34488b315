/** Connections by undici, which knows proxies and the hosts that need none. The only importer of it: it costs as much as all else of a list. */
import { setFlagsFromString } from 'node:v8';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request as undiciRequest } from 'undici';
import { broken, CONNECT_TIMEOUT, type ConnectionSettings, type Connections, gathering, proxiesOf, verifiedBy } from './connections.js';

export function undici(settings: ConnectionSettings): Connections {
  // Its parser is WebAssembly. V8 would compile the little that runs of it a second time, better, and the process would
  // not end before that is done: more than all else that a short command costs.
  setFlagsFromString('--liftoff-only');
  const dispatcher = dispatcherOf(settings);
  return {
    async exchange({ method, url, headers, body }, signal) {
      const { host } = url;
      try {
        const response = await undiciRequest(url.href, {
          dispatcher,
          method: method as Dispatcher.HttpMethod,
          headers: { ...headers },
          body: body === '' ? null : body,
          signal,
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        const gathered = gathering(host);
        for await (const chunk of response.body) gathered.add(chunk as Uint8Array);
        const received = Object.entries(response.headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]],
        );
        return { status: response.statusCode, headers: Object.fromEntries(received), text: gathered.text() };
      } catch (thrown) {
        throw broken(thrown, host, true);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function dispatcherOf({ env, ca, connectTimeout = CONNECT_TIMEOUT }: ConnectionSettings): Dispatcher {
  const verified = verifiedBy(ca);
  const connect = { timeout: connectTimeout, ...verified };
  const { http_proxy: httpProxy = '', https_proxy: httpsProxy = '' } = proxiesOf(env);
  if (httpProxy === '' && httpsProxy === '') return new Agent({ connect });
  // An empty one would be looked for among the variables of this process.
  return new EnvHttpProxyAgent({
    connect,
    requestTls: verified,
    ...(httpProxy === '' ? {} : { httpProxy }),
    ...(httpsProxy === '' ? {} : { httpsProxy }),
    ...noProxy(env),
  });
}

const noProxy = ({ no_proxy = '', NO_PROXY = '' }: ConnectionSettings['env']): { readonly noProxy?: string } =>
  no_proxy === '' && NO_PROXY === '' ? {} : { noProxy: no_proxy === '' ? NO_PROXY : no_proxy };
