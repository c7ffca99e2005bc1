package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
)

// A build describes this binary, as the go command stamped it.
type build struct {
	Name     string `json:"name"`
	Version  string `json:"version"`            // of the module; "devel" without one
	Revision string `json:"revision,omitempty"` // of the repository
	Time     string `json:"time,omitempty"`     // of the revision
	Modified bool   `json:"modified,omitempty"` // with uncommitted changes
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Name: "jwtretire", Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// version is the module's version, or "devel".
func version() string { return thisBuild().Version }

// date is the day of the revision, "undated" if it is unknown.
func (b build) date() string {
	if day, _, ok := strings.Cut(b.Time, "T"); ok {
		return day
	}
	return "undated"
}

func (b build) print(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(b)
	}
	more := b.Go + " " + b.Platform
	if b.Revision != "" {
		more = "revision " + b.Revision + ", " + more
		if b.Modified {
			more = "modified " + more
		}
	}
	_, err := fmt.Fprintf(w, "%s %s\n%s\n", b.Name, b.Version, more)
	return err
}
