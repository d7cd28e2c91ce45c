// The table of repos: items by key, and writes that count only where the item is still the one that was seen.

import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Host } from '../../deps.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { isConditionFailure, toTableError } from './failure.ts'
import {
  attributesGone,
  attributesOf,
  type Item,
  keyAttributes,
  OWN_ATTRIBUTES,
  parseRepoItem,
  REVISION,
  type RepoItem,
  type RepoKey,
} from './repo-item.ts'

export class RepoTable {
  readonly name: string
  readonly #client: DynamoDBClient
  readonly #host: Pick<Host, 'newId'>

  constructor(client: DynamoDBClient, name: string, host: Pick<Host, 'newId'>) {
    this.name = name
    this.#client = client
    this.#host = host
  }

  /** The newest state, never an older one. */
  async get(key: RepoKey): Promise<RepoItem | undefined> {
    const command = new GetItemCommand({ TableName: this.name, Key: keyAttributes(key), ConsistentRead: true })
    const { Item } = await this.#try('GetItem', () => this.#client.send(command))
    return Item && parseRepoItem(Item)
  }

  /** All items, or those of one host, in no order. */
  async items(hostname?: string): Promise<RepoItem[]> {
    const filter =
      hostname === undefined
        ? {}
        : {
            FilterExpression: '#h = :h',
            ExpressionAttributeNames: { '#h': 'hostname' },
            ExpressionAttributeValues: { ':h': { S: hostname } },
          }
    const items: RepoItem[] = []
    let after: Item | undefined
    do {
      const command = new ScanCommand({
        TableName: this.name,
        ConsistentRead: true,
        ExclusiveStartKey: after,
        ...filter,
      })
      const page = await this.#try('Scan', () => this.#client.send(command))
      items.push(...(page.Items ?? []).map(parseRepoItem))
      after = page.LastEvaluatedKey
    } while (after !== undefined)
    return items
  }

  /**
   * Makes the item at `key` hold `record`, its other attributes left alone. False, with nothing written, where the item
   * is not as it was `seen` (undefined: not there) any more.
   */
  async put(key: RepoKey, seen: RepoItem | undefined, record: RepoRecord, changedAt: string): Promise<boolean> {
    const set = Object.entries(attributesOf(record, this.#host.newId(), changedAt))
    const gone = attributesGone(seen?.record, record)
    const sets = set.map((_, place) => `#s${place} = :s${place}`).join(', ')
    const removes = gone.map((_, place) => `#g${place}`).join(', ')
    return await this.#update(key, seen, {
      UpdateExpression: `SET ${sets}${removes === '' ? '' : ` REMOVE ${removes}`}`,
      ExpressionAttributeNames: {
        ...Object.fromEntries(set.map(([name], place) => [`#s${place}`, name])),
        ...Object.fromEntries(gone.map((name, place) => [`#g${place}`, name])),
      },
      ExpressionAttributeValues: Object.fromEntries(set.map(([, value], place) => [`:s${place}`, value])),
    })
  }

  /**
   * Removes the item, or, where BorgBoi 1.x keeps a passphrase in it, only what is ours. False, with nothing changed,
   * where it is not as it was seen any more.
   */
  async remove(seen: RepoItem): Promise<boolean> {
    if (seen.holdsPassphrase) {
      return await this.#update(seen.key, seen, { UpdateExpression: `REMOVE ${OWN_ATTRIBUTES.join(', ')}` })
    }
    const { ConditionExpression, values } = unchanged(seen)
    const command = new DeleteItemCommand({
      TableName: this.name,
      Key: keyAttributes(seen.key),
      ConditionExpression,
      ...expressionValues(values),
    })
    return await this.#conditional('DeleteItem', () => this.#client.send(command))
  }

  async #update(
    key: RepoKey,
    seen: RepoItem | undefined,
    change: {
      readonly UpdateExpression: string
      readonly ExpressionAttributeNames?: Record<string, string>
      readonly ExpressionAttributeValues?: Item
    },
  ): Promise<boolean> {
    const { ConditionExpression, values } = unchanged(seen)
    const command = new UpdateItemCommand({
      TableName: this.name,
      Key: keyAttributes(key),
      ConditionExpression,
      ...change,
      ...expressionValues({ ...change.ExpressionAttributeValues, ...values }),
    })
    return await this.#conditional('UpdateItem', () => this.#client.send(command))
  }

  async #conditional(call: string, act: () => Promise<unknown>): Promise<boolean> {
    return await this.#try(call, async () => {
      try {
        await act()
        return true
      } catch (error) {
        if (isConditionFailure(error)) return false
        throw error
      }
    })
  }

  async #try<T>(call: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      throw toTableError(error, call, this.name)
    }
  }
}

/** BorgBoi 1.x puts whole items, which takes our revision away: that is a change too. */
function unchanged(seen: RepoItem | undefined): { readonly ConditionExpression: string; readonly values: Item } {
  if (seen === undefined) return { ConditionExpression: 'attribute_not_exists(repo_path)', values: {} }
  return seen.revision === undefined
    ? { ConditionExpression: `attribute_exists(repo_path) AND attribute_not_exists(${REVISION})`, values: {} }
    : { ConditionExpression: `${REVISION} = :seen`, values: { ':seen': { S: seen.revision } } }
}

/** DynamoDB refuses an empty set of values. */
function expressionValues(values: Item): { readonly ExpressionAttributeValues?: Item } {
  return Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }
}
