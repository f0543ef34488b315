/** For fish, 3.2 and later. */
import type { Grammar, Slot, Word } from '../grammar.js';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const described = ({ word, help }: Word): string => `${quoted(word)} ${quoted(help)}`;
/** One call of printf takes all of them: a pair fills the format. */
const say = (words: readonly Word[]): string => `printf "$format" ${words.map(described).join(' ')}`;

const take = (slot: Slot): string => {
  switch (slot.is) {
    case 'words':
      return say(slot.words);
    case 'live':
      return 'command $program __complete -- $before "$current" 2>/dev/null';
    case 'files':
      return 'for path in (__fish_complete_path "$typed"); echo "$prefix$path"; end';
    case 'directories':
      return 'for path in (__fish_complete_directories "$typed"); echo "$prefix$path"; end';
  }
};

export function fish({ nouns, verbs, commands, globals, valued, switches, early, values }: Grammar): string {
  const one = (spellings: readonly string[]): string => spellings.map(quoted).join(' ');
  const slots = commands.flatMap(({ spellings, first, next }) => [
    ...(first === undefined ? [] : [`            case ${one(spellings.map((text) => `${text} 0`))}\n                ${take(first)}`]),
    ...(next === undefined ? [] : [`            case ${one(spellings.map((text) => `${text} *`))}\n                ${take(next)}`]),
  ]);
  const flags = commands.flatMap((command) =>
    command.flags.length === 0 ? [] : [`            case ${one(command.spellings)}\n                ${say(command.flags)}`],
  );
  return `# fish completion for ipctl. Generated from the command table: ipctl completion fish
function __ipctl_complete
    set -l before (commandline -opc)
    set -l program $before[1]
    set -e before[1]
    set -l current (commandline -ct | string unescape)
    set -l flag
    set -l prefix ''
    set -l typed "$current"
    set -l noun
    set -l verb
    set -l line
    set -l count 0
    set -l perhaps 0
    for word in $before
        if set -q flag[1]
            set -e flag
            set -l flag
            continue
        end
        if test $perhaps = 1
            set perhaps 0
            contains -- "$word" true false; and continue
        end
        switch $word
            case ${one(valued)}
                set flag $word
            case ${one(switches)}
                set perhaps 1
            case '-?*'
            case '*'
                if not set -q noun[1]
                    set noun $word
                    set line $word
                else if not set -q verb[1]
                    set verb $word
                else
                    set count (math $count + 1)
                end
        end
    end
    if string match -q -- '--*=*' "$current"
        set flag (string split -m 1 = -- $current)[1]
        set prefix $flag=
        set typed (string split -m 1 = -- $current)[2]
    end
    set -l format "$prefix%s\\t%s\\n"
    if set -q flag[1]
        switch $flag
${values.map((value) => `            case ${one(value.flags)}\n                ${take(value.slot)}`).join('\n')}
        end
        return
    end
    set -l flags (string match -q -- '-*' "$current"; and echo 1)
    if not set -q noun[1]; and not set -q flags[1]
        ${say(nouns)}
        return
    end
    switch "$noun"
${verbs
  .map(
    (noun) => `        case ${one(noun.spellings)}
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                ${say(noun.verbs)}
                return
            end`,
  )
  .join('\n')}
        case '*'
            set -q verb[1]; and set count (math $count + 1)
    end
    if set -q flags[1]
        switch "$line"
${flags.join('\n')}
        end
        switch "$noun$current"
${early.map(({ start, flags: own }) => `            case ${quoted(`${start}*`)}\n                ${say(own)}`).join('\n')}
        end
        ${say(globals)}
    else
        switch "$line $count"
${slots.join('\n')}
        end
    end
end
complete -c ipctl -f -k -a '(__ipctl_complete)'
`;
}
