import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.tsx'
import { baseUrlOf } from '../../format/snippets.ts'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { type Bench, type Lane, nextTurn, questionOf } from './bench.ts'
import { turnsToSend } from './conversation.ts'
import { requestOf } from './request.ts'
import { KEY_VARIABLE, type Snippet, snippetsOf } from './snippets.ts'

export interface CopyAsProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly lane: Lane
  readonly bench: Bench
}

/** The request as it would be sent now, to be sent by other means. */
export const CopyAs = (props: CopyAsProps) => {
  const { t } = useTranslation('playground')
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      size="large"
      title={t('copyAs.title')}
      description={t('copyAs.text', { variable: KEY_VARIABLE })}
    >
      <Snippets {...props} />
    </Dialog>
  )
}

const Snippets = ({ lane, bench }: CopyAsProps) => {
  const { t } = useTranslation('playground')
  const { public_url: publicUrl } = useSession()
  const question = questionOf(bench, lane, turnsToSend(lane.turns, nextTurn(bench)))
  const baseUrl = baseUrlOf(publicUrl, location.origin).replace(/\/+$/, '')
  const snippets = snippetsOf(requestOf(question), { baseUrl, model: lane.model, isStreamed: bench.isStreamed })
  return (
    <Tabs
      label={t('copyAs.languages')}
      tabs={snippets.map((snippet) => ({
        value: snippet.language,
        label: snippet.language,
        content: <SnippetView snippet={snippet} />,
      }))}
    />
  )
}

const SnippetView = ({ snippet: { language, install, code } }: { readonly snippet: Snippet }) => {
  const { t } = useTranslation('playground')
  return (
    <div className="flex flex-col gap-3">
      {install !== undefined && <CodeBlock title={t('copyAs.install')} code={install} />}
      <CodeBlock title={language} code={code} className="[&>div]:max-h-[50vh]" />
    </div>
  )
}
