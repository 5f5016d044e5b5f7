import type { Bundle, BundleMember, BundleNeed, MaterialNeed } from '@/api/types'

/** One item that may stand for a member. */
export interface Way {
  item: string
  name: string
  /** When this one is the right one. */
  note: string
}

/** A line of a bundle. `always`: not for the person to leave out. */
export interface Line {
  member: BundleMember
  ways: Way[]
  always: boolean
}

/** What is begun at once, after what stands above. */
export interface Step {
  title: string
  lines: Line[]
}

/** Words that tell when a member is wanted at all; others only say how or when it is done. */
const CONDITION = /才要|自愿|的$|^只/
const NUMBERS = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十']

/** How far down the road each member is: 0 begins at once. */
function depths(members: BundleMember[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const member of members) found.set(member.item, Math.max(-1, ...member.after.map((item) => found.get(item) ?? -1)) + 1)
  return found
}

/** 「备案类；核准类改办…」: the words for the usual way, and those for the other. */
function ways(bundle: Bundle, member: BundleMember, names: Record<string, string>): Way[] {
  const other = bundle.alternatives[member.item]
  const parts = (member.when ?? '').split('；')
  if (!other) return [{ item: member.item, name: member.name, note: parts.join('；') }]
  const instead = parts.find((part) => part.includes('改办')) ?? ''
  return [
    { item: member.item, name: member.name, note: parts.filter((part) => part !== instead).join('；') },
    { item: other, name: names[other] ?? other, note: instead.split(/，?改办/)[0] ?? '' },
  ]
}

/** Only an investment project's road has stages. */
export function isRoad(bundle: Bundle): boolean {
  return Object.keys(bundle.stages ?? {}).length > 0
}

function leftOut(bundle: Bundle, member: BundleMember): boolean {
  if (bundle.alternatives[member.item] || member.only) return false
  return isRoad(bundle) ? !!member.optional : !!member.when
}

/** The members in the order they are done. `names` knows what the alternatives are called. */
export function steps(bundle: Bundle, names: Record<string, string>): Step[] {
  const depth = depths(bundle.members)
  const last = Math.max(...depth.values())
  const heaps: [string | null, BundleMember[]][] = isRoad(bundle)
    ? Object.entries(bundle.stages ?? {}).map(([title, items]) => [title, bundle.members.filter((member) => items.includes(member.item))])
    : Array.from({ length: last + 1 }, (_, at) => [null, bundle.members.filter((member) => depth.get(member.item) === at)])
  return heaps.map(([title, members], at) => ({
    title: `${NUMBERS[at] ?? at + 1}　${title ?? headOf(at, last, members.length)}`,
    lines: members.map((member) => ({ member, ways: ways(bundle, member, names), always: !leftOut(bundle, member) })),
  }))
}

function headOf(at: number, last: number, count: number): string {
  if (last === 0) return count > 1 ? '这几样同时办' : '就这一样'
  if (at === 0) return count > 1 ? '先办，同时办' : '先办'
  return count > 1 ? '办好上面的，这几样同时办' : '办好上面的，再办'
}

/** 备案 goes by the usual items, 核准 by those that stand in their place. */
export function kindOf(bundle: Bundle, chosen: string[]): 'filing' | 'approval' {
  return Object.values(bundle.alternatives).some((item) => chosen.includes(item)) ? 'approval' : 'filing'
}

/** What goes with the kind of project and is not for the person to choose. */
function withKind(bundle: Bundle, chosen: string[]): string[] {
  const kind = kindOf(bundle, chosen)
  const given = bundle.members.filter((member) => member.only)
  const rest = chosen.filter((item) => !given.some((member) => member.item === item))
  return [...rest, ...given.filter((member) => member.only === kind).map((member) => member.item)]
}

/** What is chosen before the person says anything: not what is wanted only under a condition. */
export function usual(bundle: Bundle): string[] {
  const chosen = bundle.members.filter((member) => !leftOut(bundle, member) || !CONDITION.test(member.when ?? '')).map((member) => member.item)
  return withKind(bundle, chosen)
}

/** `chosen` with one item more or less; of two ways the other one falls out. */
export function toggled(bundle: Bundle, chosen: string[], item: string): string[] {
  const pair = Object.entries(bundle.alternatives).find((each) => each.includes(item))
  if (pair) return withKind(bundle, [...chosen.filter((code) => !pair.includes(code)), item])
  return chosen.includes(item) ? chosen.filter((code) => code !== item) : [...chosen, item]
}

/** Members that may be left out and are. */
export function skippedOf(bundle: Bundle, chosen: string[]): string[] {
  return bundle.members.filter((member) => leftOut(bundle, member) && !chosen.includes(member.item)).map((member) => member.item)
}

/** Members under whose name `chosen` goes, alternatives counted as what they stand for. */
function standing(bundle: Bundle, chosen: string[]): Set<string> {
  const usualOf = Object.fromEntries(Object.entries(bundle.alternatives).map(([usually, other]) => [other, usually]))
  return new Set(chosen.map((code) => usualOf[code] ?? code))
}

/** Whether a need comes by itself, out of another item of the same case. */
function comes(need: BundleNeed, there: Set<string>): boolean {
  return !!need.produced_by && there.has(need.produced_by)
}

/** The one list for what is chosen, each material once. */
export function needsOf(bundle: Bundle, chosen: string[]): (BundleNeed & { comes: boolean })[] {
  const there = standing(bundle, chosen)
  return bundle.materials
    .filter((need) => need.needed_by.some((item) => there.has(item)))
    .map((need) => ({ ...need, comes: comes(need, there) }))
    .sort((a, b) => Number(a.comes) - Number(b.comes))
}

export function departmentsOf(bundle: Bundle, chosen: string[]): number {
  const there = standing(bundle, chosen)
  return new Set(bundle.members.filter((member) => there.has(member.item)).map((member) => member.department.code)).size
}

/** A need as it stands in the one list of a case: `comes` by itself once an earlier item is done. */
export type Need = MaterialNeed & { comes?: boolean }

/** Several items' lists in one: each material once, one form, and what an earlier item brings forth told as such. */
export function joined(lists: MaterialNeed[][], bundle: Bundle | null, chosen: string[]): Need[] {
  const found = new Map<string, Need>()
  for (const need of lists.flat()) {
    const held = found.get(need.code)
    found.set(need.code, held ? { ...held, need: need.need === 'main' ? 'main' : held.need, free: held.free && need.free } : need)
  }
  if (!bundle) return [...found.values()]
  const there = standing(bundle, chosen)
  const form = bundle.materials.find((need) => need.form)
  const made = new Set(bundle.materials.filter((need) => comes(need, there)).map((need) => need.code))
  const rest = [...found.values()].filter((need) => !(form && need.form)).map((need) => (made.has(need.code) ? { ...need, comes: true } : need))
  return form ? [{ ...BLANK, code: form.code, name: form.name, need: form.need }, ...rest] : rest
}

const BLANK = { original: 1, copy: 0, photo: true, source: 'self' as const, standard: null, when: null, hint: null, form: true, free: false }
