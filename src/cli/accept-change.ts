// The option of commands that remove or copy: what a person says of a change that borgboi would not go on with.

import { Option } from 'clipanion'

export function acceptChangeOption(): boolean {
  return Option.Boolean('--accept-change', false, {
    description: 'say that it is meant that so much of the repo is gone or rewritten',
  })
}
