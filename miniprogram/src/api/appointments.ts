// Appointments in a hall: days, times, and what one has booked. Times are RFC 3339.
import type { List } from './types'
import { client } from '@/state/session'

export interface Named {
  code: string
  name: string
}
export interface Day {
  date: string
  /** 周三 */
  weekday: string
  /** 12月2日（周三） */
  day_words: string
  state: 'open' | 'full' | 'closed'
  left: number
  /** Why it is closed: 周末, 国庆节. */
  words: string
}
export interface Slot {
  id: string
  hall: string
  kind: string
  group_code: string
  starts_at: string
  ends_at: string
  capacity: number
  left: number
  state: 'open' | 'full' | 'closed'
}
export interface Slots extends List<Slot> {
  days: Day[]
  hall: Named
  /** null: no window of this hall takes appointments for the item. */
  group: Named | null
  item: Named
  minutes: number
  cancel_hours: number
  arrive_before: number
  kind: string
}
export type AppointmentState =
  | 'held' | 'waiting' | 'offered' | 'booked' | 'displaced' | 'arrived' | 'served' | 'left' | 'missed' | 'excused' | 'cancelled' | 'expired' | 'lapsed'
export interface Appointment {
  id: string
  /** 预约号, Y003; none before it is booked. */
  code: string | null
  state: AppointmentState
  state_words: string
  kind: string
  hall: Named & { address: string | null; phone: string | null }
  window_group: Named
  starts_at: string
  ends_at: string
  day_words: string
  time_words: string
  minutes: number
  item: Named
  case_id: string | null
  party: number
  /** Until when a hold or an offer stands. */
  held_until: string | null
  /** How many wait before this one. */
  ahead: number | null
  /** The appointment it is to take the place of. */
  instead_of: string | null
  moved: number | boolean
  ticket_id: string | null
  bring: string[]
  cancel_until: string | null
  reason: string | null
  can: string[]
  version: number
  timeline: { words: string; at: string }[]
}
export interface SlotsAsked {
  hall: string
  item: string
  from?: string
  to?: string
}
export interface NewAppointment {
  slot_id: string
  item_code: string
  case_id?: string
  organisation_id?: string
  party?: number
  /** Keep the places for some minutes; `confirm` books them. */
  hold?: boolean
  /** Stand in the waiting list of a full time. */
  wait?: boolean
}

export function slots(asked: SlotsAsked): Promise<Slots> {
  return client.call('GET', '/slots', { query: { ...asked } })
}

export function book(body: NewAppointment, key: string): Promise<Appointment> {
  return client.call('POST', '/appointments', { body, key })
}

export function appointments(cursor?: string): Promise<List<Appointment>> {
  return client.call('GET', '/appointments', { query: { cursor } })
}

export function readAppointment(id: string): Promise<Appointment> {
  return client.call('GET', `/appointments/${id}`)
}

export type Verb = 'confirm' | 'take-offer' | 'cancel' | 'reschedule' | 'check-in' | 'join-waitlist'

/** `POST /appointments/{id}/{verb}`; answers the appointment as it then stands, or the new one that waits. */
export function actOn(id: string, verb: Verb, key: string, body: object = {}): Promise<Appointment> {
  return client.call('POST', `/appointments/${id}/${verb}`, { body, key })
}

/** One event for a calendar, iCalendar text. */
export function calendarFile(id: string): Promise<ArrayBuffer> {
  return client.file(`/appointments/${id}/calendar.ics`)
}
