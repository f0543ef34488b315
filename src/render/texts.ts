/** Texts of a long list, kept outside of V8's heap: that grows to twice what it holds before it is cleaned. */

/** Bytes taken at a time. */
const BLOCK = 1024 * 1024;

export interface Texts {
  /** Returns what `at` wants to know. */
  keep(text: string): number;
  at(index: number): string;
}

export function texts(): Texts {
  const places: { readonly block: Buffer; readonly start: number; readonly end: number }[] = [];
  let block = Buffer.alloc(0);
  let used = 0;
  return {
    keep(text) {
      // What UTF-8 takes at most.
      const most = text.length * 3;
      if (block.length - used < most) {
        block = Buffer.allocUnsafeSlow(Math.max(BLOCK, most));
        used = 0;
      }
      const start = used;
      used += block.write(text, used);
      places.push({ block, start, end: used });
      return places.length - 1;
    },
    at(index) {
      const { block: held, start, end } = places[index] ?? { block, start: 0, end: 0 };
      return held.toString('utf8', start, end);
    },
  };
}
