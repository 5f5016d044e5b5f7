// The JSON of `/api/v1`. Dates are YYYY-MM-DD, times RFC 3339.

export type Colour = 'green' | 'amber' | 'red' | 'grey'
export interface Light {
  colour: Colour
  word: string
  short?: string | null
}
export interface Department {
  code: string
  name: string
  short: string
}
export interface Account {
  id: string
  name: string | null
  name_masked: string | null
  id_number_masked: string | null
  phone_masked: string | null
  assurance: 'none' | 'phone' | 'name' | 'face' | 'window'
  unread: number
}
export interface Tokens {
  access_token: string
  expires_in: number
  refresh_token: string
  account: Account
}
export interface List<T> {
  items: T[]
  next_cursor: string | null
}
export interface Limit {
  days: number | null
  unit: string | null
  words?: string
}
export interface ItemBrief {
  code: string
  name: string
  everyday: string
  kind: string
  department: Department
  subjects: string[]
  handling: 'instant' | 'promised'
  online: boolean
  visits: { times: number; reason: string | null }
  limit: Limit
  fee: { yuan: number | null; text: string }
}
export interface BundleMember {
  item: string
  name: string
  department: Department
  /** What must be granted first. */
  after: string[]
  /** When it is wanted, or how; null: always. */
  when?: string | null
  /** Of a project's road: only one kind of project goes through it; it may be left out. */
  only?: 'filing' | 'approval' | null
  optional?: boolean
}
export interface BundleBrief {
  code: string
  name: string
  everyday: string
  note: string | null
  theme: string
  members: BundleMember[]
  departments: number
}
export interface BundleNeed {
  code: string
  name: string
  need: 'main' | 'secondary'
  form: boolean
  needed_by: string[]
  /** The member that brings it forth. */
  produced_by: string | null
}
export interface Bundle extends BundleBrief {
  materials: BundleNeed[]
  /** Usual member -> the item that may be done in its place. */
  alternatives: Record<string, string>
  /** Only an investment project's road has stages. */
  stages: Record<string, string[]> | null
}
export interface Found extends List<ItemBrief> {
  total: number
  heard: string | null
  bundle: BundleBrief | null
  near: string[]
}
export interface MaterialNeed {
  code: string
  name: string
  need: 'main' | 'secondary'
  original: number
  copy: number
  photo: boolean
  source: 'licence' | 'self' | 'department'
  standard: string | null
  when: string | null
  hint: string | null
  form: boolean
  free: boolean
}
export interface Question {
  key: string
  words: string
  kind: 'bool'
}
export type Option = string | { value: string; label: string }
export interface Field {
  key: string
  label: string
  kind: 'text' | 'textarea' | 'number' | 'date' | 'choice'
  required: boolean
  options: Option[] | null
  hint: string | null
  unit: string | null
}
export interface HallBrief {
  code: string
  name: string
  address: string | null
  phone: string | null
  hours_words: string | null
  tier?: string
}
export interface Guide extends ItemBrief {
  who: string
  version: number
  updated_on: string
  conditions: string[]
  materials: MaterialNeed[]
  questions: Question[]
  form: Field[]
  limits: {
    statutory: (Limit & { as_written?: string | null; note?: string | null }) | null
    promised: (Limit & { example?: boolean }) | null
    answer_by: { on: string; words: string } | null
  }
  places: { words: string; tiers: Record<string, string>; halls: HallBrief[] }
  legal_basis: { law: string; article: string }[]
  result: { name: string; type: string; valid_years: number | null } | null
  remedy: string | null
  complaint_line: string | null
  home_visit: { suited: boolean; for?: string | null } | null
  tolerance: { allowed: boolean; days?: number; unit?: string; reason?: string } | null
}
export interface Checklist {
  materials: MaterialNeed[]
  questions: Question[]
}
export interface Advice {
  code: string
  words: string
  tip: string | null
}
export interface Upload {
  id: string
  state: 'receiving' | 'checking' | 'ready' | 'refused' | 'deleted'
  advice: Advice[]
  refusal: Advice | null
  pages: number | null
  thumbnail_url: string | null
  view_url: string | null
  bytes: number | null
  received: number | null
}
export interface CaseMaterial {
  code: string
  name: string
  need: 'main' | 'secondary'
  photo: boolean
  form: boolean
  free: boolean
  standard: string | null
  hint: string | null
  /** `form`: still to be filled in the app. */
  state: 'missing' | 'checking' | 'ready' | 'refused' | 'free' | 'defect' | 'form' | 'paper'
  state_words: string
  note: string | null
  pages: Upload[]
}
export interface Task {
  id: string
  item: string
  item_name: string
  number: string
  department: Department
  state: 'waiting' | 'assigned' | 'examining' | 'suspended' | 'advised' | 'decided' | 'revoked' | 'cancelled'
  state_words: string
  light: Light | null
  due_on: string | null
  outcome: 'granted' | 'refused' | null
  words: string | null
  reason: string | null
  /** Names of what must be granted first. */
  after: string[]
  /** Decided at the window under a delegation. */
  at_window: boolean
  clocks: Clock[]
}
export interface ClockDay {
  date: string
  n: number | null
  kind: 'start' | 'past' | 'today' | 'future' | 'off' | 'due' | 'paused' | 'late'
  /** Name of a holiday, or why the day does not count. */
  name?: string | null
}
export interface Clock {
  kind: 'acceptance' | 'correction' | 'promise' | 'statutory' | 'tolerance' | 'delivery'
  state: 'running' | 'stopped' | 'paused'
  unit: string
  started_on: string
  due_on: string
  day: number
  of: number
  remaining: number
  light: Light
  words: string
  explain: string[]
  days: ClockDay[]
}
export interface NoticeLine {
  n: number
  material_code: string | null
  material: string
  /** Code of the department that asked; null: the hall. */
  department: string | null
  defect: string
  fix: string
  answered: boolean
}
export interface Notice {
  id: string
  number: string
  /** 2: a second notice, allowed by a supervisor. */
  round: number
  /** Why there is a second one. */
  reason?: string | null
  issued_on: string
  due_on: string
  lines: NoticeLine[]
  open: boolean
}
export interface CaseEvent {
  at: string
  verb: string
  words: string
  who: string | null
  note: string | null
}
export interface CaseResult {
  id: string
  name: string
  state: 'making' | 'ready' | 'delivered'
  outcome: string | null
  where: string | null
  at: string | null
}
export interface NameOfMaterial {
  code: string
  name: string
}
/** 容缺受理 (`tolerance`): the paper comes later. 告知承诺 (`informed`): the statement stands for the proof. */
interface Statement {
  kind: 'tolerance' | 'informed'
  item: string
  item_name: string
  materials: NameOfMaterial[]
  /** What the applicant says, word for word. */
  words: string
}
export interface CasePromise extends Statement {
  id: string
  signed_at: string
  due_on: string | null
  state: 'made' | 'supplied' | 'kept' | 'broken' | 'verified' | 'false' | 'void'
  state_words: string
}
export interface Offer extends Statement {
  consequence: string
  days: string
  /** Why it may not be signed; empty when it may. */
  off: string
}
export interface Next {
  words: string
  detail: string | null
  by: string | null
  action: 'fill' | 'photograph' | 'submit' | 'correct' | 'supply' | 'collect' | 'wait' | 'none'
}
export interface Case {
  id: string
  number: string | null
  query_key: string | null
  state: string
  state_words: string
  version: number
  title: string
  items: { code: string; name: string; everyday: string; department: Department }[]
  applicant: { kind: string; id: string; name: string }
  hall: { code: string; name: string } | null
  form: { fields: Field[]; values: Record<string, string | number | null>; complete: boolean; missing: string[] }
  materials: CaseMaterial[]
  tasks: Task[]
  clocks: Clock[]
  notice: Notice | null
  promises: CasePromise[]
  offers: Offer[]
  bundle: { code: string; name: string; lead: Department | null } | null
  project: { code: string; name: string } | null
  /** The licence it asks to renew. */
  renewal: { number: string; valid_until: string; timely: boolean; words: string } | null
  /** A paper is still to come. */
  tolerant: boolean
  green: boolean
  timeline: CaseEvent[]
  results: CaseResult[]
  next: Next | null
  answer_by: { on: string; words: string } | null
  can: string[]
  created_at: string
  submitted_at: string | null
}
/** What the list of cases holds; the rest is read case by case. */
export type CaseBrief = Pick<Case, 'id' | 'number' | 'title' | 'state' | 'state_words' | 'created_at' | 'submitted_at' | 'clocks' | 'can'>
/** A brief with what could be read besides. */
export type Mine = CaseBrief & Partial<Case>
export interface Message {
  id: string
  kind: string
  title: string
  words: string
  case_id: string | null
  at: string
  read: boolean
}
export interface Progress {
  number: string
  title: string
  state: string
  state_words: string
  clocks: Partial<Clock>[]
  timeline: { at: string; words: string }[]
  next: { words: string } | null
}
