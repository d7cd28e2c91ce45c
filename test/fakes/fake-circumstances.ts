// A machine that is where tests want it.

import type { Circumstances } from '../../src/deps.ts'

export class FakeCircumstances implements Circumstances {
  battery = false
  network = true
  /** Called before every answer: time may change it. */
  meanwhile: () => void = () => {}

  async onBattery(): Promise<boolean> {
    this.meanwhile()
    return this.battery
  }

  async hasNetwork(): Promise<boolean> {
    this.meanwhile()
    return this.network
  }
}
