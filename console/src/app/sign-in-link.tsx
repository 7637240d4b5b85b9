import { useTranslation } from 'react-i18next'
import { ButtonLink } from '../ui/button.tsx'

/** To the sign-in page, and from there to a page that shows more to who is signed in. */
export const SignInLink = ({ to }: { readonly to: string }) => {
  const { t } = useTranslation()
  return (
    <ButtonLink to="/login" search={{ next: to }}>
      {t('signIn')}
    </ButtonLink>
  )
}
