import { ImagePlus, Send, Square } from 'lucide-react'
import { type ClipboardEvent, type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFreshKey } from '../../app/fresh-key.ts'
import { useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Textarea } from '../../ui/input.tsx'
import type { Bench } from './bench.ts'
import { openCalls } from './conversation.ts'
import { IMAGE_MEGABYTES_MAX, IMAGE_TYPES, IMAGES_MAX, type ImageFault, imageFaultOf, imageOf } from './images.ts'
import { settingFaultsOf, toolFaultsOf } from './settings.ts'
import { store } from './store.ts'
import { Thumbnails } from './thumbnails.tsx'

/** Where the next message is written, for all conversations at once. */
export const Composer = ({ bench, isBusy }: { readonly bench: Bench; readonly isBusy: boolean }) => {
  const { t } = useTranslation('playground')
  const key = useFreshKey()
  const { fault, attach } = useAttaching()
  const { impersonating } = useSession()
  const obstacle = impersonating ? 'viewing' : obstacleOf(bench, key)
  const send = (): void => {
    if (!obstacle && !isBusy) store.send(key)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    send()
  }
  const onPaste = (event: ClipboardEvent): void => {
    if (event.clipboardData.files.length > 0) attach([...event.clipboardData.files])
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send()
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4">
      <Field
        label={t('composer.label')}
        hint={t('composer.hint')}
        error={fault && t(`composer.fault.${fault}`, LIMITS)}
      >
        <Textarea
          rows={3}
          value={bench.text}
          onChange={(event) => store.change({ text: event.target.value })}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
      </Field>
      <Thumbnails
        images={bench.images}
        onRemove={(image) => store.change({ images: bench.images.filter((one) => one !== image) })}
      />
      <div className="flex flex-wrap items-center gap-2">
        {isBusy ? (
          <Button kind="danger" icon={Square} onClick={store.stop}>
            {t('composer.stop')}
          </Button>
        ) : (
          <Button kind="primary" icon={Send} type="submit" disabled={obstacle !== undefined}>
            {t('composer.send')}
          </Button>
        )}
        <AttachButton onFiles={attach} />
        <span className="text-sm text-muted">
          {obstacle && !isBusy ? t(`obstacle.${obstacle}`) : t('composer.images', LIMITS)}
        </span>
      </div>
    </form>
  )
}

const LIMITS = { megabytes: IMAGE_MEGABYTES_MAX, count: IMAGES_MAX }

/** Why nothing can be sent now. */
const obstacleOf = (bench: Bench, key: string): 'key' | 'model' | 'settings' | 'calls' | 'empty' | undefined => {
  if (key === '') return 'key'
  if (bench.lanes.some(({ model }) => model === '')) return 'model'
  if (Object.keys(settingFaultsOf(bench.settings)).length + Object.keys(toolFaultsOf(bench.tools)).length > 0)
    return 'settings'
  if (bench.lanes.some(({ turns }) => openCalls(turns).length > 0)) return 'calls'
  return bench.text.trim() === '' && bench.images.length === 0 ? 'empty' : undefined
}

const useAttaching = () => {
  const [fault, setFault] = useState<ImageFault>()
  const attach = (files: readonly File[]): void => {
    setFault(undefined)
    void (async () => {
      for (const file of files) {
        const wrong = imageFaultOf(file, store.get().images.length)
        if (wrong) return setFault(wrong)
        const image = await imageOf(file)
        store.change({ images: [...store.get().images, image] })
      }
    })()
  }
  return { fault, attach }
}

const AttachButton = ({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) => {
  const { t } = useTranslation('playground')
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('composer.attach')}
        accept={IMAGE_TYPES.join(',')}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <Button icon={ImagePlus} onClick={() => input.current?.click()}>
        {t('composer.attach')}
      </Button>
    </>
  )
}
