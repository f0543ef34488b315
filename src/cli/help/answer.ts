/** What help is asked about -> the text, or the same as data. */
import { IpctlError } from '../../domain/errors.js';
import { nearest } from '../../domain/nearest.js';
import { cloudsProviders, defaultSandbox, isProviderId } from '../../providers/registry.js';
import { nouns, type Row, rowAt } from '../commands.js';
import { nounOf } from '../words.js';
import { commandHelp, nounHelp, programHelp, rowsOf } from './describe.js';
import { commandText, nounText, programText, type Shown, topicText } from './text.js';
import { isTopicName, topicNames, topicOf } from './topics.js';

/** Each form is made when it is asked for: the data of all commands take longer than the rest of a start. */
export interface HelpAnswer {
  readonly text: string;
  readonly data: object;
}

const answer = (text: () => string, data: () => object): HelpAnswer => ({
  get text() {
    return text();
  },
  get data() {
    return data();
  },
});

/**
 * As `helpOn`; of the options of providers the text shows those of the profile in use, where there is one. `profile`: as it is
 * named, else the current one of the profiles in the directory `config`.
 */
export async function helpFor(
  words: readonly string[],
  { profile, config }: { readonly profile: string | undefined; readonly config: string },
): Promise<HelpAnswer> {
  const [noun = '', verb] = words;
  // Nothing is read for help that would not show it.
  if (rowAt(nounOf(noun), verb)?.needs === undefined) return helpOn(words);
  return helpOn(words, await shownFor(profile, config));
}

async function shownFor(named: string | undefined, config: string): Promise<Shown | undefined> {
  if (named !== undefined && named !== '' && isBuiltIn(named)) return builtIn(named);
  const { openStore } = await import('../../profiles/store.js');
  try {
    // Only read: there is nobody to be kept out.
    const store = openStore(config, (work) => work());
    const profile = named || store.current();
    if (profile === null) return undefined;
    const provider = store.get(profile)?.provider ?? '';
    return isProviderId(provider) ? { profile, provider } : builtIn(profile);
  } catch {
    // Help is there also for somebody whose profiles cannot be read.
    return undefined;
  }
}

const isBuiltIn = (profile: string): boolean => /^(sandbox(-|$)|env:|cloud:)/.test(profile);

function builtIn(profile: string): Shown | undefined {
  const provider = /^(?:sandbox-|env:)(.+)$/.exec(profile)?.[1] ?? (profile === 'sandbox' ? defaultSandbox : cloudsProviders[0]);
  return isBuiltIn(profile) && isProviderId(provider) ? { profile, provider } : undefined;
}

/** `words`: nothing, a topic, a noun, or a command in any spelling. `usage` for what is none of these. */
export function helpOn(words: readonly string[], shown?: Shown): HelpAnswer {
  const [first, verb, ...rest] = words;
  if (first === undefined) {
    return answer(programText, programHelp);
  }
  if (verb === undefined && isTopicName(first)) {
    const topic = topicOf(first);
    return answer(
      () => topicText(topic),
      () => topic,
    );
  }
  const noun = nounOf(first);
  const row: Row | undefined = rest.length === 0 ? rowAt(noun, verb) : undefined;
  if (row !== undefined) {
    const command = commandHelp(row);
    return answer(
      () => commandText(command, row.needs !== undefined, shown),
      () => command,
    );
  }
  if (!Object.hasOwn(nouns, noun)) throw unknown(words, [...Object.keys(nouns), ...topicNames], first, '');
  if (verb === undefined) {
    return answer(
      () => nounText(noun),
      () => nounHelp(noun),
    );
  }
  const verbs = rowsOf(noun).map((own) => own.words.split(' ')[1] ?? '');
  throw unknown(words, verbs, verb, `${noun} `);
}

function unknown(words: readonly string[], candidates: readonly string[], typed: string, before: string): IpctlError {
  const meant = nearest(typed, candidates);
  return new IpctlError('usage', `there is no command or topic '${words.join(' ')}'`, {
    fate: 'not-sent',
    hint: meant === undefined ? `see ipctl help ${before}`.trimEnd() : `did you mean '${before}${meant}'?`,
  });
}
