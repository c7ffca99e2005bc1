package valueflow

import (
	"go/types"
	"reflect"
	"strings"
)

// interesting reports whether a value of the type can be, hold or become a key, claims, an
// assertion, a request or an answer. A missing type is interesting.
//
// It terminates: each iteration goes from a type to its element, and a type that it meets again (type Tree []Tree)
// holds only itself. Instances of one generic type count as one, because type L[T any] []L[[]T] has infinitely
// many. The type checker rejects it, but packages with errors are scanned, too.
func interesting(t types.Type) bool {
	var met map[*types.TypeName]bool
	for {
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
			case "sync", "sync/atomic": // the others hold no text
				return obj.Name() == "Map" || obj.Name() == "Pool" || obj.Name() == "Value" || obj.Name() == "Pointer"
			case "context", "testing", "time", "log", "log/slog":
				return false
			}
			if met[obj] {
				return false
			}
			if t = u.Underlying(); elem(t) != nil { // few types need a second iteration
				if met == nil {
					met = map[*types.TypeName]bool{}
				}
				met[obj] = true
			}
			continue
		case *types.Basic:
			return u.Kind() == types.Invalid || u.Info()&types.IsString != 0 || u.Kind() == types.UnsafePointer
		case *types.Pointer:
			t = u.Elem()
			continue
		case *types.Slice, *types.Array:
			if t = elem(u); isByte(t) {
				return true
			}
			continue
		case *types.Tuple:
			return u.Len() > 0
		}
		return true
	}
}

// elem returns the element type of a pointer, slice or array, and nil for any other type.
func elem(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Pointer:
		return t.Elem()
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	}
	return nil
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

// holds reports whether values of the type have parts. A pointer to itself (type P *P) has none.
func holds(t types.Type) bool {
	var met map[*types.TypeName]bool // as in interesting
	for {
		if t == nil {
			return true
		}
		switch u := t.Underlying().(type) {
		case *types.Basic:
			return u.Kind() == types.Invalid
		case *types.Slice:
			return !isByte(u.Elem())
		case *types.Pointer:
			if named, ok := types.Unalias(t).(*types.Named); ok {
				if met[named.Obj()] {
					return false
				}
				if met == nil {
					met = map[*types.TypeName]bool{}
				}
				met[named.Obj()] = true
			}
			t = u.Elem()
			continue
		case *types.Signature, *types.Chan:
			return false
		}
		return true
	}
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

// namedType returns import path and name of a type, or of the type that it points to.
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

// wireName returns the name that a struct tag gives a field in a request or in claims, "" for the field's own
// name.
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
