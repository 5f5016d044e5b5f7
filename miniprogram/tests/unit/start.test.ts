import { describe, expect, it } from 'vitest'
import { answersFor, openQuestions, whoMay, type Part, type Start } from '@/logic/start'

const agent = { key: 'agent', words: '您是替别人办吗' }
const food: Part = { code: 'SJ03', name: '食品经营许可', subjects: ['person', 'organisation'], questions: [agent, { key: 'staff', words: '请了人吗' }] }
const tobacco: Part = { code: 'YC01', name: '卖烟的证', subjects: ['person'], questions: [agent, { key: 'near_school', words: '店在学校门口吗' }] }
const stamp: Part = { code: 'GA06', name: '印章刻制备案', subjects: ['organisation'], questions: [] }

function start(parts: Part[]): Start {
  return { title: '', parts, bundle: null, halls: [], company: null }
}

describe('what to ask before a case begins', () => {
  it('asks each question once', () => {
    expect(openQuestions(start([food, tobacco])).map((question) => question.key)).toEqual(['agent', 'staff', 'near_school'])
  })

  it('sends only the answers these items know', () => {
    expect(answersFor([food], { agent: false, staff: true, near_school: true })).toEqual({ agent: false, staff: true })
  })

  it('knows who may apply', () => {
    expect(whoMay([food])).toEqual({ self: true, company: true })
    expect(whoMay([tobacco])).toEqual({ self: true, company: false })
    expect(whoMay([stamp])).toEqual({ self: false, company: true })
    expect(whoMay([food, stamp])).toEqual({ self: true, company: true })
  })
})
