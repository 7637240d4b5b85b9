import type { CaseBlock, CaseOrDefaultClause, Node, SourceFile } from 'typescript/unstable/ast'
import {
  isArrayLiteralExpression,
  isBinaryExpression,
  isBlock,
  isCallExpression,
  isCaseBlock,
  isDefaultClause,
  isElementAccessExpression,
  isExpressionStatement,
  isIdentifier,
  isObjectLiteralExpression,
  isParenthesizedExpression,
  isPropertyAccessExpression,
  isSpreadAssignment,
  isSpreadElement,
  isStringLiteral,
  isVariableStatement,
  SyntaxKind,
} from 'typescript/unstable/ast'

/** One thing that a table or a codec says, and what its file is without it. */
export interface Line {
  /** From the root of the tree. */
  readonly path: string
  /** Where it begins, counted from 1. */
  readonly line: number
  /** The constant or function of the module in which it stands. */
  readonly within: string
  /** What is deleted, each run of white space as one space. */
  readonly text: string
  /** The file without it. */
  readonly without: string
  readonly kind: Kind
}

/** A row of a table of the module, or an arm of a switch, which is one as well; or what a function writes. */
export type Kind = 'table' | 'field'

interface Deletion {
  readonly kind: Kind
  readonly from: number
  readonly to: number
  readonly instead: string
}

/**
 * Every mapping line of a file: members of object literals, arms of switches, entries of the lists and of the sets of
 * words of a module, and statements that write a field or call something for its effect. Each can be deleted with the
 * syntax left whole.
 */
export const linesOf = (file: SourceFile, path: string): readonly Line[] => {
  const found: Line[] = []
  for (const statement of file.statements) {
    const within = nameOf(statement)
    const isTable = isVariableStatement(statement)
    const visit = (node: Node, inFunction: boolean): void => {
      for (const deletion of deletionsAt(node, isTable && !inFunction, file.text))
        found.push(lineOf(file, path, within, deletion))
      const deeper = inFunction || isFunction(node)
      node.forEachChild((child) => visit(child, deeper))
    }
    visit(statement, false)
  }
  return found
}

const isFunction = ({ kind }: Node): boolean =>
  kind === SyntaxKind.ArrowFunction ||
  kind === SyntaxKind.FunctionExpression ||
  kind === SyntaxKind.FunctionDeclaration ||
  kind === SyntaxKind.MethodDeclaration

const nameOf = (statement: Node): string => {
  const declaration = isVariableStatement(statement) ? statement.declarationList.declarations[0] : statement
  const { name } = (declaration ?? statement) as { readonly name?: Node }
  return name && isIdentifier(name) ? name.text : ''
}

const lineOf = (file: SourceFile, path: string, within: string, deletion: Deletion): Line => {
  const { from, to, instead, kind } = deletion
  return {
    path,
    line: file.getLineAndCharacterOfPosition(from).line + 1,
    within,
    text: file.text.slice(from, to).replace(/\s+/g, ' ').replace(/,$/, '').trim(),
    without: file.text.slice(0, from) + instead + file.text.slice(to),
    kind,
  }
}

const deletionsAt = (node: Node, inTable: boolean, text: string): readonly Deletion[] => {
  if (isObjectLiteralExpression(node))
    return isSaidBySpread(node)
      ? []
      : node.properties.map((property) => member(property, text, inTable ? 'table' : 'field'))
  if (isArrayLiteralExpression(node)) return entriesOf(node.elements, inTable, text)
  if (isCaseBlock(node)) return armsOf(node)
  if (isExpressionStatement(node) && hasEffect(node.expression))
    return [{ kind: 'field', from: node.getStart(), to: node.end, instead: '{}' }]
  return inTable ? wordsOf(node) : []
}

/** A member of a list, with its comma. */
const member = (node: Node, text: string, kind: Kind): Deletion => {
  const comma = /^\s*,/.exec(text.slice(node.end))
  return { kind, from: node.getStart(), to: node.end + (comma?.[0].length ?? 0), instead: '' }
}

/** In `...(a && { b: a })` the spread as a whole is the line. */
const isSaidBySpread = (node: Node & { readonly properties: readonly Node[] }): boolean => {
  if (node.properties.length > 1) return false
  let { parent } = node
  while (isParenthesizedExpression(parent) || isBinaryExpression(parent)) parent = parent.parent
  return isSpreadAssignment(parent)
}

/** All entries of a module's lists but the two sides of a pair; of other lists those that are pairs, or spread. */
const entriesOf = (elements: readonly Node[], inTable: boolean, text: string): readonly Deletion[] => {
  const isPair = elements[0]?.parent && isArrayLiteralExpression(elements[0].parent.parent)
  return elements
    .filter((element) => (inTable && !isPair) || isArrayLiteralExpression(element) || isSpreadElement(element))
    .map((element) => member(element, text, inTable ? 'table' : 'field'))
}

/** `'one two'.split(' ')` is a list of words. */
const wordsOf = (node: Node): readonly Deletion[] => {
  if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) return []
  const { name, expression: list } = node.expression
  if (name.text !== 'split' || !isStringLiteral(list)) return []
  const start = list.getStart() + 1
  return [...list.text.matchAll(/\S+ ?/g)].map(({ 0: word, index }) => ({
    kind: 'table',
    from: start + index,
    to: start + index + word.length,
    instead: '',
  }))
}

/** What an arm that says nothing leads to is what comes without it, where nothing comes after the switch. */
const armsOf = (block: CaseBlock): readonly Deletion[] => {
  const { clauses } = block
  const saysNothing = clauses.map(
    (_, at) => endsFunction(block) && answersNothing(clauses.slice(at).find(hasStatements)?.statements ?? []),
  )
  const hasDefault = clauses.some((clause, at) => isDefaultClause(clause) && !saysNothing[at])
  return clauses.flatMap((clause, at) => (saysNothing[at] && !hasDefault ? [] : armOf(clause, clauses[at - 1])))
}

const hasStatements = ({ statements }: CaseOrDefaultClause): boolean => statements.length > 0

/** Whether a switch is the last thing a function does. */
const endsFunction = (block: CaseBlock): boolean => {
  const body = block.parent.parent
  return isBlock(body) && isFunction(body.parent) && body.statements.at(-1) === block.parent
}

/** An arm, or the one word of several that share an arm. */
const armOf = (clause: CaseOrDefaultClause, before: CaseOrDefaultClause | undefined): readonly Deletion[] => {
  const sharesArm = !hasStatements(clause) || (before !== undefined && !hasStatements(before))
  if (isDefaultClause(clause))
    return sharesArm ? [] : [{ kind: 'table', from: clause.getStart(), to: clause.end, instead: '' }]
  const colon = clause.expression.end + 1
  return [{ kind: 'table', from: clause.getStart(), to: sharesArm ? colon : clause.end, instead: '' }]
}

const answersNothing = ([only, ...others]: readonly Node[]): boolean =>
  only !== undefined && others.length === 0 && /^(break|return|return undefined)$/.test(only.getText().trim())

/** Writes a member of something, or calls something. */
const hasEffect = (expression: Node): boolean => {
  if (isCallExpression(expression)) return true
  if (!isBinaryExpression(expression)) return false
  const { left, operatorToken } = expression
  const isAssignment =
    operatorToken.kind >= SyntaxKind.FirstAssignment && operatorToken.kind <= SyntaxKind.LastAssignment
  return isAssignment && (isPropertyAccessExpression(left) || isElementAccessExpression(left))
}
