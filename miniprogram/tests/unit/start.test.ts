import { describe, expect, it } from 'vitest'
import { answersFor, chosenParts, openQuestions, type Start } from '@/logic/start'

const agent = { key: 'agent', words: '您是替别人办吗' }
const start: Start = {
  title: '开办餐饮店一件事',
  halls: [],
  parts: [
    { code: 'SJ03', name: '食品经营许可', when: null, questions: [agent, { key: 'staff', words: '请了人吗' }] },
    { code: 'YC01', name: '卖烟的证', when: '要卖烟才要', questions: [agent, { key: 'near_school', words: '店在学校门口吗' }] },
  ],
}

describe('what to ask before a case begins', () => {
  it('asks whether a member is wanted, and its own questions only then', () => {
    expect(openQuestions(start, {}).map((question) => question.key)).toEqual(['want-YC01', 'agent', 'staff'])
    expect(openQuestions(start, { 'want-YC01': true }).map((question) => question.key)).toEqual(['want-YC01', 'agent', 'staff', 'near_school'])
    expect(openQuestions(start, {})[0]?.note).toBe('要卖烟才要')
  })

  it('leaves out what is not wanted, with its answers', () => {
    const answers = { 'want-YC01': false, agent: false, staff: true, near_school: true }
    const parts = chosenParts(start, answers)
    expect(parts.map((part) => part.code)).toEqual(['SJ03'])
    expect(answersFor(parts, answers)).toEqual({ agent: false, staff: true })
  })
})
