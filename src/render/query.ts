/** JMESPath over the JSON of a result. The package is loaded with the first expression. */
import { IpctlError } from '../domain/errors.js';

export type Query = (value: unknown) => unknown;
type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const SYNTAX = "JMESPath, such as [?state=='free'].address: https://jmespath.site";

/** `usage` for an expression that can never be evaluated: asked before anything is sent, so that a typo costs no address. */
export async function compileQuery(expression: string): Promise<Query> {
  const { compile, search, TreeInterpreter } = await import('@jmespath-community/jmespath');
  const unusable = (reason: unknown): IpctlError =>
    new IpctlError('usage', `--query: ${messageOf(reason)}`, { fate: 'not-sent', hint: SYNTAX });
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
      // The command has run: what it did is not undone by this.
      (reason) =>
        new IpctlError('usage', `--query: ${messageOf(reason)}`, {
          hint: 'it was applied to what -o json shows; a change that was asked for stands: ipctl operation list',
        }),
    );
}

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

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
