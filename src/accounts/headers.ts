/// Headers by which a call says more to the sign-in library than a browser can. They are set here, never taken from outside.

export const AUTH_PATH = '/api/auth'
export const ADDRESS_HEADER = 'x-tollgate-address'
export const INVITATION_HEADER = 'x-tollgate-invitation'
export const PROOF_HEADER = 'x-tollgate-proof'
