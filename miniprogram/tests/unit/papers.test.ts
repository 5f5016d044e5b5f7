import { describe, expect, it } from 'vitest'
import type { Case } from '@/api/types'
import { papersOf } from '@/logic/papers'

const event = (verb: string) => ({ at: '', verb, words: '', who: '', place: '', note: null })
const task = (id: string, short: string, state: string) => ({ id, state, department: { code: short, name: short, short } })
const one = (verbs: string[], tasks: object[]) => ({ timeline: verbs.map(event), tasks }) as unknown as Case

describe('papers given out', () => {
  it('appear once their verb has happened', () => {
    expect(papersOf(one(['submit'], [])).map((paper) => paper.kind)).toEqual([])
    expect(papersOf(one(['submit', 'receive'], [])).map((paper) => paper.name)).toEqual(['收件凭证'])
  })

  it('has one decision a department, and says whose when there are several', () => {
    const two = one(['decide'], [task('a', '市监局', 'decided'), task('b', '消防大队', 'decided')])
    expect(papersOf(two).map((paper) => [paper.name, paper.task])).toEqual([
      ['行政决定书（市监局）', 'a'],
      ['行政决定书（消防大队）', 'b'],
    ])
    expect(papersOf(one(['decide'], [task('a', '市监局', 'decided'), task('b', '消防大队', 'examining')]))).toEqual([
      { kind: 'decision', name: '行政决定书', task: 'a' },
    ])
  })
})
