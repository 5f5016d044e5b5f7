import type { Clock, ClockDay } from '@/api/types'
import { dayWords, weekdayOf } from './dates'

export interface Cell {
  key: string
  /** Day of the month. */
  top: string
  /** What stands in the box: the working day's number, or a word for the first day. */
  text: string
  kind: ClockDay['kind'] | 'blank'
  /** For those who hear the page. */
  label: string
}

/** More cells than this do not fit one line of a phone: break into weeks. */
const ONE_LINE = 15
const FIRST: Record<Clock['kind'], string> = { acceptance: '收', correction: '告', promise: '受', statutory: '受', tolerance: '诺', delivery: '决' }
const LABELS: Record<ClockDay['kind'], string> = {
  start: '起算日', past: '已过', late: '超过期限', today: '今天', future: '还没到', off: '不办公，不算', due: '最后一天', paused: '暂停，不算',
}

function cell(clock: Clock, day: ClockDay): Cell {
  const text = day.kind === 'start' ? FIRST[clock.kind] : day.kind === 'off' || day.kind === 'paused' ? '' : String(day.n ?? '')
  return { key: day.date, top: String(Number(day.date.slice(8, 10))), text, kind: day.kind, label: `${dayWords(day.date)}，${day.name || LABELS[day.kind]}` }
}

function blanks(count: number, name: string): Cell[] {
  return Array.from({ length: count }, (_, at) => ({ key: `${name}${at}`, top: '', text: '', kind: 'blank' as const, label: '' }))
}

/** Days from Monday, 0 to 6. */
function column(date: string): number {
  return (weekdayOf(date) + 6) % 7
}

/** Rows of cells: one line up to `most` days (15; fewer in big letters), else weeks from Monday to Sunday with blanks before and after. */
export function stripRows(clock: Clock, most = ONE_LINE): Cell[][] {
  const cells = clock.days.map((day) => cell(clock, day))
  if (cells.length <= most) return cells.length ? [cells] : []
  const first = clock.days[0] as ClockDay
  const all = [...blanks(column(first.date), 'before'), ...cells]
  all.push(...blanks((7 - (all.length % 7)) % 7, 'after'))
  return Array.from({ length: all.length / 7 }, (_, row) => all.slice(row * 7, row * 7 + 7))
}

/** The clock a person asks about: the running promise first, then what runs before it, then the last one stopped. */
export function mainClock(clocks: Clock[]): Clock | null {
  const order: Clock['kind'][] = ['promise', 'correction', 'acceptance', 'delivery', 'statutory', 'tolerance']
  const rank = (clock: Clock) => (clock.state === 'stopped' ? 10 : 0) + order.indexOf(clock.kind)
  return [...clocks].sort((a, b) => rank(a) - rank(b))[0] ?? null
}

const START_WORDS: Record<Clock['kind'], string> = { acceptance: '收到', correction: '告知', promise: '受理', statutory: '受理', tolerance: '受理', delivery: '决定' }

/** The three labels under the strip. */
export function stripLabels(clock: Clock): { start: string; now: string; due: string } {
  const now = clock.state === 'paused' ? '今天不算' : clock.state === 'stopped' ? '' : clock.day > 0 ? `今天第 ${clock.day} 天` : '从下一个工作日算起'
  return { start: `${dayWords(clock.started_on)}${START_WORDS[clock.kind]}`, now, due: dayWords(clock.due_on) }
}
