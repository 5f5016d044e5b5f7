// Numbers in a hall's queue.
import type { Named } from './appointments'
import type { List } from './types'
import { client } from '@/state/session'

/** What one can take a number for. */
export interface Line {
  code: string
  name: string
  waiting: number
  /** How long the next one would wait; null: not known yet. */
  minutes: number | null
}
export interface Ticket {
  id: string
  number: string
  state: 'waiting' | 'called' | 'serving' | 'skipped' | 'parked' | 'done' | 'left' | 'closed'
  state_words: string
  hall: Named
  group: Named
  ahead: number
  estimate_minutes: number | null
  window: string | null
  booked_at: string | null
  serving: { number: string; window: string | null }[]
  /** Numbers ahead, the nearest first, at most four. */
  before: string[]
  /** How many are called first when a skipped one stands in line again. */
  requeue_after: number
  bring: string[]
  arrived_at: string
  can: string[]
  version: number
}
export interface NewTicket {
  hall: string
  group: string
  /** The six digits on the hall's screen. */
  hall_code: string
  item_code?: string
}

export function lines(hall: string): Promise<{ items: Line[] }> {
  return client.call('GET', `/halls/${encodeURIComponent(hall)}/lines`)
}

export function takeNumber(body: NewTicket, key: string): Promise<Ticket> {
  return client.call('POST', '/tickets', { body, key })
}

/** One's own of today. */
export function tickets(): Promise<List<Ticket>> {
  return client.call('GET', '/tickets')
}

export function readTicket(id: string): Promise<Ticket> {
  return client.call('GET', `/tickets/${id}`)
}

export function actOnTicket(id: string, verb: 'leave' | 'requeue', key: string): Promise<Ticket> {
  return client.call('POST', `/tickets/${id}/${verb}`, { body: {}, key })
}
