import { describe, expect, it } from 'vitest'
import type { Clock, Task } from '@/api/types'
import { counted, pausedWhy, taskDate, taskLight, taskNote, tasksHead } from '@/logic/tasks'

function task(over: Partial<Task>): Task {
  return {
    id: 'a', item: 'A', item_name: '户口登记', number: '', department: { code: 'GA', name: '公安局', short: '公安局' }, state: 'examining', state_words: '审查中',
    light: { colour: 'green', word: '正常' }, due_on: '2026-12-08', outcome: null, words: null, reason: null, after: [], at_window: false, clocks: [], ...over,
  }
}
const paused = { kind: 'promise', words: '第3个工作日，共10个；专家评审，现在暂停计时；应于12月14日前办结', explain: ['11月24日（周二）受理', '专家评审，12月1日至3日不算，扣除3个工作日', '经批准延长10个工作日，共20个'] } as Clock

describe('the departments of a case', () => {
  it('say what a waiting one waits for and why one stands still', () => {
    expect(taskNote(task({ state: 'waiting', after: ['出生医学证明'] }), [])).toBe('等“出生医学证明”办好')
    const still = task({ state: 'suspended', clocks: [paused] })
    expect(taskLight(still)).toEqual({ colour: 'grey', word: '暂停计时' })
    expect(taskNote(still, [])).toBe('专家评审')
    expect(taskDate(still)).toBe('这几天不算时间')
    expect(pausedWhy(undefined)).toBe('')
  })

  it('say why one came to nothing', () => {
    const refused = task({ id: 'b', item_name: '出生医学证明', state: 'decided', outcome: 'refused', reason: '材料不实' })
    const fallen = task({ state: 'cancelled', after: ['出生医学证明'] })
    expect(taskNote(fallen, [refused, fallen])).toBe('要先办的“出生医学证明”没办成')
    expect(taskLight(fallen)).toEqual({ colour: 'grey', word: '不办了' })
    expect(taskNote(refused, [])).toBe('理由：材料不实')
    expect(taskLight(task({ state: 'revoked', outcome: 'granted' }))).toEqual({ colour: 'red', word: '已撤销' })
  })

  it('count offices, and items when one office has several', () => {
    const other = task({ id: 'b', department: { code: 'YB', name: '', short: '' }, state: 'decided', outcome: 'granted' })
    expect(tasksHead([task({}), other])).toBe('2 个部门分头办，1 个有结果了')
    expect(tasksHead([task({}), task({ id: 'c' }), other])).toBe('3 样事，2 个部门分头办，1 样有结果了')
    expect(tasksHead([task({})])).toBe('部门正在办')
  })

  it('keep of the explanation what was left out and added', () => {
    expect(counted(paused)).toEqual(['专家评审，12月1日至3日不算，扣除3个工作日', '经批准延长10个工作日，共20个'])
  })
})
