const EXAMPLES_MAX = 5

/** What is wrong, by kind: so many of each, with a few examples. */
export class Faults {
  readonly #byKind = new Map<string, { count: number; readonly examples: string[] }>()

  add(kind: string, example: string): void {
    const known = this.#byKind.get(kind) ?? { count: 0, examples: [] }
    known.count += 1
    if (known.examples.length < EXAMPLES_MAX) known.examples.push(example)
    this.#byKind.set(kind, known)
  }

  get lines(): readonly string[] {
    return [...this.#byKind].map(([kind, { count, examples }]) => `${count} × ${kind}: ${examples.join('; ')}`)
  }
}
