/** For zsh: a file of `$fpath`, or sourced after compinit. */
import type { Grammar, Slot, Word } from '../grammar.js';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** As `_describe` reads it: a colon ends the word. */
const described = ({ word, help }: Word): string => quoted(`${word.replaceAll(':', '\\:')}${help === '' ? '' : `:${help}`}`);
const listed = (words: readonly Word[], indent: string): string => words.map((word) => `\n${indent}${described(word)}`).join('');
const pattern = (spellings: readonly string[]): string => spellings.map((text) => text.replaceAll(' ', '\\ ')).join('|');

const take = (slot: Slot, indent: string): string =>
  slot.is === 'words' ? `found=(${listed(slot.words, `${indent}  `)}\n${indent}) ;;` : `source=${slot.is} ;;`;

export function zsh({ nouns, verbs, commands, globals, valued, values }: Grammar): string {
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
  local word help current flag prefix noun verb line skip source count=0
  local -a found before
  before=("\${(@Q)words[2,CURRENT-1]}")
  current=\${(Q)PREFIX}
  for word in "\${(@)before}"; do
    if [[ -n $skip ]]; then skip=; continue; fi
    case $word in
    ${valued.join('|')}) skip=$word ;;
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
      word=\${word//\\\\/\\\\\\\\}
      found+=("\${word//:/\\\\:}\${help:+:$help}")
    done < <("\${\${(Q)words[1]}/#\\~/$HOME}" __complete -- "\${(@)before}" "$current" 2>/dev/null) ;;
  *) [[ -z $prefix ]] || found=("\${(@)found/#/$prefix}") ;;
  esac
  _describe -V -t values value found
}
if [[ $funcstack[1] == _ipctl ]]; then _ipctl "$@"; else compdef _ipctl ipctl; fi
`;
}
