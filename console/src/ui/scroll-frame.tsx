import type { ComponentProps } from 'react'

/**
 * A frame whose content scrolls inside of it: named, and reachable by keyboard, which could not scroll it otherwise. A
 * group and no landmark, for a page may have many.
 */
export const ScrollFrame = ({ label, ...rest }: ComponentProps<'div'> & { readonly label: string }) => (
  // biome-ignore lint/a11y/useSemanticElements: what scrolls is no set of fields.
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
  <div role="group" aria-label={label} tabIndex={0} {...rest} />
)
