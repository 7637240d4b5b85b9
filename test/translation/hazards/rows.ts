import type { HazardRow } from './row.ts'
import { ROWS_OF_LOSSES } from './rows-declared.ts'
import { ROWS_1_TO_9 } from './rows-001-009.ts'
import { ROWS_10_TO_20 } from './rows-010-020.ts'
import { ROWS_21_TO_28 } from './rows-021-028.ts'
import { ROWS_29_TO_43 } from './rows-029-043.ts'
import { ROWS_44_TO_58 } from './rows-044-058.ts'
import { ROWS_59_TO_68 } from './rows-059-068.ts'
import { ROWS_60_OF_ANSWERS } from './rows-060-answers.ts'
import { ROWS_69_TO_72 } from './rows-069-072.ts'
import { ROWS_73_TO_78 } from './rows-073-078.ts'
import { ROWS_77_OF_TOOLS } from './rows-077-tools.ts'
import { ROWS_79_TO_88 } from './rows-079-088.ts'
import { ROWS_89_TO_99 } from './rows-089-099.ts'
import { ROWS_100_TO_111 } from './rows-100-111.ts'
import { ROWS_112_TO_124 } from './rows-112-124.ts'
import { ROWS_125_TO_132 } from './rows-125-132.ts'
import { ROWS_133_TO_140 } from './rows-133-140.ts'
import { ROWS_141_TO_147 } from './rows-141-147.ts'
import { ROWS_148_TO_155 } from './rows-148-155.ts'
import { ROWS_156_TO_165 } from './rows-156-165.ts'

/** Every hazard that the translation itself decides. */
export const ROWS: readonly HazardRow[] = [
  ...ROWS_1_TO_9,
  ...ROWS_10_TO_20,
  ...ROWS_21_TO_28,
  ...ROWS_29_TO_43,
  ...ROWS_44_TO_58,
  ...ROWS_59_TO_68,
  ...ROWS_60_OF_ANSWERS,
  ...ROWS_69_TO_72,
  ...ROWS_73_TO_78,
  ...ROWS_77_OF_TOOLS,
  ...ROWS_79_TO_88,
  ...ROWS_89_TO_99,
  ...ROWS_100_TO_111,
  ...ROWS_112_TO_124,
  ...ROWS_125_TO_132,
  ...ROWS_133_TO_140,
  ...ROWS_141_TO_147,
  ...ROWS_148_TO_155,
  ...ROWS_156_TO_165,
  ...ROWS_OF_LOSSES,
]
