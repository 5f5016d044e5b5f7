import type { Licence } from '@/api/mine'

const ORDER = { red: 1, amber: 0, green: 2, grey: 3 } as const

/** Those that end soon first, then those in force, then what is over. */
export function inOrder(list: Licence[]): Licence[] {
  const rank = (one: Licence) => (one.state === 'valid' ? ORDER[one.light.colour] : 4)
  return [...list].sort((a, b) => rank(a) - rank(b) || (a.valid_until ?? '9999').localeCompare(b.valid_until ?? '9999'))
}

export function renewPage(one: Licence): string {
  const holder = one.holder.kind === 'organisation' ? `&company=${one.holder.id}` : ''
  return `/pages/questions?items=${one.item_code}&renews=${one.id}${holder}`
}
