import { describe, expect, it } from 'vitest'
import type { Appointment, Day, Slot } from '@/api/appointments'
import { cancelWords, cells, closedWords, countdown, firstDay, fullFor, halves, lightOfAppointment, mainAct, placeWords, sorted, stampOf, timesPage } from '@/logic/booking'
import { clockWords } from '@/logic/dates'

const day = (date: string, state: Day['state'] = 'open', words = ''): Day => ({ date, weekday: '', day_words: date, state, left: 3, words })
const slot = (id: string, at: string, over: Partial<Slot> = {}): Slot => ({
  id, hall: '0001', kind: 'hall', group_code: 'A', starts_at: at, ends_at: at, capacity: 3, left: 2, state: 'open', ...over,
})
const appointment = (over: Partial<Appointment>): Appointment => ({ id: 'a', state: 'booked', state_words: '订好了', can: [], starts_at: '2026-12-02T09:30:00+08:00', ticket_id: null, ...over }) as Appointment

const WEEK = [day('2026-11-30'), day('2026-12-01', 'full'), day('2026-12-04'), day('2026-12-05', 'closed', '周末'), day('2026-12-06', 'closed', '周末'), day('2026-12-07'), day('2026-12-08', 'closed')]

describe('the days', () => {
  it('sets apart what does not follow the day before, and leaves closed days out', () => {
    expect(cells(WEEK).map((one) => [one.date.slice(5), one.apart])).toEqual([['11-30', false], ['12-01', false], ['12-04', true], ['12-07', true]])
  })

  it('tells closed days in words, a run of them together', () => {
    expect(closedWords(WEEK)).toEqual(['12月5日、6日（周末）不办公', '12月8日不办公'])
    expect(closedWords([day('2027-01-31', 'closed', '周末'), day('2027-02-01', 'closed', '周末')])).toEqual(['1月31日、2月1日（周末）不办公'])
  })

  it('opens the day asked for, else the first with room, else the first one can wait for', () => {
    expect(firstDay(WEEK, '2026-12-04')).toBe('2026-12-04')
    expect(firstDay(WEEK, '2026-12-05')).toBe('2026-11-30')
    expect(firstDay([day('2026-12-05', 'closed'), day('2026-12-07', 'full')])).toBe('2026-12-07')
    expect(firstDay([])).toBe('')
  })
})

describe('the times', () => {
  it('shows one day of the county, whatever zone the time is written in', () => {
    const list = [slot('a', '2026-12-02T00:30:00Z'), slot('b', '2026-12-02T14:30:00+08:00'), slot('c', '2026-12-03T09:00:00+08:00'), slot('d', '2026-12-02T15:00:00+08:00', { state: 'closed' })]
    expect(halves(list, '2026-12-02').map((half) => [half.name, half.slots.map((one) => one.id)])).toEqual([['上午', ['a']], ['下午', ['b']]])
    expect(clockWords('2026-12-02T00:30:00Z')).toBe('8:30')
  })

  it('is full for a party that does not fit', () => {
    const two = slot('a', '2026-12-02T09:00:00+08:00')
    expect([fullFor(two, 2), fullFor(two, 3)]).toEqual([false, true])
    expect([placeWords(two, 2), placeWords(two, 3), placeWords({ ...two, left: 0, state: 'full' }, 1)]).toEqual(['余 2', '余 2，可候补', '满，可候补'])
  })

  it('counts a hold down to nothing', () => {
    const until = '2026-12-02T09:05:00+08:00'
    const at = Date.parse(until)
    expect([countdown(until, at - 248_000), countdown(until, at - 9_000), countdown(until, at)]).toEqual(['4 分 08 秒', '9 秒', ''])
  })
})

describe('one appointment', () => {
  it('has one main button, taken from what the server allows', () => {
    expect(mainAct(appointment({ state: 'held', can: ['confirm', 'cancel'] }))?.verb).toBe('confirm')
    expect(mainAct(appointment({ state: 'offered', can: ['take-offer'] }))?.verb).toBe('take-offer')
    expect(mainAct(appointment({ can: ['reschedule', 'cancel', 'check-in'] }))?.verb).toBe('check-in')
    expect(mainAct(appointment({ state: 'displaced', can: ['reschedule', 'check-in'] }))?.verb).toBe('reschedule')
    expect(mainAct(appointment({ state: 'arrived', ticket_id: 't' }))?.verb).toBe('ticket')
    expect(mainAct(appointment({ state: 'expired' }))?.verb).toBe('again')
    expect(mainAct(appointment({ can: ['reschedule', 'cancel'] }))).toBeNull()
    expect(mainAct(appointment({ state: 'waiting', can: ['cancel'] }))).toBeNull()
  })

  it('stamps facts and lights what is open', () => {
    expect([stampOf(appointment({})), stampOf(appointment({ state: 'held' })), stampOf(appointment({ state: 'waiting' }))]).toEqual(['已预约', '', ''])
    expect(lightOfAppointment(appointment({ state: 'displaced', state_words: '要另约时间' }))).toEqual({ colour: 'red', word: '要另约时间' })
    expect(lightOfAppointment(appointment({ state: 'cancelled', state_words: '取消了' })).colour).toBe('grey')
  })

  it('says until when it may be cancelled while that is still so', () => {
    const one = appointment({ cancel_until: '2026-12-02T07:30:00+08:00' })
    expect(cancelWords(one, Date.parse('2026-12-01T09:00:00+08:00'))).toBe('来不了，12月2日 7:30前取消，不算失约。')
    expect(cancelWords(one, Date.parse('2026-12-02T07:30:00+08:00'))).toBe('')
    expect(cancelWords({ ...one, state: 'cancelled' }, 0)).toBe('')
  })

  it('lists what is to come soonest first, what is over latest first', () => {
    const list = ['05', '02', '03', '01'].map((on, at) => appointment({ id: on, starts_at: `2026-12-${on}T09:00:00+08:00`, state: at % 2 ? 'missed' : 'booked' }))
    const parts = sorted(list)
    expect([parts.coming.map((one) => one.id), parts.over.map((one) => one.id)]).toEqual([['03', '05'], ['02', '01']])
  })

  it('carries only what is known to the page of times', () => {
    expect(timesPage({ item: 'SC 1', hall: undefined, case: null })).toBe('/pages/times?item=SC%201')
  })
})
