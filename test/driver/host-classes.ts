import {
  Column,
  CreateDateColumn,
  DataSource,
  DeleteDateColumn,
  Entity,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
  VersionColumn,
} from 'typeorm';
import { SqliteDataSource } from '../../src';
import { D1DataSource } from '../../src/d1';
import type { TestDatabase } from '../support/engines';

/** What a host may have beside billing, in the same DataSource, in TypeORM's own ways. */
@Entity('documents')
export class Document {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text')
  title!: string;

  @Column('text', { nullable: true, unique: true })
  code!: string | null;

  @Column('integer', { default: 3 })
  copies!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}

@Entity('entries')
export class Entry {
  @PrimaryGeneratedColumn('increment')
  id!: number;

  @Column('text')
  text!: string;
}

@Entity('pages')
export class Page {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  text!: string;

  @VersionColumn()
  version!: number;
}

@Entity('settings')
export class Setting {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { nullable: true, default: 'light' })
  theme!: string | null;

  @Column('varchar', { length: 8, default: () => "'o''clock'" })
  clock!: string;

  @Column('simple-json', { nullable: true, default: '{"a":1}' })
  layout!: object | null;

  @Column('boolean', { default: true })
  shown!: boolean;

  @Column('text', { nullable: true })
  note!: string | null;
}

@Entity('drafts')
export class Draft {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  title!: string;

  @DeleteDateColumn({ type: 'timestamptz' })
  deletedAt!: Date | null;
}

const ENTITIES = [Document, Entry, Page, Setting, Draft];
/** As the host's own migrations make them. */
export const HOST_OWN_TABLES = {
  postgres: `
    CREATE TABLE documents (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), title text, code text UNIQUE,
      copies integer DEFAULT 3, "createdAt" timestamptz DEFAULT now(), "updatedAt" timestamptz DEFAULT now());
    CREATE TABLE entries (id serial PRIMARY KEY, text text);
    CREATE TABLE pages (id text PRIMARY KEY, text text, version integer);
    CREATE TABLE settings (id text PRIMARY KEY, theme text DEFAULT 'light', clock varchar(8) DEFAULT 'o''clock',
      layout text DEFAULT '{"a":1}', shown boolean DEFAULT true, note text);
    CREATE TABLE drafts (id text PRIMARY KEY, title text, "deletedAt" timestamptz)`,
  sqlite: `
    CREATE TABLE documents (id text PRIMARY KEY, title text, code text UNIQUE, copies integer DEFAULT 3,
      "createdAt" datetime DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
      "updatedAt" datetime DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')));
    CREATE TABLE entries (id integer PRIMARY KEY AUTOINCREMENT, text text);
    CREATE TABLE pages (id text PRIMARY KEY, text text, version integer);
    CREATE TABLE settings (id text PRIMARY KEY, theme text DEFAULT 'light', clock varchar(8) DEFAULT 'o''clock',
      layout text DEFAULT '{"a":1}', shown boolean DEFAULT 1, note text);
    CREATE TABLE drafts (id text PRIMARY KEY, title text, "deletedAt" datetime)`,
};

/** A DataSource of the host's own, without billing, not yet initialised. */
export function createHostDataSource({ engine, url, binding }: TestDatabase): DataSource {
  if (binding) return new D1DataSource({ database: binding, entities: ENTITIES });
  if (engine === 'sqlite') {
    return new SqliteDataSource({ database: url.slice('sqlite:'.length), entities: ENTITIES });
  }
  const extension = { uuidExtension: 'pgcrypto', installExtensions: false } as const;
  return new DataSource({ type: 'postgres', url, entities: ENTITIES, ...extension });
}
