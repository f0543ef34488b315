/** What help prints as data: of one command, of a noun, of all of them, or a topic. */
import { integer, type Kind, listOf, orNull, type Schema, scalar, structure, text, truth } from './shape.js';

const record = (kinds: Readonly<Record<string, Kind<unknown>>>): Kind<object> => structure(kinds);

const exitCode = record({ code: integer, kind: text, meaning: text });
const option = record({
  name: text,
  short: orNull(text),
  group: text,
  type: { schema: { enum: ['switch', 'text', 'list', 'choice', 'integer', 'duration', 'boolean', 'url'] } },
  value: orNull(text),
  optional: truth,
  choices: listOf(text),
  default: orNull(scalar),
  required: truth,
  variables: listOf(text),
  help: text,
});
const command = record({
  words: text,
  summary: text,
  about: orNull(text),
  usage: text,
  aliases: listOf(text),
  arguments: listOf(record({ name: text, required: truth, variadic: truth, help: text })),
  options: listOf(option),
  examples: listOf(text),
  exitCodes: listOf(exitCode),
});
const noun = record({ name: text, summary: text, commands: listOf(command) });
const topic = record({
  name: text,
  summary: text,
  sections: listOf(record({ title: text, text: listOf(text), rows: listOf(record({ term: text, help: text })) })),
});
const program = record({
  name: text,
  summary: text,
  usage: text,
  nouns: listOf(noun),
  options: listOf(option),
  examples: listOf(text),
  exitCodes: listOf(exitCode),
  topics: listOf(topic),
});

export const helpSchema: Schema = {
  description: 'Help as data: of a command, of a noun with its commands, of the whole program, or a topic.',
  anyOf: [command, noun, program, topic].map(({ schema }) => schema),
};
