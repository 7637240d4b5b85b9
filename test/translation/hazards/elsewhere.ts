/** Hazards of other layers than the translation: the test that proves each, by its file and its title. */
export interface Elsewhere {
  readonly number: number
  /** Why it is no matter of writing one format as another. */
  readonly layer: string
  readonly file: string
  /** As it stands in the file. */
  readonly title: string
}

export const ELSEWHERE: readonly Elsewhere[] = [
  {
    number: 14,
    layer: 'Earlier turns of a Responses client are put in place before anything is translated.',
    file: 'src/translation/stored.test.ts',
    title: 'with reasoning that can be read again and no foreign ids',
  },
  {
    number: 81,
    layer:
      'Whether a whole answer is asked for as a stream is the exchange’s matter. It is asked for as the client asked, and waited for as long as the operator says.',
    file: 'src/upstream/send.test.ts',
    title: 'before its head is a time-out',
  },
  {
    number: 97,
    layer: 'What is billed is read from the upstream’s own bytes, and counts what was summed up on the way.',
    file: 'src/protocols/usage.test.ts',
    title: 'Messages: iterations',
  },
  {
    number: 119,
    layer: 'Signs of life while an upstream is silent are the gateway’s.',
    file: 'src/gateway/pulse.test.ts',
    title: 'a format that has no sign of life is never woken for one',
  },
  {
    number: 121,
    layer: 'Events are cut out of bytes before they are read.',
    file: 'src/streams/framing.test.ts',
    title: 'wherever a stream is cut, the same events come out of it',
  },
  {
    number: 123,
    layer: 'Codings are undone where bytes arrive, and headers that speak of them end there.',
    file: 'src/upstream/headers.test.ts',
    title: "'accept-encoding': 'identity'",
  },
  {
    number: 123,
    layer: 'An upstream may compress all the same.',
    file: 'test/faults/compressed.test.ts',
    title: 'an answer that came compressed though it was asked for plain',
  },
  {
    number: 123,
    layer: 'What proxies may do with a stream is said in the headers of the answer.',
    file: 'src/gateway/relay-stream.test.ts',
    title: 'tells proxies not to gather it, in the upstream’s own words where it has some',
  },
  {
    number: 125,
    layer: 'A conversation that is kept elsewhere is refused by whoever reads the request first.',
    file: 'src/protocols/openai-responses/request.test.ts',
    title: 'which is kept elsewhere, is refused and never passed over',
  },
  {
    number: 125,
    layer: 'Earlier responses are looked up by the gateway.',
    file: 'src/translation/stored.test.ts',
    title: 'does not inherit instructions, and keeps its own',
  },
  {
    number: 134,
    layer: 'Betas are headers, or members of a vendor’s own body.',
    file: 'src/gateway/vendor-request.test.ts',
    title: 'carries betas as a list',
  },
  {
    number: 134,
    layer: 'What a hoster knows of betas stands with the hoster.',
    file: 'test/vendors/bedrock.test.ts',
    title: 'passes the betas that Bedrock knows in the body, and declares the others',
  },
  {
    number: 146,
    layer: 'A body that two readers could understand differently is refused before it is read.',
    file: 'src/canon/scan-object.test.ts',
    title: 'refuses a member sent twice, however its key is written, and names it',
  },
  {
    number: 146,
    layer: 'A body is not read deeper than a limit.',
    file: 'src/canon/scan-object.test.ts',
    title: 'accepts the deepest nesting allowed and refuses one level more, however deep it goes',
  },
  {
    number: 150,
    layer: 'Counting is an endpoint of its own, answered by the upstream where it can.',
    file: 'test/sdk/anthropic.test.ts',
    title: 'counts tokens for nothing, with %s',
  },
  {
    number: 150,
    layer: 'Where an upstream cannot count, tokens are counted here.',
    file: 'test/vendors/bedrock.test.ts',
    title: 'tokens are counted here, as it has no endpoint for that',
  },
  {
    number: 154,
    layer: 'Times to wait are read and written with the headers.',
    file: 'src/gateway/upstream-errors.test.ts',
    title: 'the time to wait that an upstream names',
  },
  {
    number: 154,
    layer: 'Limits are told in the units of each format.',
    file: 'src/http/rate-limit-headers.test.ts',
    title: 'a duration is written as OpenAI writes it',
  },
  {
    number: 155,
    layer: 'Whether another upstream may be asked is decided before anything reaches the client.',
    file: 'test/faults/upstream.test.ts',
    title: 'resets before any content costs a client of',
  },
  {
    number: 165,
    layer: 'Two streams at once are a matter of two, not of one.',
    file: 'test/translation/hazards/hazards.test.ts',
    title: '165 streams that are translated at once share nothing',
  },
]
