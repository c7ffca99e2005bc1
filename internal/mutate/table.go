package mutate

// Table returns all mutations, the late ones last.
func Table() []*Mutation {
	rows := []*Mutation{
		{Name: "rename-local", Doc: "a variable, parameter or result is called otherwise", sites: renames(plain("xy"), isLocal)},
		{Name: "rename-local-hostile", Doc: "it is called as a package or as what the rewrite wants for itself", sites: renames(anyHostile, isLocal)},
		{Name: "rename-decl", Doc: "an unexported function, type, variable or constant is called otherwise", sites: renames(plain("decl"), isPackageLevel)},
		{Name: "rename-decl-hostile", Doc: "it is called as what the rewrite wants for itself", sites: renames(anyHostile, isPackageLevel)},
		{Name: "rename-method", Doc: "an unexported method is called otherwise", sites: renames(plain("method"), isMethod)},
		{Name: "rename-field", Doc: "an unexported field is called otherwise", sites: renames(plain("field"), isField)},
		{Name: "rename-field-tagged", Doc: "a field that JSON knows by its tag is called otherwise", sites: renameTagged},

		{Name: "use-blank", Doc: "_ = x keeps nothing alive", sites: useBlank},
		{Name: "use-print", Doc: "a value of the flow is printed, too", Used: true, sites: usePrint},
		{Name: "swap", Doc: "two statements that know nothing of each other change places", sites: swap},
		{Name: "shadow-block", Doc: "the rest of a function is in a block of its own", sites: shadowBlock},
		{Name: "shadow-again", Doc: "x := x in an inner block", sites: shadowAgain},

		{Name: "var-long", Doc: "var x = e instead of x := e", sites: varLong},
		{Name: "var-short", Doc: "x := e instead of var x = e", sites: varShort},
		{Name: "var-first", Doc: "variables are declared before they are assigned", sites: varFirst},
		{Name: "var-typed", Doc: "var x T = e instead of x := e", sites: varTyped},
		{Name: "var-pointer", Doc: "new(T) instead of var x T and &x", sites: varPointer},
		{Name: "literal-steps", Doc: "a composite literal is filled by statements", sites: literalSteps},
		{Name: "values-steps", Doc: "a form is filled by Add", sites: valuesSteps},

		{Name: "cond-hoist", Doc: "the statement of an if stands before it", sites: condHoist},
		{Name: "cond-hoist-named", Doc: "so, with a name of its own", sites: condHoistNamed},
		{Name: "cond-sink", Doc: "the statement before an if is its own", sites: condSink},
		{Name: "cond-nest", Doc: "the happy path is the indented one", sites: condNest},
		{Name: "cond-else", Doc: "what follows a return is its else", sites: condElse},
		{Name: "cond-switch", Doc: "an if is a switch", sites: condSwitch},
		{Name: "cond-flip", Doc: "nil != err", sites: condFlip},
		{Name: "result-named", Doc: "results have names", sites: namedResults},
		{Name: "result-extra", Doc: "a helper returns something more that nobody wants", sites: extraResult},
		{Name: "param-swap", Doc: "parameters have another order", sites: swapParams},
		{Name: "param-extra", Doc: "a helper takes something more that it does not want", sites: extraParam},

		{Name: "closure-expr", Doc: "a value comes from a closure", sites: closureExpr},
		{Name: "closure-body", Doc: "a body runs as a closure", sites: closureBody},
		{Name: "goroutine", Doc: "a call runs in a goroutine that is waited for", sites: goroutine},
		{Name: "defer", Doc: "a function defers something harmless", sites: deferred},
		{Name: "variable", Doc: "an expression has a name", sites: variable},
		{Name: "extract-expr", Doc: "an expression is a helper", sites: extractExpr},
		{Name: "extract-tail", Doc: "the second half of a function is a helper", sites: extractTail},
		{Name: "duplicate", Doc: "a helper exists twice", More: true, sites: duplicate},
		{Name: "func-value", Doc: "a function is called through a variable", sites: funcValue},
		{Name: "generic", Doc: "a value goes through a generic function", sites: generic},
		{Name: "constant", Doc: "a text is a constant or variable of the package", sites: constant(false)},
		{Name: "constant-local", Doc: "a text is a local constant or variable", sites: constant(true)},
		{Name: "concat", Doc: "a text is put together of two", sites: concat},
		{Name: "sprintf", Doc: "Sprintf instead of +", sites: sprintf},
		{Name: "status", Doc: "200 and http.StatusOK", sites: status},
		{Name: "parens", Doc: "parentheses around an expression", sites: parens},
		{Name: "factors", Doc: "the factors of a product have another order", sites: factors},

		{Name: "split-file", Doc: "a declaration is in a file of its own", sites: splitFile},
		{Name: "reorder", Doc: "two functions change places", sites: reorder},
		{Name: "neighbour", Doc: "unrelated declarations stand right beside one", sites: neighbour},
		{Name: "group", Doc: "a variable or constant is one of a group", sites: group},
		{Name: "import-renamed", Doc: "a package has another name", sites: renameImports},
		{Name: "import-dot", Doc: "a package's names have no qualifier", sites: dotImports},
		{Name: "import-own", Doc: "an import has a declaration of its own", sites: ownImport},
		{Name: "build-tag", Doc: "a file has a build constraint", sites: wholeFile(withTag)},

		{Name: "comment-token", Doc: "a comment before any token", sites: commentTokens},
		{Name: "comment-behind", Doc: "a comment at the end of a line", sites: comments(" // note #")},
		{Name: "comment-line", Doc: "a comment on a line of its own", sites: comments("\n// note #")},
		{Name: "comment-block", Doc: "a comment apart from everything", sites: comments("\n\n// note #, first line\n// note #, second line\n\n")},

		{Name: "layout-args", Doc: "a call has one argument a line", sites: wrapArgs},
		{Name: "layout-joined", Doc: "an if is on one line", Late: true, sites: joinLines},
		{Name: "layout-ragged", Doc: "blanks instead of tabs", Late: true, sites: wholeFile(ragged)},
		{Name: "layout-end", Doc: "no newline at the end", Late: true, sites: wholeFile(withoutEnd)},
		{Name: "layout-bom", Doc: "a byte order mark", Late: true, sites: wholeFile(withMark)},
		{Name: "layout-crlf", Doc: "CRLF", Late: true, sites: wholeFile(toCRLF)},
	}
	for _, d := range idioms {
		rows = append(rows, &Mutation{Name: "idiom-" + d.name, Doc: d.fn + " is written as " + d.text, sites: byIdiom(d)})
	}
	return rows
}
