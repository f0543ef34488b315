// A server that answers as another one does: a read as it was answered at first. node .config/replay.js ORIGIN; says where it is.
import { Agent, createServer, request } from 'node:http';

const origin = process.argv[2];
const kept = new Map();
const agent = new Agent({ keepAlive: true });
const here = () => `http://127.0.0.1:${server.address().port}`;

const asked = ({ method, url, headers }, body) =>
  new Promise((resolve, reject) => {
    const sending = request(`${origin}${url}`, { method, headers: { ...headers, host: new URL(origin).host }, agent }, async (reply) => {
      const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...own } = reply.headers;
      // Where a catalog leads to the other one, it leads here.
      const text = Buffer.concat(await reply.toArray())
        .toString()
        .replaceAll(origin, here());
      resolve({ status: reply.statusCode, headers: { ...own, 'content-length': Buffer.byteLength(text) }, text });
    });
    sending.on('error', reject);
    sending.end(body);
  });

const server = createServer(async (incoming, outgoing) => {
  const { method, url } = incoming;
  const known = method === 'GET' ? kept.get(url) : undefined;
  const answer = known ?? (await asked(incoming, Buffer.concat(await incoming.toArray())));
  if (method === 'GET' && answer.status === 200) kept.set(url, answer);
  outgoing.writeHead(answer.status, answer.headers).end(answer.text);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${here()}\n`));
