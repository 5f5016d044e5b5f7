import { describe, expect, it } from 'vitest'
import type { Case, CaseMaterial, CasePromise } from '@/api/types'
import { boxesAfter, boxHead, owed, owedBy, promiseOn, rejected } from '@/logic/promise'
import { missing } from '@/logic/words'

const row = (code: string, state = 'missing') => ({ code, name: code, state, photo: true, pages: [] }) as unknown as CaseMaterial
function promise(over: Partial<CasePromise>): CasePromise {
  return {
    id: 'p', kind: 'tolerance', item: 'SJ03', item_name: '食品经营许可', materials: [{ code: 'C13', name: '健康证明' }], words: '', signed_at: '',
    due_on: null, state: 'made', state_words: '已承诺', ...over,
  }
}
function one(promises: CasePromise[], verbs: [string, string | null][] = []): Case {
  const timeline = verbs.map(([verb, note]) => ({ at: '', verb, words: verb, who: null, note }))
  return { promises, timeline, materials: [row('F1', 'ready'), row('C13'), row('T14')] } as unknown as Case
}

describe('promises', () => {
  it('a promised paper does not keep a draft from being handed in', () => {
    expect(missing(one([]), () => 0).map((each) => each.code)).toEqual(['C13', 'T14'])
    expect(missing(one([promise({})]), () => 0).map((each) => each.code)).toEqual(['T14'])
    expect(missing(one([promise({ state: 'void' })]), () => 0)).toHaveLength(2)
    expect(promiseOn(one([promise({ kind: 'informed' })]), 'C13')?.kind).toBe('informed')
  })

  it('stands below the last paper it is about', () => {
    const both = { materials: [{ code: 'C13' }, { code: 'T14' }] }
    const none = { materials: [] }
    const { below, end } = boxesAfter(one([]).materials, [both, none])
    expect(below).toEqual({ T14: [both] })
    expect(end).toEqual([none])
  })

  it('says in plain words what is put off or stands for what', () => {
    expect(boxHead(promise({}))).toBe('先办着，健康证明晚点补')
    expect(boxHead(promise({ kind: 'informed' }))).toBe('不交健康证明，用承诺代替')
    expect(boxHead(promise({ kind: 'informed', materials: [] }))).toBe('食品经营许可，用承诺代替证明')
  })

  it('knows what is owed, until when, and what was wrong', () => {
    const two = one([promise({ due_on: '2026-12-08' }), promise({ id: 'q', due_on: '2026-12-02', materials: [{ code: 'T14', name: '' }] }), promise({ id: 'r', state: 'kept', due_on: '2026-11-01' })])
    expect(owed(two).map((each) => each.code)).toEqual(['C13', 'T14'])
    expect(owedBy(two)).toBe('2026-12-02')
    expect(owedBy(one([promise({ kind: 'informed', due_on: '2027-01-01' })]))).toBeNull()
    expect(rejected(one([], [['supply', null], ['reject_supply', '是复印件，要原件']]))).toBe('是复印件，要原件')
    expect(rejected(one([], [['reject_supply', '是复印件'], ['supply', null]]))).toBe('')
  })
})
