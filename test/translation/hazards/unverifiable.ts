/**
 * Claims about a vendor's server that no published description makes and nothing here can check, and what is done all the
 * same, which rows of the number prove.
 */
export interface Unverifiable {
  readonly number: number
  readonly claim: string
  readonly done: string
}

export const UNVERIFIABLE: readonly Unverifiable[] = [
  {
    number: 25,
    claim: 'Anthropic refuses a forced tool beside thinking.',
    done: 'The tool stays forced and thinking is turned off, which is declared.',
  },
  {
    number: 30,
    claim: 'Anthropic refuses a text of nothing but white space.',
    done: 'Such a text is left out, its cache mark moves to the block before.',
  },
  {
    number: 40,
    claim: 'Anthropic refuses results that do not stand right behind their calls.',
    done: 'They are moved there, which is declared.',
  },
  {
    number: 52,
    claim: 'OpenAI refuses input parts in a message of the assistant.',
    done: 'Its words are written as output parts.',
  },
  {
    number: 53,
    claim: 'Anthropic refuses a picture whose bytes are of another type than it is said to be.',
    done: 'The type that is sent is that of the bytes.',
  },
  {
    number: 62,
    claim: 'OpenAI refuses a strict tool whose schema leaves members open.',
    done: 'Strictness is only asked of a schema in its subset, and what is not asked is declared.',
  },
  {
    number: 68,
    claim: 'Anthropic takes names of tools of up to 128 characters.',
    done: 'The limit stands in the profile, and longer names are sent under others and turned back.',
  },
  {
    number: 72,
    claim: 'Anthropic refuses calls in the history where no tool is declared.',
    done: 'The tools that were called are declared, with the choice of none.',
  },
  {
    number: 96,
    claim: 'OpenAI counts offsets of citations in code points, not in UTF-16 units.',
    done: 'They are written and read in code points.',
  },
  {
    number: 148,
    claim: 'Servers written on protocol buffers leave out zeros and empty texts.',
    done: 'What is left out is read as its default.',
  },
]
