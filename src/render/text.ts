/** Text from a provider is data: nothing in it reaches a terminal as a command. */

// Control characters, line separators, unpaired surrogates, and all that is drawn as nothing or turns the direction of what
// follows: a name must not be able to draw another row, or to look like another name. Variation selectors are let through:
// they choose the form of the character before them, and emoji are full of them.
const unsafe = (): RegExp => /(?![\ufe00-\ufe0f])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/gu;

/** What most text is made of: a start that meets nothing else is spared the expression above, whose sets take longer to make than a list to print. */
const isCommon = (text: string): boolean => /^[ -~]*$/.test(text);

/** A character of UTF-16's upper planes is two units, as JSON writes it. */
const spelled = (char: string): string =>
  Array.from({ length: char.length }, (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');

/** One line, every character of that kind spelled out. */
export const plain = (text: string): string => (isCommon(text) ? text : text.replace(unsafe(), spelled));

/** An escape of JSON's; the group is there where it is half of a character, which it writes only where the other half is missing. */
const ESCAPE = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/**
 * JSON whose every such character is escaped, also those that JSON itself would let pass. Its own line breaks stay. Half a
 * character, in a value or a key, is U+FFFD: many a reader refuses a whole document for one.
 */
export const json = (value: unknown, indent?: number): string => {
  const text = JSON.stringify(value, undefined, indent);
  if (HARMLESS.test(text) && !text.includes('\\ud')) return text;
  return text
    .replace(ESCAPE, (all, half: string | undefined) => (half === undefined ? all : '\ufffd'))
    .replace(unsafe(), (char) => (char === '\n' ? char : spelled(char)));
};

/** Printable ASCII and line breaks, as nearly all JSON of a provider is: it is let through without a look at each character's class. */
const HARMLESS = /^[\n -~]*$/;

/** For writers with an escape of their own. */
export const escapeUnsafe = (text: string, spell: (codePoint: number) => string): string =>
  isCommon(text) ? text : text.replace(unsafe(), (char) => spell(char.codePointAt(0) ?? 0));
export const isUnsafe = (text: string): boolean => !isCommon(text) && text.search(unsafe()) >= 0;
