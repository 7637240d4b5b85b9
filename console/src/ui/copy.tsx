import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from './button.tsx'

const SAID_MS = 2_000

/** Copies, and says for a moment that it did. */
const useCopy = (text: string): readonly [boolean, () => void] => {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = (): void => {
    void writeText(text).then(() => setCopied(true))
  }
  return [isCopied, copy]
}

/** The clipboard exists only where the address is `https:` or this machine; elsewhere a field that is selected does it. */
const writeText = async (text: string): Promise<void> => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  // Inside the open dialog, for nothing outside of it can have the focus.
  const place = document.querySelector('dialog[open]') ?? document.body
  place.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
}

export interface CopyButtonProps {
  readonly text: string
  /** What is copied: `Copy key`. */
  readonly label?: string
  /** With words on it, not a picture alone. */
  readonly isWide?: boolean
}

export const CopyButton = ({ text, label, isWide = false }: CopyButtonProps) => {
  const { t } = useTranslation()
  const [isCopied, copy] = useCopy(text)
  const name = isCopied ? t('copied') : (label ?? t('copy'))
  const icon = isCopied ? Check : Copy
  return (
    <>
      {isWide ? (
        <Button icon={icon} onClick={copy}>
          {name}
        </Button>
      ) : (
        <IconButton label={name} icon={icon} onClick={copy} />
      )}
      <span role="status" className="sr-only">
        {isCopied ? t('copied') : ''}
      </span>
    </>
  )
}

/** A secret that is shown this once: in full, ready to be copied, with what that means. */
export const SecretOnce = ({ secret, label }: { readonly secret: string; readonly label: string }) => {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-2">
      <p className="rounded-md bg-warn-soft px-3 py-2 text-warn">{t('secretOnce')}</p>
      <div className="flex items-center gap-2 rounded-md border border-edge bg-raised p-2">
        <p className="min-w-0 flex-1">
          <span className="sr-only">{label}</span>
          <code className="break-all select-all">{secret}</code>
        </p>
        <CopyButton text={secret} isWide />
      </div>
    </div>
  )
}
