import { type Catalogue, idMeant } from '../providers/catalogue.ts'

/** A channel as far as it names models. */
interface Naming {
  readonly id: string
  readonly models: readonly string[] | null
  readonly modelMap: ReadonlyMap<string, string>
}

/** Models that channels name and that no request can ever ask for, one sentence each. Without names no catalogue is made. */
export const modelWarnings = (channels: readonly Naming[], catalogue: () => Catalogue): string[] =>
  channels.flatMap(({ id, models, modelMap }) => [
    ...(models ?? []).flatMap((name) => warningOf(catalogue(), `The channel ${id} names`, name)),
    ...[...modelMap.keys()].flatMap((name) => warningOf(catalogue(), `\`model_map\` of the channel ${id} names`, name)),
  ])

const warningOf = (catalogue: Catalogue, who: string, name: string): readonly string[] => {
  if (idMeant(catalogue, name) !== undefined) return []
  const found = catalogue.resolve(name)
  if (!found.ok) return [`${who} a model that cannot be served. ${found.error.message}`]
  const { id } = found.value.model
  return [`${who} ${name}, which is ${id} of one date: name ${id}, which all its forms lead to.`]
}
