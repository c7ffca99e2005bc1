package box

import (
	"go/types"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// Questions about types.

// holds reports whether values of a type are interface values, or contain some without a field of a struct between. An error is none:
// its text is read by a method.
func holds(t types.Type) bool { return holding(t, 0) }

// maxDepth bounds the depth of container types, which can be recursive: type list []list.
const maxDepth = 6

func holding(t types.Type, depth int) bool {
	if t == nil || depth > maxDepth {
		return false
	}
	if syntax.IsError(t) {
		return false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return true
	case *types.Pointer:
		return holding(u.Elem(), depth+1)
	case *types.Slice:
		return holding(u.Elem(), depth+1)
	case *types.Array:
		return holding(u.Elem(), depth+1)
	case *types.Chan:
		return holding(u.Elem(), depth+1)
	case *types.Map:
		return holding(u.Elem(), depth+1) || holding(u.Key(), depth+1)
	}
	return false
}

func signature(t types.Type) (*types.Signature, bool) {
	if t == nil {
		return nil, false
	}
	sig, ok := types.Unalias(t).Underlying().(*types.Signature)
	return sig, ok
}

// yields returns the type of the function that an iterator calls with its values, nil for another type.
func yields(t types.Type) *types.Signature {
	sig, ok := signature(t)
	if !ok || sig.Params().Len() != 1 {
		return nil
	}
	yield, _ := signature(sig.Params().At(0).Type())
	return yield
}

// name writes a signature without the names of its parameters.
func name(sig *types.Signature) string {
	var b strings.Builder
	for _, t := range []*types.Tuple{sig.Params(), sig.Results()} {
		b.WriteByte('(')
		for v := range t.Variables() {
			b.WriteString(types.TypeString(v.Type(), nil))
			b.WriteByte(',')
		}
		b.WriteByte(')')
	}
	if sig.Variadic() {
		b.WriteString("...")
	}
	return b.String()
}

// generic reports whether a type mentions a type parameter.
func generic(t types.Type) bool {
	found := false
	var visit func(t types.Type, depth int)
	visit = func(t types.Type, depth int) {
		if found || depth > maxDepth {
			return
		}
		switch t := types.Unalias(t).(type) {
		case *types.TypeParam:
			found = true
		case *types.Pointer:
			visit(t.Elem(), depth+1)
		case *types.Slice:
			visit(t.Elem(), depth+1)
		case *types.Array:
			visit(t.Elem(), depth+1)
		case *types.Chan:
			visit(t.Elem(), depth+1)
		case *types.Map:
			visit(t.Key(), depth+1)
			visit(t.Elem(), depth+1)
		case *types.Named:
			for a := range t.TypeArgs().Types() {
				visit(a, depth+1)
			}
			if t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0 {
				found = true
			}
		case *types.Signature:
			for _, tu := range []*types.Tuple{t.Params(), t.Results()} {
				for v := range tu.Variables() {
					visit(v.Type(), depth+1)
				}
			}
		}
	}
	visit(t, 0)
	return found
}

// isAny reports whether a type is an interface without methods.
func isAny(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	i, ok := syntax.Under(t).(*types.Interface)
	return ok && i.NumMethods() == 0
}

// containsAny reports whether a type contains values of type any: []any, map[string]any.
func containsAny(t types.Type) bool {
	for range maxDepth {
		switch u := types.Unalias(t).Underlying().(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Chan:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		default:
			return isAny(t)
		}
	}
	return true
}
