import { control, h, second } from './dom.js'
import { Phone } from './phone.js'

const DEPARTMENTS = { XF: '消防救援大队' }
const ANSWERS = { grant: '准予', refuse: '不准', slow: '慢答', silent: '不理', error: '故障' }
const EVENTS = {
  'task.assigned': '收到新任务',
  'task.urged': '收到催办',
  'case.withdrawn': '收到撤回',
  'material.added': '收到补充材料',
  '?': '来路不明的请求',
  acknowledge: '签收',
  decide: '作出决定',
}

const phones = new Map()
const phonesPlace = document.getElementById('phones')
const systemsPlace = document.getElementById('systems')
const live = document.getElementById('live')
let drawnSystems = ''

function draw(world) {
  for (const [number, phone] of phones) {
    if (world.phones.some((p) => p.phone === number)) continue
    phone.element.remove()
    phones.delete(number)
  }
  for (const state of world.phones) {
    let phone = phones.get(state.phone)
    if (!phone) {
      phone = new Phone(state.phone)
      phones.set(state.phone, phone)
      phonesPlace.append(phone.element)
    }
    phone.draw(state, world)
  }
  const picture = JSON.stringify(world.departments)
  if (picture === drawnSystems) return
  drawnSystems = picture
  systemsPlace.replaceChildren(...(world.departments.length ? world.departments.map(system) : [nobody()]))
}

function nobody() {
  return h('section', { class: 'system' }, h('h2', {}, '部门系统'), h('p', { class: 'empty' }, '没有接入的部门系统'))
}

function system(department) {
  const { code, behaviour, events } = department
  const seconds = behaviour.after_ms / 1000
  const tasks = new Map(events.filter((e) => e.direction === 'in').map((e) => [e.task_id, e.task]))
  return h('section', { class: 'system' },
    h('h2', {}, `${DEPARTMENTS[code] || code}自己的系统`),
    h('p', { class: 'system-sub' }, `收到任务后怎么答，过 ${seconds} 秒`),
    h('div', { class: 'choice', role: 'group', 'aria-label': '怎么答' },
      Object.entries(ANSWERS).map(([answer, words]) => h('button', {
        type: 'button',
        'aria-pressed': String(behaviour.answer === answer),
        onclick: () => control(`departments/${code}/behaviour`, { answer }),
      }, words))),
    events.length
      ? h('ol', { class: 'log' }, [...events].reverse().map((event) => line(event, tasks)))
      : h('p', { class: 'empty' }, '还没有收到任务'))
}

function line(event, tasks) {
  const bad = event.direction === 'out' ? !(event.status >= 200 && event.status < 300) : /不对|故障/.test(event.note || '')
  const task = tasks.get(event.task_id) || {}
  const what = [task.item_name, task.number].filter(Boolean).join(' ')
  return h('li', { class: `${event.direction}${bad ? ' bad' : ''}` },
    h('p', { class: 'log-head' }, EVENTS[event.event] || event.event, h('time', {}, second(event.at))),
    what ? h('p', { class: 'log-what' }, what) : null,
    h('p', { class: bad ? 'bad-words' : 'log-what' }, event.note || ''))
}

const ask = document.getElementById('ask-name')
document.getElementById('new-phone').addEventListener('click', () => ask.showModal())
ask.addEventListener('close', async () => {
  const input = ask.querySelector('input')
  if (ask.returnValue === 'add') {
    const made = await control('phones', { name: input.value })
    if (made) setTimeout(() => phones.get(made.phone)?.element.scrollIntoView({ behavior: 'smooth' }), 200)
  }
  input.value = ''
  ask.returnValue = ''
})

const source = new EventSource('/_control/stream')
source.onopen = () => { live.textContent = '已连上'; live.className = 'bar-live on' }
source.onerror = () => { live.textContent = '断开了，正在重连'; live.className = 'bar-live' }
source.onmessage = (event) => draw(JSON.parse(event.data))
