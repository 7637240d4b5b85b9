import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { type Code as CodeOf, nameOf } from './blocks.ts'
import { useLanguage } from './language.ts'

/** A piece of code, in one language or in several: then whichever the reader chose last is shown, on every page. */
export const Code = ({ variants }: { readonly variants: readonly CodeOf[] }) => {
  const { t } = useTranslation('docs')
  const [chosen, choose] = useLanguage()
  const [only] = variants
  if (variants.length <= 1) return only ? <CodeBlock code={only.text} title={nameOf(only)} /> : null
  const shown = variants.find(({ language }) => language === chosen) ?? only
  return (
    <Tabs
      label={t('languages')}
      value={shown?.language ?? ''}
      onChange={choose}
      tabs={variants.map((code) => ({
        value: code.language,
        label: nameOf(code),
        content: <CodeBlock code={code.text} />,
      }))}
    />
  )
}
