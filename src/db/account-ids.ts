/** Where charges go. */
export const PLATFORM_REVENUE = 'platform:revenue'
/** Where credits come from: its balance is minus everything ever credited. */
export const PLATFORM_FUNDING = 'platform:funding'
/** Where credits come from that nobody paid for. */
export const PLATFORM_PROMOTIONS = 'platform:promotions'

/** What providers are owed, each in an account of its own, is posted from here. */
export const PROVIDER_COSTS = 'platform:provider-costs'
/** Before the id of a provider: the account of what it should have billed. */
export const PROVIDER_ACCOUNT = 'provider:'

export const userAccountId = (userId: string): string => `user:${userId}`
