import type { ReactNode } from 'react'
import { Notice, type Tone } from './badge.tsx'
import { SecretOnce } from './copy.tsx'
import { OnceDialog } from './once-dialog.tsx'
import { Time } from './values.tsx'

/** A link that was made, and what to do with it. */
export interface MadeLink {
  readonly url: string
  readonly expires_at: string
  readonly tone: Tone
  readonly note: string
}

export interface LinkDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  /** What the window is called while the link is asked for, and once it is there. */
  readonly title: string
  readonly madeTitle: string
  /** What the link is, until when it counts, and what the button says that puts it away. */
  readonly words: { readonly link: string; readonly until: string; readonly done: string }
  /** What is asked before it is made. */
  readonly children: (onMade: (made: MadeLink) => void, onCancel: () => void) => ReactNode
}

/** Makes a link for somebody; it is shown once, and stays until it is put away on purpose. */
export const LinkDialog = ({ madeTitle, words, ...dialog }: LinkDialogProps) => (
  <OnceDialog<MadeLink>
    {...dialog}
    doneTitle={() => madeTitle}
    doneAction={words.done}
    show={(made) => (
      <div className="flex flex-col gap-3 pb-2">
        <Notice tone={made.tone}>{made.note}</Notice>
        <SecretOnce secret={made.url} label={words.link} />
        <p>
          {words.until} <Time at={made.expires_at} />
        </p>
      </div>
    )}
  />
)
