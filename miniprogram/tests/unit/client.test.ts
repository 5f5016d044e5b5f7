import { describe, expect, it } from 'vitest'
import { Client, Offline, Problem, type Ask, type Reply } from '@/api/client'

interface Tokens {
  access: string | null
  refresh: string | null
}

/** A server that accepts one access token and one refresh token at a time. */
function house(good: string, refresh = 'r1') {
  const asks: Ask[] = []
  const state = { good, refresh, refreshes: 0, down: false }
  const send = async (ask: Ask): Promise<Reply> => {
    asks.push(ask)
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (state.down) throw new Offline()
    if (ask.url.endsWith('/auth/refresh')) {
      state.refreshes++
      if ((ask.body as { refresh_token: string }).refresh_token !== state.refresh) {
        return { status: 401, headers: {}, data: { code: 'refresh_reused', detail: '请重新登录' } }
      }
      state.good = `t${state.refreshes}`
      state.refresh = `r${state.refreshes + 1}`
      return { status: 200, headers: {}, data: { access_token: state.good, refresh_token: state.refresh } }
    }
    if (ask.headers.authorization !== `Bearer ${state.good}`) return { status: 401, headers: {}, data: { code: 'expired', detail: '请先登录' } }
    return { status: 200, headers: {}, data: { ok: ask.url } }
  }
  const tokens: Tokens = { access: 'old', refresh: 'r1' }
  const client = new Client(
    send,
    {
      access: () => tokens.access,
      refresh: () => tokens.refresh,
      save: (answer) => {
        const given = answer as { access_token: string; refresh_token: string }
        tokens.access = given.access_token
        tokens.refresh = given.refresh_token
      },
      clear: () => {
        tokens.access = null
        tokens.refresh = null
      },
    },
    '/api/v1',
  )
  return { client, asks, state, tokens }
}

describe('client', () => {
  it('refreshes once for many calls that meet a 401, and each is answered', async () => {
    const { client, state, tokens } = house('new')
    const answers = await Promise.all(['/me', '/cases', '/halls', '/items'].map((path) => client.call<{ ok: string }>('GET', path)))
    expect(answers.map((answer) => answer.ok)).toEqual(['/api/v1/me', '/api/v1/cases', '/api/v1/halls', '/api/v1/items'])
    expect(state.refreshes).toBe(1)
    expect(tokens).toEqual({ access: 't1', refresh: 'r2' })
  })

  it('tries again once only, and with the same idempotency key', async () => {
    const { client, asks } = house('new')
    await client.call('POST', '/cases', { body: { item_codes: ['SJ03'] }, key: 'k1' })
    const posts = asks.filter((ask) => ask.url.endsWith('/cases'))
    expect(posts.map((ask) => ask.headers['idempotency-key'])).toEqual(['k1', 'k1'])
  })

  it('forgets the person when the refresh token is no longer good', async () => {
    const { client, tokens } = house('new', 'stolen')
    await expect(client.call('GET', '/me')).rejects.toMatchObject({ status: 401, message: '请先登录' })
    expect(tokens.access).toBeNull()
  })

  it('keeps the person when there is merely no network', async () => {
    const { client, state, tokens } = house('old')
    state.down = true
    await expect(client.call('GET', '/me')).rejects.toBeInstanceOf(Offline)
    expect(tokens).toEqual({ access: 'old', refresh: 'r1' })
  })

  it('makes a key for every writing call and none for reading', async () => {
    const { client, asks } = house('old')
    await client.call('GET', '/me')
    await client.call('POST', '/consents', { body: {} })
    await client.call('POST', '/consents', { body: {} })
    expect(asks[0]?.headers['idempotency-key']).toBeUndefined()
    expect(asks[1]?.headers['idempotency-key']).not.toBe(asks[2]?.headers['idempotency-key'])
  })

  it('carries the words and the faults of a refusal', async () => {
    const send = async (): Promise<Reply> => ({
      status: 422, headers: { 'x-request-id': 'q1' },
      data: { code: 'form_invalid', detail: '有一栏要看一看', errors: [{ pointer: '/area', code: 'range', detail: '面积要大于 0' }] },
    })
    const client = new Client(send, { access: () => null, refresh: () => null, save: () => undefined, clear: () => undefined }, '')
    const error = await client.call('PUT', '/cases/1/form').catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Problem)
    expect(error).toMatchObject({ message: '有一栏要看一看', code: 'form_invalid', trace: 'q1', ours: false })
    expect((error as Problem).errors[0]?.detail).toBe('面积要大于 0')
  })

  it('has plain words when a proxy answers in HTML', async () => {
    const send = async (): Promise<Reply> => ({ status: 502, headers: {}, data: '<html>bad gateway</html>' })
    const client = new Client(send, { access: () => null, refresh: () => null, save: () => undefined, clear: () => undefined }, '')
    await expect(client.call('GET', '/me')).rejects.toMatchObject({ message: '系统正忙，请过一会儿再试', ours: true })
  })
})
