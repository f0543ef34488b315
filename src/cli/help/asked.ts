/** Whether a line asks for help and says nothing else: known before anything is loaded. */

export const isHelp = (word: string): boolean => word === '--help' || word === '-h';

export const asksAlone = (argv: readonly string[]): boolean =>
  (argv.length === 0 || argv.some(isHelp)) && argv.every((word) => isHelp(word) || !word.startsWith('-'));
