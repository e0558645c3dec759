import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Application,
  Converter,
  type Context,
  type DeclarationReflection,
  type ProjectReflection,
  ReferenceType,
  type Reflection,
  ReflectionKind,
  type SignatureReflection,
  type TypeDocOptions,
  TypeScript as ts,
} from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { finish, type Page } from './page';

const ROOT = join(__dirname, '..', '..');

/** What a service imports: one page each. */
const PAGES: readonly (Page & { readonly module: string })[] = [
  {
    module: 'index',
    title: 'typeorm-billing',
    intro:
      'What a Node service imports. A Worker imports [`typeorm-billing/d1`](d1.md). ' +
      'Made by `npm run docs:api` from the docblocks in `src/`.',
  },
  {
    module: 'd1',
    title: 'typeorm-billing/d1',
    intro:
      'What a Worker imports. A Node service imports [`typeorm-billing`](README.md). ' +
      'Made by `npm run docs:api` from the docblocks in `src/`.',
  },
];

const OPTIONS: TypeDocOptions & Partial<PluginOptions> = {
  name: 'API reference',
  readme: 'none',
  plugin: ['typedoc-plugin-markdown'],
  tsconfig: join(ROOT, 'tsconfig.build.json'),
  entryPoints: PAGES.map(({ module }) => join(ROOT, 'src', `${module}.ts`)),
  logLevel: 'Warn',

  // The same docblocks give the same pages, on any machine and at any commit.
  disableGit: true,
  disableSources: true,
  hideGenerator: true,

  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  // A public signature may name a type that is not exported; a docblock must not link to one.
  validation: { notExported: false, invalidLink: true, invalidPath: true },

  router: 'module',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideDefaults: true, hideInherited: true, hideOverrides: true },
};

/**
 * Writes the API reference, made from the docblocks, into `folder`.
 *
 * @throws Error if the sources can't be read or a docblock links to something that the reference
 *   does not have; stderr then says what
 */
export async function generate(folder: string): Promise<void> {
  const app = await Application.bootstrapWithPlugins({ ...OPTIONS, out: folder });
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, nameTypeAsWritten);
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, nameParameterTypesAsWritten);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }: Context) => {
    nameParameters(project);
    removeForeignMembers(project);
  });
  // Before TypeDoc draws its hierarchies.
  const first = 1000;
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }: Context) => removeInnerAncestors(project),
    first,
  );
  const project = await app.convert();
  if (project !== undefined) app.validate(project);
  if (project === undefined || app.logger.hasErrors() || app.logger.hasWarnings()) {
    throw new Error('The API reference could not be made: correct what TypeDoc names above.');
  }
  await app.generateOutputs(project);
  for (const page of PAGES) {
    const path = join(folder, `${page.module}.md`);
    await writeFile(path, finish(await readFile(path, 'utf8'), page));
  }
  // The front door is what a reader of the folder sees first, rather than a list of two modules.
  await rename(join(folder, 'index.md'), join(folder, 'README.md'));
}

/** `Currency | null` rather than the 180 codes that it stands for. */
function nameTypeAsWritten(context: Context, declaration: DeclarationReflection): void {
  const [node] = context.getSymbolFromReflection(declaration)?.getDeclarations() ?? [];
  if (node === undefined || !ts.isPropertyDeclaration(node) || node.type === undefined) return;
  declaration.type = context.converter.convertType(context.withScope(declaration), node.type);
}

/** The same of the parameters of a function. */
function nameParameterTypesAsWritten(
  context: Context,
  { parameters = [] }: SignatureReflection,
  declaration?: ts.SignatureDeclaration | ts.JSDocSignature,
): void {
  for (const [index, declared] of (declaration?.parameters ?? []).entries()) {
    const parameter = parameters[index];
    if (parameter === undefined || !ts.isParameter(declared)) continue;
    const { type: node } = declared;
    if (node === undefined || !ts.isTypeReferenceNode(node)) continue;
    parameter.type = context.converter.convertType(context, node);
  }
}

/** A parameter that is destructured where it is declared has no name. */
function nameParameters(project: ProjectReflection): void {
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
    if (parameter.name === '__namedParameters') parameter.name = 'options';
  }
}

/** Leaves out constructors without parameters, and methods that a class has for TypeORM or inherits. */
function removeForeignMembers(project: ProjectReflection): void {
  for (const member of Object.values(project.reflections)) {
    if (!member.isDeclaration() || !member.parent?.kindOf(ReflectionKind.Class)) continue;
    if (!member.kindOf([ReflectionKind.Constructor, ReflectionKind.Method])) continue;
    const { signatures = [] } = member;
    const isEmpty = signatures.every(({ parameters = [] }) => parameters.length === 0);
    const isForeign = isOfAnother(member) || signatures.some(isOfAnother);
    if (member.kindOf(ReflectionKind.Constructor) ? isEmpty : isForeign) {
      project.removeReflection(member);
    }
  }
}

type Origin = Pick<DeclarationReflection, 'inheritedFrom' | 'implementationOf'>;

const isOfAnother = ({ inheritedFrom, implementationOf }: Origin): boolean =>
  inheritedFrom !== undefined || implementationOf !== undefined;

/** A class that is not exported says nothing to a reader, as what is extended or overridden. */
function removeInnerAncestors(project: ProjectReflection): void {
  for (const one of Object.values(project.reflections) as (Reflection & Ancestors)[]) {
    delete one.overwrites;
    delete one.inheritedFrom;
    delete one.implementationOf;
    const extended = one.extendedTypes?.filter((type) => isKnown(type));
    if (extended === undefined || extended.length === 0) delete one.extendedTypes;
    else one.extendedTypes = extended;
  }
}

type Ancestors = Partial<
  Pick<DeclarationReflection, 'overwrites' | 'inheritedFrom' | 'implementationOf' | 'extendedTypes'>
>;

/** Whether a type is in the reference, or another package's. */
function isKnown(type: unknown): boolean {
  if (!(type instanceof ReferenceType)) return false;
  return type.reflection !== undefined || type.package !== 'typeorm-billing';
}
