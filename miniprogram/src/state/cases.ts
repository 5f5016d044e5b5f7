import type { Case } from '@/api/types'
import { readCase } from '@/api/cases'
import { Offline } from '@/api/client'
import { forget, recall, remember, remembered } from '@/platform/store'

/** The last known state of a case, so that it opens without a network. */
export function keepCase(one: Case): Case {
  remember(`case:${one.id}`, one)
  return one
}

export function keptCase(id: string): Case | null {
  return recall<Case>(`case:${id}`)
}

/** Reads a case; without a network the last known one. */
export async function loadCase(id: string): Promise<{ one: Case; stale: boolean }> {
  try {
    return { one: keepCase(await readCase(id)), stale: false }
  } catch (error) {
    const kept = keptCase(id)
    if (error instanceof Offline && kept) return { one: kept, stale: true }
    throw error
  }
}

/** What a form held when it could not be sent. */
export interface FormDraft {
  values: Record<string, string | number | null>
  at: number
}

export function formDraft(id: string): FormDraft | null {
  return recall<FormDraft>(`form:${id}`)
}

export function keepFormDraft(id: string, values: FormDraft['values']): void {
  remember(`form:${id}`, { values, at: Date.now() })
}

export function dropFormDraft(id: string): void {
  forget(`form:${id}`)
}

/** Forgets everything about cases on this phone, after signing out or erasing. */
export function forgetCases(): void {
  for (const prefix of ['case:', 'form:', 'try:', 'start:']) remembered(prefix).forEach(forget)
}
