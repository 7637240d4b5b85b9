import { describe, expect, test } from 'bun:test'
import { TYPED_TOOLS } from './typed-tools.ts'

/** What another vendor's model is told of each tool that Anthropic's know by its type, as the documentation has it. */

const TEXT = { type: 'string' }
const WHOLE = { type: 'integer' }
const list = (length: number) => ({ type: 'array', items: WHOLE, minItems: length, maxItems: length })
const words = (names: string) => ({ type: 'string', enum: names.split(' ') })

const EDITOR = {
  path: TEXT,
  file_text: TEXT,
  old_str: TEXT,
  new_str: TEXT,
  insert_line: WHOLE,
  view_range: list(2),
}
const FIRST =
  'key type mouse_move left_click left_click_drag right_click middle_click double_click screenshot cursor_position'
const LATER = `${FIRST} left_mouse_down left_mouse_up scroll hold_key wait triple_click`
const SCREEN = { coordinate: list(2), text: TEXT }
const MOVES = {
  start_coordinate: list(2),
  scroll_direction: words('up down left right'),
  scroll_amount: WHOLE,
  duration: { type: 'number' },
}

const WITH_UNDO = { command: words('view create str_replace insert undo_edit'), ...EDITOR }
const WITHOUT_UNDO = { command: words('view create str_replace insert'), ...EDITOR, insert_text: TEXT }
const BASH = { command: TEXT, restart: { type: 'boolean' } }
const MEMORY = {
  command: words('view create str_replace insert delete rename'),
  ...EDITOR,
  insert_text: TEXT,
  old_path: TEXT,
  new_path: TEXT,
}

describe('a typed tool', () => {
  test.each([
    ['bash_20241022', [], BASH],
    ['bash_20250124', [], BASH],
    ['text_editor_20241022', ['command', 'path'], WITH_UNDO],
    ['text_editor_20250124', ['command', 'path'], WITH_UNDO],
    ['text_editor_20250429', ['command', 'path'], WITHOUT_UNDO],
    ['text_editor_20250728', ['command', 'path'], WITHOUT_UNDO],
    ['memory_20250818', ['command'], MEMORY],
    ['computer_20241022', ['action'], { action: words(FIRST), ...SCREEN }],
    ['computer_20250124', ['action'], { action: words(LATER), ...SCREEN, ...MOVES }],
    ['computer_20251124', ['action'], { action: words(`${LATER} zoom`), ...SCREEN, ...MOVES, region: list(4) }],
  ])('%s has its schema, and says what it is for', (type, required, properties) => {
    expect(TYPED_TOOLS[type]?.schema).toEqual({ type: 'object', properties, required })
    expect(TYPED_TOOLS[type]?.description.length).toBeGreaterThan(40)
  })

  test('of a screen tells the model its size', () => {
    const told = ['display_width_px', 'display_height_px', 'display_number']
    for (const [type, tool] of Object.entries(TYPED_TOOLS))
      expect(tool.told).toEqual(/^computer/.test(type) ? told : undefined)
  })
})
