package load

import (
	"go/version"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// goDirective returns the language version of a go.mod, "" if it has none.
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

// isVendored reports whether the go command takes dependencies from dir's vendor
// directory: because a flag says so, or because there is one and the module is not older
// than Go 1.14.
func isVendored(dir, goVersion, flag string) bool {
	if info, err := os.Stat(filepath.Join(dir, "vendor", "modules.txt")); err != nil || info.IsDir() {
		return false
	}
	return flag == "vendor" || goVersion != "" && version.Compare("go"+goVersion, "go1.14") >= 0
}
