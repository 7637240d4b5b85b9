import type { JsonObject } from '../../canon/codec.ts'
import type { HostedTool } from '../../canon/conversation.ts'

/**
 * Anthropic's tools that have a type instead of a schema. Those the client runs itself have a shape that the model was
 * trained on and no wire shows; another vendor's model has to be told it. Descriptions are ours; names and members are
 * those of the tool's documentation (platform.claude.com, "Tool use").
 */
interface TypedTool {
  readonly description: string
  readonly schema: JsonObject
  /** Members of the declaration that the description tells the model. */
  readonly told?: readonly string[]
}

const TEXT = { type: 'string' }
const WHOLE = { type: 'integer' }
const words = (...values: readonly string[]): JsonObject => ({ type: 'string', enum: values })
const listOf = (items: JsonObject, length: number): JsonObject => ({
  type: 'array',
  items,
  minItems: length,
  maxItems: length,
})
const takes = (required: readonly string[], properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required,
})

const BASH: TypedTool = {
  description: 'Runs a command in a bash session that lasts between calls. Set restart to begin a new session.',
  schema: takes([], { command: TEXT, restart: { type: 'boolean' } }),
}

const RANGE = listOf(WHOLE, 2)
const EDITOR = { path: TEXT, file_text: TEXT, old_str: TEXT, new_str: TEXT, insert_line: WHOLE, view_range: RANGE }
const EDITOR_TEXT =
  'Views, creates and edits text files: view (with a range of lines), create, str_replace (one exact match), insert (after a line)'

const editorWithUndo: TypedTool = {
  description: `${EDITOR_TEXT}, undo_edit.`,
  schema: takes(['command', 'path'], {
    command: words('view', 'create', 'str_replace', 'insert', 'undo_edit'),
    ...EDITOR,
  }),
}
const editor: TypedTool = {
  description: `${EDITOR_TEXT}.`,
  schema: takes(['command', 'path'], {
    command: words('view', 'create', 'str_replace', 'insert'),
    ...EDITOR,
    insert_text: TEXT,
  }),
}

const MEMORY: TypedTool = {
  description:
    'Keeps notes in files under /memories that last between conversations: view, create, str_replace, insert, delete, rename. View the directory before a task, and note progress during it.',
  schema: takes(['command'], {
    command: words('view', 'create', 'str_replace', 'insert', 'delete', 'rename'),
    path: TEXT,
    view_range: RANGE,
    file_text: TEXT,
    old_str: TEXT,
    new_str: TEXT,
    insert_line: WHOLE,
    insert_text: TEXT,
    old_path: TEXT,
    new_path: TEXT,
  }),
}

const POINT = listOf(WHOLE, 2)
const FIRST_ACTIONS = [
  'key',
  'type',
  'mouse_move',
  'left_click',
  'left_click_drag',
  'right_click',
  'middle_click',
  'double_click',
  'screenshot',
  'cursor_position',
]
const LATER_ACTIONS = [
  ...FIRST_ACTIONS,
  'left_mouse_down',
  'left_mouse_up',
  'scroll',
  'hold_key',
  'wait',
  'triple_click',
]
const LATER = {
  start_coordinate: POINT,
  scroll_direction: words('up', 'down', 'left', 'right'),
  scroll_amount: WHOLE,
  duration: { type: 'number' },
}

const computer = (actions: readonly string[], more: JsonObject): TypedTool => ({
  description:
    'Uses a computer by its screen, mouse and keyboard. Take a screenshot to see the screen; coordinates are [x, y] pixels.',
  schema: takes(['action'], { action: words(...actions), coordinate: POINT, text: TEXT, ...more }),
  told: ['display_width_px', 'display_height_px', 'display_number'],
})

/** Tools the client runs, by their type. */
export const TYPED_TOOLS: Readonly<Record<string, TypedTool>> = {
  bash_20241022: BASH,
  bash_20250124: BASH,
  text_editor_20241022: editorWithUndo,
  text_editor_20250124: editorWithUndo,
  text_editor_20250429: editor,
  text_editor_20250728: editor,
  memory_20250818: MEMORY,
  computer_20241022: computer(FIRST_ACTIONS, {}),
  computer_20250124: computer(LATER_ACTIONS, LATER),
  computer_20251124: computer([...LATER_ACTIONS, 'zoom'], { ...LATER, region: listOf(WHOLE, 4) }),
}

/** Tools that Anthropic runs, by the beginning of their type. Any other type is a tool nobody else knows. */
const HOSTED: readonly (readonly [prefix: string, hosted: HostedTool['hosted']])[] = [
  ['web_search_', 'web-search'],
  ['web_fetch_', 'web-fetch'],
  ['code_execution_', 'code-execution'],
  ['mcp_toolset', 'mcp'],
]

export const hostedKind = (type: string): HostedTool['hosted'] =>
  HOSTED.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'other'

/** The versions of hosted tools that are asked for when a client of another format asks for their like. */
export const WEB_SEARCH = { type: 'web_search_20250305', name: 'web_search' } as const
export const WEB_FETCH = { type: 'web_fetch_20250910', name: 'web_fetch' } as const
