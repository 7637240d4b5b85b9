interface Named {
  readonly name: string | null
  readonly email: string
}

/** Whether it is an address that somebody can have: organisations that were made later have none of their own (RFC 2606). */
export const hasAddress = ({ email }: Named): boolean => !email.endsWith('.invalid')

/** What an account is called: by its own name, else by its address. */
export const accountName = ({ name, email }: Named): string => name ?? email
