import { describe, expect, it } from 'vitest'
import { Offline, Problem } from '@/api/client'
import { once, tryName } from '@/state/tries'

describe('once', () => {
  it('keeps the key while there is no answer, and drops it with the answer', async () => {
    const keys: string[] = []
    const fail = (error: Error) => async (key: string) => {
      keys.push(key)
      throw error
    }
    await expect(once('submit:1', '1', fail(new Offline()))).rejects.toBeInstanceOf(Offline)
    await expect(once('submit:1', '1', fail(new Problem(502, 'http_502', '系统忙')))).rejects.toBeInstanceOf(Problem)
    expect(tryName('submit:1')).toMatch(/^[0-9A-F]{4} [0-9A-F]{2}$/)
    await once('submit:1', '1', async (key) => keys.push(key))
    expect(new Set(keys).size).toBe(1)
    expect(tryName('submit:1')).toBe('')
  })

  it('takes a new key after a refusal, and for another content', async () => {
    const keys: string[] = []
    const refuse = async (key: string) => {
      keys.push(key)
      throw new Problem(409, 'wrong_state', '已经交过了')
    }
    await once('a', '1', refuse).catch(() => undefined)
    await once('a', '1', refuse).catch(() => undefined)
    await once('b', 'one', async (key) => { keys.push(key); throw new Offline() }).catch(() => undefined)
    await once('b', 'two', async (key) => keys.push(key))
    expect(new Set(keys).size).toBe(4)
  })
})
