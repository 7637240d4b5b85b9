import { text } from './fields.ts'

/// What things are called in a configuration.

export const identifier = {
  name: 'id',
  type: 'an id of letters, digits, `-`, `_` and `.`, at most 64 of them',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
}
export const modelName = {
  name: 'name',
  type: 'a model name, at most 200 characters',
  pattern: /^[^\p{Cc}\s]{1,200}$/u,
}
export const id = text(identifier.type, false, 'id')
export const model = text('a model name')
