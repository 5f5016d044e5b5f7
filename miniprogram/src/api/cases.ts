import type { Case, CaseBrief, List, Upload } from './types'
import { client } from '@/state/session'

export interface NewCase {
  item_codes: string[]
  applicant: { kind: 'self' }
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

/** A paper that was given out, as a PDF. */
export function readPaper(id: string, kind: string, task?: string): Promise<ArrayBuffer> {
  return client.file(`/cases/${id}/papers/${kind}.pdf${task ? `?task=${task}` : ''}`)
}

export function readUpload(id: string): Promise<Upload> {
  return client.call('GET', `/uploads/${id}`)
}
