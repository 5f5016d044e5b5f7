import { describe, expect, it } from 'vitest'
import type { Bundle, BundleMember, BundleNeed, MaterialNeed } from '@/api/types'
import { departmentsOf, joined, kindOf, needsOf, skippedOf, steps, toggled, usual } from '@/logic/bundle'

function member(item: string, office: string, after: string[], when: string | null = null): BundleMember {
  return { item, name: item, department: { code: office, name: office, short: office }, after, when }
}
function need(code: string, needed_by: string[], over: Partial<BundleNeed> = {}): BundleNeed {
  return { code, name: code, need: 'main', form: false, needed_by, produced_by: null, ...over }
}
const restaurant: Bundle = {
  code: 'B02', name: '开办餐饮店一件事', everyday: '开餐饮店', note: null, theme: 'shop', departments: 3, stages: null,
  alternatives: { SJ01: 'SJ02' },
  members: [
    member('SJ01', 'SJ', [], '开公司的，改办有限责任公司设立登记'), member('SW01', 'SW', ['SJ01']), member('SJ03', 'SJ', ['SJ01']),
    member('YC01', 'YC', ['SJ01'], '要卖烟才要'), member('RS08', 'RS', ['SJ01'], '有雇员的'), member('GA06', 'GA', ['SJ01'], '个体户自愿'),
  ],
  materials: [
    need('F-B02', ['SJ01', 'SW01', 'SJ03', 'YC01'], { form: true }), need('C03', ['SW01', 'SJ03', 'YC01'], { produced_by: 'SJ01' }),
    need('P02', ['SJ01', 'YC01']), need('T13', ['SJ03']), need('P38', ['GA06']),
  ],
}

describe('a bundle', () => {
  it('shows what comes first and what goes at once', () => {
    expect(steps(restaurant, {}).map((step) => [step.title, step.lines.map((line) => line.member.item)])).toEqual([
      ['一　先办', ['SJ01']],
      ['二　办好上面的，这几样同时办', ['SW01', 'SJ03', 'YC01', 'RS08', 'GA06']],
    ])
    const birth = { ...restaurant, alternatives: {}, members: [member('A', 'WJ', [], '出院前'), member('B', 'GA', ['A']), member('C', 'YB', ['B'])] }
    expect(steps(birth, {}).map((step) => step.title)).toEqual(['一　先办', '二　办好上面的，再办', '三　办好上面的，再办'])
    expect(steps({ ...birth, members: [member('A', 'WJ', []), member('B', 'GA', [])] }, {})[0]?.title).toBe('一　这几样同时办')
  })

  it('offers one of two ways, each with the words for it', () => {
    const [first] = steps(restaurant, { SJ02: '有限责任公司设立登记' })
    expect(first?.lines[0]?.ways).toEqual([
      { item: 'SJ01', name: 'SJ01', note: '' },
      { item: 'SJ02', name: '有限责任公司设立登记', note: '开公司的' },
    ])
    expect(toggled(restaurant, ['SJ01', 'SJ03'], 'SJ02')).toEqual(['SJ03', 'SJ02'])
  })

  it('begins with what is always wanted; a condition waits to be ticked, a word about time does not', () => {
    expect(usual(restaurant)).toEqual(['SJ01', 'SW01', 'SJ03'])
    expect(usual({ ...restaurant, alternatives: {}, members: [member('A', 'WJ', [], '出院前'), member('B', 'ZR', [], '要卖烟才要')] })).toEqual(['A'])
    expect(toggled(restaurant, ['SJ01'], 'YC01')).toEqual(['SJ01', 'YC01'])
    expect(toggled(restaurant, ['SJ01', 'YC01'], 'YC01')).toEqual(['SJ01'])
  })

  it('lists each material once, only what is chosen needs, and says what comes by itself', () => {
    expect(needsOf(restaurant, ['SJ02', 'SJ03']).map((one) => [one.code, one.comes])).toEqual([['F-B02', false], ['P02', false], ['T13', false], ['C03', true]])
    expect(needsOf(restaurant, ['SJ03']).find((one) => one.code === 'C03')?.comes).toBe(false)
    expect(departmentsOf(restaurant, ['SJ02', 'SJ03', 'SW01'])).toBe(2)
  })
})

describe('the road of a project', () => {
  const road: Bundle = {
    ...restaurant, alternatives: { FG01: 'FG02' }, stages: { 立项: ['ZR01', 'FG01'], 同时办: ['HB01', 'SL01'] },
    members: [
      { ...member('ZR01', 'ZR', [], '只在核准类前置'), only: 'approval' }, member('FG01', 'FG', ['ZR01'], '备案类；核准类改办企业投资项目核准'),
      member('HB01', 'HB', ['FG01'], '报告表类'), { ...member('SL01', 'SL', ['FG01'], '自备水源才要'), optional: true },
    ],
  }

  it('has its own stages, and only what may be left out can be', () => {
    expect(steps(road, {}).map((step) => [step.title, step.lines.map((line) => line.always)])).toEqual([['一　立项', [true, true]], ['二　同时办', [true, false]]])
    expect(steps(road, {})[0]?.lines[1]?.ways.map((way) => way.note)).toEqual(['备案类', '核准类'])
    expect(skippedOf(road, usual(road))).toEqual(['SL01'])
  })

  it('takes along what goes with the kind of project', () => {
    expect([usual(road), kindOf(road, usual(road))]).toEqual([['FG01', 'HB01'], 'filing'])
    const approval = toggled(road, usual(road), 'FG02')
    expect([approval, kindOf(road, approval)]).toEqual([['HB01', 'FG02', 'ZR01'], 'approval'])
    expect(toggled(road, approval, 'FG01')).toEqual(['HB01', 'FG01'])
  })
})

describe('the one list of a case', () => {
  const asked = (code: string, over: Partial<MaterialNeed> = {}): MaterialNeed =>
    ({ code, name: code, need: 'secondary', original: 1, copy: 0, photo: true, source: 'self', standard: null, when: null, hint: null, form: false, free: false, ...over })

  it('joins what several items ask for', () => {
    const list = joined([[asked('F1', { form: true }), asked('P02')], [asked('P02', { need: 'main' }), asked('C01', { free: true })], [asked('C01')]], null, ['A', 'B', 'C'])
    expect(list.map((one) => [one.code, one.need, one.free])).toEqual([['F1', 'secondary', false], ['P02', 'main', false], ['C01', 'secondary', false]])
  })

  it('has one form for all in a bundle, and does not ask for what an earlier item brings forth', () => {
    const list = joined([[asked('F1', { form: true }), asked('P02')], [asked('F2', { form: true }), asked('C03')]], restaurant, ['SJ02', 'SJ03'])
    expect(list.map((one) => [one.code, !!one.comes])).toEqual([['F-B02', false], ['P02', false], ['C03', true]])
  })
})
