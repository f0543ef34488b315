/** For PowerShell 5.1 and later. Generated like the others, and run by no test: there is no PowerShell where the tests run. */
import type { Grammar, Slot, Word } from '../grammar.js';

const quoted = (text: string): string => `'${text.replaceAll("'", "''").replaceAll('’', '’’')}'`;
const pairs = (words: readonly Word[]): string =>
  `@(${words.map(({ word, help }) => quoted(help === '' ? word : `${word}\t${help}`)).join(', ')})`;
const take = (slot: Slot): string => (slot.is === 'words' ? pairs(slot.words) : quoted(slot.is));
const table = (entries: readonly (readonly [string, string])[]): string =>
  entries.map(([key, value]) => `    ${quoted(key)} = ${value}`).join('\n');

export function powershell({ nouns, verbs, commands, globals, valued, switches, early, values }: Grammar): string {
  const slots = commands.flatMap(({ spellings, first, next }) =>
    spellings.flatMap((text) => [
      ...(first === undefined ? [] : [[`${text} 0`, take(first)] as const]),
      ...(next === undefined ? [] : [[`${text} 1`, take(next)] as const]),
    ]),
  );
  return `# PowerShell completion for ipctl, not tested. Generated from the command table: ipctl completion powershell
Register-ArgumentCompleter -Native -CommandName ipctl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $valued = @(${valued.map(quoted).join(', ')})
  $switches = @(${switches.map(quoted).join(', ')})
  $early = @{
${table(early.map(({ start, flags }) => [start, pairs(flags)] as const))}
  }
  $values = @{
${table(values.flatMap(({ flags, slot }) => flags.map((flag) => [flag, take(slot)] as const)))}
  }
  $nouns = ${pairs(nouns)}
  $verbs = @{
${table(verbs.flatMap(({ spellings, verbs: own }) => spellings.map((noun) => [noun, pairs(own)] as const)))}
  }
  $flags = @{
${table(commands.flatMap((command) => command.spellings.map((text) => [text, pairs(command.flags)] as const)))}
  }
  $slots = @{
${table(slots)}
  }
  $globals = ${pairs(globals)}

  $all = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { "$_" })
  $program = $all[0]
  $before = @($all | Select-Object -Skip 1)
  if ($wordToComplete -ne '' -and $before.Count -gt 0) { $before = @($before | Select-Object -SkipLast 1) }
  $skip = ''; $perhaps = $false; $noun = ''; $verb = ''; $count = 0
  foreach ($word in $before) {
    if ($skip -ne '') { $skip = ''; continue }
    if ($perhaps) {
      $perhaps = $false
      if (@('true', 'false') -ccontains $word) { continue }
    }
    if ($valued -ccontains $word) { $skip = $word }
    elseif ($switches -ccontains $word) { $perhaps = $true }
    elseif ($word -like '-?*') { }
    elseif ($noun -eq '') { $noun = $word }
    elseif ($verb -eq '') { $verb = $word }
    else { $count += 1 }
  }
  $flag = $skip; $prefix = ''
  if ($wordToComplete -like '--*=*') { $flag = $wordToComplete.Split('=')[0]; $prefix = "$flag=" }
  $line = $noun
  if ($verbs.ContainsKey($noun)) { $line = "$noun $verb" } elseif ($verb -ne '') { $count += 1 }
  $found = @()
  if ($flag -ne '') { $found = $values[$flag] }
  elseif ($wordToComplete -like '-*') {
    $found = @($flags[$line]) + $globals
    foreach ($start in $early.Keys) { if ("$noun$wordToComplete".StartsWith($start)) { $found += $early[$start] } }
  }
  elseif ($noun -eq '') { $found = $nouns }
  elseif ($verbs.ContainsKey($noun) -and $verb -eq '') { $found = $verbs[$noun] }
  else { $found = $slots["$line $([Math]::Min($count, 1))"] }
  if ($found -is [string]) {
    if ($found -ne 'live') { return }
    $prefix = ''
    $found = @(& $program __complete -- @before $(if ($wordToComplete -eq '') { '""' } else { $wordToComplete }) 2>$null)
  }
  foreach ($entry in $found) {
    if (-not $entry) { continue }
    $word, $help = $entry.Split([char]9, 2)
    $word = "$prefix$word"
    if (-not $word.StartsWith($wordToComplete)) { continue }
    if (-not $help) { $help = $word }
    # A name is text: what PowerShell would take for a command is quoted.
    $text = if ($word -cmatch '^[A-Za-z0-9_+=:./-]+$') { $word } else { "'" + $word.Replace("'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new($text, $word, 'ParameterValue', $help)
  }
}
`;
}
