import { describe, expect, it } from 'vitest'
import type { Ticket } from '@/api/tickets'
import { chain, hallCode, isNear, isOver, lightOfTicket, rings, split, waitWords } from '@/logic/ticket'

const ticket = (over: Partial<Ticket>): Ticket =>
  ({ id: 't', number: 'B023', state: 'waiting', state_words: '等着', ahead: 3, before: ['B022', 'B021', 'B020'], serving: [{ number: 'B019', window: 'A05' }], version: 1, can: [], ...over }) as Ticket

describe('the code of the hall', () => {
  it('is typed or scanned, and nothing else is taken for it', () => {
    expect(hallCode('123 456')).toEqual({ hall: null, code: '123456' })
    expect(hallCode('yimen:hall:0001:123456')).toEqual({ hall: '0001', code: '123456' })
    for (const wrong of ['12345', '1234567', 'yimen:hall:1:123456', 'https://x/yimen:hall:0001:123456', '']) expect(hallCode(wrong)).toBeNull()
  })
})

describe('the row of numbers', () => {
  const shown = (one: Ticket) => chain(one).map((link) => link.number)

  it('leads from the one being served to the person', () => {
    expect(shown(ticket({}))).toEqual(['B019', 'B020', 'B021', 'B022', 'B023'])
    expect(chain(ticket({}))[0]).toMatchObject({ kind: 'serving', words: 'A05 号窗在办' })
    expect(chain(ticket({}))[4]).toMatchObject({ kind: 'me', words: '您' })
  })

  it('leaves a gap for those there is no room for', () => {
    expect(shown(ticket({ ahead: 9, before: ['B022', 'B021', 'B020', 'B018'] }))).toEqual(['B019', '…', 'B021', 'B022', 'B023'])
    expect(shown(ticket({ ahead: 4, before: ['B022', 'B021', 'B020', 'B018'], serving: [] }))).toEqual(['B018', 'B020', 'B021', 'B022', 'B023'])
  })

  it('stands when nobody is ahead or served', () => {
    expect(shown(ticket({ ahead: 0, before: [], serving: [] }))).toEqual(['B023'])
  })
})

describe('what the phone does and says', () => {
  it('is felt when called and when called again, not at every look', () => {
    const called = ticket({ state: 'called', version: 2 })
    expect(rings(ticket({}), called)).toBe(true)
    expect(rings(null, called)).toBe(true)
    expect(rings(called, { ...called })).toBe(false)
    expect(rings(called, { ...called, version: 3 })).toBe(true)
    expect(rings(called, ticket({ state: 'serving', version: 3 }))).toBe(false)
  })

  it('lights what matters', () => {
    expect(isNear(ticket({ ahead: 2 }))).toBe(true)
    expect(lightOfTicket(ticket({ ahead: 2 }))).toEqual({ colour: 'amber', word: '快到您了' })
    expect(lightOfTicket(ticket({}))).toBeNull()
    expect(lightOfTicket(ticket({ state: 'skipped' }))).toEqual({ colour: 'red', word: '过号了' })
    expect(lightOfTicket(ticket({ state: 'closed', state_words: '作废了' }))).toEqual({ colour: 'grey', word: '作废了' })
  })

  it('stops asking once it is over', () => {
    expect((['done', 'left', 'closed', 'skipped', 'parked'] as const).map((state) => isOver(ticket({ state })))).toEqual([true, true, true, false, false])
  })

  it('sets the letter apart and tells the wait', () => {
    expect([split('A007'), split('007')]).toEqual([['A', '007'], ['', '007']])
    expect([waitWords(0, null), waitWords(3, 12), waitWords(3, null), waitWords(0, 5)]).toEqual(['前面没有人', '前面 3 位，大约 12 分钟', '前面 3 位', '前面没有人'])
  })
})
