// How to get everything back with a kit, step by step, for people who may never have used borgboi. The same steps as in
// docs/recovery.md, with what the kit knows filled in.

import type { Kit } from '../model/kit.ts'
import { isRemote } from '../model/location.ts'

export interface Step {
  readonly text: string
  /** Lines to type. */
  readonly commands: readonly string[]
}

export interface Way {
  readonly title: string
  readonly steps: readonly Step[]
}

const PASSPHRASE_FILE = 'passphrase.txt'

export function waysBack(kit: Kit): readonly Way[] {
  const { vault } = kit
  const copied = vault === undefined ? [] : [fromVault(kit, vault)]
  const alone = vault === undefined ? [] : [byHand(kit, vault)]
  return [withBorgboi(kit), ...copied, withBorgAlone(kit), ...alone]
}

function withBorgboi(kit: Kit): Way {
  const { name, path } = kit
  return {
    title: `If the repository is still there: ${path}`,
    steps: [
      ...preparations(kit),
      ...(isKeyfile(kit)
        ? [
            {
              text: 'Put the key where Borg looks for it.',
              commands: [`borg key import ${quoted(path)} ${keyFile(kit)}`],
            },
          ]
        : []),
      {
        text: 'Tell borgboi of it.',
        commands: [`borgboi repo import --name ${name} --path ${quoted(path)}${passphraseOption(kit)}`],
      },
      ...filesBack(kit),
    ],
  }
}

function fromVault(kit: Kit, { url, endpoint, region }: NonNullable<Kit['vault']>): Way {
  const { name } = kit
  const settings = [
    ...(endpoint === undefined ? [] : ['--endpoint', endpoint]),
    ...(region === undefined ? [] : ['--region', region]),
  ]
  const from = ['--from', quoted(url), ...settings, '--name', name].join(' ')
  return {
    title: `From the copy off-site: ${url}`,
    steps: [
      ...preparations(kit),
      ...(url.startsWith('file:')
        ? [{ text: 'Mount the disk that the address names.', commands: [] }]
        : [
            {
              text: 'Credentials that may read there are needed, and are not in this kit.',
              commands: ['export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…'],
            },
          ]),
      {
        text: 'See what is there, then bring the repository back. Cut off, the same command goes on.',
        commands: [
          `borgboi s3 generations ${from}`,
          `borgboi s3 restore ${from} --to /srv/borg/${name}${passphraseOption(kit)}`,
        ],
      },
      ...(isKeyfile(kit)
        ? [
            {
              text: 'Put the key where Borg looks for it.',
              commands: [`borgboi repo key import --name ${name} --from ${keyFile(kit)} --yes`],
            },
          ]
        : []),
      ...filesBack(kit),
    ],
  }
}

function withBorgAlone(kit: Kit): Way {
  const path = quoted(kit.path)
  return {
    title: 'With Borg alone (1.2 or 1.4)',
    steps: [
      ...(kit.key === undefined
        ? []
        : [
            {
              text: isKeyfile(kit)
                ? 'The key is needed: from the file, or typed in from paper.'
                : 'Only where the repository has lost its own key: from the file, or typed in from paper.',
              commands: [`borg key import ${path} ${keyFile(kit)}`, `borg key import --paper ${path}`],
            },
          ]),
      {
        text: `${kit.key === undefined ? '' : 'Borg asks for the passphrase. '}Where it asks whether that is the right place, it is: answer y.`,
        commands: [`borg list ${path}`],
      },
      {
        text: 'Take the name of an archive from that list. The files come to the directory you are in.',
        commands: [`borg extract --list ${path}::ARCHIVE`],
      },
    ],
  }
}

/** The shell of docs/recovery.md, "Without borgboi": test/unit/kit holds it to that page. */
function byHand({ borgId }: Kit, { url, endpoint }: NonNullable<Kit['vault']>): Way {
  const isDirectory = url.startsWith('file://')
  const place = isDirectory ? url.slice('file://'.length) : url
  const fetch = isDirectory
    ? 'cp'
    : `aws s3 cp --quiet${endpoint === undefined ? '' : ` --endpoint-url ${quoted(endpoint)}`}`
  return {
    title: 'From the copy off-site, without borgboi',
    steps: [
      {
        text: 'In an empty directory, with a shell, jq, sha256sum and Borg. Not a word may come from the second sha256sum.',
        commands: [
          `vault=${quoted(place)} id=${borgId} out=recovered`,
          `get() { ${fetch} "$vault/$1" "$2"; }`,
          ...SHELL,
        ],
      },
      {
        text: 'Then as with Borg alone, the directory recovered being the repository. Read from it, and back up elsewhere.',
        commands: [],
      },
    ],
  }
}

const SHELL = [
  'get "$id/head.json" head.json',
  'get "$(jq -r .manifestKey head.json)" manifest.json.gz',
  'echo "$(jq -r .manifestSha256 head.json)  manifest.json.gz" | sha256sum --check',
  'gunzip -f manifest.json.gz',
  `jq -r '.files[] | "\\(.sha256) \\(.path)"' manifest.json | while read -r sum path; do`,
  '  mkdir -p "$out/$(dirname "$path")"',
  '  get "$id/objects/$(printf %.2s "$sum")/$sum" "$out/$path"',
  '  echo "$sum  $out/$path"',
  'done >sums',
  'sha256sum --check --quiet sums && borg check "$out" && borg list "$out"',
]

function preparations(kit: Kit): readonly Step[] {
  return [
    {
      text: `Set up borgboi and Borg 1.2 or 1.4 on any machine${isRemote(kit.path) ? ' that reaches it by ssh' : ''}; nothing of the old one is needed.`,
      commands: [],
    },
    ...(kit.key === undefined
      ? []
      : [
          {
            text: `Write the passphrase into a file, as its only line${isKeyfile(kit) ? `, and the key below into ${keyFile(kit)}` : ''}.`,
            commands: [`nano ${PASSPHRASE_FILE} && chmod 600 ${PASSPHRASE_FILE}`],
          },
        ]),
  ]
}

function filesBack({ name }: Kit): readonly Step[] {
  return [
    {
      text: 'See the archives, and get the files of the newest one into a new directory.',
      commands: [
        `borgboi backup list --name ${name}`,
        `borgboi backup restore --name ${name} --archive latest --destination restored`,
      ],
    },
  ]
}

export function keyFile({ name }: Kit): string {
  return `${name}.borgkey`
}

function isKeyfile({ encryption, key }: Kit): boolean {
  return key !== undefined && encryption.startsWith('keyfile')
}

function passphraseOption({ key }: Kit): string {
  return key === undefined ? '' : ` --passphrase-file ${PASSPHRASE_FILE}`
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
