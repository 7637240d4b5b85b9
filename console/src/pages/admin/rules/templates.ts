import { type Condition, conditionOf, EMPTY_RULE, type RuleDraft } from './rule-form.ts'

const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const

const asking = (field: Condition['field'], values: Partial<Condition>): Condition => ({
  ...conditionOf(field),
  ...values,
})

/** Rules to begin with, by what they are for. What nobody could guess is left to be filled in. */
export const TEMPLATES = {
  blank: EMPTY_RULE,
  large: { ...EMPTY_RULE, conditions: [asking('size', { text: '512KiB' })] },
  hours: {
    ...EMPTY_RULE,
    conditions: [asking('hours', { text: '08:00-20:00' }), asking('days', { list: WORKDAYS })],
    deed: 'refuse',
  },
  client: { ...EMPTY_RULE, conditions: [asking('header', { name: 'user-agent', text: 'acme-tests/*' })] },
  parameters: {
    ...EMPTY_RULE,
    conditions: [asking('formats', { list: ['openai-chat'] })],
    parameters: [{ name: 'temperature', isGone: false, value: '0' }],
  },
} as const satisfies Readonly<Record<string, RuleDraft>>

export type Template = keyof typeof TEMPLATES
