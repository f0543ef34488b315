/** What `ipctl help TOPIC` explains: the things that hold for every command. */
import { type OptionSpec, variableNames } from '../../domain/option.js';
import { type ProviderId, providerIds, providers } from '../../providers/registry.js';
import { globalFlags, variableOf } from '../commands.js';
import { exitCodes } from './exit-codes.js';

export interface Section {
  readonly title: string;
  /** Paragraphs, before the rows. */
  readonly text: readonly string[];
  readonly rows: readonly { readonly term: string; readonly help: string }[];
}

export interface Topic {
  readonly name: TopicName;
  readonly summary: string;
  readonly sections: readonly Section[];
}

export const topicNames = ['exit-codes', 'environment', 'files', 'output'] as const;
export type TopicName = (typeof topicNames)[number];
export const isTopicName = (text: string): text is TopicName => (topicNames as readonly string[]).includes(text);

export const topicSummaries: Readonly<Record<TopicName, string>> = {
  'exit-codes': 'What each exit code means',
  environment: 'Variables that count',
  files: 'Where profiles, records and the sandbox are kept',
  output: 'Formats, columns, and what JSON holds',
};

const rowsOf = (rows: Readonly<Record<string, string>>): Section['rows'] => Object.entries(rows).map(([term, help]) => ({ term, help }));

export const topics = (): readonly Topic[] => topicNames.map(topicOf);

export function topicOf(name: TopicName): Topic {
  switch (name) {
    case 'exit-codes':
      return exits();
    case 'environment':
      return environment();
    case 'files':
      return files;
    case 'output':
      return output;
  }
}

const exits = (): Topic => ({
  name: 'exit-codes',
  summary: topicSummaries['exit-codes'],
  sections: [
    {
      title: 'Exit codes',
      text: [
        'stdout is empty on every failure but 9, 11 and 12, where it holds what exists.',
        'Several targets that all failed alike end with that failure’s code. With -o json the error’s "kind" is the word behind the code.',
      ],
      rows: exitCodes.map(({ code, kind, meaning }) => ({ term: `${code} ${kind}`, help: meaning })),
    },
    {
      title: 'After a change that failed',
      text: ['With -o json or jsonl the last line of stderr is the error, and its operation.state says what became of the change:'],
      rows: rowsOf({
        'not-sent': 'nothing left this machine',
        'not-applied': 'the provider refused it, or looking proved that it did not happen',
        applied: 'it happened, and something after it failed',
        partial: 'some steps of several happened',
        unknown: 'sent, outcome not known: ipctl operation resume ID',
      }),
    },
  ],
});

const environment = (): Topic => ({
  name: 'environment',
  summary: topicSummaries.environment,
  sections: [
    {
      title: 'Global options',
      text: ['A flag counts more than its variable. A switch is off at 0, false, no or off. --yes and --region have none, on purpose.'],
      rows: Object.entries(globalFlags).flatMap(([name, { help }]) => {
        const variable = variableOf(name);
        return variable === undefined ? [] : [{ term: variable, help }];
      }),
    },
    {
      title: 'Options of a provider',
      text: [
        'Each option is read from IPCTL_<PROVIDER>_<OPTION>, then from the provider’s own variable. Of a named profile, what says where requests go and as whom comes from flag or profile only. --profile env:PROVIDER takes all of it from here. ipctl provider show PROVIDER lists the options.',
      ],
      rows: providerIds.map((id) => ({ term: `IPCTL_${id.toUpperCase()}_*`, help: ownVariables(id) })),
    },
    {
      title: 'The machine',
      text: [],
      rows: rowsOf({
        XDG_CONFIG_HOME: 'profiles stand in ipctl below it; an absolute path (default ~/.config)',
        XDG_STATE_HOME: 'records, tokens and sandbox stand in ipctl below it; an absolute path (default ~/.local/state)',
        OS_CLIENT_CONFIG_FILE: 'the clouds.yaml of --profile cloud:NAME, instead of looking for one',
        OS_CLIENT_SECURE_FILE: 'the secure.yaml, instead of the one beside clouds.yaml',
        'HTTPS_PROXY, HTTP_PROXY, NO_PROXY': 'proxies, and what goes past them; also in small letters',
        XDG_CACHE_HOME: 'compiled code is kept in ipctl below it; an absolute path (default ~/.cache)',
        'FORCE_COLOR, NO_COLOR, TERM=dumb': 'with colour, without, without; --color counts more',
        COLUMNS: 'width of a table on a terminal',
      }),
    },
  ],
});

/** Named by the provider itself, each once. */
function ownVariables(id: ProviderId): string {
  const options = Object.entries(providers[id].manifest.options as Record<string, OptionSpec>);
  const own = new Set(options.flatMap(([name, spec]) => variableNames(id, name, spec).slice(1)));
  return own.size === 0 ? 'it has none of its own' : `then ${[...own].join(', ')}`;
}

const files: Topic = {
  name: 'files',
  summary: topicSummaries.files,
  sections: [
    {
      title: 'Files',
      text: ['Files are 0600 and directories 0700. --config DIR moves the profiles; the three variables move what they name.'],
      rows: rowsOf({
        '$XDG_CONFIG_HOME/ipctl/config.json': 'profiles; a file that cannot be read is an error and never overwritten',
        '$XDG_STATE_HOME/ipctl/operations': 'one line for each request that changes something, by month, written before it is sent',
        '$XDG_STATE_HOME/ipctl/tokens': 'tokens, thrown away when the provider refuses them',
        '$XDG_STATE_HOME/ipctl/locks': 'who is working on which account',
        '$XDG_STATE_HOME/ipctl/sandbox': 'clouds of the sandbox and the requests they received',
        '$XDG_STATE_HOME/ipctl/completion': 'names that the shell offered a moment ago',
        '$XDG_CACHE_HOME/ipctl/compiled': 'compiled code, for a faster start',
      }),
    },
    {
      title: 'Files of others, only read',
      text: [],
      rows: rowsOf({
        'clouds.yaml':
          'entries for --profile cloud:NAME: looked for in the working directory, then in ~/.config/openstack, then in /etc/openstack',
        'secure.yaml': 'secrets for those entries, only from beside that clouds.yaml or from OS_CLIENT_SECURE_FILE',
      }),
    },
  ],
};

const output: Topic = {
  name: 'output',
  summary: topicSummaries.output,
  sections: [
    {
      title: 'Formats',
      text: [
        'stdout is the result and nothing else; progress, notes, questions and errors go to stderr. Off a terminal nothing is coloured or cut.',
      ],
      rows: rowsOf({
        '-o table': 'for people (default)',
        '-o json': 'a list is an array, one thing an object; every key is there, null when unknown',
        '-o jsonl': 'one object a line, as they come in',
        '-o yaml': 'the JSON, as YAML',
        '-o csv': 'with a header, as they come in',
        '-o tsv': 'with a header, tab between columns',
        '-o value': 'bare values, tab between columns: addr=$(ipctl ip allocate -o value -c address)',
      }),
    },
    {
      title: 'Choosing',
      text: [],
      rows: rowsOf({
        '-c a,b': 'these columns; +a adds one; a name that is none is answered with those there are',
        '--sort a,-b': 'by a, then by b descending',
        '--query EXPRESSION': 'JMESPath over the JSON: --query "[?state==\'free\'].address"',
        '--raw': 'adds "raw", the provider’s own objects, to JSON and YAML',
        '--no-header': 'no header of table, csv and tsv',
      }),
    },
    {
      title: 'What a change prints',
      text: [
        'An object of action, changed, operation, ip and error; an array of them where several were asked for. changed is false when nothing had to be done, null when it cannot be known. ipctl schema prints the JSON Schema of all of it.',
      ],
      rows: [],
    },
  ],
};
