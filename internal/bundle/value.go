package bundle

import (
	"fmt"
	"go/constant"
	"go/token"
	"math/big"
	"strconv"
	"strings"
)

// precision is the precision of large numbers in go/constant.
const precision = 512

// Unknown is the notation of an unknown value.
const Unknown = "u"

// Format writes the value of a constant, after a letter for its kind. The format of gcexportdata is rejected:
// it rounds fractions to 512 bits, so ten times 0.1 would be no integer.
func Format(v constant.Value) string {
	switch v.Kind() {
	case constant.Bool:
		return "b" + v.ExactString()
	case constant.String:
		return "s" + constant.StringVal(v)
	case constant.Int, constant.Float:
		switch x := constant.Val(v).(type) {
		case int64:
			return "i" + strconv.FormatInt(x, 10)
		case *big.Int:
			return "i" + x.String()
		case *big.Rat:
			return "r" + x.String()
		case *big.Float:
			return "f" + x.Text('p', 0)
		}
	case constant.Complex:
		return "c" + Format(constant.Real(v)) + " " + Format(constant.Imag(v))
	}
	return Unknown
}

// parse is the inverse of Format.
func parse(s string) (constant.Value, error) {
	if s == "" {
		return nil, fmt.Errorf("the value is missing")
	}
	kind, text := s[0], s[1:]
	switch kind {
	case 'b':
		return constant.MakeBool(text == "true"), nil
	case 's':
		return constant.MakeString(text), nil
	case 'i':
		if x, err := strconv.ParseInt(text, 10, 64); err == nil {
			return constant.MakeInt64(x), nil
		}
		if x, ok := new(big.Int).SetString(text, 10); ok {
			return constant.Make(x), nil
		}
	case 'r':
		if x, ok := new(big.Rat).SetString(text); ok {
			return constant.Make(x), nil
		}
	case 'f':
		if x, _, err := big.ParseFloat(text, 0, precision, big.ToNearestEven); err == nil {
			return constant.Make(x), nil
		}
	case 'c':
		first, second, _ := strings.Cut(text, " ")
		re, err := parse(first)
		if err != nil {
			return nil, err
		}
		im, err := parse(second)
		if err != nil {
			return nil, err
		}
		return constant.BinaryOp(re, token.ADD, constant.MakeImag(im)), nil
	case 'u':
		return constant.MakeUnknown(), nil
	}
	return nil, fmt.Errorf("the value %q is invalid", s)
}
