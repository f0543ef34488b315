/** The table as a completion script. `completions/` holds its output; a test keeps the two equal. */
import { flagName, type OptionSpec } from '../domain/option.js';
import { providerIds, providers } from '../providers/registry.js';
import { changeFlags, globalFlags, nounAliases, nouns, type Row, rows } from './commands.js';
import type { FlagSet } from './flags.js';

interface Words {
  readonly flags: readonly string[];
  /** Flags that take a value: the word after one is no verb. */
  readonly valued: readonly string[];
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

function flagWords(flags: FlagSet): Words {
  const choices: Record<string, readonly string[]> = {};
  const valued: string[] = [];
  const words: string[] = [];
  for (const [name, spec] of Object.entries(flags)) {
    const spellings = [`--${name}`, ...(spec.short === undefined ? [] : [`-${spec.short}`])];
    words.push(...spellings);
    if (spec.type !== 'switch' && spec.type !== 'optional') valued.push(...spellings);
    if (spec.type === 'choice') for (const spelling of spellings) choices[spelling] = spec.choices;
  }
  return { flags: words, valued, choices };
}

function optionWords(words: string): Words {
  const flags: string[] = [];
  const choices: Record<string, readonly string[]> = {};
  for (const id of providerIds) {
    for (const [name, spec] of Object.entries(providers[id].manifest.options as Record<string, OptionSpec>)) {
      if (spec.on?.includes(words) !== true || spec.kind === 'secret') continue;
      flags.push(flagName(id, name));
      if (spec.kind === 'enum') choices[flagName(id, name)] = spec.choices;
    }
  }
  return { flags, valued: flags, choices };
}

const builtIn = ['sandbox', ...providerIds.map((id) => `sandbox-${id}`), ...providerIds.map((id) => `env:${id}`)];

/** A bash script without dependencies: nouns, verbs, flags, and the values of flags that have a closed list. */
export function bash(): string {
  const global = flagWords(globalFlags);
  const parts = (rows as readonly Row[]).map((row): { row: Row; words: Words } => {
    const own = [
      flagWords(row.flags),
      ...(row.changes === true ? [flagWords(changeFlags)] : []),
      ...(row.needs === undefined ? [] : [optionWords(row.words)]),
    ];
    return {
      row,
      words: {
        flags: own.flatMap(({ flags }) => flags),
        valued: own.flatMap(({ valued }) => valued),
        choices: Object.assign({}, ...own.map(({ choices }) => choices)),
      },
    };
  });
  const valued = [...new Set([global, ...parts.map(({ words }) => words)].flatMap((words) => words.valued))].sort();
  const choices: Record<string, readonly string[]> = {
    ...Object.assign({}, ...parts.map(({ words }) => words.choices)),
    ...global.choices,
  };
  choices['--profile'] = builtIn;
  choices['-p'] = builtIn;
  choices['--provider'] = providerIds;
  const nounCases = Object.entries(nouns).flatMap(([noun]) => {
    const verbs = (rows as readonly Row[]).filter((row) => row.words.startsWith(`${noun} `)).map((row) => row.words.split(' ')[1]);
    const also = Object.entries(nounAliases).flatMap(([alias, of]) => (of === noun ? [alias] : []));
    return verbs.length === 0 ? [] : [`    ${[noun, ...also].join('|')}) words="${verbs.join(' ')}" ;;`];
  });
  const verbCases = parts.map(({ row, words }) => `    "${row.words}") words="${words.flags.join(' ')}" ;;`);
  const choiceCases = Object.entries(choices).map(([flag, values]) => `    ${flag}) words="${values.join(' ')}" ;;`);
  return `# bash completion for ipctl. Generated from the command table: ipctl completion bash
_ipctl() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local noun='' verb='' skip='' word words='' index
  # env:openstack and --flag=value reach us in pieces, since bash breaks words at : and =
  if [[ $previous == ':' || $previous == '=' ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; [[ $previous == env ]] && previous=-p; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ -n $skip ]]; then skip=''; continue; fi
    case $word in
    ${valued.join('|')}) skip=1 ;;
    -*|:|=) ;;
    *) if [[ -z $noun ]]; then noun=$word; elif [[ -z $verb ]]; then verb=$word; fi ;;
    esac
  done
  case $previous in
${choiceCases.join('\n')}
  esac
  if [[ -z $words && $current == -* ]]; then
    case "$noun\${verb:+ $verb}" in
${verbCases.join('\n')}
    esac
    words="$words ${[...global.flags, '--help'].join(' ')}"
  elif [[ -z $words && -z $noun ]]; then
    words="${Object.keys(nouns).join(' ')}"
  elif [[ -z $words && -z $verb ]]; then
    case $noun in
${nounCases.join('\n')}
    completion) words="bash" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _ipctl ipctl
`;
}
