package load

import (
	"go/version"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// goDirective returns the go directive of a go.mod file, "" if it has none or cannot be read.
func goDirective(gomod string) string {
	data, err := os.ReadFile(gomod)
	if err != nil {
		return ""
	}
	f, err := modfile.ParseLax(gomod, data, nil)
	if err != nil || f.Go == nil {
		return ""
	}
	return f.Go.Version
}

// isVendored reports whether the go command takes dependencies from dir's vendor directory. It exists, and a
// flag says so or the go directive is 1.14 or later.
func isVendored(dir, goVersion, flag string) bool {
	if info, err := os.Stat(filepath.Join(dir, "vendor", "modules.txt")); err != nil || info.IsDir() {
		return false
	}
	return flag == "vendor" || goVersion != "" && version.Compare("go"+goVersion, "go1.14") >= 0
}
