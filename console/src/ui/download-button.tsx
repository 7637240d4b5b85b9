import { Download } from 'lucide-react'
import { useState } from 'react'
import { type CallOptions, send } from '../api/client.ts'
import { readyErrorOf } from '../api/error.ts'
import { Button, type ButtonKind } from './button.tsx'
import { ErrorNote } from './error-state.tsx'
import { saveAs } from './save-as.ts'

export interface DownloadButtonProps extends Pick<CallOptions, 'path' | 'query'> {
  /** The call that answers with the file, as `/api/me/requests.csv`. */
  readonly from: string
  readonly fileName: string
  readonly label: string
  readonly kind?: ButtonKind
}

/** Saves what a call answers with as a file. Not a link: the call has to say for which organisation it is. */
export const DownloadButton = ({ from, path, query, fileName, label, kind = 'secondary' }: DownloadButtonProps) => {
  const [isPending, setPending] = useState(false)
  const [error, setError] = useState<unknown>()
  const download = async (): Promise<void> => {
    setPending(true)
    setError(undefined)
    try {
      const answer = await send('get', from, { path, query, headers: { accept: '*/*' } })
      if (!answer.ok) throw await readyErrorOf(answer, await answer.json().catch(() => undefined))
      saveAs(await answer.blob(), fileName)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setPending(false)
    }
  }
  return (
    <div className="flex flex-col gap-1">
      <Button kind={kind} icon={Download} isPending={isPending} onClick={() => void download()}>
        {label}
      </Button>
      <ErrorNote error={error} />
    </div>
  )
}
