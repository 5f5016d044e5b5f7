import type { Bundle, BundleBrief, Checklist, Found, Guide, HallBrief, List, Progress } from './types'
import { client } from '@/state/session'

export interface Search {
  q?: string
  theme?: string
  subject?: string
  cursor?: string
}

export function findItems(search: Search): Promise<Found> {
  return client.call('GET', '/items', { query: { ...search } })
}

export function guide(code: string): Promise<Guide> {
  return client.call('GET', `/items/${encodeURIComponent(code)}`)
}

export function checklist(code: string, answers: Record<string, boolean>): Promise<Checklist> {
  return client.call('POST', `/items/${encodeURIComponent(code)}/checklist`, { body: { answers } })
}

export function bundles(): Promise<List<BundleBrief>> {
  return client.call('GET', '/bundles')
}

export function bundle(code: string): Promise<Bundle> {
  return client.call('GET', `/bundles/${encodeURIComponent(code)}`)
}

/** The county's hall and the towns' centres; villages' stations are many and are asked for by town. */
export async function halls(): Promise<List<HallBrief>> {
  const [county, towns] = await Promise.all(['county', 'town'].map((tier) => client.call<List<HallBrief>>('GET', '/halls', { query: { tier } })))
  return { items: [...(county?.items ?? []), ...(towns?.items ?? [])], next_cursor: null }
}

export function progressOf(number: string, key: string): Promise<Progress> {
  return client.call('GET', `/progress/${encodeURIComponent(number)}`, { query: { key } })
}
