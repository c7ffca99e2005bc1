package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
)

// An envKey is a setting that the program looks up by name: a variable of the environment, or one with a prefix.
type envKey string

// A nameKey is a name that is in a list, said elsewhere, see listed.go.
type nameKey string

// Prefixes of the keys of settings that are looked up by name. Variables of the environment have none.
const (
	flagKey  envKey = "flag "
	viperKey envKey = "viper "
	koanfKey envKey = "koanf "
)

// lookup returns the key of the setting that a call reads by name, false if it reads none. Functions
// of the module that hand a parameter on as the name count, and so do values and methods that can
// only be such a function.
func (p *prog) lookup(f *file, c *ast.CallExpr) (envKey, bool) {
	if len(c.Args) == 0 || f.isConversion(c) {
		return "", false
	}
	fn := f.callee(c)
	if fn == nil {
		name := f.constString(c.Args[0])
		return envKey(name), name != "" && f.builtin(c) == "" && readsByName(f.pkg.Info.TypeOf(c.Fun))
	}
	l := p.looksUp(p.canon(f, fn), 3)
	if l == nil || l.at >= len(c.Args) {
		return "", false
	}
	name := f.constString(c.Args[l.at])
	if name == "" {
		return "", false
	}
	return keyOf(l.prefix, l.before+name+l.after), true
}

// A lookupBy says how a function makes the name of the setting that it reads.
type lookupBy struct {
	prefix        envKey
	at            int // the parameter
	before, after string
}

// looksUp returns how a function reads a setting by name, nil if it does not.
func (p *prog) looksUp(obj types.Object, depth int) *lookupBy {
	fn, ok := obj.(*types.Func)
	if !ok || depth == 0 {
		return nil
	}
	d, ok := p.decls[fn].(*ast.FuncDecl)
	if !ok {
		if row := library.RowOf(fn); row.Setting() {
			at, _, _ := row.Path.Arg()
			return &lookupBy{prefix: prefixOf(row), at: at}
		}
		if p.own(fn) && readsByName(fn.Signature()) { // of an interface
			return &lookupBy{}
		}
		return nil
	}
	if l, ok := p.wrappers[fn]; ok {
		return l
	}
	p.wrappers[fn] = nil
	if d.Body == nil || fn.Signature().Results().Len() == 0 {
		return nil
	}
	f := p.inFile[fn]
	var found *lookupBy
	ast.Inspect(d.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || found != nil {
			return found == nil
		}
		callee := f.callee(c)
		if callee == nil {
			return true
		}
		l := p.looksUp(p.canon(f, callee), depth-1)
		if l == nil || l.at >= len(c.Args) {
			return true
		}
		arg := ast.Unparen(c.Args[l.at])
		by := *l
		if b, ok := arg.(*ast.BinaryExpr); ok && b.Op == token.ADD {
			switch {
			case f.constString(b.X) != "":
				by.before, arg = l.before+f.constString(b.X), ast.Unparen(b.Y)
			case f.constString(b.Y) != "":
				by.after, arg = f.constString(b.Y)+l.after, ast.Unparen(b.X)
			}
		}
		id, ok := arg.(*ast.Ident)
		if !ok {
			return true
		}
		for i := range fn.Signature().Params().Len() {
			if p.object(f, id) == types.Object(fn.Signature().Params().At(i)) {
				by.at, found = i, &by
			}
		}
		return true
	})
	p.wrappers[fn] = found
	return found
}

// readsByName reports whether a function value can only be one that reads a setting: os.Getenv or os.LookupEnv.
func readsByName(t types.Type) bool {
	sig, ok := t.(*types.Signature)
	return ok && looksUp(sig) && sig.Params().Len() == 1 && sig.Results().Len() > 0 && !isError(sig.Results().At(sig.Results().Len()-1).Type())
}

// prefixOf returns the prefix of the keys of what a row looks up.
func prefixOf(row *library.Func) envKey {
	switch {
	case row.Source == "flag":
		return flagKey
	case row.Source == "config" && strings.Contains(row.Pkg, "viper"):
		return viperKey
	case row.Source == "config":
		return koanfKey
	}
	return ""
}

func keyOf(prefix envKey, name string) envKey {
	if prefix == viperKey { // viper does not mind the case
		name = strings.ToLower(name)
	}
	return prefix + envKey(name)
}

// kindOfKey splits a key into the kind of a leftover and the name.
func kindOfKey(k envKey) (kind, name string) {
	for prefix, kind := range map[envKey]string{flagKey: "flag", viperKey: "setting", koanfKey: "setting"} {
		if rest, ok := strings.CutPrefix(string(k), string(prefix)); ok {
			return kind, rest
		}
	}
	return "env", string(k)
}
