import { z } from 'zod'
import { WIRE_FORMATS } from '../canon/operation.ts'
import { DAYS, isZone, parseHours } from '../routing/rules-hours.ts'
import { PARAMETER_NAME } from '../routing/rules-parameters.ts'
import {
  bytes,
  choice,
  defaulted,
  mappingOf,
  optional,
  optionalListOf,
  required,
  type Scalar,
  section,
  text,
  toggle,
} from './fields.ts'
import { id, model } from './schema-words.ts'

/** Headers that hold credentials: what a rule says of them would put one into the configuration. */
const CREDENTIALS = 'authorization|proxy-authorization|cookie|x-api-key|x-goog-api-key|api-key'

const headerName = {
  name: 'header',
  type: 'the name of a header, and of none that holds a credential',
  pattern: new RegExp(`^(?!(?:${CREDENTIALS})$)[A-Za-z0-9_-]{1,64}$`, 'i'),
}

const parameterName = {
  name: 'parameter',
  type:
    'the name of a member of the body, with dots for what is inside another, and none of `model`, `stream`, `provider`, ' +
    '`fallbacks` and `previous_response_id`',
  pattern: PARAMETER_NAME,
}

const PARAMETER_CHARACTERS_MAX = 65_536

/** A word needs no quotes of its own: `low` is what `"low"` is. */
const WORD = /^[A-Za-z][A-Za-z0-9_.-]*$/

/** What stands for a value: anything but a text is itself, a text is JSON, or a plain word. `undefined`: neither. */
const readParameter = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return JSON.stringify(value)
  try {
    return JSON.stringify(JSON.parse(value))
  } catch {
    return WORD.test(value) ? JSON.stringify(value) : undefined
  }
}

/** As JSON text. */
const parameter: Scalar<string> = {
  schema: z.preprocess(readParameter, z.string().max(PARAMETER_CHARACTERS_MAX)),
  type: 'a value such as `0.2`, `true`, `low`, `{"type":"disabled"}` or `"two words"`, as JSON',
  label: 'value',
}

const hours: Scalar<string> = {
  schema: z.string().refine((value) => parseHours(value) !== undefined),
  type: 'hours such as `08:00-18:00` or `22:00-06:00`',
  label: 'hours',
}

const zone: Scalar<string> = {
  schema: z.string().max(100).refine(isZone),
  type: 'a time zone such as `Europe/Berlin` or `UTC`',
  label: 'time zone',
}

const refusal: Scalar<string> = {
  schema: z
    .string()
    .min(1)
    .max(1_000)
    .regex(/^\P{Cc}*$/u),
  type: 'a message of at most 1000 characters',
  label: 'message',
}

const when = section(
  {
    models: optionalListOf(
      required(model, 'A model, with `*` for any letters.'),
      'One of these is asked for: by the name that was written, or the id that it leads to.',
    ),
    formats: optionalListOf(required(choice(WIRE_FORMATS), 'A wire format.'), 'It comes in one of these formats.'),
    bytes_min: optional(bytes, 'The body is at least this large.'),
    bytes_max: optional(bytes, 'The body is at most this large.'),
    tools: optional(toggle, 'Whether it brings tools.'),
    images: optional(toggle, 'Whether it brings images.'),
    stream: optional(toggle, 'Whether it asks for a stream.'),
    headers: mappingOf(
      required(text('a value, with `*` for any letters'), 'Its value, in any case.'),
      headerName,
      'It has all of these.',
    ),
    labels: optionalListOf(required(text('a label'), 'A label.'), 'Its key has one of these.'),
    hours: optional(hours, 'It comes in these hours. What is after midnight belongs to the day before.'),
    days: optionalListOf(required(choice(DAYS), 'A day.'), 'It comes on one of these days.'),
    zone: defaulted(zone, 'UTC', 'Where `hours` and `days` are read.'),
  },
  'All of it must be so. Nothing named: every request.',
)

const effects = section(
  {
    model: optional(model, 'It is answered by this model, and billed as such.'),
    channels: optionalListOf(required(id, 'A channel.'), 'It goes to these channels alone, in this order.'),
    parameters: mappingOf(
      optional(parameter, 'Its value; `null` takes it out.'),
      parameterName,
      'Members of the body that are set, in the format that the client speaks.',
    ),
    refuse: optional(refusal, 'It is refused with 403 and this message.'),
  },
  'What happens to it. Nothing named: what would happen without rules.',
)

const ruleName: Scalar<string> = {
  schema: z.string().regex(/^[^\p{Cc};]{1,64}$/u),
  type: 'a name of at most 64 characters, without `;`',
  label: 'name',
}

/** One rule of a group. */
export const rule = section(
  {
    name: optional(ruleName, 'What it is called in receipts; its place, such as `rule 2`, where it has none.'),
    enabled: defaulted(toggle, 'true', 'With `false` it stays where it is, and never counts.'),
    when,
    do: effects,
  },
  'What is different for some requests. See [rules](rules.md).',
)
