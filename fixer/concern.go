package fixer

import (
	"path/filepath"
	"slices"

	"jwtretire.example/fixer/plan"
)

// A concern maps files to plans: the plans with a step of their flow in the file, or, if there are none, in its
// directory, in its component, or all plans.
type concern struct {
	all                      []*plan.Plan
	byFile, byFolder, byPart map[string][]*plan.Plan
	parts                    *components
}

func newConcern(plans []*plan.Plan, parts *components) *concern {
	c := &concern{all: plans, byFile: map[string][]*plan.Plan{}, byFolder: map[string][]*plan.Plan{}, byPart: map[string][]*plan.Plan{}, parts: parts}
	add := func(to map[string][]*plan.Plan, key string, pl *plan.Plan) {
		if list := to[key]; len(list) == 0 || list[len(list)-1] != pl {
			to[key] = append(list, pl)
		}
	}
	for _, pl := range plans {
		add(c.byPart, parts.ofPlan(pl), pl)
		for _, file := range filesOf(pl.Flow) {
			add(c.byFile, file, pl)
			add(c.byFolder, filepath.Dir(file), pl)
		}
	}
	return c
}

// of returns the plans of a file; "" stands for the whole result.
func (c *concern) of(file string) []*plan.Plan {
	if list := c.near(file); len(list) > 0 {
		return list
	}
	if list := c.byPart[c.parts.ofFile(file)]; len(list) > 0 {
		return list
	}
	return c.all
}

// near returns the plans with a part of their flow in a file, or else in its directory.
func (c *concern) near(file string) []*plan.Plan {
	if file == "" {
		return nil
	}
	if list := c.byFile[file]; len(list) > 0 {
		return list
	}
	return c.byFolder[filepath.Dir(file)]
}

// files returns the files of each plan.
func (c *concern) files(files map[string][]byte) map[*plan.Plan][]string {
	out := map[*plan.Plan][]string{}
	for f := range files {
		for _, pl := range c.of(f) {
			out[pl] = append(out[pl], f)
		}
	}
	return out
}

func (c *concern) has(file string, pl *plan.Plan) bool { return slices.Contains(c.of(file), pl) }
