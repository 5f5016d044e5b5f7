import type { Appointment, Day, Slot } from '@/api/appointments'
import type { Light } from '@/api/types'
import { clockWords, dateOf, dayWords, daysBetween } from './dates'

/** Days that get a cell; `apart`: days lie between it and the one before. */
export function cells(days: Day[]): (Day & { apart: boolean })[] {
  const shown = days.filter((day) => day.state !== 'closed')
  return shown.map((day, at) => ({ ...day, apart: at > 0 && daysBetween((shown[at - 1] as Day).date, day.date) > 1 }))
}

/** 「12月5日、6日（周末）不办公」: closed days are told, not drawn. */
export function closedWords(days: Day[]): string[] {
  const groups: { words: string; dates: string[] }[] = []
  for (const day of days.filter((one) => one.state === 'closed')) {
    const last = groups[groups.length - 1]
    const before = last?.dates[last.dates.length - 1]
    if (last && before && last.words === day.words && daysBetween(before, day.date) === 1) last.dates.push(day.date)
    else groups.push({ words: day.words, dates: [day.date] })
  }
  return groups.map(({ words, dates }) => `${together(dates)}${words ? `（${words}）` : ''}不办公`)
}

function together(dates: string[]): string {
  const month = (date: string) => date.slice(0, 7)
  return dates.map((date, at) => (at > 0 && month(dates[at - 1] as string) === month(date) ? dayWords(date).replace(/^\d+月/, '') : dayWords(date))).join('、')
}

/** The times of one day, before and after noon. */
export function halves(list: Slot[], date: string): { name: string; slots: Slot[] }[] {
  const own = list.filter((slot) => dateOf(slot.starts_at) === date && slot.state !== 'closed')
  const morning = (slot: Slot) => Number.parseInt(clockWords(slot.starts_at), 10) < 12
  return [
    { name: '上午', slots: own.filter(morning) },
    { name: '下午', slots: own.filter((slot) => !morning(slot)) },
  ].filter((half) => half.slots.length)
}

/** Whether so many people find no room; they may wait. */
export function fullFor(slot: Slot, party: number): boolean {
  return slot.state === 'full' || slot.left < party
}

export function placeWords(slot: Slot, party: number): string {
  if (!fullFor(slot, party)) return `余 ${slot.left}`
  return slot.left ? `余 ${slot.left}，可候补` : '满，可候补'
}

/** The day shown first: the one asked for, else the first with room, else the first that can be waited for. */
export function firstDay(days: Day[], wanted = ''): string {
  const shown = cells(days)
  return (shown.find((day) => day.date === wanted) ?? shown.find((day) => day.state === 'open') ?? shown[0])?.date ?? ''
}

/** 「4 分 08 秒」 until `until`; empty when it is past. */
export function countdown(until: string, now: number): string {
  const left = Math.floor((Date.parse(until) - now) / 1000)
  if (left <= 0) return ''
  const minutes = Math.floor(left / 60)
  return minutes ? `${minutes} 分 ${String(left % 60).padStart(2, '0')} 秒` : `${left} 秒`
}

const COLOURS: Partial<Record<Appointment['state'], Light['colour']>> = { held: 'amber', offered: 'amber', displaced: 'red', missed: 'red', booked: 'green', arrived: 'green', served: 'green' }

export function lightOfAppointment(one: Pick<Appointment, 'state' | 'state_words'>): Light {
  return { colour: COLOURS[one.state] ?? 'grey', word: one.state_words }
}

/** Stamps say official facts; what is still open has a light. */
export function stampOf(one: Pick<Appointment, 'state'>): string {
  return ({ booked: '已预约', arrived: '已到场', served: '办好了' } as Partial<Record<Appointment['state'], string>>)[one.state] ?? ''
}

export interface MainAct {
  verb: 'confirm' | 'take-offer' | 'check-in' | 'reschedule' | 'ticket' | 'again'
  words: string
}

/** The one main button of an appointment. */
export function mainAct(one: Appointment): MainAct | null {
  const can = (verb: string) => one.can.includes(verb)
  if (can('confirm')) return { verb: 'confirm', words: '对，就订这个' }
  if (can('take-offer')) return { verb: 'take-offer', words: '要这个时间' }
  if (one.state === 'arrived' && one.ticket_id) return { verb: 'ticket', words: '看前面还有几位' }
  if (one.state === 'displaced' && can('reschedule')) return { verb: 'reschedule', words: '另选时间' }
  if (can('check-in')) return { verb: 'check-in', words: '到了，取号' }
  if (['expired', 'lapsed', 'cancelled', 'missed', 'excused', 'left'].includes(one.state)) return { verb: 'again', words: '再选一次' }
  return null
}

const OPEN: Appointment['state'][] = ['held', 'waiting', 'offered', 'booked', 'displaced', 'arrived']

/** What is still to come, the soonest first; then what is over, the latest first. */
export function sorted(list: Appointment[]): { coming: Appointment[]; over: Appointment[] } {
  const by = (a: Appointment, b: Appointment) => Date.parse(a.starts_at) - Date.parse(b.starts_at)
  const coming = list.filter((one) => OPEN.includes(one.state)).sort(by)
  return { coming, over: list.filter((one) => !OPEN.includes(one.state)).sort((a, b) => by(b, a)) }
}

/** Page where a time is chosen. `move`: id of the appointment that is to be moved. */
export function timesPage(query: { item?: string; hall?: string; case?: string | null; move?: string; day?: string }): string {
  const pairs = Object.entries(query).filter(([, value]) => value)
  return `/pages/times?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value as string)}`).join('&')}`
}

/** What still fits the time of an appointment is said of this one only while it is to come. */
export function cancelWords(one: Pick<Appointment, 'state' | 'cancel_until'>, now: number): string {
  if (!one.cancel_until || !['booked', 'displaced'].includes(one.state)) return ''
  const { cancel_until: until } = one
  return Date.parse(until) > now ? `来不了，${dayWords(dateOf(until))} ${clockWords(until)}前取消，不算失约。` : ''
}
