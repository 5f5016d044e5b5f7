import type { Project, ProjectMaterial, RoadRow, Stage } from '@/api/projects'
import { dayWords } from './dates'

const SHAPE = /^(\d{4})-(\d{6})-(\d{2})-(\d{2})-(\d{5}[0-9X])$/
const EXAMPLE = '像 2609-440229-04-01-68315X'

/** As typed, in capitals, with its hyphens: the digits alone are understood too. */
export function tidyCode(text: string): string {
  const plain = text.replace(/[\s\u2010-\u2015\uff0d_]/g, (sign) => (/\s/.test(sign) ? '' : '-')).toUpperCase()
  const bare = plain.replace(/-/g, '')
  return bare.length === 20 ? [bare.slice(0, 4), bare.slice(4, 10), bare.slice(10, 12), bare.slice(12, 14), bare.slice(14)].join('-') : plain
}

/** Whether something typed is meant as a project's code: a case number has 24 digits and no hyphen. */
export function looksLikeCode(text: string): boolean {
  const code = tidyCode(text)
  return SHAPE.test(code) || (code.includes('-') && code.length > 6)
}

/** Checks the shape alone (R7, R8): the code is the national platform's. @returns what to look at, or null. */
export function codeTrouble(text: string): string | null {
  const code = tidyCode(text)
  if (!code) return '请填项目代码'
  const found = SHAPE.exec(code)
  if (!found) return `项目代码是 20 位数字，${EXAMPLE}`
  const head = Number(found[1])
  const month = head % 100
  // New codes begin with year and month, older ones with a year from 2015 to 2020.
  if ((month < 1 || month > 12) && !(head >= 2015 && head <= 2020)) return '项目代码开头是年份和月份，请对着备案证看一遍'
  return null
}

/** 「11 件办好 5 件，」 */
export function doneWords(project: Pick<Project, 'all' | 'done'>): string {
  if (project.done === project.all) return `${project.all} 件都办好了`
  return project.done ? `${project.all} 件办好 ${project.done} 件` : `${project.all} 件，还没有办好的`
}

/** How an item is called on the road. */
export function rowName(row: RoadRow): string {
  return row.everyday || row.name
}

/** Names of the road's items by code. */
export function roadNames(stages: Stage[]): Record<string, string> {
  return Object.fromEntries(stages.flatMap((stage) => stage.rows.map((row) => [row.item, rowName(row)])))
}

/** Where tapping a row leads: the case, a new filing, or nowhere yet. */
export function rowPage(row: RoadRow, code: string): string {
  if (row.case_id) return row.state === 'draft' ? `/pages/check?id=${row.case_id}` : row.state === 'correcting' ? `/pages/notice?id=${row.case_id}` : `/pages/progress?id=${row.case_id}`
  return row.can_file ? `/pages/questions?project=${code}&items=${row.item}` : ''
}

/** The checklist in three heaps: still to bring, handed in, comes by itself. */
export function heaps(materials: ProjectMaterial[]): { title: string; rows: ProjectMaterial[] }[] {
  const self: ProjectMaterial['state'][] = ['free', 'produced']
  const found = [
    { title: '还要准备', rows: materials.filter((one) => one.state !== 'ready' && !self.includes(one.state)) },
    { title: '交过了，不用再交', rows: materials.filter((one) => one.state === 'ready') },
    { title: '不用您准备', rows: materials.filter((one) => self.includes(one.state)) },
  ]
  return found.filter((heap) => heap.rows.length)
}

/** 「12月4日去现场看」 or nothing. */
export function visitDay(day: string | null): string {
  return day ? dayWords(day) : '日子还没定'
}
