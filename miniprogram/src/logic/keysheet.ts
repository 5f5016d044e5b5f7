import type { Clock, Light, Mine } from '@/api/types'
import type { ProjectBrief, ProjectStep } from '@/api/projects'
import { dayWithWeekday, daysBetween, today } from './dates'

/** What the home page opens with: the next thing the person must do. */
export interface KeySheet {
  /** Where the step is done. */
  page: string
  light: Light | null
  /** 「11月27日（周五）前」, empty when there is no deadline. */
  by: string
  title: string
  line: string
  button: string
  /** Other duties besides this one. */
  more: number
}

const BUTTONS: Record<string, string> = { fill: '接着填', photograph: '接着拍', submit: '去交上', correct: '现在去补', supply: '去补', collect: '看怎么领' }
const PROJECT_BUTTONS: Record<string, string> = { ...BUTTONS, correct: '去补', file: '去办' }

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
  const running = clocks.find((clock) => ['correction', 'tolerance'].includes(clock.kind) && clock.state === 'running' && clock.due_on === by)
  const own = lightOf(by, on)
  return running ? { colour: running.light.colour, word: own.word } : own
}

function lightOfCase(one: Mine, on: string): Light | null {
  if (!one.next?.by) return null
  return deadlineLight(one.next.by, one.clocks, on)
}

function sheetOfCase(one: Mine, on: string): KeySheet {
  const next = one.next as NonNullable<Mine['next']>
  return {
    page: pageOf(one),
    light: lightOfCase(one, on),
    by: next.by ? `${dayWithWeekday(next.by)}前` : '',
    title: next.words,
    line: next.action === 'collect' ? next.detail || one.title : `“${one.title}”${next.detail || one.state_words}`,
    button: BUTTONS[next.action] as string,
    more: 0,
  }
}

/** Whether a project's next step is its owner's own. */
export function isProjectDuty(next: ProjectStep): boolean {
  return !['wait', 'none'].includes(next.action)
}

export function projectButton(next: ProjectStep): string {
  return PROJECT_BUTTONS[next.action] ?? '去看看'
}

/** Where a project's next step is done. */
export function projectPage(next: ProjectStep, code: string): string {
  const id = next.case_id
  if (!id) return `/pages/${next.action === 'file' ? 'project-list' : 'project'}?code=${code}`
  const pages: Partial<Record<ProjectStep['action'], string>> = { correct: 'notice', supply: 'supply', submit: 'check' }
  return `/pages/${pages[next.action] ?? 'progress'}?id=${id}`
}

function sheetOfProject(one: ProjectBrief, on: string): KeySheet {
  const { next } = one
  return {
    page: projectPage(next, one.code),
    light: next.by ? lightOf(next.by, on) : null,
    by: next.by ? `${dayWithWeekday(next.by)}前` : '',
    title: next.words,
    line: `“${one.name}”${next.by ? '' : next.detail}`,
    button: projectButton(next),
    more: 0,
  }
}

/** The earliest deadline first; duties without one come after, the newest case first, then projects. A project's step that is a case's own counts once. */
export function chooseKeySheet(list: Mine[], projects: ProjectBrief[] = [], on: string = today()): KeySheet | null {
  const cases = list.filter(isDuty)
  const own = new Set(cases.map((one) => one.id))
  const others = projects.filter((one) => isProjectDuty(one.next) && !own.has(one.next.case_id ?? ''))
  const duties = [
    ...cases.map((one) => ({ by: one.next?.by ?? '9999', age: one.created_at, sheet: () => sheetOfCase(one, on) })),
    ...others.map((one) => ({ by: one.next.by ?? '9999', age: '', sheet: () => sheetOfProject(one, on) })),
  ].sort((a, b) => a.by.localeCompare(b.by) || b.age.localeCompare(a.age))
  const first = duties[0]?.sheet()
  return first ? { ...first, more: duties.length - 1 } : null
}

/** The page where the next step of a case is done. */
export function pageOf(one: Pick<Mine, 'id' | 'state' | 'next'>): string {
  if (one.state === 'draft') return one.next?.action === 'fill' ? `/pages/form?id=${one.id}` : `/pages/check?id=${one.id}`
  if (one.state === 'correcting' && one.next?.action !== 'wait') return `/pages/notice?id=${one.id}`
  if (one.next?.action === 'supply') return `/pages/supply?id=${one.id}`
  return `/pages/progress?id=${one.id}`
}
