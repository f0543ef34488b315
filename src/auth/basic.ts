/** HTTP Basic (RFC 7617): the credentials on each request. */
import type { Layer } from '../domain/exchange.js';

/** The user name holds no colon: the caller has refused that, since the form cannot say it. */
export const basic = (username: string, password: string, conceal: (secret: string) => void): Layer => {
  const pair = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  conceal(pair);
  return (next) => (request) => next({ ...request, headers: { ...request.headers, authorization: `Basic ${pair}` } });
};
