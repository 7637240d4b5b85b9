import { createServer } from 'node:net'
import { type Gateway, startGateway } from '../harness/gateway.ts'

/** A gateway that has a name of each vendor's, all answered by the demo provider. */
export interface Stage {
  readonly gateway: Gateway
  readonly url: string
  readonly key: string
  readonly keyId: string
  readonly userId: string
}

const MODELS = ['claude-sonnet-4-5', 'gpt-5.4', 'gemini-3.1-pro-preview']

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** Starts it on a port that its configuration names, so that its scripts know where it is. */
export const openStage = async (models: readonly string[] = MODELS): Promise<Stage> => {
  const gateway = await startGateway({
    config: {
      listen: { host: '127.0.0.1', port: await freePort() },
      providers: { demo: { kind: 'demo' } },
      channels: [
        { id: 'demo', provider: 'demo', models, model_map: Object.fromEntries(models.map((name) => [name, 'demo'])) },
      ],
      log: { level: 'warn' },
    },
  })
  const userId = await gateway.createUser()
  await gateway.credit(userId, '100')
  const { id, key } = await gateway.createKey({ user_id: userId, name: 'set-up' })
  return { gateway, url: gateway.url, key, keyId: id, userId }
}
