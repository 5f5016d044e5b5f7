import type { Clock, Light, Task } from '@/api/types'
import { dayWords } from './dates'

const LOST = ['revoked', 'cancelled']

export function taskLight(task: Task): Light {
  if (task.state === 'revoked') return { colour: 'red', word: '已撤销' }
  if (task.state === 'cancelled') return { colour: 'grey', word: '不办了' }
  if (task.outcome === 'granted') return { colour: 'green', word: '已同意' }
  if (task.outcome === 'refused') return { colour: 'red', word: '没同意' }
  if (task.state === 'waiting') return { colour: 'grey', word: '还没轮到' }
  if (task.state === 'suspended') return { colour: 'grey', word: '暂停计时' }
  return task.light ?? { colour: 'grey', word: task.state_words }
}

/** Why a clock stands still: 「专家评审」. */
export function pausedWhy(clock: Clock | undefined): string {
  return /(?:^|；)([^；]*)，现在暂停计时/.exec(clock?.words ?? '')?.[1] ?? ''
}

/** The days that were left out, with their reasons, and what was added. */
export function counted(clock: Clock): string[] {
  return clock.explain.filter((line) => /扣除\d+个/.test(line) || line.startsWith('经批准延长'))
}

export function promiseOf(task: Task): Clock | undefined {
  return task.clocks.find((clock) => clock.kind === 'promise')
}

function quoted(names: string[]): string {
  return names.map((name) => `“${name}”`).join('、')
}

/** Why a task came to nothing: what it waited for was lost, else what the server says. */
function fallenWhy(task: Task, all: Task[]): string {
  const lost = all.filter((one) => task.after.includes(one.item_name) && (one.outcome === 'refused' || LOST.includes(one.state)))
  return lost.length ? `要先办的${quoted(lost.map((one) => one.item_name))}没办成` : (task.reason ?? '')
}

/** The line under a task's name, after its department. */
export function taskNote(task: Task, all: Task[]): string {
  if (task.state === 'waiting') return task.after.length ? `等${quoted(task.after)}办好` : task.state_words
  if (task.state === 'cancelled') return fallenWhy(task, all)
  if (task.outcome === 'refused' || task.state === 'revoked') return task.reason ? `理由：${task.reason}` : ''
  if (task.state === 'suspended') return pausedWhy(promiseOf(task)) || '特别程序'
  return ''
}

/** The date at the right. */
export function taskDate(task: Task): string {
  if (LOST.includes(task.state)) return ''
  if (task.outcome) return task.words ?? ''
  if (task.state === 'suspended') return '这几天不算时间'
  return task.due_on ? `${dayWords(task.due_on)}前办完` : ''
}

export function tasksHead(tasks: Task[]): string {
  const done = tasks.filter((task) => task.state === 'decided' || LOST.includes(task.state)).length
  if (tasks.length === 1) return done ? '部门办好了' : '部门正在办'
  const offices = new Set(tasks.map((task) => task.department.code)).size
  const said = done === tasks.length ? '都有结果了' : done ? `${done} ${offices === tasks.length ? '个' : '样'}有结果了` : '还在办'
  return offices === tasks.length ? `${offices} 个部门分头办，${said}` : `${tasks.length} 样事，${offices} 个部门分头办，${said}`
}
