import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { dataUrlOf, type Image } from './conversation.ts'

/** The pictures of a message. */
export const Thumbnails = ({
  images,
  onRemove,
}: {
  readonly images: readonly Image[]
  readonly onRemove?: (image: Image) => void
}) => {
  const { t } = useTranslation('playground')
  if (images.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-2">
      {images.map((image, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same picture may be there twice.
        <li key={place} className="relative">
          <img
            src={dataUrlOf(image)}
            alt={image.name}
            className="h-20 max-w-40 rounded-md border border-line object-cover"
          />
          {onRemove && (
            <button
              type="button"
              aria-label={t('common:remove', { name: image.name })}
              onClick={() => onRemove(image)}
              className="absolute top-1 right-1 inline-flex size-7 items-center justify-center rounded-full border border-edge bg-surface hover:text-danger"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
