import type { Clock, Light, Mine } from '@/api/types'
import { dayWithWeekday, daysBetween, today } from './dates'

/** What the home page opens with: the next thing the person must do. */
export interface KeySheet {
  caseId: string
  light: Light | null
  /** 「11月27日（周五）前」, empty when there is no deadline. */
  by: string
  title: string
  line: string
  button: string
  /** Other duties besides this one. */
  more: number
}

const BUTTONS: Record<string, string> = { fill: '接着填', photograph: '接着拍', submit: '去交上', correct: '现在去补', collect: '看怎么领' }

/** Whether the next step of a case is the person's own. */
export function isDuty(one: Mine): boolean {
  return !!one.next && one.next.action in BUTTONS
}

/** The light of a deadline, when the server's clock gives none. Thresholds as in the clock: within 3 days is soon. */
export function lightOf(by: string, on: string = today()): Light {
  const left = daysBetween(on, by)
  if (left < 0) return { colour: 'red', word: '已过期限' }
  if (left === 0) return { colour: 'amber', word: '今天是最后一天' }
  return { colour: left <= 3 ? 'amber' : 'green', word: `还剩 ${left} 天` }
}

/** Colour from the law's clock, words in days one can count on a calendar. */
export function deadlineLight(by: string, clocks: Clock[], on: string = today()): Light {
  const running = clocks.find((clock) => clock.kind === 'correction' && clock.state === 'running')
  const own = lightOf(by, on)
  return running ? { colour: running.light.colour, word: own.word } : own
}

function lightOfCase(one: Mine, on: string): Light | null {
  if (!one.next?.by) return null
  return deadlineLight(one.next.by, one.clocks, on)
}

/** The earliest deadline first; duties without one come after, the newest case first. */
export function chooseKeySheet(list: Mine[], on: string = today()): KeySheet | null {
  const duties = list
    .filter(isDuty)
    .sort((a, b) => (a.next?.by ?? '9999').localeCompare(b.next?.by ?? '9999') || b.created_at.localeCompare(a.created_at))
  const first = duties[0]
  if (!first?.next) return null
  return {
    caseId: first.id,
    light: lightOfCase(first, on),
    by: first.next.by ? `${dayWithWeekday(first.next.by)}前` : '',
    title: first.next.words,
    line: first.next.action === 'collect' ? first.next.detail || first.title : `“${first.title}”${first.next.detail || first.state_words}`,
    button: BUTTONS[first.next.action] as string,
    more: duties.length - 1,
  }
}

/** The page where the next step of a case is done. */
export function pageOf(one: Pick<Mine, 'id' | 'state' | 'next'>): string {
  if (one.state === 'draft') return one.next?.action === 'fill' ? `/pages/form?id=${one.id}` : `/pages/check?id=${one.id}`
  if (one.state === 'correcting' && one.next?.action !== 'wait') return `/pages/notice?id=${one.id}`
  return `/pages/progress?id=${one.id}`
}
