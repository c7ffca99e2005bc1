package fixer_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"jwtretire.example/fixer"
	"jwtretire.example/internal/heap"
	"jwtretire.example/internal/mutate"
)

const testdata = "../testdata"

// worlds are the opened programs of this process.
var worlds = map[string]*mutate.World{}

func world(t testing.TB, name string) *mutate.World {
	t.Helper()
	if w := worlds[name]; w != nil {
		return w
	}
	w, err := mutate.OpenProgram(context.Background(), testdata, name, workDir)
	if err != nil {
		t.Fatal(err)
	}
	worlds[name] = w
	return w
}

var workDir string

func TestMain(m *testing.M) {
	heap.Grow() // as the command does
	var err error
	if workDir, err = os.MkdirTemp("", "jwtretire-mutants"); err != nil {
		panic(err)
	}
	fixer.ShareTypes(filepath.Join(workDir, "shared"))
	code := m.Run()
	os.RemoveAll(workDir)
	os.Exit(code)
}

// vary applies n mutations that rnd chooses, those of the layout last.
func vary(ctx context.Context, w *mutate.World, rows []*mutate.Mutation, rnd *rand.Rand, n int) (*mutate.Mutant, error) {
	var chosen []*mutate.Mutation
	for range n {
		chosen = append(chosen, rows[rnd.IntN(len(rows))])
	}
	sort.SliceStable(chosen, func(i, j int) bool { return !chosen[i].Late && chosen[j].Late })
	m := w.Original()
	for _, row := range chosen {
		next, err := w.Mutate(ctx, m, row, rnd)
		if err != nil {
			return nil, err
		}
		if next != nil {
			m = next
		}
	}
	return m, nil
}

// agrees compares the verdict on a variant with that on the original.
func agrees(m *mutate.Mutant, v, base verdict) (wrong []string) {
	more := slices.ContainsFunc(m.Applied, func(row *mutate.Mutation) bool { return row.More })
	if v.flows < base.flows || v.flows > base.flows && !more {
		wrong = append(wrong, fmt.Sprintf("%d flows are found, %d in the original", v.flows, base.flows))
	}
	return wrong
}

// TestMutants looks at some variants of some programs, the same every time. FuzzMutants looks at any.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("loads programs")
	}
	ctx := context.Background()
	rows := mutate.Table()
	for _, name := range []string{"helpers", "onefunc", "stagehost"} {
		t.Run(name, func(t *testing.T) {
			w := world(t, name)
			base, wrong := judge(ctx, w.Original())
			if len(wrong) > 0 || base.flows == 0 || base.fixed < base.flows {
				t.Fatalf("the original: %d flows, %d fixed: %v %v", base.flows, base.fixed, base.reasons, wrong)
			}
			for i := range 30 {
				m, err := vary(ctx, w, rows, rand.New(rand.NewPCG(1, uint64(i))), 3)
				if err != nil {
					t.Fatal(err)
				}
				check(t, m, base)
			}
		})
	}
}

// check judges a variant.
func check(t *testing.T, m *mutate.Mutant, base verdict) {
	t.Helper()
	v, wrong := judge(context.Background(), m)
	if wrong = append(wrong, agrees(m, v, base)...); len(wrong) > 0 {
		t.Errorf("%s: %s\n%s", m.Names(), strings.Join(wrong, "\n"), difference(m, v))
	}
	m.World.Forget()
}

// FuzzMutants takes a program, and pairs of a mutation and a choice of its site, from the fuzzer's bytes.
func FuzzMutants(f *testing.F) {
	names, err := mutate.Programs(testdata)
	if err != nil {
		f.Fatal(err)
	}
	rows := mutate.Table()
	for i := range 12 {
		f.Add([]byte{byte(slices.Index(names, "helpers")), byte(i * 7), 0, byte(i*5 + 3), 1})
	}
	verdicts := map[string]verdict{}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 3 || len(data) > 13 {
			t.Skip()
		}
		name := names[int(data[0])%len(names)]
		w := world(t, name)
		base, known := verdicts[name]
		if !known {
			base, _ = judge(t.Context(), w.Original())
			verdicts[name] = base
		}
		m := w.Original()
		for _, late := range []bool{false, true} {
			for i := 1; i+1 < len(data); i += 2 {
				row := rows[int(data[i])%len(rows)]
				if row.Late != late {
					continue
				}
				next, err := w.Mutate(t.Context(), m, row, rand.New(rand.NewPCG(0, uint64(data[i+1]))))
				if err != nil {
					t.Fatal(err)
				}
				if next != nil {
					m = next
				}
			}
		}
		check(t, m, base)
	})
}

// TestMutantRates is run by hand: MUTANTS is how many variants of each program to look at, PROGRAMS a
// regular expression of their names, MUTATIONS one of the mutations, SEED the seed, OUT a directory for what went wrong.
func TestMutantRates(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("MUTANTS"))
	if n == 0 {
		t.Skip("MUTANTS says how many")
	}
	ctx := context.Background()
	names, err := mutate.Programs(testdata)
	if err != nil {
		t.Fatal(err)
	}
	onlyPrograms, onlyRows := regexp.MustCompile(os.Getenv("PROGRAMS")), regexp.MustCompile(os.Getenv("MUTATIONS"))
	seed, _ := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	depth, _ := strconv.Atoi(os.Getenv("DEPTH"))
	var rows []*mutate.Mutation
	for _, row := range mutate.Table() {
		if onlyRows.MatchString(row.Name) {
			rows = append(rows, row)
		}
	}
	type rate struct{ applied, fixed, wrong int }
	rates := map[string]*rate{}
	total := &rate{}
	why := map[string]int{}
	for _, name := range names {
		if !onlyPrograms.MatchString(name) {
			continue
		}
		w := world(t, name)
		base, wrong := judge(ctx, w.Original())
		t.Logf("%s: %d flows, %d fixed %v", name, base.flows, base.fixed, base.reasons)
		if len(wrong) > 0 {
			t.Errorf("%s: %v", name, wrong)
			continue
		}
		begin := time.Now()
		count := 0
		one := func(label string, m *mutate.Mutant) {
			count++
			r := rates[label]
			v, wrong := judge(ctx, m)
			r.applied++
			total.applied++
			wrong = append(wrong, agrees(m, v, base)...)
			if len(wrong) > 0 {
				r.wrong++
				total.wrong++
				keep(t, fmt.Sprintf("%s-%s-%d", name, label, count), m, v, wrong)
			} else if v.fixed == v.flows {
				r.fixed++
				total.fixed++
			} else if base.fixed == base.flows {
				for _, reason := range v.reasons {
					why[label+": "+short(reason)]++
				}
				keep(t, fmt.Sprintf("declined/%s-%s-%d", name, label, count), m, v, v.reasons)
			}
			if base.fixed < base.flows {
				r.applied--
				total.applied--
			}
			w.Forget()
		}
		for i := range n {
			if depth > 1 {
				rnd := rand.New(rand.NewPCG(seed, uint64(i)))
				m, err := vary(ctx, w, rows, rnd, depth)
				if err != nil {
					t.Fatal(err)
				}
				if rates["all"] == nil {
					rates["all"] = &rate{}
				}
				one("all", m)
				continue
			}
			for j, row := range rows {
				rnd := rand.New(rand.NewPCG(seed, uint64(i*1000+j)))
				if rates[row.Name] == nil {
					rates[row.Name] = &rate{}
				}
				m, err := w.Mutate(ctx, w.Original(), row, rnd)
				if err != nil {
					t.Fatal(err)
				}
				if m != nil {
					one(row.Name, m)
				}
			}
		}
		t.Logf("%s: %d variants, %v each", name, count, time.Since(begin)/time.Duration(max(count, 1)))
		delete(worlds, name)
	}
	for _, name := range slices.Sorted(maps.Keys(rates)) {
		r := rates[name]
		t.Logf("RATE %-24s %4d applied, %4d fixed (%3d%%), %d wrong", name, r.applied, r.fixed, 100*r.fixed/max(r.applied, 1), r.wrong)
	}
	t.Logf("TOTAL %d applied, %d fixed (%.1f%%), %d wrong", total.applied, total.fixed, 100*float64(total.fixed)/float64(max(total.applied, 1)), total.wrong)
	for _, reason := range slices.Sorted(maps.Keys(why)) {
		t.Logf("WHY %3d %s", why[reason], reason)
	}
}

func short(s string) string {
	s = regexp.MustCompile(`\d+`).ReplaceAllString(s, "N")
	return s[:min(len(s), 140)]
}

// keep writes down a variant that went wrong, if OUT says where.
func keep(t *testing.T, label string, m *mutate.Mutant, v verdict, wrong []string) {
	text := label + ": " + m.Names() + ": " + strings.Join(wrong, "\n")
	if !strings.HasPrefix(label, "declined/") {
		t.Logf("WRONG %s", text)
	}
	dir := os.Getenv("OUT")
	if dir == "" {
		return
	}
	file := filepath.Join(dir, label+".txt")
	_ = os.MkdirAll(filepath.Dir(file), 0o777)
	_ = os.WriteFile(file, []byte(text+"\n\n"+difference(m, v)), 0o666)
}

// difference shows what the mutations and the fix changed.
func difference(m *mutate.Mutant, v verdict) string {
	var b strings.Builder
	before := m.World.Original().Source()
	mutant := m.Source()
	for _, path := range slices.Sorted(maps.Keys(mutant)) {
		b.WriteString(udiff.Unified("original/"+filepath.Base(path), "mutant/"+filepath.Base(path), string(before[path]), string(mutant[path])))
	}
	for _, path := range slices.Sorted(maps.Keys(v.after)) {
		b.WriteString(udiff.Unified("mutant/"+filepath.Base(path), "fixed/"+filepath.Base(path), string(mutant[path]), string(v.after[path])))
	}
	return b.String()
}
