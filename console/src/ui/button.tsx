import { Link } from '@tanstack/react-router'
import { LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import { Tooltip } from './tooltip.tsx'

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger'

const KINDS: Readonly<Record<ButtonKind, string>> = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-strong',
  secondary: 'bg-surface text-text border-edge hover:bg-raised',
  quiet: 'bg-transparent text-text border-transparent hover:bg-raised',
  danger: 'bg-surface text-danger border-danger hover:bg-danger-soft',
}

const SHAPE =
  'touch inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3 text-[0.95rem] font-medium whitespace-nowrap disabled:cursor-not-allowed disabled:opacity-60'

export interface ButtonProps extends ComponentProps<'button'> {
  readonly kind?: ButtonKind
  readonly icon?: LucideIcon
  /** It is being done: shown, and pressed only once. */
  readonly isPending?: boolean
}

/** Does something. What leads somewhere is a `ButtonLink`. */
export const Button = ({
  kind = 'secondary',
  icon: Icon,
  isPending = false,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) => (
  <button
    type="button"
    {...rest}
    disabled={disabled === true || isPending}
    aria-busy={isPending || undefined}
    className={cx(SHAPE, KINDS[kind], className)}
  >
    {isPending ? (
      <LoaderCircle aria-hidden className="size-4 animate-spin" />
    ) : (
      Icon && <Icon aria-hidden className="size-4" />
    )}
    {children}
  </button>
)

/** Looks like a button and goes to another page. */
export const ButtonLink = ({
  to,
  search,
  kind = 'secondary',
  icon: Icon,
  className,
  children,
}: {
  readonly to: string
  readonly search?: Readonly<Record<string, string>>
  readonly kind?: ButtonKind
  readonly icon?: LucideIcon
  readonly className?: string
  readonly children: ReactNode
}) => (
  <Link to={to} search={search} className={cx(SHAPE, KINDS[kind], className)}>
    {Icon && <Icon aria-hidden className="size-4" />}
    {children}
  </Link>
)

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** What it does, for ears and as a tip. */
  readonly label: string
  readonly icon: LucideIcon
  readonly kind?: ButtonKind
}

/** A button with nothing but a picture. */
export const IconButton = ({ label, icon: Icon, kind = 'quiet', className, ...rest }: IconButtonProps) => (
  <Tooltip text={label}>
    <button type="button" aria-label={label} {...rest} className={cx(SHAPE, KINDS[kind], 'min-w-9 px-0', className)}>
      <Icon aria-hidden className="size-[1.1rem]" />
    </button>
  </Tooltip>
)
