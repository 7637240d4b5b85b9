import type { Made } from '../../src/setup/edit.ts'
import type { Syntax } from '../../src/setup/types.ts'

/** A change, as a case names it: a fourth member leaves alone what is there. */
type Op = readonly [path: readonly string[], value: string, ifAbsent?: true]

/** A file, what is changed in it, and what it is then; `undefined`: it is refused. */
export interface Case {
  readonly syntax: Syntax
  readonly before: string
  readonly ops: readonly Op[]
  readonly after: string | undefined
}

const BOM = '\u00ef\u00bb\u00bf'

const table = (syntax: Syntax, ops: readonly Op[], rows: readonly (readonly [string, string | undefined])[]): Case[] =>
  rows.map(([before, after]) => ({ syntax, before, ops, after }))

const JSON_CASES = table(
  'json',
  [[['env', 'B'], '"x"']],
  [
    ['', '{\n  "env": {\n    "B": "x"\n  }\n}\n'],
    [BOM, `${BOM}{\n  "env": {\n    "B": "x"\n  }\n}\n`],
    ['{}', '{\n  "env": {\n    "B": "x"\n  }\n}'],
    ['{"a":1}', '{"a":1, "env": {"B": "x"}}'],
    ['{ "a": 1 }\n', '{ "a": 1, "env": {"B": "x"} }\n'],
    ['{\n  "a": 1 // c\n}\n', '{\n  "a": 1, // c\n  "env": {\n    "B": "x"\n  }\n}\n'],
    ['{\n  "a": 1 /* x */ // c\n}\n', '{\n  "a": 1, /* x */ // c\n  "env": {\n    "B": "x"\n  }\n}\n'],
    [
      '// top\n{\n\t"a": 1, // c\n\t/* d */\n}\n',
      '// top\n{\n\t"a": 1, // c\n\t"env": {\n\t\t"B": "x"\n\t},\n\t/* d */\n}\n',
    ],
    [
      '{\r\n    "env": {\r\n        "A": "b"\r\n    }\r\n}',
      '{\r\n    "env": {\r\n        "A": "b",\r\n        "B": "x"\r\n    }\r\n}',
    ],
    [`${BOM}{\n  "env": {"B": "old", "C": 1}\n}`, `${BOM}{\n  "env": {"B": "x", "C": 1}\n}`],
    ['// only a comment', '// only a comment\n{\n  "env": {\n    "B": "x"\n  }\n}\n'],
    ['{\n  "env": { // c\n  }\n}\n', '{\n  "env": {\n    "B": "x" // c\n  }\n}\n'],
    ['{"a":"\u00c3\u00a9 \u00ff", "env":{}}', '{"a":"\u00c3\u00a9 \u00ff", "env":{"B": "x"}}'],
    [
      '{\n  "t": "}\\"{ // no",\n  "env": {"B": 1, "B": 2}\n}\n',
      '{\n  "t": "}\\"{ // no",\n  "env": {"B": 1, "B": "x"}\n}\n',
    ],
    ['{"env":3}', undefined],
    ['{"a":', undefined],
    ['[1]', undefined],
    ['{"a":1} x', undefined],
    ['{"a":1 "b":2}', undefined],
    ['{"a":1 /* open', undefined],
    ['<html>', undefined],
  ],
)

const JSON_MORE: readonly Case[] = [
  ...table(
    'json',
    [[['list', '[id=t]'], '{"id": "t"}']],
    [
      ['{"list":[{"id":"u","n":1}]}', '{"list":[{"id":"u","n":1}, {"id": "t"}]}'],
      ['{"list":[{"id":"t","n":1}]}', '{"list":[{"id": "t"}]}'],
      ['', '{\n  "list": [\n    {"id": "t"}\n  ]\n}\n'],
    ],
  ),
  ...table(
    'json',
    [
      [['a'], '7', true],
      [['m', 'gpt/5.4~x', 'n'], 'true'],
    ],
    [['{\n  "a": null\n}\n', '{\n  "a": null,\n  "m": {\n    "gpt/5.4~x": {\n      "n": true\n    }\n  }\n}\n']],
  ),
]

const TOML_OPS: readonly Op[] = [
  [['model_provider'], '"t"'],
  [['providers', 't', 'url'], '"u"'],
  [['providers', 't', 'key'], '"k"'],
]
const TABLE = '[providers.t]\nurl = "u"\nkey = "k"\n'
const TOML_CASES = table('toml', TOML_OPS, [
  ['', `model_provider = "t"\n\n${TABLE}`],
  ['model = "a" # c\n\n[x]\ny = [1,\n 2]\n', `model = "a" # c\nmodel_provider = "t"\n\n[x]\ny = [1,\n 2]\n\n${TABLE}`],
  ['[a]\nb=1', `model_provider = "t"\n\n[a]\nb=1\n\n${TABLE.trimEnd()}`],
  [
    '# top\n[providers.t]\nname = "x"\n\n[z]\n',
    'model_provider = "t"\n\n# top\n[providers.t]\nname = "x"\nurl = "u"\nkey = "k"\n\n[z]\n',
  ],
  ['x = """\n[providers.t]\n"""\n', `x = """\n[providers.t]\n"""\nmodel_provider = "t"\n\n${TABLE}`],
  [
    'model_provider = "old"   # mine\r\n[x]\r\ny = \'a # b\'\r\n',
    `model_provider = "t"   # mine\r\n[x]\r\ny = 'a # b'\r\n\r\n${TABLE.replaceAll('\n', '\r\n')}`,
  ],
  [
    '[providers]\n[providers."t"]\nurl = "z" # here\nkey = 1\n',
    'model_provider = "t"\n\n[providers]\n[providers."t"]\nurl = "u" # here\nkey = "k"\n',
  ],
  ['providers = { t = {} }\n', undefined],
  ['providers.t.name = "b"\n', undefined],
  ['model_provider = """\nx"""\n', undefined],
  ['no equals sign\n', undefined],
  ['x = "unclosed\n', undefined],
])

const DOTENV_CASES = table(
  'dotenv',
  [[['A'], 'k']],
  [
    ['', 'A=k\n'],
    ['B=1', 'B=1\nA=k'],
    ['A=1\n# A=2\nAB=3\n', 'A=k\n# A=2\nAB=3\n'],
    ['A=1\nA=2\n', 'A=1\nA=k\n'],
    ['export A = "x y" # c\r\nB=2\r\n', 'export A =k # c\r\nB=2\r\n'],
    ['A=#c\n', 'A=k #c\n'],
    ["A='un\nclosed'\n", undefined],
  ],
)

const YAML_CASES = table(
  'yaml',
  [
    [['A'], '"k"'],
    [['Z'], '1', true],
  ],
  [
    ['', 'A: "k"\nZ: 1\n'],
    ['A: x # mine\nZ: 2\n', 'A: "k" # mine\nZ: 2\n'],
    ['---\n# c\nA:\nb: {A: 1}\n', '---\n# c\nA: "k"\nb: {A: 1}\nZ: 1\n'],
    ["b:\n  A: 1\nA: 'it'\r\n", 'b:\n  A: 1\nA: "k"\r\nZ: 1\n'],
    ['A:\n  - a\n', undefined],
    ['A: |\n  x\n', undefined],
    ['a: 1\n---\nA: 2\n', undefined],
  ],
)

const ITEM = '- name: T\n  key: "k"'
const BEGIN = '# >>> tollgate setup >>>'
const END = '# <<< tollgate setup <<<'
const BLOCK_CASES = table(
  'block',
  [[['models'], ITEM]],
  [
    ['', `models:\n  ${BEGIN}\n  - name: T\n    key: "k"\n  ${END}\n`],
    ['a: 1', `a: 1\nmodels:\n  ${BEGIN}\n  - name: T\n    key: "k"\n  ${END}`],
    ['models: [] # none\nx: 1\n', `models:\n  ${BEGIN}\n  - name: T\n    key: "k"\n  ${END}\nx: 1\n`],
    ['models:\n# c\n- name: a\n', `models:\n${BEGIN}\n- name: T\n  key: "k"\n${END}\n# c\n- name: a\n`],
    [
      `m: 1\r\nmodels:\r\n    ${BEGIN}\r\n    - old\r\n    ${END}\r\n    - b\r\n`,
      `m: 1\r\nmodels:\r\n    ${BEGIN}\r\n    - name: T\r\n      key: "k"\r\n    ${END}\r\n    - b\r\n`,
    ],
    ['models: [{a: 1}]\n', undefined],
    ['models:\n  a: 1\n', undefined],
    [`${BEGIN}\n`, undefined],
  ],
)

const PROFILE_CASES = table(
  'block',
  [[[], 'export X=1']],
  [
    ['', `${BEGIN}\nexport X=1\n${END}\n`],
    ['alias ll=ls', `alias ll=ls\n${BEGIN}\nexport X=1\n${END}`],
  ],
)

const OTHER_CASES = table(
  'whole',
  [[[], 'k']],
  [
    ['', 'k\n'],
    ['old', 'k\n'],
  ],
)

export const CASES: readonly Case[] = [
  ...JSON_CASES,
  ...JSON_MORE,
  ...TOML_CASES,
  ...DOTENV_CASES,
  ...YAML_CASES,
  ...BLOCK_CASES,
  ...PROFILE_CASES,
  ...OTHER_CASES,
]

/** A case's changes, as they are made. */
export const changesOf = ({ syntax, ops }: Case): readonly Made[] =>
  ops.map(([path, value, ifAbsent]) => ({ syntax, path, value, ifAbsent: ifAbsent === true }))
