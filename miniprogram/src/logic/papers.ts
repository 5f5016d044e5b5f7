import type { Case } from '@/api/types'

export interface Paper {
  kind: string
  name: string
  /** Whose decision, when several departments decided. */
  task?: string
}

/** Each paper exists once one of these has happened. */
const PAPERS: (Paper & { after: string[] })[] = [
  { kind: 'receipt', name: '收件凭证', after: ['receive', 'accept', 'deem_accept', 'notify'] },
  { kind: 'notice', name: '一次性告知书', after: ['notify'] },
  { kind: 'acceptance', name: '受理通知书', after: ['accept', 'deem_accept'] },
  { kind: 'refusal', name: '不予受理决定书', after: ['refuse'] },
  { kind: 'decision', name: '行政决定书', after: ['decide'] },
  { kind: 'delivery', name: '送达回证', after: ['deliver'] },
]

/** The papers given out so far, in the order of the law. */
export function papersOf(one: Case): Paper[] {
  const done = new Set(one.timeline.map((event) => event.verb))
  return PAPERS.filter((paper) => paper.after.some((verb) => done.has(verb))).flatMap(({ kind, name }) =>
    kind === 'decision' ? decisions(one, name) : [{ kind, name }],
  )
}

/** Each department decides on a paper of its own; with several the name says whose. */
function decisions(one: Case, name: string): Paper[] {
  const decided = one.tasks.filter((task) => task.state === 'decided')
  return decided.map((task) => ({
    kind: 'decision',
    name: decided.length > 1 ? `${name}（${task.department.short}）` : name,
    task: task.id,
  }))
}
