import { describe, expect, test } from 'bun:test'
import { EXAMPLE_SCHEMA, NO_SETTINGS, settingFaultsOf, settingsOf, toolFaultsOf, toolsOf } from './settings.ts'

test('what nobody set is not there', () => {
  expect(settingsOf(NO_SETTINGS)).toEqual({})
  expect(settingFaultsOf(NO_SETTINGS)).toEqual({})
})

test.each([
  [{ maxTokens: ' 100 ' }, { maxTokens: 100 }, []],
  [{ temperature: '0' }, { temperature: 0 }, []],
  [{ topP: '0.95' }, { topP: 0.95 }, []],
  [{ thinking: 'low' as const }, { thinking: { effort: 'low' } }, []],
  [{ thinking: 'budget' as const, budget: '1024' }, { thinking: { budgetTokens: 1_024 } }, []],
  [{ thinking: 'budget' as const }, {}, ['budget']],
  [{ budget: 'x' }, {}, []],
  [{ maxTokens: '0' }, {}, ['maxTokens']],
  [{ maxTokens: '1.5', temperature: 'hot', topP: '-1' }, {}, ['maxTokens', 'temperature', 'topP']],
  [{ temperature: '1e3' }, {}, ['temperature']],
  [{ showsThinking: true }, { showsThinking: true }, []],
])('of the form %j', (draft, settings, faults) => {
  expect(settingsOf({ ...NO_SETTINGS, ...draft })).toEqual(settings as never)
  expect(Object.keys(settingFaultsOf({ ...NO_SETTINGS, ...draft })).sort()).toEqual(faults)
})

describe('tools', () => {
  const tool = (name: string, schema = EXAMPLE_SCHEMA, id = name) => ({ id, name, description: '', schema })

  test.each([
    [[tool('weather_in')], {}],
    [[tool('')], { '': 'name' }],
    [[tool('1st')], { '1st': 'name' }],
    [[tool('a.b')], { 'a.b': 'name' }],
    [[tool('a'), tool(' a', EXAMPLE_SCHEMA, 'again')], { again: 'twice' }],
    [[tool('a', '{')], { a: 'schema' }],
    [[tool('a', '[]')], { a: 'schema' }],
  ])('%j have the faults %j', (tools, faults) => {
    expect(toolFaultsOf(tools)).toEqual(faults as never)
  })

  test('are sent without what was not said of them', () => {
    expect(toolsOf([tool(' a ', '{"type":"object"}'), tool('b', '{')])).toEqual([
      { name: 'a', schema: { type: 'object' } },
    ])
  })
})
