package behaviour_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"jwtretire.example/internal/behaviour/ims"
	"jwtretire.example/internal/mutate"
)

// TestMutants runs variants of the programs before and after their fix. It is for long runs by hand: MUTANTS is
// how many variants of each program, PROGRAMS and MUTATIONS regular expressions of names, SEED the seed and DEPTH
// how many mutations make a variant.
func TestMutants(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("MUTANTS"))
	if n == 0 {
		t.Skip("MUTANTS says how many")
	}
	needTrust(t)
	only := regexp.MustCompile(os.Getenv("PROGRAMS"))
	seed, _ := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	depth, _ := strconv.Atoi(os.Getenv("DEPTH"))
	work := t.TempDir()
	for _, p := range programs(t) {
		f := &p.Fixes[len(p.Fixes)-1]
		if !only.MatchString(p.Name) || !slices.Contains(f.Statuses, "fixed") {
			continue
		}
		w, err := mutate.OpenProgram(context.Background(), testdata, p.Name, work)
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		for i := range n {
			t.Run(p.Name+"/"+strconv.Itoa(i), func(t *testing.T) {
				m := variant(t, w, rand.New(rand.NewPCG(seed, uint64(i))), max(depth, 1))
				runVariant(t, p, f, m)
			})
			w.Forget()
		}
	}
}

// variant applies that many mutations which keep the behaviour.
func variant(t *testing.T, w *mutate.World, rnd *rand.Rand, depth int) *mutate.Mutant {
	t.Helper()
	only := regexp.MustCompile(os.Getenv("MUTATIONS"))
	rows := slices.DeleteFunc(mutate.Table(), func(row *mutate.Mutation) bool {
		return row.Used || row.Late || !only.MatchString(row.Name)
	})
	m := w.Original()
	for range depth {
		row := rows[rnd.IntN(len(rows))]
		next, err := w.Mutate(t.Context(), m, row, rnd)
		if err != nil {
			t.Fatal(err)
		}
		if next != nil {
			m = next
		}
	}
	return m
}

// runVariant is testFix without what only holds for the program as it is written.
func runVariant(t *testing.T, p *program, f *fix, m *mutate.Mutant) {
	c := p.layFor(t, f)
	for path, src := range m.Files {
		rel, err := filepath.Rel(m.World.Dir, path)
		if err != nil {
			t.Fatal(err)
		}
		c.write(t, rel, src)
	}
	rep, _ := c.reported(t, append([]string{"fix"}, f.Args...)...)
	if len(rep.Findings) == 0 || slices.ContainsFunc(rep.Findings, func(g finding) bool { return g.Status != "fixed" }) {
		t.Skipf("%s: not fixed", m.Names())
	}
	fixed := c.tree(t)
	// The variant before its fix has to behave as the original does; that is the test of the mutation.
	o := p.layFor(t, f)
	for path, src := range m.Files {
		rel, _ := filepath.Rel(m.World.Dir, path)
		o.write(t, rel, src)
	}
	before := o.play(t, ims.Before, o.build(t))
	if t.Failed() {
		t.Fatalf("%s: the variant itself behaves otherwise\n%v", m.Names(), shown(m))
	}
	c.goDo(t, goEnv(), "vet", "-tags="+c.Tags, "./...")
	c.dropKeys(t)
	after := c.play(t, ims.After, c.build(t))
	if !slices.Equal(stdouts(after), stdouts(before)) {
		t.Errorf("standard output before:\n%q\nafter:\n%q", stdouts(before), stdouts(after))
	}
	if t.Failed() {
		t.Logf("%s\n%v", m.Names(), shown(m))
		for _, name := range goFiles(fixed) {
			t.Logf("%s fixed:\n%s", name, fixed[name])
		}
	}
}

func shown(m *mutate.Mutant) string {
	text := ""
	for path, src := range m.Files {
		text += "-- " + filepath.Base(path) + " --\n" + string(src)
	}
	return text
}
