import ts from 'typescript';

/**
 * The types of the contracts as plain declarations. Most of them are derived from zod schemas, or from tables of values. Here
 * the compiler says what they are, so that the published types need neither. Comments stay.
 * @param index the path of the index of the contracts
 * @param options the compiler options of the project
 * @returns the text of a declaration file with all types that the index exports
 */
export function contractTypes(index, options) {
  const program = ts.createProgram([index], options);
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(index)));
  const declarations = exported.flatMap(typeDeclarationOf);
  const names = new Map(declarations.filter(isDerived).map((node) => [typeOf(node), node.name.text]));
  return [...withUnexported(declarations)].map(print).join('\n\n');

  function typeDeclarationOf(symbol) {
    const isType = (node) => ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node);
    return unaliased(symbol).declarations.filter(isType);
  }

  function typeOf(node) {
    return checker.getTypeAtLocation(node.name);
  }

  /** Adds the types that a file of the contracts keeps to itself, but uses in those that are printed as they stand. */
  function withUnexported(nodes) {
    const all = new Set(nodes);
    for (const node of all) {
      if (isDerived(node)) continue;
      const visit = (child) => {
        if (ts.isTypeReferenceNode(child)) {
          for (const used of typeDeclarationOf(checker.getSymbolAtLocation(child.typeName))) {
            if (!program.isSourceFileDefaultLibrary(used.getSourceFile())) all.add(used);
          }
        }
        ts.forEachChild(child, visit);
      };
      visit(node);
    }
    return all;
  }

  function print(node) {
    if (!isDerived(node))
      return node
        .getFullText()
        .trim()
        .replace(/^(?=(interface|type) )/m, 'export ');
    const { text } = node.name;
    const type = typeOf(node);
    const docs = docOf(node) || docOf(schemaOf(node));
    const body = printType(type, '', text);
    const isInterface = type.flags & ts.TypeFlags.Object && !checker.isArrayType(type);
    return docs + (isInterface ? `export interface ${text} ${body}` : `export type ${text} = ${body};`);
  }

  /** The schema from which a type is inferred: its comment is that of the type. */
  function schemaOf({ type }) {
    const [query] = type.typeArguments ?? [];
    return query && ts.isTypeQueryNode(query) ? statementOf(checker.getSymbolAtLocation(query.exprName)) : undefined;
  }

  /** The value that `{ name }` stands for: its comment is that of the field. */
  function shorthandOf(node) {
    if (!node || !ts.isShorthandPropertyAssignment(node)) return undefined;
    return statementOf(checker.getShorthandAssignmentValueSymbol(node));
  }

  function statementOf(constant) {
    return unaliased(constant).valueDeclaration.parent.parent;
  }

  function unaliased(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  function docOf(node) {
    const docs = node ? ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc) : [];
    return docs.map((doc) => `${doc.getText()}\n`).join('');
  }

  /** @param except the name that is being declared */
  function printType(type, indent, except) {
    const name = names.get(type);
    if (name !== undefined && name !== except) return name;
    if (type.isUnion() && !(type.flags & ts.TypeFlags.Boolean)) return printUnion(type, indent);
    if (checker.isArrayType(type)) return printArray(checker.getTypeArguments(type)[0], indent);
    if (type.flags & ts.TypeFlags.Object) return printObject(type, indent);
    return checker.typeToString(type, undefined, ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType);
  }

  function printUnion(type, indent) {
    const isTrueOrFalse = (member) => Boolean(member.flags & ts.TypeFlags.BooleanLiteral);
    const members = type.types.filter((member) => !isTrueOrFalse(member)).map((member) => printType(member, indent));
    return [...members, ...(type.types.some(isTrueOrFalse) ? ['boolean'] : [])].join(' | ');
  }

  function printArray(element, indent) {
    const text = printType(element, indent);
    return `${text.includes('|') ? `(${text})` : text}[]`;
  }

  function printObject(type, indent) {
    const inner = `${indent}  `;
    const fields = checker.getPropertiesOfType(type).map((property) => {
      const [declaration] = property.declarations ?? [];
      const docs = (docOf(declaration) || docOf(shorthandOf(declaration)))
        .split(/^/m)
        .map((line) => inner + line.trimStart().replace(/^\*/, ' *'));
      const name = /^\w+$/.test(property.name) ? property.name : `'${property.name}'`;
      const mark = property.flags & ts.SymbolFlags.Optional ? '?' : '';
      const declared = checker.getTypeOfSymbol(property);
      return `${docs.join('')}${inner}${name}${mark}: ${printType(mark ? withoutUndefined(declared) : declared, inner)};\n`;
    });
    return `{\n${fields.join('')}${indent}}`;
  }

  /** A field that may be `null` keeps its `undefined`, which says nothing new. */
  function withoutUndefined(type) {
    const isNullable = type.isUnion() && type.types.some(({ flags }) => flags & ts.TypeFlags.Null);
    return isNullable ? type : checker.getNonNullableType(type);
  }
}

/** Whether a type is derived from a value: from a schema, or from a table. */
function isDerived(node) {
  return ts.isTypeAliasDeclaration(node) && !node.typeParameters && /\btypeof\b/.test(node.type.getText());
}
