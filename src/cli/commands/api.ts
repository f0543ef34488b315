import { readFile } from 'node:fs/promises';
import { IpctlError, isIpctlError } from '../../domain/errors.js';
import type { Reply } from '../../domain/exchange.js';
import { type DirectInput, direct } from '../../operations/direct.js';
import { json } from '../../render/text.js';
import { floatingIpView } from '../../render/views.js';
import { changed, changesOf } from '../changed.js';
import type { Command, Intent } from '../intent.js';
import { document, type Output } from '../output.js';
import type { Session } from '../session.js';
import { openTarget } from '../target.js';
import { bodyOf, documentOf, headersOf, methodOf, queryOf } from './api/given.js';

export const run: Command<'api'> = async (intent, session) => {
  const input = await inputOf(intent, session);
  const { include } = intent.flags;
  const target = await openTarget(intent, session);
  try {
    const { reply, planned, made } = await direct(target, await session.changes(target), input);
    if (planned !== null) {
      const view = changesOf(floatingIpView);
      return changed(view, [{ action: 'api', changed: null, operation: null, ip: null, error: null, planned }], false, 'requests');
    }
    if (reply === null) return nothing;
    const answer = shown(reply, include, session);
    if (made === undefined) return answer;
    return { ...answer, stands: { done: [`${input.method} ${input.path}`], operations: made.operation === null ? [] : [made.operation] } };
  } catch (thrown) {
    // stdout is empty when nothing came of it: what the provider said stands beside the error.
    if (include && isIpctlError(thrown) && thrown.details.reply !== undefined) {
      session.warn(json(included(thrown.details.reply, session)));
    }
    throw thrown;
  }
};

/** All that can be wrong with a command line is told before anything is sent. */
async function inputOf(
  { arguments: [word = '', path = ''], flags, change, global }: Intent<'api'>,
  session: Session,
): Promise<DirectInput> {
  const refuse = (message: string, hint?: string): never => {
    throw new IpctlError('usage', message, { fate: 'not-sent', hint });
  };
  const method = methodOf(word);
  const reads = method === 'GET';
  if (path.trim() === '') refuse('the path is empty');
  if (change.wait || change['no-wait']) refuse('--wait, --no-wait: what the answer means, and what is to be waited for, is not known here');
  if (/^(csv|tsv|value)$/.test(global.output ?? '')) {
    refuse(`-o ${global.output}: an answer is a document, not rows`, 'with -o json, jsonl or yaml, or --query');
  }
  if (flags.input !== undefined && flags.field.length > 0) refuse('--input is the whole body: it goes without --field');
  if (flags.input !== undefined && reads) refuse('--input: GET has no body', '--field name=value makes a query');
  const headers = headersOf(flags.header);
  return {
    method,
    path,
    service: flags.service,
    query: reads ? queryOf(flags.field) : [],
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(reads || flags.field.length === 0 ? {} : { body: bodyOf(flags.field) }),
    ...(flags.input === undefined ? {} : { body: documentOf(await textFrom(flags.input, session), flags.input) }),
  };
}

async function textFrom(file: string, session: Session): Promise<string> {
  if (file === '-') return session.stdinText();
  return readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new IpctlError('usage', `--input: cannot read ${file}`, { fate: 'not-sent', cause: thrown });
  });
}

const nothing: Output = { print: async () => {} };

/** An answer without a body prints nothing, unless all of it was asked for. */
function shown(reply: Reply, include: boolean, session: Session): Output {
  if (include) return document(included(reply, session));
  return reply.text === '' ? nothing : document(bodyIn(reply, session));
}

const included = (reply: Reply, session: Session): object => ({
  status: reply.status,
  headers: session.redactor.headers(reply.headers),
  body: bodyIn(reply, session),
});

/** The JSON, or what is none as a text. A provider may echo a secret: those that are known are masked. */
const bodyIn = ({ json: value, text }: Reply, { redactor }: Session): unknown =>
  masked(value === undefined ? (text === '' ? null : text) : value, redactor.text);

function masked(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((each) => masked(each, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [mask(key), masked(each, mask)]));
}
