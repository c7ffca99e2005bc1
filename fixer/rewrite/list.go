package rewrite

import (
	"strings"

	"github.com/dave/dst"
)

// edit removes nodes from a list. Comments that do not describe them move to the next node, to the previous one if there
// is none, or to hole, the decoration of the opening brace, if the list is empty.
func edit[T dst.Node](e *editor, list []T, hole *dst.Decorations) []T {
	drops := false
	for _, n := range list {
		drops = e.drops(n) || drops
	}
	if !drops {
		return list
	}
	var (
		out     []T
		inRun   bool          // the nodes just seen go
		space   dst.SpaceType // what stood in front of the run
		behind  dst.SpaceType // what stood behind its last node
		carried []string
	)
	for _, n := range list {
		decs := n.Decorations()
		if e.drops(n) {
			if !inRun {
				inRun, space = true, decs.Before
			} else if len(out) > 0 {
				space = max(space, decs.Before)
			}
			behind = decs.After
			carried = append(carried, freeStart(decs.Start)...)
			carried = append(carried, freeEnd(n)...)
			continue
		}
		if inRun {
			if len(out) > 0 {
				decs.Before = max(space, decs.Before)
			} else {
				decs.Before = space
			}
			decs.Start.Prepend(carried...)
			inRun, carried = false, nil
		}
		out = append(out, n)
	}
	if !inRun {
		return out
	}
	carried = trimBlank(carried)
	switch {
	case len(out) > 0:
		last := out[len(out)-1].Decorations()
		last.After = behind
		if len(carried) > 0 {
			last.End.Append(gap(last.End, space)...)
			last.End.Append(carried...)
			last.After = dst.NewLine
		}
	case hole != nil && len(carried) > 0:
		hole.Append(gap(*hole, dst.NewLine)...)
		hole.Append(carried...)
	}
	return out
}

// gap returns the line breaks between decs and comments that are appended to it.
func gap(decs dst.Decorations, space dst.SpaceType) []string {
	var g []string
	if len(decs) == 0 || !strings.HasPrefix(decs[len(decs)-1], "//") {
		g = append(g, "\n")
	}
	if space == dst.EmptyLine {
		g = append(g, "\n")
	}
	return g
}

// freeStart returns the comments above a node that a blank line separates from it, with
// that blank line. It includes all //line directives, because they are about the following lines.
func freeStart(decs dst.Decorations) []string {
	free := detached(decs)
	for _, d := range decs[len(free):] {
		if strings.HasPrefix(d, "//line ") {
			free = append(free, d)
		}
	}
	return free
}

func detached(decs dst.Decorations) []string {
	for i := len(decs) - 1; i >= 0; i-- {
		if decs[i] != "\n" {
			continue
		}
		// After a /* */ comment one "\n" is the end of its line only.
		if i > 0 && strings.HasPrefix(decs[i-1], "/*") {
			continue
		}
		if i > 0 {
			return append([]string(nil), decs[:i+1]...)
		}
	}
	return nil
}

// freeEnd returns the comments on the lines below a node, with a blank line behind them if
// there was one. Those at the end of a case clause are part of it.
func freeEnd(n dst.Node) []string {
	switch n.(type) {
	case *dst.CaseClause, *dst.CommClause:
		return nil
	}
	_, rest := sameLine(n.Decorations().End)
	rest = trimBlank(rest)
	if len(rest) == 0 {
		return nil
	}
	if n.Decorations().After == dst.EmptyLine {
		rest = append(rest, "\n")
	}
	if strings.HasPrefix(rest[len(rest)-1], "/*") {
		rest = append(rest, "\n")
	}
	return rest
}

// sameLine divides the comments behind a node into those on its line and those below.
func sameLine(decs dst.Decorations) (same, below []string) {
	for i, d := range decs {
		if d == "\n" {
			return decs[:i:i], decs[i:]
		}
		if strings.HasPrefix(d, "//") {
			return decs[: i+1 : i+1], decs[i+1:]
		}
	}
	return decs, nil
}
