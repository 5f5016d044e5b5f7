import type { Light, List } from './types'
import { client } from '@/state/session'

export interface ProjectStep {
  action: 'correct' | 'supply' | 'collect' | 'submit' | 'file' | 'wait' | 'none'
  words: string
  detail: string
  by: string | null
  case_id: string | null
}
export interface ProjectBrief {
  code: string
  name: string
  kind: 'filing' | 'approval'
  green: boolean
  done: number
  all: number
  next: ProjectStep
}
/** One item on the road. */
export interface RoadRow {
  item: string
  name: string
  everyday: string
  department: string
  department_code: string
  state: 'none' | 'draft' | 'filed' | 'waiting' | 'running' | 'paused' | 'correcting' | 'granted' | 'refused' | 'fallen'
  light: Light
  words: string
  progress: number
  case_id: string | null
  can_file: boolean
  after: string[]
}
export interface Stage {
  /** 一, 二, ... */
  n: string
  title: string
  rows: RoadRow[]
}
/** The road as the server draws it: a head of `head_height` for each stage, then a lane of `row_height` for each row. */
export interface RoadMap {
  width: number
  height: number
  row_height: number
  head_height: number
  svg: string
}
export interface Guidance {
  id: string
  kind: 'question' | 'visit'
  department: string | null
  question: string
  answer: string | null
  state: 'open' | 'done'
  planned_on: string | null
  at: string
}
export interface Project extends Omit<ProjectBrief, 'next'> {
  organisation: { id: string; name: string } | null
  /** For the owner alone. */
  query_key: string | null
  bundle_code: string
  earliest: { on: string; words: string } | null
  stages: Stage[]
  map: RoadMap
  next: ProjectStep
  guidance: Guidance[]
}
export interface ProjectMaterial {
  code: string
  name: string
  need: 'main' | 'secondary'
  departments: string[]
  items: string[]
  /** `produced`: it comes out of an earlier step; `ready`: handed in before. */
  state: 'missing' | 'ready' | 'free' | 'produced' | 'paper'
  words: string
  when: string | null
}
export interface NewProject {
  code: string
  name: string
  kind: 'filing' | 'approval'
  organisation_id?: string
  skipped: string[]
}

function place(code: string): string {
  return `/projects/${encodeURIComponent(code)}`
}

export function projects(): Promise<List<ProjectBrief>> {
  return client.call('GET', '/projects')
}

/** The owner's own, or anybody's with its key. `large`: the map for big letters. */
export function readProject(code: string, key?: string, large = false): Promise<Project> {
  return client.call('GET', place(code), { query: { key, large: large ? 'true' : undefined } })
}

export function createProject(body: NewProject, key: string): Promise<Project> {
  return client.call('POST', '/projects', { body, key })
}

export function askProject(code: string, question: string, item: string, key: string): Promise<Project> {
  return client.call('POST', `${place(code)}/guidance`, { body: item ? { question, item_code: item } : { question }, key })
}

export function projectChecklist(code: string, key?: string): Promise<{ materials: ProjectMaterial[] }> {
  return client.call('GET', `${place(code)}/checklist`, { query: { key } })
}
