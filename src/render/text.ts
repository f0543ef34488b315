/** Text from a provider is data: nothing in it reaches a terminal as a command. */

// C0, DEL, C1, and the marks that reorder or hide text: a name must not be able to draw another row.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const spelled = (char: string): string => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** One line, every control character spelled out. */
export const plain = (text: string): string => text.replace(UNSAFE, spelled);

/** JSON whose every control character is escaped, also those that JSON itself would let pass. */
export const json = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, spelled);
