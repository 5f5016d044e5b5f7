import type { Bundle, Guide, HallBrief } from '@/api/types'
import { bundle, guide, halls } from '@/api/catalogue'
import { readProject } from '@/api/projects'

/** What the page was opened for. `together`: a bundle's code; `items` are those chosen of it. */
export interface Wish {
  items: string[]
  together: string
  project: string
  renews: string
}

/** One item that becomes part of the case. */
export interface Part {
  code: string
  name: string
  subjects: string[]
  questions: { key: string; words: string }[]
}

export interface Start {
  title: string
  parts: Part[]
  bundle: Bundle | null
  halls: HallBrief[]
  /** For whom a project's cases are filed; null: for whom the person says. */
  company: { id: string; name: string } | null
}

function part(one: Guide): Part {
  return { code: one.code, name: one.name, subjects: one.subjects, questions: one.questions }
}

/** What to ask before a case begins: of one item, or of the chosen members of a bundle or project. */
export async function readStart(wish: Wish): Promise<Start> {
  const project = wish.project ? await readProject(wish.project) : null
  const code = wish.together || project?.bundle_code
  const whole = code ? await bundle(code) : null
  const items = wish.items.length ? wish.items : (whole?.members ?? []).map((member) => member.item)
  const guides = await Promise.all(items.map(guide))
  const one = guides.length === 1 ? guides[0] : undefined
  const title = wish.together && whole ? whole.name : one ? one.name : (project?.name ?? '')
  const places = one?.places.halls ?? []
  return { title, parts: guides.map(part), bundle: whole, halls: places.length ? places : (await halls()).items, company: project?.organisation ?? null }
}

/** The questions of all parts, each once. */
export function openQuestions(start: Start): { key: string; words: string }[] {
  return [...new Map(start.parts.flatMap((one) => one.questions).map((question) => [question.key, question])).values()]
}

/** Who may apply: the person, a company, or either. */
export function whoMay(parts: Part[]): { self: boolean; company: boolean } {
  return { self: !parts.length || !parts.every((one) => one.subjects.join() === 'organisation'), company: parts.some((one) => one.subjects.includes('organisation')) }
}

/** The answers these items know; the server refuses any other. */
export function answersFor(parts: Part[], answers: Record<string, boolean>): Record<string, boolean> {
  const keys = new Set(parts.flatMap((one) => one.questions).map((question) => question.key))
  return Object.fromEntries(Object.entries(answers).filter(([key]) => keys.has(key)))
}
