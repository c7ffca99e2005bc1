package program

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// Lookup returns the key of the setting that a call reads by name, false if it reads none. Functions
// of the module that pass on a parameter as the name count, and so do values and methods that can
// only be such a function.
func (p *Program) Lookup(f *syntax.File, c *ast.CallExpr) (EnvKey, bool) {
	if len(c.Args) == 0 || f.IsConversion(c) {
		return "", false
	}
	fn := f.Callee(c)
	if fn == nil {
		name := f.ConstString(c.Args[0])
		return EnvKey(name), name != "" && f.Builtin(c) == "" && ReadsByName(f.Pkg.Info.TypeOf(c.Fun))
	}
	l := p.LooksUp(f.Canon(fn), 3)
	if l == nil || l.At >= len(c.Args) {
		return "", false
	}
	name := f.ConstString(c.Args[l.At])
	if name == "" {
		return "", false
	}
	return KeyOf(l.Prefix, l.Before+name+l.After), true
}

// LooksUp returns how a function reads a setting by name, nil if it does not.
func (p *Program) LooksUp(obj types.Object, depth int) *Reading {
	fn, ok := obj.(*types.Func)
	if !ok || depth == 0 {
		return nil
	}
	d, ok := p.Decl(fn).(*ast.FuncDecl)
	if !ok {
		if row := library.RowOf(fn); row.Setting() {
			at, _, _ := row.Path.Arg()
			return &Reading{Prefix: prefixOf(row), At: at}
		}
		if p.Own(fn) && ReadsByName(fn.Signature()) { // of an interface
			return &Reading{}
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
	f := p.FileAt(fn)
	var found *Reading
	ast.Inspect(d.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || found != nil {
			return found == nil
		}
		callee := f.Callee(c)
		if callee == nil {
			return true
		}
		l := p.LooksUp(f.Canon(callee), depth-1)
		if l == nil || l.At >= len(c.Args) {
			return true
		}
		arg := ast.Unparen(c.Args[l.At])
		by := *l
		if b, ok := arg.(*ast.BinaryExpr); ok && b.Op == token.ADD {
			switch {
			case f.ConstString(b.X) != "":
				by.Before, arg = l.Before+f.ConstString(b.X), ast.Unparen(b.Y)
			case f.ConstString(b.Y) != "":
				by.After, arg = f.ConstString(b.Y)+l.After, ast.Unparen(b.X)
			}
		}
		id, ok := arg.(*ast.Ident)
		if !ok {
			return true
		}
		for i := range fn.Signature().Params().Len() {
			if f.Object(id) == types.Object(fn.Signature().Params().At(i)) {
				by.At, found = i, &by
			}
		}
		return true
	})
	p.wrappers[fn] = found
	return found
}

// ReadsByName reports whether a function value can only be one that reads a setting: os.Getenv or os.LookupEnv.
func ReadsByName(t types.Type) bool {
	sig, ok := t.(*types.Signature)
	return ok && LooksUp(sig) && sig.Params().Len() == 1 && sig.Results().Len() > 0 && !syntax.IsError(sig.Results().At(sig.Results().Len()-1).Type())
}

// prefixOf returns the prefix of the keys of what a row looks up.
func prefixOf(row *library.Func) EnvKey {
	switch {
	case row.Source == "flag":
		return FlagKey
	case row.Source == "config" && strings.Contains(row.Pkg, "viper"):
		return viperKey
	case row.Source == "config":
		return koanfKey
	}
	return ""
}

func KeyOf(prefix EnvKey, name string) EnvKey {
	if prefix == viperKey { // viper ignores case
		name = strings.ToLower(name)
	}
	return prefix + EnvKey(name)
}

// KindOfKey splits a key into the kind of a leftover and its name.
func KindOfKey(k EnvKey) (kind, name string) {
	for prefix, kind := range map[EnvKey]string{FlagKey: "flag", viperKey: "setting", koanfKey: "setting"} {
		if rest, ok := strings.CutPrefix(string(k), string(prefix)); ok {
			return kind, rest
		}
	}
	return "env", string(k)
}
