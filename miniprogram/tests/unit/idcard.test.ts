import { describe, expect, it } from 'vitest'
import { idNumberTrouble, nameTrouble, phoneTrouble, tidyIdNumber } from '@/logic/idcard'

const ON = '2026-11-23'

describe('ID number', () => {
  it.each(['11010519491231002X', '11010519491231002x', ' 110105 19491231 002X ', '440524188001010014'])('takes %s', (id) => {
    expect(idNumberTrouble(id, ON)).toBeNull()
  })

  it.each([
    ['', '请填身份证号'],
    ['110105491231002', '15位'],
    ['1101051949123100', '您填了16位'],
    ['11010519491231002A', '最后一位是数字或X'],
    ['110105194913310021', '出生日期'],
    ['110105190002290021', '出生日期'],
    ['11010520991231002X', '出生日期'],
    ['110105194912310021', '有一位不对'],
  ])('refuses %s', (id, words) => {
    expect(idNumberTrouble(id, ON)).toContain(words)
  })

  it('finds any single wrong digit', () => {
    const good = '11010519491231002X'
    for (let at = 0; at < 17; at++) {
      const wrong = good.slice(0, at) + ((Number(good[at]) + 1) % 10) + good.slice(at + 1)
      expect(idNumberTrouble(wrong, ON), wrong).not.toBeNull()
    }
  })

  it('tidies what is typed', () => {
    expect(tidyIdNumber(' 1101 05x')).toBe('110105X')
  })
})

describe('name and phone', () => {
  it('takes names as the card writes them', () => {
    for (const name of ['李秀英', '买买提·艾力', '欧阳 娜娜'.replace(' ', '')]) expect(nameTrouble(name)).toBeNull()
    for (const name of ['', ' ', '李', '李3', '<b>']) expect(nameTrouble(name)).not.toBeNull()
  })

  it('takes eleven digits', () => {
    expect(phoneTrouble('138 0000 0001')).toBeNull()
    expect(phoneTrouble('0751000001')).toContain('11位')
  })
})
