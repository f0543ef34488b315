// Man pages, from what `ipctl help -o json` prints: one of the program, one of each command.
// https://man7.org/linux/man-pages/man7/man.7.html

/** [name of the file, its text] of each page. `program`: what help prints. */
export function manPages(program, version) {
  const commands = program.nouns.flatMap((noun) => noun.commands);
  return [
    ['ipctl.1', programPage(program, commands, version)],
    ...commands.map((command) => [`${pageOf(command)}.1`, commandPage(command, commands, version)]),
  ];
}

/** Where npm looks for them, as package.json lists them. */
export const manFiles = (program) => manPages(program, '').map(([name]) => `dist/man/${name}`);

const pageOf = ({ words }) => `ipctl-${words.replaceAll(' ', '-')}`;

const special = { '\\': '\\e', '-': '\\-', "'": '\\(aq', '`': '\\(ga', '^': '\\(ha', '~': '\\(ti', '’': '\\(cq', '"': '\\(dq', '…': '...' };
/** Nothing in it is a request or an escape of roff. */
const escaped = (text) =>
  text.replace(
    /[^ -~]|[\\\-'`^~"]/gu,
    (char) => special[char] ?? `\\[u${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
  );
/** A line may not begin like a request. */
const line = (text) => escaped(text).replace(/^\./, '\\&.');
const bold = (text) => `\\fB${escaped(text)}\\fR`;
const sentence = (text) => line(/[.?!]$/.test(text) ? text : `${text}.`);

const heading = (title) => `.SH ${title.toUpperCase()}`;
const subheading = (title) => `.SS ${escaped(title)}`;
const item = (term, help) => ['.TP', term, line(help)];
const title = (name, version) => `.TH ${escaped(name.toUpperCase())} 1 "" "ipctl ${escaped(version)}" "ipctl"`;

function optionItem({ name, short, value, optional, type, help, default: preset }) {
  const argument = value === null ? '' : optional ? `[=\\fI${escaped(value)}\\fR]` : ` \\fI${escaped(value)}\\fR`;
  const term = `${short === null ? '' : `${bold(short)}, `}${bold(name)}${argument}${type === 'list' ? '...' : ''}`;
  return item(term, preset === null || preset === '' ? help : `${help} (default ${preset})`);
}

const exitItems = (codes) => codes.flatMap(({ code, kind, meaning }) => item(`${bold(String(code))} ${escaped(kind)}`, meaning));
const exampleLines = (examples) => ['.nf', ...examples.map(line), '.fi'];
const seeAlso = (names) => [heading('See also'), names.map((name) => `${bold(name)}(1)`).join(', ')];
const page = (lines) => `${lines.join('\n')}\n`;

function commandPage(command, commands, version) {
  const name = pageOf(command);
  const noun = command.words.split(' ')[0];
  const groups = [...new Set(command.options.map(({ group }) => group))].filter((group) => group !== 'global');
  const titles = { command: 'Of the command', change: 'Of every change' };
  return page([
    title(name, version),
    heading('Name'),
    `${escaped(name)} \\- ${escaped(command.summary)}`,
    heading('Synopsis'),
    line(command.usage),
    heading('Description'),
    sentence(command.summary),
    ...(command.about === null ? [] : ['.PP', line(command.about)]),
    ...(command.aliases.length === 0 ? [] : ['.PP', line(`Also typed as: ${command.aliases.join(', ')}.`)]),
    ...(command.arguments.length === 0 ? [] : [heading('Arguments')]),
    ...command.arguments.flatMap((argument) => item(`\\fI${escaped(argument.name)}\\fR${argument.variadic ? '...' : ''}`, argument.help)),
    heading('Options'),
    ...groups.flatMap((group) => [
      subheading(titles[group] ?? `Of the provider ${group}`),
      ...command.options.filter((option) => option.group === group).flatMap(optionItem),
    ]),
    subheading('Global'),
    `Those that every command takes stand in ${bold('ipctl')}(1).`,
    heading('Exit status'),
    ...exitItems(command.exitCodes),
    heading('Examples'),
    ...exampleLines(command.examples),
    ...seeAlso(['ipctl', ...commands.filter((other) => other !== command && other.words.split(' ')[0] === noun).map(pageOf)]),
  ]);
}

function programPage(program, commands, version) {
  return page([
    title('ipctl', version),
    heading('Name'),
    `ipctl \\- ${escaped(program.summary)}`,
    heading('Synopsis'),
    line(program.usage),
    heading('Description'),
    sentence(program.summary),
    heading('Commands'),
    ...commands.flatMap((command) => item(`${bold(pageOf(command))}(1)`, command.summary)),
    heading('Options'),
    ...program.options.flatMap(optionItem),
    ...program.topics.flatMap((topic) => [
      heading(topic.name === 'exit-codes' ? 'Exit status' : topic.name),
      ...topic.sections.flatMap((section) => [
        subheading(section.title),
        ...section.text.flatMap((text, index) => [...(index === 0 ? [] : ['.PP']), line(text)]),
        ...section.rows.flatMap(({ term, help }) => item(bold(term), help)),
      ]),
    ]),
    heading('Examples'),
    ...exampleLines(program.examples),
    ...seeAlso(commands.map(pageOf)),
  ]);
}
