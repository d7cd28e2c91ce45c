import { expect, test } from 'vitest'
import { s3Server } from '../support/s3-server.ts'

const server = s3Server()

test.skipIf(server === undefined)('the S3 server makes no bucket for one who does not sign', async () => {
  const response = await fetch(new URL('/borgboi-unsigned', server?.endpoint), { method: 'PUT' })

  expect(response.status).toBe(403)
  expect(await response.text()).toContain('<Code>AccessDenied</Code>')
})
