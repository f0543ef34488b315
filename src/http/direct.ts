/** Requests of the user's own, past our nouns: the same client and the same record, but nobody here can say what they mean. */
import type { Context, Direct, Service } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import { isRead, type Reply } from '../domain/exchange.js';
import type { OptionSet } from '../domain/option.js';
import { MASK, SECRET_KEY } from './redact.js';

/** No record keeps and no plan shows what is new there: it is not known as a secret yet. */
const masked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  // Secret is the text, not the structure around it: `{"credentials": {...}}` is gone into.
  const hidden = (key: string, item: unknown): unknown =>
    SECRET_KEY.test(key) && (typeof item === 'string' || typeof item === 'number') ? MASK : masked(item);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(key, item)]));
};

const NOTHING: Reply = { status: 0, headers: {}, text: '', json: undefined };

/** `services`: each by the name that the manifest gives it. */
export const direct = (
  { mutate }: Pick<Context<OptionSet>, 'mutate'>,
  services: Readonly<Record<string, () => Promise<Service>>>,
): Direct => ({
  async service(name) {
    const open = Object.hasOwn(services, name) ? services[name] : undefined;
    if (open === undefined) throw new IpctlError('defect', `the manifest names a service ${name} that the driver does not have`);
    return open();
  },

  async request({ send }, request) {
    if (isRead(request)) return send(request);
    let answer: Reply | undefined;
    return mutate<Reply>({
      key: 'request',
      // What it makes, or whether it makes anything, only the user knows: it is never sent again by us.
      creates: true,
      request: 'body' in request ? { ...request, body: masked(request.body) } : request,
      async via() {
        answer = await send(request);
        // Answers may hold what is told once, such as a password: the record keeps the status alone.
        return { ...answer, text: '', json: undefined };
      },
      read: (reply) => answer ?? reply,
      standIn: NOTHING,
      look: async () => ({ is: 'unknown', candidates: [] }),
    });
  },
});
