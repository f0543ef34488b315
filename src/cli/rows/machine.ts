/** The commands without a noun: raw requests, this machine, the tool itself. */
import type { Row } from './row.js';

export const machineRows = [
  {
    words: 'api',
    summary: 'Send a request of your own to the provider, with the credentials of the profile',
    about:
      'PATH stands below the address of one of the provider’s services: /floatingips, or network:/floatingips as --service network says it; {project} in it is replaced. A whole URL must be on the service’s own host. What the provider answers is printed; a refusal becomes an error, with its own exit code. All but GET is a change: confirmed, recorded, never repeated.',
    changes: true,
    arguments: [
      { name: 'METHOD', help: 'GET, POST, PUT, PATCH or DELETE', required: true },
      { name: 'PATH', help: 'path of a service, or a whole URL', required: true },
    ],
    flags: {
      field: { type: 'list', value: 'K=V', help: 'GET: into the query; else into a JSON body, such as floatingip[port_id]=null' },
      input: { type: 'text', value: 'FILE', help: 'JSON to send, from a file; - is stdin' },
      header: { type: 'list', value: "'K: V'", help: 'send this header' },
      include: { type: 'switch', help: 'status and headers too, also of a refusal (on stderr)' },
      service: { type: 'text', value: 'NAME', help: 'service of the provider; default: its first' },
    },
    examples: [
      'ipctl api GET /floatingips --field limit=1',
      'ipctl api GET compute:/servers --query servers[].name',
      'ipctl api PUT /floatingips/664f1f71-fb23-4de7-8074-0c1db86c1d78 --field floatingip[description]=web --yes',
    ],
  },
  {
    words: 'doctor',
    summary: 'Look whether all is well: this machine, its files, each profile, unfinished operations',
    about:
      'The report shows no secret, and no value of a variable: it may be pasted into a bug report. It is printed also when something is wrong. Each stored profile is tried, side by side and for 10 s at most; -p NAME tries only that one.',
    flags: {},
    exits: [4, 5, 9, 12, 14],
    examples: ['ipctl doctor', 'ipctl doctor -p sandbox -o json'],
  },
  {
    words: 'schema',
    summary: 'Print the JSON Schema of what -o json prints: of one record, or of all under $defs',
    arguments: [{ name: 'RECORD', help: 'ip, privateip, server, mutation, dry-run, error, …; all of them: --query \'keys("$defs")\'' }],
    flags: {},
    examples: ['ipctl schema ip', 'ipctl schema mutation > mutation.schema.json'],
  },
  {
    words: 'help',
    summary: 'Explain a command, or what holds for all of them',
    arguments: [{ name: 'COMMAND', help: 'noun and verb; or exit-codes, environment, files, output', variadic: true }],
    flags: {},
    examples: ['ipctl help ip allocate', 'ipctl help exit-codes', 'ipctl help ip allocate -o json'],
  },
  {
    words: 'completion',
    summary: 'Print the completion script of a shell',
    about: 'zsh reads it where ~/.zshrc has fpath+=~/.zfunc before compinit. That of PowerShell is not tested.',
    arguments: [{ name: 'SHELL', help: 'bash, zsh, fish, powershell', required: true }],
    flags: {},
    examples: [
      'ipctl completion bash > ~/.local/share/bash-completion/completions/ipctl',
      'ipctl completion zsh > ~/.zfunc/_ipctl',
      'ipctl completion fish > ~/.config/fish/completions/ipctl.fish',
      'ipctl completion powershell >> $PROFILE',
    ],
  },
] as const satisfies readonly Row[];
