import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useApp } from './app'

/** A password field whose button for showing the text is named in the language of the page. */
export function Password(props: PasswordInputProps) {
  const { t } = useApp()
  return <PasswordInput visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} {...props} />
}
