import type { Case, CaseMaterial, Guide, ItemBrief, Limit, Option } from '@/api/types'
import type { Need } from './bundle'
import { promiseOn } from './promise'

/** 4402 2900 0120 ...: groups of four, as on the receipt. */
export function spaced(number: string | null): string {
  return (number ?? '').replace(/(.{4})(?=.)/g, '$1 ')
}

/** 「08:30-12:00」: a span of hours is never broken at its dash. */
export function wholeHours(words: string | null): string {
  return (words ?? '').replace(/-/g, '\u2060-\u2060')
}

/** 「5 个工作日」「15 天」「当场」 */
export function limitWords(limit: Limit | null, instant = false): string {
  if (instant || limit?.days === 0) return '当天'
  if (!limit || limit.days === null) return limit?.words ?? '时间看情况'
  return limit.unit === '工作日' ? `${limit.days} 个工作日` : `${limit.days} 天`
}

export function howWords(item: ItemBrief): string {
  return item.online ? '手机能办' : '手机先交'
}

/** 「开餐饮店」: how people call a bundle, without what the register adds. */
export function bundleShort(bundle: { name: string; everyday: string }): string {
  return (bundle.everyday || bundle.name).split('，')[0]?.replace(/一件事$/, '') ?? bundle.name
}

export function tripWords(item: ItemBrief): string {
  return `跑 ${item.visits.times} 次`
}

/** What stands at the right of a material in the guide. */
export function bringWords(need: Need): string {
  if (need.comes) return '办出来就有'
  if (need.free) return '不用带'
  if (need.form) return '手机上填'
  return need.photo ? '拍照' : '交原件'
}

/** Materials in the order of the guide: what to bring first, what is fetched last. */
export function bringOrder(needs: Need[]): Need[] {
  return [...needs].sort((a, b) => Number(fetched(a)) - Number(fetched(b)))
}

/** What the person need not bring: the system finds it, or an earlier item brings it forth. */
export function fetched(need: Need): boolean {
  return need.free || !!need.comes
}

/** The line under a material's name. The registry's hint is shorter than the standard. */
export function needNote(need: Need): string {
  if (fetched(need)) return ''
  const when = need.when && (/[，的要交]/.test(need.when) ? need.when : `${need.when}才要`)
  return [when, need.hint].filter(Boolean).join('，')
}

export function rowReady(row: CaseMaterial): boolean {
  return ['ready', 'free'].includes(row.state)
}

/** Bound reports and big drawings: a photograph cannot stand for them, they go to the counter on paper. */
export function onPaper(row: CaseMaterial): boolean {
  return !row.photo && !row.form && !row.free && !row.pages.length
}

/** The line under a material's name in the check list. */
export function rowNote(row: CaseMaterial, waiting = 0): string {
  if (waiting) return `${row.pages.length + waiting} 页，存在手机里`
  if (row.note) return row.note
  if (row.free || row.state === 'free') return '系统查到了，没让您交'
  if (onPaper(row)) return '交上去以后，把原件带到大厅'
  if (row.form) return row.state === 'ready' ? '填好了，没有空格' : '还有没填的'
  if (row.pages.length) {
    const advised = row.pages.some((page) => page.advice.length)
    return `${row.pages.length} 页，${row.state === 'ready' ? (advised ? '有建议，点开看' : '看得清') : row.state_words}`
  }
  return row.hint || row.standard || '还没拍'
}

/** What still keeps a draft from being handed in. */
export function missing(one: Case, waiting: (material: string) => number): CaseMaterial[] {
  return one.materials.filter((row) => !rowReady(row) && row.state !== 'checking' && !onPaper(row) && !waiting(row.code) && !promiseOn(one, row.code))
}

export function optionValue(option: Option): string {
  return typeof option === 'string' ? option : option.value
}

export function optionLabel(option: Option): string {
  return typeof option === 'string' ? option : option.label
}

/** The third number of the guide: 「0 元，不收费」. */
export function feeWords(guide: Pick<Guide, 'fee'>): { big: string; small: string } {
  const { yuan, text } = guide.fee
  if (yuan === null) return { big: '另计', small: '看下面' }
  return { big: String(yuan), small: yuan === 0 ? '元，不收费' : `元${text ? '' : '，要交费'}` }
}

export function visitWords(guide: Pick<Guide, 'visits'>): string {
  return guide.visits.times === 0 ? '次，不用跑' : '次，看下面'
}
