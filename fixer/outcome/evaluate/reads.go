package evaluate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/syntax"
)

// bodyLimit is how many bytes of an answer x/oauth2 reads (internal/token.go, doTokenRoundTrip, v0.30.0).
const bodyLimit = 1 << 20

const (
	recv = -1
	none = -2
)

// readIn returns the read of a row of the library table, false if it has none. A function without such a row
// is recognised by its signature: see bySignature.
func readIn(row *library.Func) (read, bool) {
	if row == nil || row.Output == library.NoForm {
		return read{}, false
	}
	r := read{from: none, fills: none, decodes: none}
	switch row.Output {
	case library.Text:
		r.gives = value.Raw
	case library.Reader:
		r.gives = value.Body
	case library.Decoder:
		r.gives = value.Decoder
	}
	for _, e := range row.Flow {
		r.from = place(e.From)
		switch _, result := e.To.Result(); {
		case result:
		case row.Output == library.Decoded:
			r.decodes = place(e.To)
		default:
			r.fills = place(e.To)
		}
	}
	return r, r.from != none
}

// place counts the operand of a slot as a read does.
func place(s library.Slot) int {
	if s == library.Recv {
		return recv
	}
	if i, _, ok := s.Arg(); ok {
		return i
	}
	return none
}

// sameBody reports whether a reader around the body returns the same bytes as RetrieveError.Body.
func (ev *Evaluator) sameBody(c *ast.CallExpr) bool {
	switch fullName(ev.F.Callee(c)) {
	case "io.NopCloser", "io/ioutil.NopCloser":
		return true
	case "io.LimitReader":
		n := ev.F.Pkg.Info.Types[c.Args[1]].Value
		return n != nil && constant.Compare(n, token.GEQ, constant.MakeInt64(bodyLimit))
	}
	return false
}

// settings are methods that only configure a decoder.
var settings = map[string]bool{"UseNumber": true, "DisallowUnknownFields": true}

// fullName writes a function without the star of a pointer receiver.
func fullName(fn *types.Func) string { return strings.Replace(fn.FullName(), "(*", "(", 1) }

// plainError reports whether a function makes an error of a text, and perhaps of another error.
func plainError(fn *types.Func) bool {
	row := library.RowOf(fn)
	return row != nil && row.PlainError
}

// nilOfNil reports whether such a function returns nil for a nil argument.
func nilOfNil(fn *types.Func) bool {
	row := library.RowOf(fn)
	return row != nil && row.NilOfNil
}

// readOf returns the row of a call, if it reads.
func (ev *Evaluator) readOf(c *ast.CallExpr) (read, bool) {
	fn := ev.F.Callee(c)
	if fn == nil {
		return read{}, false
	}
	if r, ok := readIn(library.RowOf(fn)); ok {
		return r, true
	}
	return bySignature(fn)
}

// bySignature recognises decoders of other packages by the conventions of encoding/json:
// Unmarshal([]byte, any) error, NewDecoder(io.Reader) T, and T.Decode(any) error.
func bySignature(fn *types.Func) (read, bool) {
	sig := fn.Signature()
	last := func() bool { n := sig.Results().Len(); return n == 1 && syntax.IsError(sig.Results().At(0).Type()) }
	isAny := func(i int) bool {
		t, ok := sig.Params().At(i).Type().Underlying().(*types.Interface)
		return ok && t.Empty()
	}
	switch fn.Name() {
	case "Unmarshal":
		if sig.Params().Len() == 2 && !sig.Variadic() && last() && isAny(1) && sig.Params().At(0).Type().String() == "[]byte" {
			return read{0, value.Ordinary, none, 1}, true
		}
	case "UnmarshalFromString":
		if sig.Params().Len() == 2 && last() && isAny(1) && syntax.IsString(sig.Params().At(0).Type()) {
			return read{0, value.Ordinary, none, 1}, true
		}
	case "NewDecoder":
		if sig.Params().Len() == 1 && sig.Results().Len() == 1 && sig.Params().At(0).Type().String() == "io.Reader" {
			return read{0, value.Decoder, none, none}, true
		}
	case "Decode":
		if sig.Recv() != nil && sig.Params().Len() == 1 && last() && isAny(0) {
			return read{recv, value.Ordinary, none, 0}, true
		}
	}
	return read{}, false
}
