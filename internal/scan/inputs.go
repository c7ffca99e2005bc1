package scan

import (
	"path/filepath"

	"jwtretire.example/internal/config"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/replay"
	"jwtretire.example/internal/sift"
)

// Inputs returns all inputs of a scan of files on disk, for a working directory and a
// configuration. ok is false if the result should not be cached: if the prefilter found
// nothing, a new scan is as fast as the cache, and if a file or a
// module was missing, it may exist the next time.
func (res *Result) Inputs(dir string, conf *config.Config) (in replay.Inputs, ok bool) {
	if len(res.Platforms) == 0 || len(res.tree.Unreadable)+len(res.tree.Symlinks) > 0 {
		return in, false
	}
	in.Dirs = append(in.Dirs, res.tree.Visited...)
	in.Files = append(in.Files, res.tree.Works...)
	for _, m := range res.tree.Modules {
		in.Files = append(in.Files, above(m.Dir)...)
		for _, d := range m.Dirs {
			in.Files = append(in.Files, filesOf(d)...)
		}
	}
	in.Files = append(in.Files, above(dir)...)
	if conf.File != "" {
		in.Files = append(in.Files, conf.File)
	}
	for _, ig := range conf.Ignores {
		in.Dated = in.Dated || ig.Until != ""
	}
	for _, p := range res.Platforms {
		dirs, files, complete := p.Load.Inputs()
		if !complete {
			return in, false
		}
		in.Dirs = append(in.Dirs, dirs...)
		in.Files = append(in.Files, files...)
	}
	for _, b := range res.Ledger.BlindSpots {
		if b.Kind == load.SpotInternal {
			return in, false
		}
	}
	return in, true
}

// above returns the files in a directory and all directories above it that select the module and the
// configuration.
func above(dir string) (files []string) {
	for {
		for _, name := range []string{"go.mod", "go.work", config.FileName} {
			files = append(files, filepath.Join(dir, name))
		}
		up := filepath.Dir(dir)
		if up == dir {
			return files
		}
		dir = up
	}
}

func filesOf(d *sift.Dir) (files []string) {
	for _, f := range d.Files {
		files = append(files, filepath.Join(d.Path, f.Name))
	}
	return files
}
