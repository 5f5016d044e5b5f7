import { describe, expect, it } from 'vitest'
import type { ProjectBrief } from '@/api/projects'
import type { Case, Next } from '@/api/types'
import { chooseKeySheet, lightOf, pageOf } from '@/logic/keysheet'

const ON = '2026-11-24'

function one(id: string, next: Partial<Next> | null, over: Partial<Case> = {}): Case {
  return {
    id, state: 'draft', state_words: '还没交', title: '开餐饮店', clocks: [], created_at: '2026-11-20T10:00:00+08:00',
    next: next && { words: `做 ${id}`, detail: null, by: null, action: 'wait', ...next }, ...over,
  } as Case
}

describe('key sheet', () => {
  it('is not there when nothing is to be done', () => {
    expect(chooseKeySheet([], [], ON)).toBeNull()
    expect(chooseKeySheet([one('a', { action: 'wait' }), one('b', { action: 'none' }), one('c', null)], [], ON)).toBeNull()
  })

  it('takes the earliest deadline and counts the rest', () => {
    const sheet = chooseKeySheet(
      [one('draft', { action: 'fill' }), one('late', { action: 'correct', by: '2026-12-01' }), one('soon', { action: 'correct', by: '2026-11-27' }, { state: 'correcting' }), one('wait', { action: 'wait' })],
      [],
      ON,
    )
    expect(sheet).toMatchObject({ page: '/pages/notice?id=soon', by: '11月27日（周五）前', button: '现在去补', more: 2, light: { colour: 'amber', word: '还剩 3 天' } })
  })

  it('names the case it speaks of', () => {
    expect(chooseKeySheet([one('a', { action: 'correct', detail: '要改 3 样，已改 2 样' })], [], ON)?.line).toBe('“开餐饮店”要改 3 样，已改 2 样')
    expect(chooseKeySheet([one('a', { action: 'collect', detail: '在县政务服务中心，带身份证' })], [], ON)?.line).toBe('在县政务服务中心，带身份证')
  })

  it('prefers a deadline to none, and the newer of two drafts', () => {
    const old = one('old', { action: 'fill' })
    const fresh = one('fresh', { action: 'photograph' }, { created_at: '2026-11-23T10:00:00+08:00' })
    expect(chooseKeySheet([old, fresh], [], ON)?.page).toBe('/pages/check?id=fresh')
    expect(chooseKeySheet([old, fresh, one('due', { action: 'collect', by: '2027-01-01' }, { state: 'concluded' })], [], ON)?.page).toBe('/pages/progress?id=due')
  })

  it('knows papers promised for later, and projects: the earliest first, a step of a case counted once', () => {
    const late = one('late', { action: 'supply', by: '2026-12-08' }, { state: 'accepted' })
    const road = (code: string, next: object) => ({ code, name: '冷链中心', kind: 'filing', green: false, done: 5, all: 11, next: { words: '取水许可：补测算表', detail: '', by: null, case_id: null, ...next } }) as ProjectBrief
    const same = road('A', { action: 'supply', case_id: 'late', by: '2026-12-08' })
    const soon = road('B', { action: 'correct', case_id: 'x', by: '2026-12-04' })
    const waits = road('C', { action: 'wait' })
    expect(chooseKeySheet([late], [same, waits], ON)).toMatchObject({ page: '/pages/supply?id=late', button: '去补', more: 0 })
    expect(chooseKeySheet([late], [same, soon], ON)).toMatchObject({ page: '/pages/notice?id=x', title: '取水许可：补测算表', by: '12月4日（周五）前', more: 1 })
    expect(chooseKeySheet([], [road('D', { action: 'file' })], ON)).toMatchObject({ page: '/pages/project-list?code=D', button: '去办', light: null })
  })

  it('says how much is left', () => {
    expect(lightOf('2026-12-08', ON)).toEqual({ colour: 'green', word: '还剩 14 天' })
    expect(lightOf('2026-11-24', ON)).toEqual({ colour: 'amber', word: '今天是最后一天' })
    expect(lightOf('2026-11-23', ON)).toEqual({ colour: 'red', word: '已过期限' })
  })

  it('opens the page where the step is done', () => {
    expect(pageOf(one('a', { action: 'fill' }))).toBe('/pages/form?id=a')
    expect(pageOf(one('a', { action: 'submit' }))).toBe('/pages/check?id=a')
    expect(pageOf(one('a', { action: 'correct' }, { state: 'correcting' }))).toBe('/pages/notice?id=a')
    expect(pageOf(one('a', { action: 'wait' }, { state: 'accepted' }))).toBe('/pages/progress?id=a')
    expect(pageOf(one('a', { action: 'supply' }, { state: 'accepted' }))).toBe('/pages/supply?id=a')
  })
})
