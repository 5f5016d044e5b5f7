import type { Ticket } from '@/api/tickets'
import type { Light } from '@/api/types'

/** At most so many are ahead when "nearly your turn" is said. */
const NEAR = 2

/** The hall's code of the moment: six digits typed, or what its QR says, `yimen:hall:0001:123456`. */
export function hallCode(text: string): { hall: string | null; code: string } | null {
  const plain = text.replace(/\s/g, '')
  if (/^\d{6}$/.test(plain)) return { hall: null, code: plain }
  const said = /^yimen:hall:(\d{4}):(\d{6})$/.exec(plain)
  return said ? { hall: said[1] as string, code: said[2] as string } : null
}

/** Letter and digits of a number: they are set apart. */
export function split(number: string): [string, string] {
  const found = /^([A-Z]+)(\d+)$/.exec(number)
  return found ? [found[1] as string, found[2] as string] : ['', number]
}

export function isNear(one: Ticket): boolean {
  return one.state === 'waiting' && one.ahead <= NEAR
}

export function lightOfTicket(one: Ticket): Light | null {
  if (one.state === 'skipped') return { colour: 'red', word: '过号了' }
  if (isNear(one)) return { colour: 'amber', word: '快到您了' }
  return one.state === 'waiting' ? null : { colour: ['done', 'serving', 'called'].includes(one.state) ? 'green' : 'grey', word: one.state_words }
}

export interface Link {
  number: string
  kind: 'serving' | 'gap' | 'before' | 'me'
  words: string
}

/** The row of numbers from the one being served to the person's own; `gap` stands for those there is no room for. */
export function chain(one: Ticket, room = 5): Link[] {
  const now = one.serving[0]
  const head: Link[] = now ? [{ number: now.number, kind: 'serving', words: now.window ? `${now.window} 号窗在办` : '在办' }] : []
  const free = room - head.length - 1
  const cut = one.ahead > Math.min(one.before.length, free)
  const before = one.before.slice(0, cut ? free - 1 : free).reverse()
  const gap: Link[] = cut && one.before.length ? [{ number: '…', kind: 'gap', words: '' }] : []
  return [...head, ...gap, ...before.map((number): Link => ({ number, kind: 'before', words: '' })), { number: one.number, kind: 'me', words: '您' }]
}

/** Whether the phone is to be felt: called just now, or called once more. */
export function rings(before: Ticket | null, now: Ticket): boolean {
  return now.state === 'called' && (before?.state !== 'called' || before.version !== now.version)
}

/** Over for good: there is nothing more to ask the server. */
export function isOver(one: Ticket): boolean {
  return ['done', 'left', 'closed'].includes(one.state)
}

/** 「前面 3 位，大约 12 分钟」 */
export function waitWords(ahead: number, minutes: number | null): string {
  return `${ahead ? `前面 ${ahead} 位` : '前面没有人'}${ahead && minutes !== null ? `，大约 ${minutes} 分钟` : ''}`
}
