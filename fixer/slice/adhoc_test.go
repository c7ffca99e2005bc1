package slice

import (
	"go/ast"
	"go/build"
	"jwtretire.example/fixer/change"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestAdhoc(t *testing.T) {
	dirs := os.Getenv("ADHOC")
	if dirs == "" {
		t.Skip()
	}
	step, _ := strconv.Atoi(os.Getenv("STEP"))
	if step == 0 {
		step = 1
	}
	for _, dir := range strings.Split(dirs, ",") {
		src := map[string][]byte{}
		build.Default.CgoEnabled = false
		bp, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, n := range bp.GoFiles {
			b, _ := os.ReadFile(filepath.Join(dir, n))
			src[n] = b
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			if os.Getenv("ID") != "" {
				identity(t, src, nil)
				return
			}
			n := 0
			for i := 0; ; i += step {
				m := newModule(t, src, map[string][]*ast.File{})
				set := change.NewSet()
				what, ok := removeNth(m, set, i)
				if !ok {
					t.Log(n, "runs")
					return
				}
				n++
				if msg := applies(m, set, nil); msg != "" {
					if i := strings.Index(msg, "-- "); i > 0 && os.Getenv("FULL") == "" {
						msg = msg[:i]
					}
					t.Errorf("without %s:\n%s", what, msg)
				}
			}
		})
	}
}
