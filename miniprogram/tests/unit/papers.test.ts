import { describe, expect, it } from 'vitest'
import type { Case } from '@/api/types'
import { papersOf } from '@/logic/papers'

const event = (verb: string) => ({ at: '', verb, words: '', who: '', place: '', note: null })
function task(id: string, short: string, state: string, over: object = {}) {
  return { id, state, item_name: `${short}的事`, outcome: state === 'decided' ? 'granted' : null, after: [], clocks: [], department: { code: short, name: short, short }, ...over }
}
const clock = (explain: string[], state = 'running') => ({ kind: 'promise', state, explain })
const one = (verbs: string[], tasks: object[], over: object = {}) => ({ timeline: verbs.map(event), tasks, clocks: [], promises: [], notice: null, ...over }) as unknown as Case
const names = (found: Case) => papersOf(found).map((paper) => paper.name)

describe('papers given out', () => {
  it('appear once their verb has happened', () => {
    expect(names(one(['submit'], []))).toEqual([])
    expect(names(one(['submit', 'receive'], []))).toEqual(['收件凭证'])
  })

  it('has one decision a department, and says whose when there are several', () => {
    const two = one(['decide'], [task('a', '市监局', 'decided'), task('b', '消防大队', 'decided')])
    expect(papersOf(two).map((paper) => [paper.name, paper.task])).toEqual([['行政决定书（市监局）', 'a'], ['行政决定书（消防大队）', 'b']])
    const half = one(['decide_at_window'], [task('a', '市监局', 'decided')])
    expect(papersOf(half)).toEqual([{ kind: 'decision', name: '行政决定书', task: 'a' }])
    const twice = one(['decide'], [task('a', '市监局', 'decided'), task('b', '市监局', 'decided', { item_name: '卖烟的证' })])
    expect(names(twice)).toEqual(['行政决定书（市监局的事）', '行政决定书（卖烟的证）'])
  })

  it('tells what happened on the way: procedures, extensions, what fell and what was revoked', () => {
    const all = one(['suspend', 'resume', 'extend', 'fall', 'revoke'], [
      task('a', '水务局', 'examining', { clocks: [clock(['专家评审，12月1日至3日不算，扣除3个工作日', '经批准延长10个工作日，共20个'])] }),
      task('b', '公安局', 'cancelled', { after: ['出生证'] }), task('c', '医保局', 'revoked', { outcome: 'granted' }),
    ])
    expect(names(all)).toEqual(['特别程序告知书（水务局）', '延期告知书（水务局）', '行政决定书（医保局）', '撤销决定书（医保局）', '不再办理告知书（公安局）'])
    expect(names(one(['withdraw'], [task('b', '公安局', 'cancelled')]))).toEqual([])
    expect(names(one(['extend'], [task('a', '水务局', 'examining')], { clocks: [clock(['经批准延长15个工作日，共60个'])] }))).toEqual(['延期告知书'])
  })

  it('has one for each promise, and calls a second notice so', () => {
    const promised = one(['promise', 'notify'], [], { promises: [{ id: 'p', kind: 'tolerance', item_name: '食品' }, { id: 'q', kind: 'informed', item_name: '消防' }], notice: { round: 2 } })
    expect(papersOf(promised).map((paper) => [paper.name, paper.ref])).toEqual([['收件凭证', undefined], ['再次告知书', undefined], ['容缺受理承诺书', 'p'], ['告知承诺书', 'q']])
  })
})
