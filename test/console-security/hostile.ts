/** Where somebody could be sent who is to be robbed; each leads, in some reader of addresses, to another site. */
export const ELSEWHERE: readonly string[] = [
  'https://evil.example/',
  '//evil.example/',
  '///evil.example/',
  '/\\evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  'https:evil.example',
  'https:/evil.example',
  'http:\\\\evil.example',
  '%2f%2fevil.example',
  '/\t/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/\r\n/evil.example',
  '.evil.example',
  '@evil.example',
  '/console/../..//evil.example',
  '/.//evil.example',
  '/%2e%2e//evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://evil.example/1',
]

/** What every hostile text holds, so that it is found again. */
export const MARK = 'h0st1le'

/** Texts that do something where they are taken for more than text: a name, and the text. The first is tried in every field, the last stays. */
export const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ['a tag', `${MARK}"><img src=x onerror="window.ran=1"><b class=${MARK}>`],
  ['a script', `</script></title></textarea><script>window.ran=2</script>${MARK}`],
  ['an attribute', `${MARK}' onmouseover='window.ran=3' autofocus onfocus='window.ran=3' x='`],
  ['a name of every object', '__proto__'],
  ['an address that runs', `javascript:window.ran=5//${MARK}`],
  ['a link', `[${MARK}](javascript:window.ran=6) <a href="javascript:window.ran=6">x</a> https://evil.example/${MARK}`],
  ['a template', `${MARK}{{constructor.constructor('window.ran=7')()}}\${window.ran=7} $t(app:menu) {{name}}`],
  ['a formula', `=HYPERLINK("https://evil.example/${MARK}","${MARK}")`],
  ['a formula with a sign', `@SUM(1+1)*cmd|' /C calc'!A0 ${MARK}`],
  ['a formula that begins with minus', `-2+3+cmd|' /C calc'!A0 ${MARK}`],
  ['a formula that begins with plus', `+1-${MARK}`],
  ['text that turns around', `${MARK}\u202egnp.exe\u202c \u2066${MARK}\u2069 \u200f${MARK}`],
  ['one long word', `${MARK}${'W'.repeat(180)}`],
  ['a picture of another site', `${MARK}<svg/onload=window.ran=4><img src="https://evil.example/${MARK}.png">`],
]
