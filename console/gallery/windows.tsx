import { useState } from 'react'
import { Button } from '../src/ui/button.tsx'
import { Card } from '../src/ui/card.tsx'
import { Combobox } from '../src/ui/combobox.tsx'
import { ConfirmDialog, Dialog, Drawer } from '../src/ui/dialog.tsx'
import { Field } from '../src/ui/field.tsx'
import { Input } from '../src/ui/input.tsx'
import { Menu, MenuAction, MenuToggle } from '../src/ui/menu.tsx'
import { Tabs } from '../src/ui/tabs.tsx'
import { toast } from '../src/ui/toast.tsx'

const OPTIONS = [
  { value: 'one', label: 'One' },
  { value: 'two', label: 'Two' },
]

export const Windows = () => {
  const [open, setOpen] = useState<'dialog' | 'drawer' | 'confirm'>()
  const [done, setDone] = useState('')
  const [isShown, setShown] = useState(true)
  const [choice, setChoice] = useState('')
  const close = (): void => setOpen(undefined)
  return (
    <Card title="Windows">
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setOpen('dialog')}>Open dialog</Button>
        <Button onClick={() => setOpen('drawer')}>Open drawer</Button>
        <Button onClick={() => setOpen('confirm')}>Revoke key</Button>
        <Menu label="More">
          <MenuAction onSelect={() => setDone('renamed')}>Rename</MenuAction>
          <MenuToggle isOn={isShown} onChange={setShown}>
            Shown
          </MenuToggle>
        </Menu>
      </div>
      <p>Done: {done}</p>
      <Tabs
        label="Views"
        tabs={[
          { value: 'a', label: 'First', content: 'The first view' },
          { value: 'b', label: 'Second', content: 'The second view' },
        ]}
      />
      <Dialog
        isOpen={open === 'dialog'}
        onClose={close}
        title="A dialog"
        actions={<Button onClick={close}>Save</Button>}
      >
        <Field label="Inside">
          <Input />
        </Field>
        <Field label="Choice">
          <Combobox value={choice} options={OPTIONS} onChange={setChoice} />
        </Field>
        <Menu label="Menu inside">
          <MenuAction onSelect={() => setDone('inside')}>Do it inside</MenuAction>
        </Menu>
        <Button onClick={() => toast('Said inside')}>Say it</Button>
      </Dialog>
      <Drawer isOpen={open === 'drawer'} onClose={close} title="A drawer">
        Details
      </Drawer>
      <ConfirmDialog
        isOpen={open === 'confirm'}
        onClose={close}
        onConfirm={() => {
          setDone('revoked')
          close()
        }}
        title="Revoke the key?"
        text="It stops working at once."
        action="Revoke"
      />
    </Card>
  )
}
