import { describe, expect, it } from 'vitest'
import type { Clock, ClockDay } from '@/api/types'
import { mainClock, stripLabels, stripRows } from '@/logic/clock'

/** `count` calendar days from `first`, weekends off, working days numbered. */
function run(first: string, count: number): ClockDay[] {
  let n = 0
  return Array.from({ length: count }, (_, at) => {
    const date = new Date(Date.parse(`${first}T00:00:00Z`) + at * 86_400_000)
    const off = [0, 6].includes(date.getUTCDay())
    const kind = at === 0 ? 'start' : off ? 'off' : at === count - 1 ? 'due' : 'future'
    return { date: date.toISOString().slice(0, 10), n: at && !off ? ++n : null, kind }
  })
}

function clock(over: Partial<Clock>): Clock {
  return {
    kind: 'promise', state: 'running', unit: '工作日', started_on: '2026-11-24', due_on: '2026-12-08', day: 4, of: 10, remaining: 6,
    light: { colour: 'green', word: '正常' }, words: '', explain: [], days: run('2026-11-24', 15), ...over,
  }
}

describe('clock strip', () => {
  it('shows fifteen days on one line, the last working day being the tenth', () => {
    const rows = stripRows(clock({}))
    expect(rows).toHaveLength(1)
    expect(rows[0]?.map((cell) => cell.text).join(',')).toBe('受,1,2,3,,,4,5,6,7,8,,,9,10')
    expect(rows[0]?.[4]).toMatchObject({ top: '28', kind: 'off', label: '11月28日，不办公，不算' })
  })

  it('breaks a longer clock into weeks from Monday to Sunday', () => {
    const rows = stripRows(clock({ days: run('2026-11-18', 20) }))
    expect(rows.every((row) => row.length === 7)).toBe(true)
    expect(rows[0]?.map((cell) => cell.kind)).toEqual(['blank', 'blank', 'start', 'future', 'future', 'off', 'off'])
    expect(rows[0]?.[2]?.top).toBe('18')
    const last = rows[rows.length - 1] ?? []
    expect(last.map((cell) => cell.top).join(',')).toBe('7,,,,,,')
  })

  it('breaks into weeks sooner in big letters', () => {
    expect(stripRows(clock({}), 7)).toHaveLength(3)
    expect(stripRows(clock({ days: run('2026-11-24', 6) }), 7)).toHaveLength(1)
  })

  it('has no row without days', () => {
    expect(stripRows(clock({ days: [] }))).toEqual([])
  })

  it('names the ends and today', () => {
    expect(stripLabels(clock({}))).toEqual({ start: '11月24日受理', now: '今天第 4 天', due: '12月8日' })
    expect(stripLabels(clock({ state: 'paused' })).now).toBe('今天不算')
    expect(stripLabels(clock({ day: 0 })).now).toBe('从下一个工作日算起')
  })

  it('leads with the running promise, never with a stopped clock while one runs', () => {
    const stopped = clock({ kind: 'promise', state: 'stopped' })
    const delivery = clock({ kind: 'delivery' })
    expect(mainClock([clock({ kind: 'statutory' }), clock({})])?.kind).toBe('promise')
    expect(mainClock([stopped, delivery])?.kind).toBe('delivery')
    expect(mainClock([])).toBeNull()
  })
})
