/** JMESPath over the JSON of a result. The package is loaded with the first expression. */
import { IpctlError } from '../domain/errors.js';

export type Query = (value: unknown) => unknown;
type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const LONGEST = 10_000;
const DEEPEST = 50;
const LONGEST_REASON = 200;
const SYNTAX = "JMESPath, such as [?state=='free'].address: https://jmespath.site";

/** `usage` for an expression that can never be evaluated: asked before anything is sent, so that a typo costs no address. */
export async function compileQuery(expression: string): Promise<Query> {
  const { compile, search, TreeInterpreter } = await import('@jmespath-community/jmespath');
  const unusable = (reason: unknown): IpctlError =>
    new IpctlError('usage', `--query: ${messageOf(reason)}`, { fate: 'not-sent', hint: SYNTAX });
  if (expression.length > LONGEST) throw unusable(`an expression is ${LONGEST} characters long at most, and this one ${expression.length}`);
  if (depthOf(expression) > DEEPEST) throw unusable(`brackets stand ${DEEPEST} deep at most`);
  const tree = attempt(() => compile(expression), unusable);
  for (const { name, count } of callsIn(tree)) {
    // The library checks names and numbers of arguments when it gets there, which in an empty list it never does. It checks
    // them before the types: a call of nothing tells.
    const call = `${name}(${Array.from({ length: count }, () => '`null`').join(', ')})`;
    try {
      search(null, call);
    } catch (reason) {
      if (/^(Unknown function|Invalid arity)/.test(messageOf(reason))) throw unusable(reason);
    }
  }
  return (value) =>
    attempt(
      () => TreeInterpreter.search(tree, bare(value)),
      (reason) =>
        new IpctlError('usage', `--query: ${messageOf(reason)}`, {
          hint: 'it was applied to what -o json shows',
        }),
    );
}

/** The library repeats what it does not understand, all of it. */
const messageOf = (reason: unknown): string => {
  const message = reason instanceof Error ? reason.message : String(reason);
  return message.length > LONGEST_REASON ? `${message.slice(0, LONGEST_REASON)}…` : message;
};

/** How deep brackets of any kind stand in one another. Those inside of a text count as well: nobody writes that many. */
function depthOf(expression: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of expression) {
    if ('[({'.includes(character)) depth += 1;
    if ('])}'.includes(character)) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function attempt<T>(work: () => T, failed: (reason: unknown) => IpctlError): T {
  try {
    return work();
  } catch (reason) {
    throw failed(reason);
  }
}

/** Objects without a prototype: `constructor` is then a key that is not there, like any other. */
function bare(value: unknown): Json {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.assign(Object.create(null), Object.fromEntries(Object.entries(value).map(([name, each]) => [name, bare(each)])));
}

/** Every function call in an expression's tree. */
function callsIn(node: unknown): { readonly name: string; readonly count: number }[] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap((child: unknown) => (Array.isArray(child) ? child.flatMap(callsIn) : callsIn(child)));
  const { type, name, children } = node as { readonly type?: unknown; readonly name?: unknown; readonly children?: unknown };
  return type === 'Function' && typeof name === 'string' && Array.isArray(children) ? [{ name, count: children.length }, ...inner] : inner;
}
