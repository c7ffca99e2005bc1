package build

import (
	"go/types"
)

// carries reports whether a value of type t can share memory with another one.
func carries(t types.Type) bool { return carriesDeep(t, 0) }

func carriesDeep(t types.Type, depth int) bool {
	if t == nil || depth > 4 {
		return false
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		if n.Obj().Pkg() == nil { // error
			return false
		}
		switch n.Obj().Pkg().Path() + "." + n.Obj().Name() {
		case "context.Context", "time.Time", "net/http.Client":
			return false
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		if n, ok := types.Unalias(u.Elem()).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "net/http" && n.Obj().Name() == "Client" {
			return false
		}
		return true
	case *types.Map, *types.Slice, *types.Chan, *types.Signature, *types.Interface:
		return true
	case *types.Array:
		return carriesDeep(u.Elem(), depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			if carriesDeep(u.Field(i).Type(), depth+1) {
				return true
			}
		}
	}
	return false
}
