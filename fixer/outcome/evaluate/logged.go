package evaluate

import (
	"go/ast"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// Programs log the answer for debugging: log.Printf("answer: %s", body). After a grant the new program has no such text. The line
// goes, with a remark, if it is written to standard error. Rejected: a text made of the token, because it would not be the answer; and lines
// of other loggers, which programs may read.

// answerLogged reports whether a call logs a part of a granted answer that the new program does not have, and notes that.
func (ev *Evaluator) answerLogged(c *ast.CallExpr, en *value.Env) bool {
	if ev.What != Granted || !ev.toStandardError(c) {
		return false
	}
	for _, a := range c.Args {
		if !pureExpr(ev, a) {
			return false
		}
	}
	err := func() (err error) {
		defer Catch(&err)
		ev.render(c, en)
		return nil
	}()
	if reason.CodeOf(err) != reason.ValueUnavailable {
		return false
	}
	ev.note(safety.Statement, "a log line with the answer of the exchange is written for refusals only: "+syntax.OneLine(ev.F.Text(c))+" ("+ev.F.Place(c)+")")
	return true
}

// toStandardError reports whether a call writes a line with the default logger of log or log/slog, and that writes to standard error: the program
// sets no other.
func (ev *Evaluator) toStandardError(c *ast.CallExpr) bool {
	fn := ev.F.Callee(c)
	if fn == nil || fn.Pkg() == nil || fn.Signature().Recv() != nil || library.EffectOf(fn) != library.Logs {
		return false
	}
	if path := fn.Pkg().Path(); path != "log" && path != "log/slog" {
		return false
	}
	for _, key := range []string{"log.SetOutput", "log.Default", "log/slog.SetDefault"} {
		if len(ev.Ix.Foreign(key)) > 0 {
			return false
		}
	}
	return true
}
