import { reactive } from 'vue'
import { appointments, type Appointment } from '@/api/appointments'
import { tickets, type Ticket } from '@/api/tickets'
import { sorted } from '@/logic/booking'
import { isOver } from '@/logic/ticket'
import { session } from './session'

/** What the person has before them in a hall. */
export const coming = reactive<{ tickets: Ticket[]; appointments: Appointment[] }>({ tickets: [], appointments: [] })

export async function readComing(): Promise<void> {
  if (!session.tokens) {
    coming.tickets = []
    coming.appointments = []
    return
  }
  const [numbers, booked] = await Promise.all([tickets(), appointments()])
  coming.tickets = numbers.items.filter((one) => !isOver(one))
  coming.appointments = sorted(booked.items).coming
}
