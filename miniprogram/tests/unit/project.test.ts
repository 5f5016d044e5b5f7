import { describe, expect, it } from 'vitest'
import type { Licence } from '@/api/mine'
import type { ProjectMaterial, RoadRow } from '@/api/projects'
import { inOrder, renewPage } from '@/logic/licence'
import { codeTrouble, doneWords, heaps, looksLikeCode, rowName, rowPage, tidyCode } from '@/logic/project'

describe('a project code', () => {
  it('is understood however it is typed', () => {
    expect(tidyCode(' 2609-440229-04-01-68315x ')).toBe('2609-440229-04-01-68315X')
    expect(tidyCode('2609 440229 04 01 68315X')).toBe('2609-440229-04-01-68315X')
    expect(tidyCode('2609－440229－04－01－683152')).toBe('2609-440229-04-01-683152')
  })

  it('is checked by its shape alone, old and new', () => {
    expect(codeTrouble('2609-440229-04-01-68315X')).toBeNull()
    expect(codeTrouble('2017-440229-20-03-123456')).toBeNull()
    expect(codeTrouble('2613-440229-04-01-683152')).toContain('年份和月份')
    expect(codeTrouble('440229')).toContain('20 位')
    expect(codeTrouble('')).toBe('请填项目代码')
  })

  it('is told from a case number', () => {
    expect(looksLikeCode('2609-440229-04-01-68315X')).toBe(true)
    expect(looksLikeCode('4402 2900 0120 2611 1800 0379')).toBe(false)
    expect(looksLikeCode('2609-440229-04')).toBe(true)
  })
})

describe('the road', () => {
  const row = (over: Partial<RoadRow>): RoadRow => ({
    item: 'SL01', name: '取水许可', everyday: '打井、抽水的取水许可', department: '水务局', department_code: 'SL', state: 'none', light: { colour: 'grey', word: '' },
    words: '', progress: 0, case_id: null, can_file: false, after: [], ...over,
  })

  it('opens the case where there is one, else a new filing where it may begin', () => {
    expect(rowPage(row({ case_id: 'c', state: 'running' }), 'X')).toBe('/pages/progress?id=c')
    expect(rowPage(row({ case_id: 'c', state: 'draft' }), 'X')).toBe('/pages/check?id=c')
    expect(rowPage(row({ case_id: 'c', state: 'correcting' }), 'X')).toBe('/pages/notice?id=c')
    expect(rowPage(row({ can_file: true }), 'X')).toBe('/pages/questions?project=X&items=SL01')
    expect(rowPage(row({}), 'X')).toBe('')
  })

  it('is short on names and on how far it is', () => {
    expect(rowName(row({ name: '建设项目环境影响报告表审批', everyday: '环境影响评价' }))).toBe('环境影响评价')
    expect(doneWords({ all: 11, done: 5 })).toBe('11 件办好 5 件')
  })

  it('sorts the checklist into what to bring, what is there and what comes by itself', () => {
    const list = ['missing', 'free', 'ready', 'paper'].map((state) => ({ code: state, name: state, need: 'main', departments: [], items: [], state }) as unknown as ProjectMaterial)
    expect(heaps(list).map((heap) => heap.rows.map((one) => one.code))).toEqual([['missing', 'paper'], ['ready'], ['free']])
  })
})

describe('licences', () => {
  const one = (id: string, colour: string, over: Partial<Licence> = {}) => ({ id, item_code: 'SJ03', holder: { kind: 'self', id: 'me', name: '' }, state: 'valid', light: { colour, word: '' }, valid_until: '2030-01-01', can: [], ...over }) as unknown as Licence

  it('put first what ends soon, last what is over', () => {
    expect(inOrder([one('a', 'grey', { state: 'revoked' }), one('b', 'green'), one('c', 'amber')]).map((each) => each.id)).toEqual(['c', 'b', 'a'])
  })

  it('are renewed as the one who holds them', () => {
    expect(renewPage(one('a', 'amber'))).toBe('/pages/questions?items=SJ03&renews=a')
    expect(renewPage(one('a', 'amber', { holder: { kind: 'organisation', id: 'o', name: '' } }))).toBe('/pages/questions?items=SJ03&renews=a&company=o')
  })
})
