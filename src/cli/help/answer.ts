/** What help is asked about -> the text, or the same as data. */
import { IpctlError } from '../../domain/errors.js';
import { nearest } from '../../domain/nearest.js';
import { nounAliases, nouns, type Row, rowAt } from '../commands.js';
import { commandHelp, nounHelp, programHelp } from './describe.js';
import { commandText, nounText, programText, topicText } from './text.js';
import { isTopicName, topicNames, topicOf } from './topics.js';

export interface HelpAnswer {
  readonly text: string;
  readonly data: object;
}

/** `words`: nothing, a topic, a noun, or a command in any spelling. `usage` for what is none of these. */
export function helpOn(words: readonly string[]): HelpAnswer {
  const [first, verb, ...rest] = words;
  if (first === undefined) {
    const program = programHelp();
    return { data: program, text: programText(program) };
  }
  if (verb === undefined && isTopicName(first)) {
    const topic = topicOf(first);
    return { data: topic, text: topicText(topic) };
  }
  const noun = nounAliases[first] ?? first;
  const row: Row | undefined = rest.length === 0 ? rowAt(noun, verb) : undefined;
  if (row !== undefined) {
    const command = commandHelp(row);
    return { data: command, text: commandText(command, row.needs !== undefined) };
  }
  if (!Object.hasOwn(nouns, noun)) throw unknown(words, [...Object.keys(nouns), ...topicNames], first, '');
  const described = nounHelp(noun);
  if (verb === undefined) return { data: described, text: nounText(described) };
  const verbs = described.commands.map((command) => command.words.split(' ')[1] ?? '');
  throw unknown(words, verbs, verb, `${noun} `);
}

function unknown(words: readonly string[], candidates: readonly string[], typed: string, before: string): IpctlError {
  const meant = nearest(typed, candidates);
  return new IpctlError('usage', `there is no command or topic '${words.join(' ')}'`, {
    fate: 'not-sent',
    hint: meant === undefined ? `see ipctl help ${before}`.trimEnd() : `did you mean '${before}${meant}'?`,
  });
}
