package edit

import (
	"fmt"
	"go/ast"
	"go/types"
	"sort"
	"strings"

	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/report"
)

// signature removes parameters and results without a use from a function and its calls.
func (e *Editor) signature(f *graph.Func) {
	d := f.Node.(*ast.FuncDecl)
	if f.Untouched || e.gone(d) {
		return
	}
	calls := e.calls(f)
	for i, v := range f.Params {
		if !build.DropsParam(e.After, f, i) || !e.Died(v) {
			continue
		}
		if _, ok := e.prog.Set.Replace[e.prog.Names[v]]; ok {
			continue // the core change replaces it
		}
		switch {
		case f.Drops:
			e.remove(e.fieldOf(d.Type.Params, i), "unused parameter")
			for _, c := range calls {
				e.dropArgument(f, c, i, v)
			}
			e.rep.Removed = append(e.rep.Removed, fmt.Sprintf("parameter %s of %s", v.Name(), funcName(f)))
		default:
			if f.Zeroes && build.ZeroValue(v.Type()) != "" {
				for _, c := range calls {
					e.zeroArgument(f, c, i, v)
				}
			}
			why := "the function is exported"
			switch {
			case e.prog.Elsewhere[f.Obj]:
				why = behindConstraints
			case f.Dynamic && !e.prog.Api(f.Obj):
				why = "the method satisfies an interface"
			case !e.prog.Api(f.Obj):
				continue // uses as a value determine its type
			}
			e.rep.Kept = append(e.rep.Kept, report.Kept{Name: fmt.Sprintf("parameter %s of %s", v.Name(), funcName(f)), Why: why, Pos: f.File.Pos(d.Name)})
			if e.prog.Api(f.Obj) && !e.prog.Elsewhere[f.Obj] {
				article := "the"
				if e.hasUses(f.Obj) { // remaining callers should get no deprecation
					article = "The"
				}
				e.deprecate(d, fmt.Sprintf("%s parameter %s is not used any more.", article, v.Name()))
			}
		}
	}
	if !f.Drops || !e.After.ResultGoes(f) {
		return
	}
	for i := range f.NumResults {
		rk := graph.ResultKey{Func: f.Node, Index: i}
		if !e.Died(rk) {
			continue
		}
		e.remove(e.fieldOf(d.Type.Results, i), "unused result")
		e.rep.Removed = append(e.rep.Removed, fmt.Sprintf("result %d of %s", i+1, funcName(f)))
		for _, a := range f.Atoms {
			s, ok := a.Node.(*ast.ReturnStmt)
			switch {
			case !ok || a.Removed || i >= max(len(s.Results), f.NumResults) || len(s.Results) == 0:
			case f.NumResults == 1 && len(f.Body.List) > 0 && f.Body.List[len(f.Body.List)-1] == ast.Stmt(s):
				e.remove(s, "unused result")
			case len(s.Results) == f.NumResults:
				e.remove(s.Results[i], "unused result")
			case a.Loses && i == build.OnlyValue(f.Results):
				e.put[s.Results[0]] = strings.TrimSuffix(strings.Repeat("nil, ", f.NumResults-1), ", ")
			}
		}
		for _, c := range calls {
			if s, ok := e.prog.Parent[c].(*ast.AssignStmt); ok && len(s.Rhs) == 1 {
				if e.cut[s] == nil {
					e.cut[s] = map[int]bool{}
				}
				e.cut[s][i] = true
			}
		}
	}
}

// zeroThroughInterfaces passes zero values for parameters that no implementation reads.
func (e *Editor) zeroThroughInterfaces() {
	for _, f := range e.After.Funcs {
		for _, a := range f.Atoms {
			if a.Removed || !e.Is.Live[a.Key] || f.Untouched {
				continue
			}
			for _, c := range a.Calls {
				for _, n := range a.Needs {
					e.zeroIface(c, n)
				}
			}
		}
	}
}

func (e *Editor) zeroIface(c *graph.Call, n graph.Need) {
	for _, k := range n.Conds {
		ik, ok := k.(graph.InterfaceKey)
		if !ok || ik.Method != c.Obj || !e.Died(ik) || ik.Index >= len(c.Expr.Args) {
			continue
		}
		arg := c.Expr.Args[ik.Index]
		if _, ok := e.prog.Set.Replace[arg]; !ok && !e.gone(arg) {
			e.put[arg] = build.ZeroValue(ik.Method.Signature().Params().At(ik.Index).Type())
		}
	}
}

func (e *Editor) dropArgument(f *graph.Func, c *ast.CallExpr, i int, v *types.Var) {
	if f.Obj.Signature().Variadic() && i == len(f.Params)-1 {
		for k := i; k < len(c.Args); k++ {
			e.remove(c.Args[k], "unused argument")
		}
		return
	}
	if i < len(c.Args) {
		e.remove(c.Args[i], "unused argument")
	}
}

func (e *Editor) zeroArgument(f *graph.Func, c *ast.CallExpr, i int, v *types.Var) {
	if i >= len(c.Args) || f.Obj.Signature().Variadic() && i == len(f.Params)-1 {
		return
	}
	arg := c.Args[i]
	zero := build.ZeroValue(v.Type())
	file := e.prog.FileOf(arg)
	if file == nil || file.Text(arg) == zero {
		return
	}
	if _, ok := e.prog.Set.Replace[arg]; ok {
		return
	}
	e.put[arg] = zero
}

// fields removes the fields without readers.
func (e *Editor) fields() {
	var vars []*types.Var
	for obj := range e.prog.Names {
		if v, ok := obj.(*types.Var); ok && v.IsField() && e.Died(v) && e.prog.Reads(v) {
			vars = append(vars, v)
		}
	}
	sort.Slice(vars, func(i, j int) bool { return vars[i].Pos() < vars[j].Pos() })
	for _, v := range vars {
		fl, ok := e.prog.Decl(v).(*ast.Field)
		if !ok || !e.stands(fl) || !e.inStruct(fl) {
			continue
		}
		if !e.prog.FieldGoes(v) {
			e.keepField(v, fl)
			continue
		}
		if e.Is.Live[graph.PinKey{Var: v}] {
			continue
		}
		if len(fl.Names) == 1 {
			e.remove(fl, "no use left")
		} else {
			e.remove(e.prog.Names[v], "no use left")
			e.allNames(fl)
		}
		e.rep.Removed = append(e.rep.Removed, "field "+e.qualified(v))
	}
}

func (e *Editor) allNames(fl *ast.Field) {
	for _, id := range fl.Names {
		if !e.gone(id) {
			return
		}
	}
	for _, id := range fl.Names {
		delete(e.drop, id)
	}
	e.remove(fl, "no use left")
}

func (e *Editor) inStruct(fl *ast.Field) bool {
	l, ok := e.prog.Parent[fl].(*ast.FieldList)
	if !ok {
		return false
	}
	_, ok = e.prog.Parent[l].(*ast.StructType)
	return ok
}

// elements removes the values of dead fields from the remaining literals.
func (e *Editor) elements() {
	for _, f := range e.prog.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if n == nil || e.gone(n) {
				return false
			}
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			for i, el := range lit.Elts {
				v, _ := build.Element(e.After, f, lit, i, el)
				if v == nil || !e.Died(v) {
					continue
				}
				_, keyed := el.(*ast.KeyValueExpr)
				if !keyed && !e.prog.FieldGoes(v) {
					continue
				}
				if _, ok := e.prog.Set.Replace[el]; !ok {
					e.remove(el, "no use left")
				}
			}
			return true
		})
	}
}
