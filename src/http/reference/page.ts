/**
 * What the reference page may do. Everything comes from this server: nothing is loaded from, or told to, anyone else.
 * Scalar writes its style sheets into the page as it renders, and sets `style` attributes, so styles alone may be
 * inline; scripts may not. Its schema library asks once whether `eval` is allowed, is told no, and does without.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page; `bundlePath` and `startPath` name their version, so that both can be cached for good. */
export const renderPage = (bundlePath: string, startPath: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tollgate API reference</title>
<link rel="icon" href="data:,">
</head>
<body>
<div id="reference"></div>
<noscript>This page needs JavaScript. The description is at <a href="/api/openapi.json">/api/openapi.json</a>.</noscript>
<script src="${bundlePath}"></script>
<script src="${startPath}"></script>
</body>
</html>
`

/**
 * Starts Scalar on the page. Each of its services is off: fonts, telemetry, the request proxy (calls go straight to
 * this server), the assistant, the MCP offer and the button that opens the description in Scalar's own application.
 */
export const START_SCRIPT = `'use strict'
const here = window.location.origin
Scalar.createApiReference('#reference', {
  url: '/api/openapi.json',
  // The page tries calls on the address it was itself loaded from: the policy allows no other.
  servers: [{ url: here, description: 'This server.' }],
  theme: 'default',
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  externalUrls: { dashboardUrl: here, registryUrl: here, proxyUrl: here, apiBaseUrl: here },
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: false,
  documentDownloadType: 'json',
  authentication: { preferredSecurityScheme: 'adminKey' },
  // Here, models are what one asks; the shapes of JSON are schemas.
  modelsSectionLabel: 'Schemas',
  metaData: { title: 'Tollgate API reference' },
})
`
