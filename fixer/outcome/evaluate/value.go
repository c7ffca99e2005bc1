package evaluate

import (
	"go/constant"

	"jwtretire.example/fixer/outcome/value"
)

const (
	Granted value.Outcome = iota
	Refused
	Failed
	Garbled

	Passed // Refused, where a function on the way takes some refusals for no errors: those
)

func constantly(c constant.Value) func(int) value.Fact {
	f := value.Fact{What: value.IsConst, C: c}
	return func(int) value.Fact { return f }
}

func always(k value.FactKind) func(int) value.Fact {
	f := value.Fact{What: k}
	return func(int) value.Fact { return f }
}

func nilValue() value.Value { return value.Value{At: always(value.IsNil), Text: "nil"} }

func boolValue(b bool) value.Value { return value.Value{At: constantly(constant.MakeBool(b))} }
