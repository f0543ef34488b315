/**
 * What may be ours when an answer was lost. A request for several is granted whole: one candidate may then stand for several
 * addresses, or several candidates make up the result of one request.
 */
import type { Candidate, Step } from '../domain/driver.js';

type Candidates<S> = readonly Candidate<S>[];

/** How many the request asks for. */
export const askedBy = ({ standIn }: Pick<Step<unknown>, 'standIn'>): number => (Array.isArray(standIn) ? standIn.length : 1);

export const namesOf = ({ name }: Candidate<unknown>): readonly string[] => name.split(', ');
export const allNames = (candidates: Candidates<unknown>): readonly string[] => candidates.flatMap(namesOf);

const elementsOf = ({ result }: Candidate<unknown>): readonly unknown[] => (Array.isArray(result) ? result : [result]);
const addressOf = (element: unknown): unknown => (element as { readonly address?: unknown } | null)?.address;

/** The candidates less what is known to be somebody else's. */
export const without = <S>(candidates: Candidates<S>, others: ReadonlySet<string>): Candidates<S> =>
  candidates.flatMap((candidate): Candidates<S> => {
    const names = namesOf(candidate).filter((name) => !others.has(name));
    if (names.length === namesOf(candidate).length) return [candidate];
    if (names.length === 0 || !Array.isArray(candidate.result)) return [];
    const result = candidate.result.filter((element) => !others.has(String(addressOf(element))));
    return [{ name: names.join(', '), result: result as S }];
  });

/** Of how many of the named ones the result is made: what is certain already stands in each candidate without being named. */
export function needed(candidates: Candidates<unknown>, asked: number): number {
  const [first] = candidates;
  if (first === undefined || !Array.isArray(first.result)) return 1;
  const certain = first.result.length - namesOf(first).length;
  return Math.max(1, Math.min(asked - certain, allNames(candidates).length));
}

/** What `words` of the user make of the candidates, or why they make nothing. One address names all of a candidate that stands for several. */
export function taken<S>(
  candidates: Candidates<S>,
  words: readonly string[],
  asked: number,
): { readonly result: S } | { readonly lacking: string } {
  const names = allNames(candidates);
  const strange = words.filter((word) => !names.includes(word));
  if (strange.length > 0) return { lacking: `${strange.join(', ')} is no candidate of this operation` };
  const meant = candidates.filter((candidate) => namesOf(candidate).some((name) => words.includes(name)));
  const wanted = needed(candidates, asked);
  const [only] = meant;
  if (only !== undefined && allNames(meant).length === wanted) return { result: merged(meant, only) };
  return { lacking: `the request asked for ${wanted}: ${words.length} of the candidates cannot be all that it made` };
}

/** What was settled as made before, found again among what is new now. */
export function madeAgain<S>(candidates: Candidates<S>, made: readonly string[]): { readonly result: S } | undefined {
  const meant = candidates.filter((candidate) => namesOf(candidate).some((name) => made.includes(name)));
  const [only] = meant;
  return only === undefined ? undefined : { result: merged(meant, only) };
}

function merged<S>(meant: Candidates<S>, only: Candidate<S>): S {
  if (meant.length === 1) return only.result;
  const elements = new Map(meant.flatMap(elementsOf).map((element) => [addressOf(element), element]));
  return [...elements.values()] as S;
}

/** What the user is told to say of the candidates. */
export function choiceOf(candidates: Candidates<unknown>, asked: number): string {
  const [first, ...others] = candidates;
  if (first === undefined) return '';
  if (others.length === 0) return ` --take ${namesOf(first)[0]}|--none`;
  const wanted = needed(candidates, asked);
  return wanted === 1 ? ' --take ADDRESS|--none' : ` --take ADDRESS,…|--none, where ADDRESS,… are the ${wanted} that it made`;
}
