/** For zsh: a file of `$fpath`, or sourced after compinit. */
import type { Grammar, Slot, Word } from '../grammar.js';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** As `_describe` reads it: a colon ends the word. */
const described = ({ word, help }: Word): string => quoted(`${word.replaceAll(':', '\\:')}${help === '' ? '' : `:${help}`}`);
const listed = (words: readonly Word[], indent: string): string => words.map((word) => `\n${indent}${described(word)}`).join('');
const pattern = (spellings: readonly string[]): string => spellings.map((text) => text.replaceAll(' ', '\\ ')).join('|');

const take = (slot: Slot, indent: string): string =>
  slot.is === 'words' ? `found=(${listed(slot.words, `${indent}  `)}\n${indent}) ;;` : `source=${slot.is} ;;`;

export function zsh({ nouns, verbs, commands, globals, valued, switches, early, values }: Grammar): string {
  const cases = (spellings: readonly string[], end: string): string => spellings.map((text) => `${pattern([text])}\\ ${end}`).join('|');
  const slots = commands.flatMap(({ spellings, first, next }) => [
    ...(first === undefined ? [] : [`      ${cases(spellings, '0')}) ${take(first, '      ')}`]),
    ...(next === undefined ? [] : [`      ${cases(spellings, '*')}) ${take(next, '      ')}`]),
  ]);
  const flags = commands.flatMap((command) =>
    command.flags.length === 0 ? [] : [`      ${pattern(command.spellings)}) found=(${listed(command.flags, '        ')}\n      ) ;;`],
  );
  return `#compdef ipctl
# zsh completion for ipctl. Generated from the command table: ipctl completion zsh
_ipctl() {
  local word help entry current flag prefix noun verb line skip perhaps source count=0
  local -a found open before
  before=("\${(@Q)words[2,CURRENT-1]}")
  current=\${(Q)PREFIX}
  for word in "\${(@)before}"; do
    if [[ -n $skip ]]; then skip=; continue; fi
    if [[ -n $perhaps ]]; then
      perhaps=
      case $word in true|false) continue ;; esac
    fi
    case $word in
    ${valued.join('|')}) skip=$word ;;
    ${switches.join('|')}) perhaps=1 ;;
    -?*) ;;
    *)
      if [[ -z $noun ]]; then noun=$word line=$word
      elif [[ -z $verb ]]; then verb=$word
      else count=$((count + 1)); fi ;;
    esac
  done
  if [[ $current == --*=* ]]; then flag=\${current%%=*} prefix=$flag=; else flag=$skip; fi
  if [[ -n $flag ]]; then
    case $flag in
${values.map((value) => `    ${value.flags.join('|')}) ${take(value.slot, '    ')}`).join('\n')}
    esac
  elif [[ -z $noun && $current != -* ]]; then
    found=(${listed(nouns, '      ')}
    )
  else
    case $noun in
${verbs
  .map(
    (noun) =>
      `    ${noun.spellings.join('|')}) line="$noun $verb"; [[ -n $verb || $current == -* ]] || found=(${listed(noun.verbs, '      ')}\n    ) ;;`,
  )
  .join('\n')}
    *) [[ -z $verb ]] || count=$((count + 1)) ;;
    esac
    if [[ $current == -* ]]; then
      case $line in
${flags.join('\n')}
      esac
      case $noun$current in
${early.map(({ start, flags: own }) => `      ${start}*) found=(${listed(own, '        ')}\n      ) ;;`).join('\n')}
      esac
      found+=(${listed(globals, '        ')}
      )
    elif (( ! $#found )); then
      case "$line $count" in
${slots.join('\n')}
      esac
    fi
  fi
  case $source in
  files) compset -P '*='; _files; return ;;
  directories) compset -P '*='; _files -/; return ;;
  live)
    while IFS=$'\\t' read -r word help; do
      entry=\${word//\\\\/\\\\\\\\}
      entry=\${entry//:/\\\\:}\${help:+:$help}
      if [[ $word == *[=:] ]]; then open+=("$entry"); else found+=("$entry"); fi
    done < <("\${\${(Q)words[1]}/#\\~/$HOME}" __complete -- "\${(@)before}" "$current" 2>/dev/null) ;;
  *) [[ -z $prefix ]] || found=("\${(@)found/#/$prefix}") ;;
  esac
  # What wants more behind it is followed by no space.
  _describe -V -t values value found -- open -S ''
}
if [[ $funcstack[1] == _ipctl ]]; then _ipctl "$@"; else compdef _ipctl ipctl; fi
`;
}
