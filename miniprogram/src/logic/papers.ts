import type { Case, Clock, Task } from '@/api/types'

export interface Paper {
  kind: string
  name: string
  /** Whose paper, when each department has its own. */
  task?: string
  /** Which one, of several signed. */
  ref?: string
}

/** Each paper of the whole case exists once one of these has happened. */
const WHOLE: (Paper & { after: string[] })[] = [
  { kind: 'receipt', name: '收件凭证', after: ['receive', 'accept', 'deem_accept', 'notify'] },
  { kind: 'notice', name: '一次性告知书', after: ['notify'] },
  { kind: 'acceptance', name: '受理通知书', after: ['accept', 'deem_accept'] },
  { kind: 'refusal', name: '不予受理决定书', after: ['refuse'] },
]
const DELIVERY: Paper & { after: string[] } = { kind: 'delivery', name: '送达回证', after: ['deliver'] }

function paused(clock: Clock): boolean {
  return clock.state === 'paused' || clock.explain.some((line) => /扣除\d+个/.test(line))
}

function longer(clock: Clock): boolean {
  return clock.explain.some((line) => line.startsWith('经批准延长'))
}

/** Papers one department gives out for one item, in the order of the law. */
const OF_TASK: { kind: string; name: string; after: string; given(task: Task): boolean }[] = [
  { kind: 'suspension', name: '特别程序告知书', after: 'suspend', given: (task) => task.state === 'suspended' || task.clocks.some(paused) },
  { kind: 'extension', name: '延期告知书', after: 'extend', given: (task) => task.clocks.some(longer) },
  { kind: 'decision', name: '行政决定书', after: '', given: (task) => !!task.outcome },
  { kind: 'revocation', name: '撤销决定书', after: '', given: (task) => task.state === 'revoked' },
  { kind: 'fallen', name: '不再办理告知书', after: 'fall', given: (task) => task.state === 'cancelled' && task.after.length > 0 },
]

/** The papers given out so far, in the order of the law. */
export function papersOf(one: Case): Paper[] {
  const done = new Set(one.timeline.map((event) => event.verb))
  const happened = (paper: { after: string[] }) => paper.after.some((verb) => done.has(verb))
  const whole = WHOLE.filter(happened).map(({ kind, name }) => ({ kind, name: kind === 'notice' && (one.notice?.round ?? 1) > 1 ? '再次告知书' : name }))
  const tasks = OF_TASK.flatMap((paper) => (!paper.after || done.has(paper.after) ? ofTasks(one, paper) : []))
  if (done.has('extend') && !tasks.some((paper) => paper.kind === 'extension') && one.clocks.some(longer)) tasks.push({ kind: 'extension', name: '延期告知书' })
  const last = happened(DELIVERY) ? [{ kind: DELIVERY.kind, name: DELIVERY.name }] : []
  return [...whole, ...promises(one), ...tasks, ...last]
}

function ofTasks(one: Case, paper: (typeof OF_TASK)[number]): Paper[] {
  return one.tasks.filter((task) => paper.given(task)).map((task) => ({
    kind: paper.kind,
    name: one.tasks.length > 1 ? `${paper.name}（${whose(one, task)}）` : paper.name,
    task: task.id,
  }))
}

/** With several departments the name says whose; with several items of one department, for which. */
function whose(one: Case, task: Task): string {
  const several = one.tasks.filter((other) => other.department.code === task.department.code).length > 1
  return several ? task.item_name : task.department.short
}

function promises(one: Case): Paper[] {
  const name = { tolerance: '容缺受理承诺书', informed: '告知承诺书' }
  return one.promises.map((each) => ({
    kind: 'promise',
    name: one.promises.filter((other) => other.kind === each.kind).length > 1 ? `${name[each.kind]}（${each.item_name}）` : name[each.kind],
    ref: each.id,
  }))
}
