import {
  Column,
  CreateDateColumn,
  DeleteDateColumn,
  Entity,
  type EntitySubscriberInterface,
  EventSubscriber,
  type InsertEvent,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  RelationId,
  Tree,
  TreeChildren,
  TreeParent,
} from 'typeorm';

/** Entities of a host, with every kind of relation that is loaded by a statement of its own. */
@Entity()
export class Author {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') name!: string;
  @OneToMany(() => Book, (book) => book.author, { lazy: true, cascade: ['insert', 'update'] })
  books!: Promise<Book[]>;
}

@Entity()
export class Book {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') title!: string;
  @Column('integer', { default: 0 }) sold!: number;
  @CreateDateColumn() createdAt!: Date;
  @DeleteDateColumn() deletedAt!: Date | null;
  @ManyToOne(() => Author, (author) => author.books, { lazy: true, cascade: ['insert', 'update'] })
  author!: Promise<Author>;
  @RelationId((book: Book) => book.author) authorId!: string;
  @ManyToMany(() => Tag, (tag) => tag.books, { lazy: true, cascade: ['insert', 'update'] })
  @JoinTable()
  tags!: Promise<Tag[]>;
  @ManyToOne(() => Shelf, { eager: true }) shelf!: Shelf | null;
}

@Entity()
export class Tag {
  @PrimaryColumn('varchar') id!: string;
  @ManyToMany(() => Book, (book) => book.tags) books!: Book[];
}

@Entity()
@Tree('closure-table')
export class Shelf {
  @PrimaryColumn('varchar') id!: string;
  @TreeParent() parent!: Shelf | null;
  @TreeChildren() children!: Shelf[];
}

/** Reads through all that an event offers. */
@EventSubscriber()
export class CountingSubscriber implements EntitySubscriberInterface<Tag> {
  listenTo(): typeof Tag {
    return Tag;
  }

  async beforeInsert({ dataSource, manager, queryRunner }: InsertEvent<Tag>): Promise<void> {
    await manager.count(Shelf);
    await dataSource.getRepository(Shelf).count();
    await queryRunner.query('SELECT 1');
  }
}

export const entities = [Author, Book, Tag, Shelf];
