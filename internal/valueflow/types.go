package valueflow

import (
	"go/types"
	"reflect"
	"strings"
)

// interesting reports whether a value of the type can be, hold or become a key, claims, an
// assertion, a request or an answer. A missing type is interesting.
func interesting(t types.Type) bool {
	if t == nil {
		return true
	}
	switch u := types.Unalias(t).(type) {
	case *types.Named:
		obj := u.Obj()
		if obj.Pkg() == nil {
			return obj.Name() != "error" && obj.Name() != "comparable"
		}
		switch obj.Pkg().Path() {
		case "context", "sync", "sync/atomic", "testing", "time", "log", "log/slog":
			return false
		}
		return interesting(u.Underlying())
	case *types.Basic:
		return u.Kind() == types.Invalid || u.Info()&types.IsString != 0 || u.Kind() == types.UnsafePointer
	case *types.Pointer:
		return interesting(u.Elem())
	case *types.Slice:
		if isByte(u.Elem()) {
			return true
		}
		return interesting(u.Elem())
	case *types.Array:
		return isByte(u.Elem()) || interesting(u.Elem())
	case *types.Tuple:
		return u.Len() > 0
	}
	return true
}

func isByte(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && (b.Kind() == types.Byte || b.Kind() == types.Rune)
}

// isText reports whether the type is text: string, []byte, json.RawMessage.
func isText(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Slice:
		return isByte(u.Elem())
	}
	return false
}

// holds reports whether values of the type have parts.
func holds(t types.Type) bool {
	if t == nil {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.Invalid
	case *types.Slice:
		return !isByte(u.Elem())
	case *types.Pointer:
		return holds(u.Elem())
	case *types.Signature, *types.Chan:
		return false
	}
	return true
}

func invalid(t types.Type) bool {
	if t == nil {
		return true
	}
	b, ok := t.(*types.Basic)
	return ok && b.Kind() == types.Invalid
}

func deref(t types.Type) types.Type {
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return types.Unalias(p.Elem())
	}
	return t
}

// namedType returns import path and name of a type, or of what it points to.
func namedType(t types.Type) (pkg, name string) {
	if t == nil {
		return "", ""
	}
	n, ok := deref(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return "", ""
	}
	return n.Obj().Pkg().Path(), n.Obj().Name()
}

func structOf(t types.Type) *types.Struct {
	if t == nil {
		return nil
	}
	s, _ := deref(t).Underlying().(*types.Struct)
	return s
}

// unsent is the wire name of a field that no encoder sees.
const unsent = "-"

// wireName returns the name that a struct tag gives a field in a request or in claims, "" where it is
// the field's own.
func wireName(f *types.Var, tag string) string {
	for _, k := range []string{"json", "url", "schema", "form", "xml", "yaml", "mapstructure"} {
		if v, ok := reflect.StructTag(tag).Lookup(k); ok {
			name, _, _ := strings.Cut(v, ",")
			if name != "" && name != "-" {
				return name
			}
		}
	}
	if !f.Exported() {
		return unsent
	}
	return ""
}
