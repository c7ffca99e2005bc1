// Package bundle encodes and decodes the types of a set of packages that refer only to each other.
//
// The format is that of golang.org/x/tools/go/gcexportdata, which encodes one package together with all that it refers to
// in other packages. With one file per package, the 1,700 imports of a part of kubernetes take 168 MB, because each file repeats the
// types that it uses. So this package makes an artificial package, the bundle, whose declarations reach all exported objects: for each
// real package a struct type, with a field for every type, function, variable and constant. A field belongs to the real
// package, has the name of the object, and has the kind and the value of the object in its tag.
//
// The result is 4 MB for the same packages, and takes a quarter of a second to read. The functions of gcexportdata for
// several packages (WriteBundle) only return errors now, and the functions that encode a package without its references
// are internal.
package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"strconv"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// Paths of artificial packages. Real ones have no space.
const (
	path        = "a bundle"
	genericPath = "functions of a bundle"
)

// The kind of an object, as the first letter of the field's tag.
const (
	tagType    = 'T'
	tagFunc    = 'F'
	tagGeneric = 'G' // function with type parameters, see genericType
	tagVar     = 'V'
	tagConst   = 'C' // followed by its value
	tagHidden  = 'H' // constant without its value
)

// Write encodes packages, each type-checked without errors. They must include all packages that they refer to.
// Positions are encoded as file and line, only for the files of fset. The values of constants for which hide
// returns true are omitted; i is the index of the package. An error means that the format cannot represent a
// type.
func Write(fset *token.FileSet, pkgs []*types.Package, hide func(i int, c *types.Const) bool) (data []byte, err error) {
	defer recovered("write", &err)
	w := &writer{bundle: types.NewPackage(path, "bundle"), generic: types.NewPackage(genericPath, "generic"), hide: hide}
	for i, p := range pkgs {
		w.add(i, p)
	}
	var out bytes.Buffer
	if err := gcexportdata.Write(&out, fset, w.bundle); err != nil {
		return nil, fmt.Errorf("write types: %w", err)
	}
	return out.Bytes(), nil
}

// recovered converts a panic to an error, because a cache must not end the program for an unexpected type.
func recovered(what string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s types: panic: %v", what, r)
	}
}

type writer struct {
	bundle, generic *types.Package
	hide            func(i int, c *types.Const) bool
}

// add adds the struct type for package i to the bundle.
func (w *writer) add(i int, p *types.Package) {
	var fields []*types.Var
	var tags []string
	field := func(obj types.Object, t types.Type, what byte, value string) {
		fields = append(fields, types.NewField(obj.Pos(), p, obj.Name(), t, false))
		tags = append(tags, string(what)+value)
	}
	for _, name := range p.Scope().Names() {
		if !token.IsExported(name) {
			continue
		}
		switch obj := p.Scope().Lookup(name).(type) {
		case *types.TypeName:
			field(obj, obj.Type(), tagType, "")
		case *types.Var:
			field(obj, obj.Type(), tagVar, "")
		case *types.Const:
			if w.hide(i, obj) {
				field(obj, obj.Type(), tagHidden, "")
			} else {
				field(obj, obj.Type(), tagConst, Format(obj.Val()))
			}
		case *types.Func:
			if obj.Signature().TypeParams().Len() == 0 {
				field(obj, obj.Type(), tagFunc, "")
			} else {
				field(obj, w.genericType(i, obj), tagGeneric, "")
			}
		}
	}
	if len(fields) > 0 {
		obj := types.NewTypeName(token.NoPos, w.bundle, prefix+strconv.Itoa(i), nil)
		types.NewNamed(obj, types.NewStruct(fields, tags), nil)
		w.bundle.Scope().Insert(obj)
	}
}

// prefix precedes the number of a package.
const prefix = "P"

// genericType converts a function with type parameters to the type of a field: a function whose parameters are these
// type parameters, and whose result is the function without them.
//
// The format names a type parameter by its declaration, which it must have encoded before. So the function itself must
// be encoded, too, and before the field (by the order of their names). It must not be decoded, because a type
// parameter can belong to one signature only. So it belongs to another artificial package, which is not read.
func (w *writer) genericType(i int, f *types.Func) types.Type {
	sig := f.Signature()
	w.bundle.Scope().Insert(types.NewFunc(token.NoPos, w.generic, "G"+strconv.Itoa(i)+"_"+f.Name(), sig))
	var params []*types.Var
	for p := range sig.TypeParams().TypeParams() {
		params = append(params, types.NewParam(token.NoPos, f.Pkg(), "", p))
	}
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	result := types.NewParam(token.NoPos, f.Pkg(), "", plain)
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(result), false)
}

// Read decodes packages. pkgs are empty packages with the paths and names of the written ones, in the same
// order, and Read declares their exported objects. Unexported objects are reachable from types only. Constants
// without a value are not declared; they are in hidden. After an error, the packages may be incomplete.
func Read(fset *token.FileSet, data []byte, pkgs []*types.Package) (hidden []Hidden, err error) {
	defer recovered("read", &err)
	imports := make(map[string]*types.Package, len(pkgs)+2)
	for _, p := range pkgs {
		imports[p.Path()] = p
	}
	imports[genericPath] = types.NewPackage(genericPath, "generic")
	in := &io.LimitedReader{R: bytes.NewReader(data), N: int64(len(data))}
	b, err := gcexportdata.Read(in, fset, imports, path)
	if err != nil {
		return nil, fmt.Errorf("read types: %w", err)
	}
	if len(imports) != len(pkgs)+2 {
		return nil, errors.New("read types: they refer to unknown packages")
	}
	for _, name := range b.Scope().Names() {
		i, err := strconv.Atoi(strings.TrimPrefix(name, prefix))
		if err != nil || i < 0 || i >= len(pkgs) {
			return nil, fmt.Errorf("read types: unexpected declaration %q", name)
		}
		h, err := take(i, pkgs[i], b.Scope().Lookup(name).Type().Underlying().(*types.Struct))
		if err != nil {
			return nil, err
		}
		hidden = append(hidden, h...)
	}
	for _, p := range pkgs {
		p.MarkComplete()
	}
	return hidden, nil
}

// A Hidden is a constant without its value.
type Hidden struct {
	Package int // index of its package
	Name    string

	pos token.Pos
	typ types.Type
}

// Declare declares the constant in its package, with a value in the notation of [Format].
func (h Hidden) Declare(p *types.Package, value string) error {
	v, err := parse(value)
	if err != nil {
		return fmt.Errorf("read types: the constant %s.%s: %w", p.Path(), h.Name, err)
	}
	p.Scope().Insert(types.NewConst(h.pos, p, h.Name, h.typ, v))
	return nil
}

// take declares in package p, number n, the objects that the fields represent, except constants without a
// value.
func take(n int, p *types.Package, fields *types.Struct) (hidden []Hidden, err error) {
	for i := range fields.NumFields() {
		f, tag := fields.Field(i), fields.Tag(i)
		var obj types.Object
		switch tag[0] {
		case tagType:
			if p.Scope().Lookup(f.Name()) != nil {
				continue
			}
			obj = types.NewTypeName(f.Pos(), p, f.Name(), f.Type()) // an alias without a types.Alias
		case tagFunc:
			obj = types.NewFunc(f.Pos(), p, f.Name(), f.Type().(*types.Signature))
		case tagGeneric:
			obj = types.NewFunc(f.Pos(), p, f.Name(), genericSignature(f.Type().(*types.Signature)))
		case tagVar:
			v := types.NewVar(f.Pos(), p, f.Name(), f.Type())
			v.SetKind(types.PackageVar)
			obj = v
		case tagConst:
			if err := (Hidden{n, f.Name(), f.Pos(), f.Type()}).Declare(p, tag[1:]); err != nil {
				return nil, err
			}
			continue
		case tagHidden:
			hidden = append(hidden, Hidden{n, f.Name(), f.Pos(), f.Type()})
			continue
		}
		p.Scope().Insert(obj)
	}
	return hidden, nil
}

// genericSignature is the inverse of genericType.
func genericSignature(t *types.Signature) *types.Signature {
	var params []*types.TypeParam
	for v := range t.Params().Variables() {
		params = append(params, v.Type().(*types.TypeParam))
	}
	plain := t.Results().At(0).Type().(*types.Signature)
	return types.NewSignatureType(nil, nil, params, plain.Params(), plain.Results(), plain.Variadic())
}
