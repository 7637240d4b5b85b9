import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

export interface Tab {
  readonly value: string
  readonly label: ReactNode
  readonly content: ReactNode
}

export interface TabsProps {
  /** What the tabs are about, for ears. */
  readonly label: string
  readonly tabs: readonly Tab[]
  /** Without: the tabs keep by themselves which is open, the first one at the start. */
  readonly value?: string
  readonly onChange?: (value: string) => void
}

/** Several views of one thing, one at a time. */
export const Tabs = ({ label, tabs, value, onChange }: TabsProps) => (
  <Radix.Root defaultValue={tabs[0]?.value} value={value} onValueChange={onChange}>
    <Radix.List aria-label={label} className="mb-3 flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map((tab) => (
        <Radix.Trigger
          key={tab.value}
          value={tab.value}
          className="touch -mb-px border-b-2 border-transparent px-3 py-1.5 whitespace-nowrap text-muted hover:text-text data-[state=active]:border-accent data-[state=active]:font-semibold data-[state=active]:text-text"
        >
          {tab.label}
        </Radix.Trigger>
      ))}
    </Radix.List>
    {tabs.map((tab) => (
      <Radix.Content key={tab.value} value={tab.value}>
        {tab.content}
      </Radix.Content>
    ))}
  </Radix.Root>
)
