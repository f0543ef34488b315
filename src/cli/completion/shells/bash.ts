/** For bash, 3.2 and later, without the bash-completion package. */
import type { Grammar, Slot, Word } from '../grammar.js';

const spaced = (words: readonly Word[]): string => words.map(({ word }) => word).join(' ');

/** Sets where the words come from. */
const take = (slot: Slot): string => (slot.is === 'words' ? `static='${spaced(slot.words)}'` : `source=${slot.is}`);

export function bash({ nouns, verbs, commands, globals, valued, switches, early, values }: Grammar): string {
  const quoted = (spellings: readonly string[]): string => spellings.map((text) => `'${text}'`).join('|');
  const slots = commands.flatMap(({ spellings, first, next }) => [
    ...(first === undefined ? [] : [`      ${spellings.map((text) => `'${text} 0'`).join('|')}) ${take(first)} ;;`]),
    ...(next === undefined ? [] : [`      ${spellings.map((text) => `'${text} '*`).join('|')}) ${take(next)} ;;`]),
  ]);
  const flags = commands.flatMap((command) =>
    command.flags.length === 0 ? [] : [`      ${quoted(command.spellings)}) static='${spaced(command.flags)}' ;;`],
  );
  return `# bash completion for ipctl. Generated from the command table: ipctl completion bash
_ipctl() {
  local IFS=$' \\t\\n' line char next open='' begun='' cut='' kept='' at word current='' flag='' prefix='' noun='' verb='' path='' skip='' perhaps='' count=0 static='' source=''
  local -a words=()
  # bash breaks words at : and =, and so takes env:openstack and 2001:db8::1 apart: the line itself is read, as the shell quotes it.
  # What stands before the last break stays where it is (cut): the words are put in behind it.
  line=\${COMP_LINE:0:COMP_POINT}
  for ((at = 0; at < \${#line}; at++)); do
    char=\${line:at:1} next=\${line:at+1:1}
    case $open$char in
    \\'\\'|\\"\\") open='' cut=$kept ;;
    \\"\\\\)
      case $next in '$'|'\`'|\\"|\\\\) current+=$next at=$((at + 1)) ;; *) current+=$char ;; esac ;;
    \\'?|\\"?) current+=$char ;;
    \\'|\\") open=$char begun=1 kept=$cut cut=$current ;;
    \\\\) current+=$next at=$((at + 1)) begun=1 ;;
    ' '|$'\\t'|$'\\n')
      [[ -z $begun ]] || words+=("$current")
      current='' begun='' cut='' ;;
    *)
      current+=$char begun=1
      [[ $COMP_WORDBREAKS != *"$char"* ]] || cut=$current ;;
    esac
  done
  for word in "\${words[@]:1}"; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    if [[ -n $perhaps ]]; then
      perhaps=''
      case $word in true|false) continue ;; esac
    fi
    case $word in
    ${valued.join('|')}) skip=$word ;;
    ${switches.join('|')}) perhaps=1 ;;
    -?*) ;;
    *)
      if [[ -z $noun ]]; then noun=$word path=$word
      elif [[ -z $verb ]]; then verb=$word
      else count=$((count + 1)); fi ;;
    esac
  done
  if [[ $current == --*=* ]]; then flag=\${current%%=*} prefix=$flag=; else flag=$skip; fi
  if [[ -n $flag ]]; then
    case $flag in
${values.map((value) => `    ${value.flags.join('|')}) ${take(value.slot)} ;;`).join('\n')}
    esac
  elif [[ -z $noun && $current != -* ]]; then
    static='${spaced(nouns)}'
  else
    case $noun in
${verbs.map((noun) => `    ${noun.spellings.join('|')}) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='${spaced(noun.verbs)}' ;;`).join('\n')}
    *) [[ -z $verb ]] || count=$((count + 1)) ;;
    esac
    if [[ $current == -* ]]; then
      case $path in
${flags.join('\n')}
      esac
      case $noun$current in
${early.map(({ start, flags: own }) => `      ${start}*) static='${spaced(own)}' ;;`).join('\n')}
      esac
      static="$static ${spaced(globals)}"
    elif [[ -z $static ]]; then
      case "$path $count" in
${slots.join('\n')}
      esac
    fi
  fi
  COMPREPLY=()
  case $source in
  files) compopt -o default 2>/dev/null; return ;;
  directories) compopt -o dirnames 2>/dev/null; return ;;
  live)
    while IFS=$'\\t' read -r word _; do
      COMPREPLY+=("$word")
    done < <("\${words[0]/#\\~/$HOME}" __complete -- "\${words[@]:1}" "$current" 2>/dev/null) ;;
  *)
    for word in $static; do
      [[ $prefix$word != "$current"* ]] || COMPREPLY+=("$prefix$word")
    done ;;
  esac
  # A name is text: what the shell would take for a command is quoted.
  # This key takes the open quote away.
  [[ \${COMP_TYPE-} != 42 ]] || open=''
  local single="'\\\\''"
  for ((at = 0; at < \${#COMPREPLY[@]}; at++)); do
    word=\${COMPREPLY[at]#"$cut"}
    case $open in
    \\') word=\${word//\\'/$single} ;;
    \\") word=\${word//\\\\/\\\\\\\\} word=\${word//\\"/\\\\\\"} word=\${word//'$'/\\\\'$'} word=\${word//'\`'/\\\\'\`'} ;;
    *) [[ $word != *[!A-Za-z0-9_@%+=:,./-]* ]] || printf -v word %q "$word" ;;
    esac
    COMPREPLY[at]=$word
  done
  [[ \${#COMPREPLY[@]} != 1 || \${COMPREPLY[0]} != *[=:] ]] || compopt -o nospace 2>/dev/null
}
complete -F _ipctl ipctl
`;
}
