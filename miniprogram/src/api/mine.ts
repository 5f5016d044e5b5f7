// What belongs to the person besides cases: licences, and the companies one acts for.
import type { Light, List } from './types'
import { client } from '@/state/session'

export interface Licence {
  id: string
  name: string
  number: string
  item_code: string
  department: string
  issued_on: string
  valid_until: string | null
  state: 'valid' | 'expired' | 'renewed' | 'revoked'
  state_words: string
  light: Light
  words: string
  /** The office did not decide in time: the law takes it as renewed. */
  deemed: boolean
  /** The renewal on its way. */
  renewal_case_id: string | null
  /** Whose it is: one's own, a company's, or a person's one acts for. */
  holder: { kind: 'self' | 'organisation' | 'mandate'; id: string; name: string | null }
  can: string[]
}
export interface Company {
  id: string
  uscc: string
  name: string
  role: 'legal' | 'agent'
  until: string | null
  /** Still in force. */
  valid: boolean
}
export interface NewCompany {
  uscc: string
  name: string
  role: 'legal' | 'agent'
  until: string | null
}

export function licences(): Promise<List<Licence>> {
  return client.call('GET', '/me/licences')
}

export function companies(): Promise<List<Company>> {
  return client.call('GET', '/me/organisations')
}

export function addCompany(body: NewCompany, key: string): Promise<Company> {
  return client.call('POST', '/me/organisations', { body, key })
}
