package report

import (
	"reflect"

	"jwtretire.example/internal/document"
	"jwtretire.example/internal/legible"
)

// The texts of a document are untrusted: names of files come from the tree, and a ledger may be a foreign file. JSON and
// SARIF are for programs and need exact names. In formats for people, every text is made legible. This is done for all
// fields in one place. Rejected: each renderer for its own fields, because one could be forgotten.

// legibly returns a copy of the document with all texts made legible.
func legibly(d *document.Document) *document.Document {
	return &document.Document{
		Head:       *shown(&d.Head),
		Findings:   each(d.Findings),
		BlindSpots: each(d.BlindSpots),
		Problems:   each(d.Problems),
		Todo:       each(d.Todo),
		Patch:      each(d.Patch),
	}
}

func each[T any](seq document.Seq[T]) document.Seq[T] {
	if seq == nil {
		return nil
	}
	return func(yield func(*T, error) bool) {
		seq(func(v *T, err error) bool {
			if v != nil {
				v = shown(v)
			}
			return yield(v, err)
		})
	}
}

// shown returns a value with all texts made legible, or the same value if they are.
func shown[T any](v *T) *T {
	if rv := reflect.ValueOf(v).Elem(); !isLegible(rv, legible.Line) {
		return copied(rv, legible.Line).Addr().Interface().(*T)
	}
	return v
}

// several are the fields with more than one line.
var several = map[string]bool{"Snippet": true}

func fieldText(t reflect.Type, i int, text func(string) string) func(string) string {
	if several[t.Field(i).Name] {
		return legible.Lines
	}
	return text
}

func isLegible(v reflect.Value, text func(string) string) bool {
	switch v.Kind() {
	case reflect.String:
		return text(v.String()) == v.String()
	case reflect.Struct:
		for i := range v.NumField() {
			if !isLegible(v.Field(i), fieldText(v.Type(), i, text)) {
				return false
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if !isLegible(v.Index(i), text) {
				return false
			}
		}
	case reflect.Pointer:
		return v.IsNil() || isLegible(v.Elem(), text)
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if !isLegible(k, text) {
				return false
			}
		}
	}
	return true
}

// copied returns a deep copy of a value, with text applied to every string. Maps of a document have numbers as
// values.
func copied(v reflect.Value, text func(string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(text(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(copied(v.Field(i), fieldText(v.Type(), i, text)))
		}
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(copied(v.Index(i), text))
		}
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out.Set(copied(v.Elem(), text).Addr())
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for _, k := range v.MapKeys() {
			out.SetMapIndex(copied(k, text), v.MapIndex(k))
		}
	default:
		out.Set(v)
	}
	return out
}
