import { Link } from '@tanstack/react-router'
import { Check, type LucideIcon } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Button, IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { usePortal } from './portal.ts'

const ITEM =
  'touch flex min-h-8 cursor-pointer items-center gap-2 rounded px-2 py-1 outline-none select-none data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50 data-[highlighted]:bg-raised'

export interface MenuProps {
  /** What the button is for; shown on it where there is no icon. */
  readonly label: string
  readonly icon?: LucideIcon
  readonly children: ReactNode
}

/** A button that opens a list of things to do. Not modal: the modal kind writes a style into the page, which the policy forbids. */
export const Menu = ({ label, icon, children }: MenuProps) => {
  const portal = usePortal()
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>
        {icon ? <IconButton label={label} icon={icon} /> : <Button>{label}</Button>}
      </Radix.Trigger>
      <Radix.Portal container={portal}>
        <Radix.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[80vh] min-w-44 overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-raised"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export const MenuTitle = ({ children }: { readonly children: ReactNode }) => (
  <Radix.Label className="max-w-64 truncate px-2 py-1 text-sm text-muted">{children}</Radix.Label>
)

export const MenuSeparator = () => <Radix.Separator className="my-1 h-px bg-line" />

export interface MenuActionProps {
  readonly onSelect: () => void
  readonly icon?: LucideIcon
  readonly isDangerous?: boolean
  readonly disabled?: boolean
  readonly children: ReactNode
}

export const MenuAction = ({ onSelect, icon: Icon, isDangerous = false, disabled, children }: MenuActionProps) => (
  <Radix.Item onSelect={onSelect} disabled={disabled} className={cx(ITEM, isDangerous && 'text-danger')}>
    {Icon && <Icon aria-hidden className="size-4" />}
    {children}
  </Radix.Item>
)

export const MenuLink = ({ to, children }: { readonly to: string; readonly children: ReactNode }) => (
  <Radix.Item asChild>
    <Link to={to} className={ITEM}>
      {children}
    </Link>
  </Radix.Item>
)

export interface Choice {
  readonly value: string
  readonly label: string
  /** The language of the label, where it is another. */
  readonly lang?: string
}

/** One of several, with a tick beside what is chosen. */
export const MenuChoices = ({
  value,
  options,
  onChange,
}: {
  readonly value: string
  readonly options: readonly Choice[]
  readonly onChange: (value: string) => void
}) => (
  <Radix.RadioGroup value={value} onValueChange={onChange}>
    {options.map((option) => (
      <Radix.RadioItem key={option.value} value={option.value} lang={option.lang} className={cx(ITEM, 'pr-3 pl-7')}>
        <Radix.ItemIndicator className="-ml-5">
          <Check aria-hidden className="size-4" />
        </Radix.ItemIndicator>
        {option.label}
      </Radix.RadioItem>
    ))}
  </Radix.RadioGroup>
)

/** One of several things, each on or off by itself. */
export const MenuToggle = ({
  isOn,
  onChange,
  children,
}: {
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly children: ReactNode
}) => (
  <Radix.CheckboxItem
    checked={isOn}
    onCheckedChange={onChange}
    // Several are changed in one go.
    onSelect={(event) => event.preventDefault()}
    className={cx(ITEM, 'pr-3 pl-7')}
  >
    <Radix.ItemIndicator className="-ml-5">
      <Check aria-hidden className="size-4" />
    </Radix.ItemIndicator>
    {children}
  </Radix.CheckboxItem>
)
