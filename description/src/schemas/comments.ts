import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const TESTS = /\.(spec|[a-z0-9]+-spec|contract)\.ts$/;

/**
 * The comments of source files, on constants, on the fields of schemas and on methods. They are the one text about each of
 * these: editors show them, and so do the descriptions. The sources are parsed and not compiled, which takes a tenth of the time.
 */
export class Comments {
  private readonly values = new Map<string, ts.Expression>();
  private readonly constants = new Map<string, string>();
  /** What a constant is a field of, as in `const { status } = orderState.shape`. */
  private readonly sources = new Map<string, ts.Expression>();
  private readonly methods = new Map<string, string>();

  /** @param folders of sources, relative to the root of the repository */
  constructor(folders: readonly string[]) {
    for (const folder of folders) {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      for (const file of files.sort()) if (file.endsWith('.ts') && !TESTS.test(file)) this.read(join(folder, file));
    }
  }

  /** @returns the comment on a constant */
  ofConstant(name: string): string | undefined {
    const source = this.sources.get(name);
    return this.constants.get(name) ?? (source && this.fieldsIn(source).get(name));
  }

  /** @returns the comments on the fields of a schema, also of those that it takes from others */
  ofFields(name: string): ReadonlyMap<string, string> {
    const value = this.values.get(name);
    return value ? this.fieldsIn(value) : new Map<string, string>();
  }

  ofMethod(className: string, method: string): string | undefined {
    return this.methods.get(`${className}.${method}`);
  }

  private read(file: string): void {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true);
    for (const statement of source.statements) {
      if (ts.isVariableStatement(statement)) this.readConstants(statement);
      if (ts.isClassDeclaration(statement)) this.readMethods(statement);
    }
  }

  private readConstants(statement: ts.VariableStatement): void {
    const comment = commentOn(statement);
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (!initializer) continue;
      if (ts.isObjectBindingPattern(name)) {
        for (const { name: field } of name.elements) this.sources.set(field.getText(), initializer);
      }
      // A constant of the same name in a later folder is about something else.
      if (!ts.isIdentifier(name) || this.values.has(name.text)) continue;
      this.values.set(name.text, initializer);
      if (comment !== undefined) this.constants.set(name.text, comment);
    }
  }

  private readMethods({ name, members }: ts.ClassDeclaration): void {
    for (const member of members) {
      const comment = commentOn(member);
      if (ts.isMethodDeclaration(member) && ts.isIdentifier(member.name) && comment !== undefined) {
        this.methods.set(`${name?.text ?? ''}.${member.name.text}`, comment);
      }
    }
  }

  /** The fields of the schema, or the fields of an object, that an expression makes. */
  private fieldsIn(node: ts.Expression): ReadonlyMap<string, string> {
    if (ts.isIdentifier(node)) return this.ofFields(node.text);
    if (ts.isPropertyAccessExpression(node) || ts.isSatisfiesExpression(node)) return this.fieldsIn(node.expression);
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return this.fieldsIn(node.body);
    if (ts.isObjectLiteralExpression(node)) return new Map(node.properties.flatMap((part) => this.fieldsOf(part)));
    const parts = ts.isCallExpression(node) ? [node.expression, ...node.arguments] : elementsOf(node);
    return new Map(parts.flatMap((part) => [...this.fieldsIn(part)]));
  }

  private fieldsOf(part: ts.ObjectLiteralElementLike): (readonly [string, string])[] {
    if (ts.isSpreadAssignment(part)) return [...this.fieldsIn(part.expression)];
    if (!ts.isIdentifier(part.name)) return [];
    const value = ts.isPropertyAssignment(part) ? part.initializer : part.name;
    const comment = commentOn(part) ?? this.commentOnValue(value);
    return comment === undefined ? [] : [[part.name.text, comment]];
  }

  /** The comment on what a field takes its schema from: `orderId.optional()`, `orderContent.shape.status`. */
  private commentOnValue(node: ts.Expression): string | undefined {
    if (ts.isIdentifier(node)) return this.ofConstant(node.text);
    if (ts.isCallExpression(node)) return this.commentOnValue(node.expression);
    if (!ts.isPropertyAccessExpression(node)) return undefined;
    const { expression, name } = node;
    const isField = ts.isPropertyAccessExpression(expression) && expression.name.text === 'shape';
    return isField ? this.fieldsIn(expression).get(name.text) : this.commentOnValue(expression);
  }
}

const elementsOf = (node: ts.Expression): readonly ts.Expression[] =>
  ts.isArrayLiteralExpression(node) ? node.elements : [];

function commentOn(node: ts.Node): string | undefined {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(comment?.comment);
  return text?.replace(/([^\n])\n(?!\n)/g, '$1 ').replace(/ +/g, ' ');
}
