import { type KeyboardEvent, type RefObject, type SyntheticEvent, useEffect, useMemo, useRef } from 'react'

/**
 * Whether something was entered in a window since it was opened: typed or chosen in a field, or changed by a button, as
 * a row that was added or taken away. What was entered stays entered when its field is not shown any more, as behind a
 * tab; it is gone where the whole form has made room for a result.
 */
export const useEntered = (frame: RefObject<HTMLDialogElement | null>, isForm: boolean) => {
  /** The form that something was entered in; the window itself where it has none. */
  const entered = useRef<Element>(null)
  useEffect(() => {
    if (!isForm) entered.current = null
  }, [isForm])
  return useMemo(() => {
    const isOwn = ({ target }: SyntheticEvent): boolean =>
      target instanceof Element && target.closest('dialog') === frame.current
    const note = ({ target }: SyntheticEvent): void => {
      const form = target instanceof Element ? target.closest('form') : null
      entered.current = form ?? frame.current?.querySelector('form') ?? frame.current
    }
    const compare = (event: SyntheticEvent): void => {
      if (!isOwn(event) || isMove(event.target)) return
      const before = fieldsOf(frame.current)
      // Once what it does has been drawn.
      setTimeout(() => {
        if (frame.current?.open && fieldsOf(frame.current) !== before) note(event)
      })
    }
    return {
      isThere: (): boolean => entered.current?.isConnected === true && frame.current?.querySelector(FORM) !== null,
      handlers: {
        onInput: (event: SyntheticEvent): void => {
          if (isOwn(event)) note(event)
        },
        onClickCapture: (event: SyntheticEvent): void => {
          if (isOwn(event) && isOption(event.target)) note(event)
          compare(event)
        },
        onKeyDownCapture: (event: KeyboardEvent): void => {
          if (event.key === 'Enter' && isOwn(event) && isOpenList(event.target)) note(event)
          if (event.key === 'Enter' || event.key === ' ') compare(event)
        },
      },
    }
  }, [frame])
}

const FORM = 'form, input, select, textarea'
/** The text of a list that is typed into changes as it is opened. */
const FIELDS = ["input:not([role='combobox'])", 'select', 'textarea', "[role='switch']"].join()

/** Goes to other fields, and changes none. */
const isMove = (target: EventTarget): boolean => target instanceof Element && target.closest('[role="tab"]') !== null
const isOption = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('[role="option"]') !== null
const isOpenList = (target: EventTarget): boolean =>
  target instanceof Element && target.matches('[role="combobox"][aria-expanded="true"]')

/** What the fields of a window hold; those of windows inside of it are not its own. */
const fieldsOf = (frame: HTMLDialogElement | null): string =>
  JSON.stringify(
    [...(frame?.querySelectorAll(FIELDS) ?? [])]
      .filter((field) => field.closest('dialog') === frame)
      .map((field) => [
        'value' in field ? field.value : '',
        'checked' in field ? field.checked : '',
        field.getAttribute('aria-checked'),
      ]),
  )
