import { useTranslation } from 'react-i18next'
import { useModels } from '../api/names.ts'
import { useSession } from '../app/session.tsx'
import { baseUrlOf, KEY_PLACEHOLDER, snippetsOf } from '../format/snippets.ts'
import { CodeTabs } from './code-block.tsx'

/** The first request to send, with the address of this gateway, a key and a model that it may ask filled in. */
export const UseIt = ({ secret, models }: { readonly secret?: string; readonly models?: readonly string[] | null }) => {
  const { t } = useTranslation()
  const { public_url: publicUrl } = useSession()
  const listed = useModels()
  const chats = listed.filter(({ type }) => type === undefined || type === 'chat')
  const model = models?.[0] ?? chats[0]?.id ?? 'MODEL'
  const baseUrl = baseUrlOf(publicUrl, location.origin)
  return <CodeTabs label={t('useIt')} variants={snippetsOf({ baseUrl, key: secret ?? KEY_PLACEHOLDER, model })} />
}
