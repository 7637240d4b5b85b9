import { bytes, defaulted, duration, listOf, required, section, text, whole } from './fields.ts'

/** What a tool of Claude Code is called. */
const toolName = text('the name of a tool, such as `WebSearch`')
const variableName = text('the name of a variable')

export const claudeCli = section(
  {
    command: defaulted(
      text('a command or the path of one'),
      'claude',
      'The program, found on the PATH of Tollgate unless it is a path.',
    ),
    processes_max: defaulted(whole(1, 256), '2', 'How many requests it answers at once: a process for each.'),
    queue_max: defaulted(
      whole(0, 10_000),
      '16',
      'How many more requests may wait for a process. The next is refused with 503, or goes to another channel.',
    ),
    tools: listOf(
      required(toolName, 'A tool.'),
      [],
      'Its own tools that it may use without asking, on this machine and as the user that Tollgate runs as. Empty: none. ' +
        'Tools that read or change files give them to whoever may ask the model.',
    ),
    environment: listOf(
      required(variableName, 'A variable.'),
      [],
      'Variables it is given besides those it needs to run, to find its login and to reach its vendor.',
    ),
    line_bytes: defaulted(bytes, '16MiB', 'Longest line of its output that is read. A longer one fails the request.'),
    stop_timeout: defaulted(duration, '2s', 'How long it may take to end when a client hangs up, before it is killed.'),
    check_interval: defaulted(duration, '30s', 'How long `/health` believes what it last found of it.'),
  },
  'Of the kind `claude-cli`: the program that answers. In the file only, not through the admin API.',
)
