/** What a mistyped word was meant to be. */

/** Edits apart at most, whatever the length. */
const FARTHEST = 3;
/** The share of the longer word that must be right. */
const LIKENESS = 0.5;

/** The candidate with the fewest edits between it and `word`, or undefined where none is near. The first wins a tie. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  let least = FARTHEST + 1;
  for (const candidate of candidates) {
    const length = Math.max(typed.length, candidate.length);
    // Of so many letters none would be left to tell two words apart by.
    if (candidate.length < 2 || Math.abs(typed.length - candidate.length) > FARTHEST) continue;
    const edits = distance(typed, candidate.toLowerCase());
    if (edits < least && (length - edits) / length > LIKENESS) [best, least] = [candidate, edits];
  }
  return best;
}

/** As the beginning of a hint: `did you mean 'address'?`, then what else there is to say. */
export function hintAt(word: string, candidates: Iterable<string>, otherwise: string): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? otherwise : `did you mean '${meant}'? ${otherwise}`;
}

/** Letters to add, drop, replace or swap with their neighbour: https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance */
function distance(one: string, other: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          at(current, column - 1) + 1,
          at(last, column) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, current];
  }
  return at(last, other.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
