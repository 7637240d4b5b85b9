/** The statuses of Anthropic's errors → their types. https://docs.claude.com/en/api/errors */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** An error as Messages has it, for hosters of Claude that answer in words of their own. */
export const messagesError = (status: number, message: string): unknown => ({
  type: 'error',
  error: { type: TYPES[status] ?? 'api_error', message },
})
