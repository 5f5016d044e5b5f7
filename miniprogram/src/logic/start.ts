import type { BundleMember, Guide, HallBrief } from '@/api/types'
import { bundle, guide, halls } from '@/api/catalogue'

/** One item that may be part of the case. */
export interface Part {
  code: string
  name: string
  /** When it is wanted at all; null: always. */
  when: string | null
  questions: { key: string; words: string }[]
}

export interface Start {
  title: string
  parts: Part[]
  halls: HallBrief[]
}

export interface Asked {
  key: string
  words: string
  note: string
}

/** Key of the question whether a member of a bundle is wanted; no item's question begins so. */
const WANTED = 'want-'

function part(one: Guide, member?: BundleMember): Part {
  return { code: one.code, name: one.name, when: member?.when || null, questions: one.questions }
}

/** What to ask before a case begins: of one item, or of every member of a bundle. */
export async function readStart(item: string, together: string): Promise<Start> {
  if (item) {
    const one = await guide(item)
    return { title: one.name, parts: [part(one)], halls: one.places.halls.length ? one.places.halls : (await halls()).items }
  }
  const whole = await bundle(together)
  const guides = await Promise.all(whole.members.map((member) => guide(member.item)))
  const found = await halls()
  return { title: whole.name, parts: guides.map((one, at) => part(one, whole.members[at])), halls: found.items }
}

/** The items that become the case: those always wanted and those said yes to. */
export function chosenParts(start: Start, answers: Record<string, boolean>): Part[] {
  return start.parts.filter((one) => !one.when || answers[WANTED + one.code])
}

/** The questions in order: which members are wanted, then what the wanted ones ask, each once. */
export function openQuestions(start: Start, answers: Record<string, boolean>): Asked[] {
  const wanted = start.parts.filter((one) => one.when).map((one) => ({ key: WANTED + one.code, words: `要办“${one.name}”吗`, note: one.when ?? '' }))
  const asked = new Map(chosenParts(start, answers).flatMap((one) => one.questions).map((question) => [question.key, { ...question, note: '' }]))
  return [...wanted, ...asked.values()]
}

/** The answers these items know; the server refuses any other. */
export function answersFor(parts: Part[], answers: Record<string, boolean>): Record<string, boolean> {
  const keys = new Set(parts.flatMap((one) => one.questions).map((question) => question.key))
  return Object.fromEntries(Object.entries(answers).filter(([key]) => keys.has(key)))
}
