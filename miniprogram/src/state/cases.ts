import type { Case, CaseBrief, List, Mine } from '@/api/types'
import { cases, readCase } from '@/api/cases'
import { Offline } from '@/api/client'
import { forget, recall, remember, remembered } from '@/platform/store'

/** The form is a material like the others, but its state is told by the form itself. */
function withForm(one: Case): Case {
  const state = one.form.complete ? ('ready' as const) : ('missing' as const)
  return { ...one, materials: one.materials.map((row) => (row.form && row.state !== 'defect' ? { ...row, state } : row)) }
}

/** What a case kept by an older app does not have. */
const BEFORE_PROMISES = { promises: [], offers: [], bundle: null, project: null, renewal: null, tolerant: false, green: false }

/** The last known state of a case, so that it opens without a network. */
export function keepCase(answer: Case): Case {
  const one = withForm(answer)
  remember(`case:${one.id}`, one)
  return one
}

export function keptCase(id: string): Case | null {
  const kept = recall<Case>(`case:${id}`)
  return kept && { ...BEFORE_PROMISES, ...kept }
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

/** States in which something may be the person's to do. */
const MAY_WAIT_FOR_ME = ['draft', 'correcting', 'concluded']
const READ_AT_MOST = 8

/** The person's cases; those that may wait for the person are read whole, so that the next step is known. */
export async function mine(cursor?: string): Promise<List<Mine>> {
  const list = await cases(cursor)
  const wanted = list.items.filter(mayWaitForMe).slice(0, READ_AT_MOST)
  const read = new Map((await Promise.all(wanted.map(whole))).map((one) => [one.id, one]))
  return { ...list, items: list.items.map((one) => read.get(one.id) ?? one) }
}

/** An accepted case may still want a paper that was promised. */
function mayWaitForMe(one: CaseBrief): boolean {
  return MAY_WAIT_FOR_ME.includes(one.state) || one.clocks.some((clock) => clock.kind === 'tolerance' && clock.state !== 'stopped')
}

async function whole(brief: CaseBrief): Promise<Mine> {
  return keepCase(await readCase(brief.id))
}

/** Where the answers to a notice's lines about the form are remembered: the server cannot see them in pages. */
export function markMended(noticeId: string, line: number): void {
  remember(`mended:${noticeId}`, [...new Set([...mendedLines(noticeId), line])])
}

export function mendedLines(noticeId: string): number[] {
  return recall<number[]>(`mended:${noticeId}`) ?? []
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
  for (const prefix of ['case:', 'form:', 'try:', 'start:', 'mended:', 'project:', 'projects']) remembered(prefix).forEach(forget)
}
