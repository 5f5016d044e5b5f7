import type { Case, CaseBrief, List, Upload } from './types'
import { client } from '@/state/session'

export interface NewCase {
  item_codes: string[]
  bundle_code?: string
  project_code?: string
  /** Id of the licence to be renewed. */
  renews?: string
  applicant: { kind: 'self' } | { kind: 'organisation'; id: string }
  answers: Record<string, boolean>
  form: Record<string, string>
  hall: string
}

export function createCase(body: NewCase, key: string): Promise<Case> {
  return client.call('POST', '/cases', { body, key })
}

export function cases(cursor?: string): Promise<List<CaseBrief>> {
  return client.call('GET', '/cases', { query: { cursor } })
}

export function readCase(id: string): Promise<Case> {
  return client.call('GET', `/cases/${id}`)
}

export function putForm(id: string, values: Record<string, string | number | null>): Promise<Case> {
  return client.call('PUT', `/cases/${id}/form`, { body: { values } })
}

export function putPages(id: string, material: string, pages: string[]): Promise<Case> {
  return client.call('PUT', `/cases/${id}/materials/${encodeURIComponent(material)}`, { body: { pages } })
}

/** `POST /cases/{id}/{verb}`; answers the case as it then stands. */
export function act(id: string, verb: string, key: string, body: object = {}): Promise<Case> {
  return client.call('POST', `/cases/${id}/${verb}`, { body, key })
}

/** Signs a promise that is on offer: 容缺受理 or 告知承诺 for one item. */
export function promise(id: string, kind: string, item: string, key: string): Promise<Case> {
  return act(id, 'promise', key, { kind, item })
}

/** A paper that was given out, as a PDF. */
export function readPaper(id: string, kind: string, task?: string, ref?: string): Promise<ArrayBuffer> {
  const which = task ? `?task=${task}` : ref ? `?ref=${ref}` : ''
  return client.file(`/cases/${id}/papers/${kind}.pdf${which}`)
}

export function readUpload(id: string): Promise<Upload> {
  return client.call('GET', `/uploads/${id}`)
}
