/** Where charges go. */
export const PLATFORM_REVENUE = 'platform:revenue'
/** Where credits come from: its balance is minus everything ever credited. */
export const PLATFORM_FUNDING = 'platform:funding'
/** Where credits come from that nobody paid for. */
export const PLATFORM_PROMOTIONS = 'platform:promotions'

export const userAccountId = (userId: string): string => `user:${userId}`
