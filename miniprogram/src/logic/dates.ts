// The county lives in Asia/Shanghai, which is UTC+8 all year; the phone may be set to anything.

const WEEK = ['日', '一', '二', '三', '四', '五', '六']
const EIGHT_HOURS = 8 * 3600_000

interface Parts {
  year: number
  month: number
  day: number
  weekday: number
}

function partsOf(date: string): Parts {
  const [year = 1970, month = 1, day = 1] = date.slice(0, 10).split('-').map(Number)
  return { year, month, day, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() }
}

/** Local date and clock of an RFC 3339 time. */
function local(time: string): { date: string; clock: string } {
  const text = new Date(Date.parse(time) + EIGHT_HOURS).toISOString()
  return { date: text.slice(0, 10), clock: text.slice(11, 16) }
}

/** Today in the county, YYYY-MM-DD. */
export function today(now: number = Date.now()): string {
  return new Date(now + EIGHT_HOURS).toISOString().slice(0, 10)
}

/** 12月8日 */
export function dayWords(date: string): string {
  const { month, day } = partsOf(date)
  return `${month}月${day}日`
}

/** 12月8日（周二） */
export function dayWithWeekday(date: string): string {
  return `${dayWords(date)}（周${WEEK[partsOf(date).weekday]}）`
}

/** 2026年9月1日 */
export function fullDay(date: string): string {
  return `${partsOf(date).year}年${dayWords(date)}`
}

/** 11月24日 10:26, with the year when it is not this year. */
export function momentWords(time: string, now: number = Date.now()): string {
  const { date, clock } = local(time)
  return `${date.slice(0, 4) === today(now).slice(0, 4) ? dayWords(date) : fullDay(date)} ${clock}`
}

/** 9:30 */
export function clockWords(time: string): string {
  return local(time).clock.replace(/^0/, '')
}

/** Date part of an RFC 3339 time, in the county. */
export function dateOf(time: string): string {
  return time.length === 10 ? time : local(time).date
}

/** Whole days from `from` to `to`; negative when past. */
export function daysBetween(from: string, to: string): number {
  const [a, b] = [partsOf(from), partsOf(to)]
  return Math.round((Date.UTC(b.year, b.month - 1, b.day) - Date.UTC(a.year, a.month - 1, a.day)) / 86_400_000)
}

export function weekdayOf(date: string): number {
  return partsOf(date).weekday
}

export function greeting(now: number = Date.now()): string {
  const hour = new Date(now + EIGHT_HOURS).getUTCHours()
  if (hour < 5 || hour >= 18) return '晚上好'
  if (hour < 12) return '上午好'
  return hour < 14 ? '中午好' : '下午好'
}
