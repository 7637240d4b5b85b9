import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'
import { useField } from './field.tsx'
import type { SelectOption } from './input.tsx'

export interface ComboboxProps {
  readonly value: string
  readonly options: readonly SelectOption[]
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  /** For ears, where there is no `Field` around it. */
  readonly label?: string
  /** What was typed counts although it is no option. */
  readonly allowsOther?: boolean
  readonly disabled?: boolean
}

/** More than fit the eye or the screen: the rest is reached by typing. */
const SHOWN_MAX = 100

/** One of many, found by typing a part of it. */
export const Combobox = (props: ComboboxProps) => {
  const { value, options, onChange, placeholder, label, allowsOther = false, disabled } = props
  const id = useId()
  const [typed, setTyped] = useState<string>()
  const [at, setAt] = useState(0)
  const isOpen = typed !== undefined
  const found = useFound(options, typed ?? '')
  const labelOf = (one: string): string => options.find((option) => option.value === one)?.label ?? one

  const choose = (chosen: string): void => {
    onChange(chosen)
    setTyped(undefined)
  }
  const leave = (): void => {
    if (typed !== undefined && allowsOther && typed !== '' && typed !== labelOf(value)) onChange(typed.trim())
    if (typed === '' && allowsOther) onChange('')
    setTyped(undefined)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1 }
    const next = moves[event.key]
    if (next !== undefined) {
      event.preventDefault()
      if (!isOpen) setTyped('')
      setAt(isOpen ? Math.max(0, Math.min(found.length - 1, next)) : 0)
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault()
      const option = found[at]
      if (option) choose(option.value)
      else leave()
    } else if (event.key === 'Escape' && isOpen) {
      // The dialog around it stays open.
      event.preventDefault()
      event.stopPropagation()
      setTyped(undefined)
    }
  }
  return (
    <div className="relative">
      <input
        type="text"
        role="combobox"
        autoComplete="off"
        {...useField()}
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && found[at] ? `${id}-${at}` : undefined}
        disabled={disabled}
        placeholder={placeholder}
        value={typed ?? labelOf(value)}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onClick={() => {
          if (!isOpen) setTyped('')
          setAt(0)
        }}
        onBlur={leave}
        onKeyDown={onKeyDown}
        className="control w-full"
      />
      <Options id={id} isOpen={isOpen} at={at} value={value} options={found} onChoose={choose} />
    </div>
  )
}

const useFound = (options: readonly SelectOption[], typed: string): readonly SelectOption[] =>
  useMemo(() => {
    const part = typed.trim().toLowerCase()
    const fits = ({ label, value }: SelectOption): boolean =>
      label.toLowerCase().includes(part) || value.toLowerCase().includes(part)
    if (part === '') return options.slice(0, SHOWN_MAX)
    // Enter takes the first: what was typed whole comes before what only has it in it.
    const isWhole = ({ label, value }: SelectOption): boolean =>
      [label, value].some((name) => name.toLowerCase() === part)
    const all = options.filter(fits)
    return [...all.filter(isWhole), ...all.filter((option) => !isWhole(option))].slice(0, SHOWN_MAX)
  }, [options, typed])

interface OptionsProps {
  readonly id: string
  readonly isOpen: boolean
  readonly at: number
  readonly value: string
  readonly options: readonly SelectOption[]
  readonly onChoose: (value: string) => void
}

const Options = ({ id, isOpen, at, value, options, onChoose }: OptionsProps) => {
  const { t } = useTranslation()
  const shown = useRef<HTMLDivElement>(null)
  return (
    <div
      ref={shown}
      id={`${id}-list`}
      role="listbox"
      aria-label={t('options')}
      hidden={!isOpen}
      className="absolute z-30 mt-1 max-h-64 w-full overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-raised"
    >
      {isOpen && options.length === 0 && <p className="px-2 py-1 text-muted">{t('nothingFound')}</p>}
      {isOpen &&
        options.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the text field, which keeps the focus.
          // biome-ignore lint/a11y/useFocusableInteractive: as above: it is the active descendant of the text field.
          <div
            key={option.value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={option.value === value}
            ref={(element) => {
              if (element && index === at) element.scrollIntoView({ block: 'nearest' })
            }}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(option.value)}
            className={cx(
              'cursor-pointer rounded px-2 py-1.5 break-words hover:bg-raised',
              index === at && 'bg-raised',
            )}
          >
            {option.label}
          </div>
        ))}
    </div>
  )
}
