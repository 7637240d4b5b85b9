import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from 'pdf-lib'
import type { StatementSums } from '../db/types.ts'
import { formatUsd } from '../units.ts'
import type { Month } from './invoice-months.ts'

export interface Invoice {
  readonly month: Month
  readonly sums: StatementSums
  /** Who is charged. */
  readonly organisation: { readonly id: string; readonly name: string; readonly email: string }
  /** Who charges: the address clients know. */
  readonly issuer: string
  /** Whether charges of the month may still be added. */
  readonly isFinal: boolean
}

const PAGE = { width: 595, height: 842, margin: 56 }
const RIGHT = PAGE.width - PAGE.margin
const LINE = 16
const SIZE = 10
const GREY = rgb(0.4, 0.4, 0.4)
const KINDS: Readonly<Record<string, string>> = {
  credit: 'Credits',
  'promotional-credit': 'Promotional credits',
  correction: 'Corrections',
  refund: 'Refunds',
  plan: 'Plans',
}
const PRELIMINARY =
  'Preliminary: requests and batches that began in this month may still be charged to it in the first ten days of the next.'

/**
 * An invoice as a file. Of the same month and the same sums it has the same bytes, whenever it is made: its dates are the
 * month's.
 */
export const invoicePdf = async (invoice: Invoice): Promise<Uint8Array> => {
  const { month, sums, organisation, issuer } = invoice
  const document = await PDFDocument.create({ updateMetadata: false })
  const date = new Date(month.endMs)
  document.setTitle(`Invoice ${month.name}`)
  document.setProducer('Tollgate')
  document.setCreator('Tollgate')
  document.setCreationDate(date)
  document.setModificationDate(date)
  const fonts = {
    plain: await document.embedFont(StandardFonts.Helvetica),
    bold: await document.embedFont(StandardFonts.HelveticaBold),
  }
  const sheet = new Sheet(document, fonts)
  sheet.text(`Invoice ${month.name}`, { size: 20, bold: true })
  sheet.skip(1)
  sheet.text(organisation.name, { bold: true })
  sheet.text(organisation.email)
  sheet.text(organisation.id, { grey: true })
  sheet.skip(0.5)
  sheet.text(`Issued by ${issuer}`)
  const [from, until] = [month.startMs, month.endMs - 1].map((atMs) => new Date(atMs).toISOString().slice(0, 10))
  sheet.text(`For ${from} to ${until}, in UTC. All amounts in US dollars.`)
  if (!invoice.isFinal) sheet.text(PRELIMINARY, { grey: true })
  sheet.skip(1)
  sheet.row('Opening balance', '', formatUsd(sums.opening), { bold: true })
  sheet.skip(0.5)
  const charged = sums.charges.reduce((sum, { amount }) => sum + amount, 0n)
  sheet.row('Charges by model', 'requests', 'USD', { grey: true })
  for (const { model, requests, amount } of sums.charges) sheet.row(model, String(requests), formatUsd(0n - amount))
  sheet.row('Charges', '', formatUsd(-charged), { bold: true })
  sheet.skip(0.5)
  sheet.row('Credits and others', 'postings', 'USD', { grey: true })
  for (const { kind, postings, amount } of sums.others)
    sheet.row(KINDS[kind] ?? kind, String(postings), formatUsd(amount))
  const others = sums.others.reduce((sum, { amount }) => sum + amount, 0n)
  sheet.row('Credits and others', '', formatUsd(others), { bold: true })
  sheet.skip(0.5)
  sheet.row('Closing balance', '', formatUsd(sums.closing), { bold: true })
  return document.save({ useObjectStreams: false })
}

interface Style {
  readonly size?: number
  readonly bold?: boolean
  readonly grey?: boolean
}

/** Lines from top to bottom, over as many pages as they take. */
class Sheet {
  readonly #document: PDFDocument
  readonly #fonts: { readonly plain: PDFFont; readonly bold: PDFFont }
  #page: PDFPage | undefined
  #y = 0

  constructor(document: PDFDocument, fonts: { readonly plain: PDFFont; readonly bold: PDFFont }) {
    this.#document = document
    this.#fonts = fonts
  }

  skip(lines: number): void {
    this.#y -= LINE * lines
  }

  text(text: string, style: Style = {}): void {
    for (const line of this.#wrapped(writable(text), style)) {
      this.#next(style)
      this.#draw(line, PAGE.margin, style)
    }
  }

  /** A name on the left, a count and an amount on the right. */
  row(name: string, count: string, amount: string, style: Style = {}): void {
    const [first = '', ...rest] = this.#wrapped(writable(name), style, ROW_NAME_WIDTH)
    this.#next(style)
    this.#draw(first, PAGE.margin, style)
    this.#draw(count, COUNT_RIGHT - this.#widthOf(count, style), style)
    this.#draw(amount, RIGHT - this.#widthOf(amount, style), style)
    for (const line of rest) {
      this.#next(style)
      this.#draw(line, PAGE.margin, style)
    }
  }

  #next({ size = SIZE }: Style): PDFPage {
    if (!this.#page || this.#y < PAGE.margin + LINE) {
      this.#page = this.#document.addPage([PAGE.width, PAGE.height])
      this.#y = PAGE.height - PAGE.margin
    }
    this.#y -= Math.max(LINE, size * 1.4)
    return this.#page
  }

  #draw(text: string, x: number, style: Style): void {
    const { size = SIZE, grey = false } = style
    this.#page?.drawText(text, { x, y: this.#y, size, font: this.#fontOf(style), color: grey ? GREY : rgb(0, 0, 0) })
  }

  #fontOf({ bold = false }: Style): PDFFont {
    return bold ? this.#fonts.bold : this.#fonts.plain
  }

  #widthOf(text: string, style: Style): number {
    return this.#fontOf(style).widthOfTextAtSize(text, style.size ?? SIZE)
  }

  #wrapped(text: string, style: Style, width = RIGHT - PAGE.margin): readonly string[] {
    const lines: string[] = []
    let line = ''
    for (const word of text.split(' ').flatMap((each) => this.#pieces(each, style, width))) {
      const longer = line === '' ? word : `${line} ${word}`
      if (line !== '' && this.#widthOf(longer, style) > width) {
        lines.push(line)
        line = word
      } else line = longer
    }
    return [...lines, line]
  }

  /** A word that is wider than a line, in pieces. */
  #pieces(word: string, style: Style, width: number): readonly string[] {
    if (this.#widthOf(word, style) <= width) return [word]
    const half = Math.ceil(word.length / 2)
    return [...this.#pieces(word.slice(0, half), style, width), ...this.#pieces(word.slice(half), style, width)]
  }
}

const ROW_NAME_WIDTH = 270
const COUNT_RIGHT = PAGE.margin + 350

/** Characters of Latin-1 that Helvetica has here as they are. */
const OTHER = /[^\x20-\x7e\xa1-\xff]/gu
const MARKS = /\p{M}+/gu
/** Letters that are no other letter with a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  đ: 'd',
  Đ: 'D',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
  œ: 'oe',
  Œ: 'OE',
  '–': '-',
  '—': '-',
  '’': "'",
  '“': '"',
  '”': '"',
  '…': '...',
}

/**
 * What the built-in fonts can write of a text: letters with marks that they have not, without them; anything else that they
 * have not, as a question mark. The organisation's id stands beside its name, so that nobody is mistaken for another.
 */
const writable = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .replace(OTHER, (character) => {
      const known = LETTERS[character]
      if (known !== undefined) return known
      const plain = character.normalize('NFKD').replace(MARKS, '')
      return /^[\x20-\x7e\xa1-\xff]+$/.test(plain) ? plain : '?'
    })
