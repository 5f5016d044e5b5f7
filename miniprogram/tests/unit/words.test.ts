import { describe, expect, it } from 'vitest'
import { dateOf, daysBetween, dayWithWeekday, greeting, momentWords, today } from '@/logic/dates'
import { base64 } from '@/logic/base64'
import { limitWords, needNote, spaced } from '@/logic/words'
import type { MaterialNeed } from '@/api/types'

describe('dates', () => {
  it('are of the county, whatever the phone is set to', () => {
    expect(today(Date.parse('2026-11-23T16:30:00Z'))).toBe('2026-11-24')
    expect(dateOf('2026-11-23T16:30:00Z')).toBe('2026-11-24')
    expect(dateOf('2026-11-24')).toBe('2026-11-24')
  })

  it('carry the weekday', () => {
    expect(dayWithWeekday('2026-12-08')).toBe('12月8日（周二）')
    expect(dayWithWeekday('2024-02-29')).toBe('2月29日（周四）')
  })

  it('name the year only when it is another', () => {
    const now = Date.parse('2026-11-24T02:00:00Z')
    expect(momentWords('2026-11-24T10:26:00+08:00', now)).toBe('11月24日 10:26')
    expect(momentWords('2025-12-31T23:59:00+08:00', now)).toBe('2025年12月31日 23:59')
  })

  it('count whole days over a new year', () => {
    expect(daysBetween('2026-12-30', '2027-01-02')).toBe(3)
    expect(daysBetween('2026-11-24', '2026-11-23')).toBe(-1)
  })

  it('greet by the hour', () => {
    expect(['00', '04', '05', '11', '13', '17', '18'].map((hour) => greeting(Date.parse(`2026-11-24T${hour}:30:00+08:00`)))).toEqual(
      ['晚上好', '晚上好', '上午好', '上午好', '中午好', '下午好', '晚上好'],
    )
  })
})

describe('words', () => {
  it('set numbers in fours', () => {
    expect(spaced('440229000120261118000379')).toBe('4402 2900 0120 2611 1800 0379')
    expect(spaced(null)).toBe('')
  })

  it('say days with their unit', () => {
    expect(limitWords({ days: 5, unit: '工作日' })).toBe('5 个工作日')
    expect(limitWords({ days: 15, unit: '自然日' })).toBe('15 天')
    expect(limitWords({ days: 0, unit: '工作日' })).toBe('当天')
    expect(limitWords({ days: null, unit: null })).toBe('时间看情况')
  })

  it('say when a material is wanted, in whichever way the record says it', () => {
    const need = (when: string | null, hint: string | null = null) => needNote({ when, hint } as MaterialNeed)
    expect(need('代办时')).toBe('代办时才要')
    expect(need('个人交本人的，单位交负责人的')).toBe('个人交本人的，单位交负责人的')
    expect(need(null, '手画的也行')).toBe('手画的也行')
    expect(need(null)).toBe('')
  })

  it('encode file names for tus', () => {
    const pairs = { '': '', ab: 'YWI=', 'a.jpg': 'YS5qcGc=', '布局图.jpg': '5biD5bGA5Zu+LmpwZw==', '😀': '8J+YgA==' }
    for (const [text, coded] of Object.entries(pairs)) expect(base64(text)).toBe(coded)
  })
})
