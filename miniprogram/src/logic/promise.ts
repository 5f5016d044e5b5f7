import type { Case, CaseMaterial, CasePromise, Light, Offer } from '@/api/types'
import { lightOf } from './keysheet'

type Kind = CasePromise['kind']

/** Whether a promise stands and is still owed. */
function standing(one: CasePromise): boolean {
  return one.state === 'made' || one.state === 'supplied'
}

/** The promise a material is under, if any: it need not be handed in now. */
export function promiseOn(one: Case, code: string): CasePromise | null {
  return one.promises.find((each) => standing(each) && each.materials.some((material) => material.code === code)) ?? null
}

export function promisedNote(kind: Kind): string {
  return kind === 'tolerance' ? '以后补（已承诺）' : '不用交（已承诺）'
}

function names(materials: { name: string }[]): string {
  return materials.map((one) => one.name).join('、')
}

/** The line beside the box, in words one would say. */
export function boxHead(one: Pick<Offer, 'kind' | 'materials' | 'item_name'>): string {
  if (one.kind === 'tolerance') return `先办着，${names(one.materials)}晚点补`
  return one.materials.length ? `不交${names(one.materials)}，用承诺代替` : `${one.item_name}，用承诺代替证明`
}

export function officialName(kind: Kind): string {
  return kind === 'tolerance' ? '正式名称：容缺受理' : '正式名称：告知承诺'
}

/** Where a box stands in the list: below the last of its materials, or at the end. */
export function boxesAfter<T extends { materials: { code: string }[] }>(rows: CaseMaterial[], boxes: T[]): { below: Record<string, T[]>; end: T[] } {
  const below: Record<string, T[]> = {}
  const end: T[] = []
  for (const box of boxes) {
    const last = [...rows].reverse().find((row) => box.materials.some((material) => material.code === row.code))
    if (last) (below[last.code] ??= []).push(box)
    else end.push(box)
  }
  return { below, end }
}

/** Promises of papers that come later, not those that have fallen away. */
export function tolerances(one: Case): CasePromise[] {
  return one.promises.filter((each) => each.kind === 'tolerance' && each.state !== 'void')
}

/** Papers that must still come. */
export function owed(one: Case): CaseMaterial[] {
  const codes = new Set(tolerances(one).filter((each) => each.state === 'made').flatMap((each) => each.materials.map((material) => material.code)))
  return one.materials.filter((row) => codes.has(row.code))
}

/** The earliest day a promised paper is due. */
export function owedBy(one: Case): string | null {
  const days = tolerances(one).filter((each) => each.state === 'made' && each.due_on).map((each) => each.due_on as string)
  return days.sort()[0] ?? null
}

/** What was wrong with what came last; empty once something new was handed in. */
export function rejected(one: Case): string {
  const last = [...one.timeline].reverse().find((event) => ['supply', 'reject_supply', 'confirm_supply'].includes(event.verb))
  return last?.verb === 'reject_supply' ? last.note || last.words : ''
}

/** How a signed promise stands. */
export function promiseLight(one: CasePromise): Light {
  if (one.state === 'made') return one.due_on && one.kind === 'tolerance' ? lightOf(one.due_on) : { colour: 'green', word: one.state_words }
  if (one.state === 'broken' || one.state === 'false') return { colour: 'red', word: one.state_words }
  return { colour: one.state === 'supplied' || one.state === 'void' ? 'grey' : 'green', word: one.state_words }
}
