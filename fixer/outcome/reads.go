package outcome

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// A read is one row of the table: how a library function reads the answer. Operands are counted from 0,
// recv is the receiver.
type read struct {
	from    int  // the operand that is read
	gives   kind // what the first result is, ordinary where it is of no use
	fills   int  // an operand that has the same bytes afterwards, none
	decodes int  // an operand that the answer is decoded into, none
}

// bodyLimit is how many bytes of an answer x/oauth2 reads (internal/token.go, doTokenRoundTrip, v0.30.0).
const bodyLimit = 1 << 20

const (
	recv = -1
	none = -2
)

// reads is the table, by full name. A function that is not in it is recognised by its signature: see bySignature.
var reads = map[string]read{
	"io.ReadAll":                     {0, raw, none, none},
	"io/ioutil.ReadAll":              {0, raw, none, none},
	"io.LimitReader":                 {0, body, none, none},
	"io.TeeReader":                   {0, body, 1, none},
	"io.NopCloser":                   {0, body, none, none},
	"io/ioutil.NopCloser":            {0, body, none, none},
	"net/http.MaxBytesReader":        {1, body, none, none},
	"bufio.NewReader":                {0, body, none, none},
	"bufio.NewReaderSize":            {0, body, none, none},
	"bytes.NewReader":                {0, body, none, none},
	"bytes.NewBuffer":                {0, body, none, none},
	"bytes.NewBufferString":          {0, body, none, none},
	"strings.NewReader":              {0, body, none, none},
	"io.Copy":                        {1, ordinary, 0, none},
	"(bytes.Buffer).ReadFrom":        {0, ordinary, recv, none},
	"(bytes.Buffer).Bytes":           {recv, raw, none, none},
	"(bytes.Buffer).String":          {recv, raw, none, none},
	"(strings.Builder).String":       {recv, raw, none, none},
	"bytes.TrimSpace":                {0, raw, none, none},
	"strings.TrimSpace":              {0, raw, none, none},
	"encoding/json.NewDecoder":       {0, decoder, none, none},
	"(encoding/json.Decoder).Decode": {recv, ordinary, none, 0},
	"encoding/json.Unmarshal":        {0, ordinary, none, 1},
}

// sameBody reports whether a reader around the body gives the bytes that RetrieveError.Body has.
func (ev *evaluator) sameBody(c *ast.CallExpr) bool {
	switch fullName(ev.ix.Callee(ev.f, c)) {
	case "io.NopCloser", "io/ioutil.NopCloser":
		return true
	case "io.LimitReader":
		n := ev.f.Pkg.Info.Types[c.Args[1]].Value
		return n != nil && constant.Compare(n, token.GEQ, constant.MakeInt64(bodyLimit))
	}
	return false
}

// settings are methods of decoders that only say how to decode.
var settings = map[string]bool{"UseNumber": true, "DisallowUnknownFields": true}

// throughNil are functions that return nil where they are given a nil error.
var throughNil = map[string]bool{
	"github.com/pkg/errors.Wrap": true, "github.com/pkg/errors.Wrapf": true, "github.com/pkg/errors.WithStack": true,
	"github.com/pkg/errors.WithMessage": true, "github.com/pkg/errors.WithMessagef": true, "errors.Join": true,
}

// plainErrors are functions that make an error of a text, and perhaps of another error.
var plainErrors = map[string]bool{
	"fmt.Errorf": true, "errors.New": true,
	"github.com/pkg/errors.New": true, "github.com/pkg/errors.Errorf": true, "github.com/pkg/errors.Wrap": true,
	"github.com/pkg/errors.Wrapf": true, "github.com/pkg/errors.WithStack": true, "github.com/pkg/errors.WithMessage": true,
	"github.com/pkg/errors.WithMessagef": true, "golang.org/x/xerrors.Errorf": true, "golang.org/x/xerrors.New": true, "errors.Join": true,
}

// fullName writes a function as the tables do, without the star of a pointer receiver.
func fullName(fn *types.Func) string { return strings.Replace(fn.FullName(), "(*", "(", 1) }

// readOf returns the row of a call, if it reads.
func (ev *evaluator) readOf(c *ast.CallExpr) (read, bool) {
	fn := ev.ix.Callee(ev.f, c)
	if fn == nil {
		return read{}, false
	}
	if r, ok := reads[fullName(fn)]; ok {
		return r, true
	}
	return bySignature(fn)
}

// bySignature recognises other packages' decoders by what encoding/json has made the custom:
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
			return read{0, ordinary, none, 1}, true
		}
	case "UnmarshalFromString":
		if sig.Params().Len() == 2 && last() && isAny(1) && syntax.IsString(sig.Params().At(0).Type()) {
			return read{0, ordinary, none, 1}, true
		}
	case "NewDecoder":
		if sig.Params().Len() == 1 && sig.Results().Len() == 1 && sig.Params().At(0).Type().String() == "io.Reader" {
			return read{0, decoder, none, none}, true
		}
	case "Decode":
		if sig.Recv() != nil && sig.Params().Len() == 1 && last() && isAny(0) {
			return read{recv, ordinary, none, 0}, true
		}
	}
	return read{}, false
}
