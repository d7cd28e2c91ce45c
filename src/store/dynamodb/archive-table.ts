// The table of archives: one item for each archive that a backup made, with the attributes of BorgBoi 1.x. What prune
// and delete remove from the repository stays listed: the table tells what was made, when and how large.

import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { ArchiveRow } from '../outbox.ts'
import { isConditionFailure, toTableError } from './failure.ts'

export class ArchiveTable {
  readonly #client: DynamoDBClient
  readonly #name: string

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client
    this.#name = name
  }

  /** Never over another item: of two archives of one name and millisecond, on two hosts, the first stays. */
  async put(row: ArchiveRow): Promise<void> {
    const command = new PutItemCommand({
      TableName: this.#name,
      ConditionExpression: 'attribute_not_exists(repo_name)',
      Item: {
        repo_name: { S: row.repoName },
        iso_timestamp: { S: row.at },
        archive_id: { S: row.archiveId },
        archive_name: { S: row.archive },
        archive_path: { S: `${row.path}::${row.archive}` },
        hostname: { S: row.hostname },
        original_size: { N: String(row.originalBytes) },
        compressed_size: { N: String(row.compressedBytes) },
        deduped_size: { N: String(row.deduplicatedBytes) },
      },
    })
    try {
      await this.#client.send(command)
    } catch (error) {
      if (!isConditionFailure(error)) throw toTableError(error, 'PutItem', this.#name)
    }
  }
}
