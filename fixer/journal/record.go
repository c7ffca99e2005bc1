package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"jwtretire.example/internal/lazyregexp"
)

// Dir is the folder of the journal, in the root of a tree. It is there only while files are written, and after
// a run that died doing so.
const Dir = ".jwtretire-journal"

const (
	recordName = Dir + "/record"
	draftName  = Dir + "/record.tmp"
)

// A state says how far a set of files has got.
type state string

const (
	staging state = "staging" // all files are old
	ready   state = "ready"   // the files are becoming new
	back    state = "back"    // the files are becoming old again
)

// A record is the intention to write a set of files.
type record struct {
	Version int       `json:"version"`
	State   state     `json:"state"`
	Root    string    `json:"root"` // that it was made for; a copy of the tree is another one
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Entries []*entry  `json:"entries"`

	signed bool // by the user's key
}

const version = 1

// An entry is one file of the set. Names are below the root, with slashes.
type entry struct {
	Path  string      `json:"path"`
	Old   sum         `json:"old,omitempty"`
	New   sum         `json:"new,omitempty"`
	Mode  fs.FileMode `json:"mode"`           // of the old file; of the new one where there is no old one
	Aside string      `json:"aside"`          // the new contents before the change of places, the old ones after it
	Copy  string      `json:"copy,omitempty"` // of the old contents, in Dir
}

// draft is where contents are written before they lie aside, once the record says ready: what lies aside then is
// either whole or the text of an editor.
func (e *entry) draft() string { return strings.TrimSuffix(e.Aside, ".tmp") + "b.tmp" }

// A sum tells contents apart; "" is that of a file that is not there.
type sum string

func sumOf(content []byte) sum {
	if content == nil {
		return ""
	}
	s := sha256.Sum256(content)
	return sum(hex.EncodeToString(s[:]))
}

// odd is the sum of what is no regular file.
const odd sum = "?"

// look returns the sum of what is under a name.
func (s *Site) look(name string) (sum, error) {
	info, err := s.fs.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return odd, nil
	}
	content, err := s.fs.ReadFile(name)
	if err != nil {
		return "", err
	}
	if content == nil {
		content = []byte{}
	}
	return sumOf(content), nil
}

// save puts the record into the folder, in one step.
func (s *Site) save(r *record) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := s.fs.Remove(draftName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	mac := ""
	if s.key != nil {
		mac = hex.EncodeToString(s.key.Sum(text))
	}
	if _, err := s.create(draftName, []byte(mac+"\n"+string(text)), 0o600, Like{}); err != nil {
		return err
	}
	if err := s.fs.Rename(draftName, recordName); err != nil {
		return err
	}
	return s.fs.SyncDir(Dir)
}

// create writes a file and syncs it. What it leaves behind on an error is in the record, or in Dir.
func (s *Site) create(name string, content []byte, mode fs.FileMode, like Like) (lost string, err error) {
	f, err := s.fs.Create(name)
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	if err == nil {
		lost, err = f.Become(mode, like)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return lost, err
}

// load reads the record; nil says that there is none.
func (s *Site) load() (*record, error) {
	data, err := s.fs.ReadFile(recordName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	mac, text, _ := bytes.Cut(data, []byte("\n"))
	r := &record{}
	if err := json.Unmarshal(text, r); err != nil || r.Version != version {
		return nil, fmt.Errorf("%s cannot be read by this version of jwtretire; look at the files (git status, git diff) and remove %s", s.name(recordName), s.name(Dir))
	}
	if err := r.valid(); err != nil {
		return nil, fmt.Errorf("%s is not followed: %w; remove %s", s.name(recordName), err, s.name(Dir))
	}
	code, err := hex.DecodeString(string(mac))
	r.signed = err == nil && s.key.Check(code, text) && r.Root == s.Root
	return r, nil
}

var (
	copyForm  = lazyregexp.New(`^\d{1,6}\.old$`)
	asideForm = lazyregexp.New(`^\.jwtretire-[0-9a-z]{8,40}\.tmp$`)
)

// valid checks that a record names nothing but what a fix writes.
func (r *record) valid() error {
	if r.State != staging && r.State != ready && r.State != back {
		return fmt.Errorf("there is no state %q", r.State)
	}
	seen := map[string]bool{}
	for _, e := range r.Entries {
		if !writable(e.Path) {
			return fmt.Errorf("a fix does not write %q", e.Path)
		}
		if path.Dir(e.Aside) != path.Dir(e.Path) || !asideForm.MatchString(path.Base(e.Aside)) {
			return fmt.Errorf("%q is not where the contents of %q lie", e.Aside, e.Path)
		}
		if (e.Copy == "") != (e.Old == "") || e.Copy != "" && !copyForm.MatchString(e.Copy) {
			return fmt.Errorf("%q is no copy of %q", e.Copy, e.Path)
		}
		if e.Old == e.New || e.Old == odd || e.New == odd || seen[e.Path] || seen[e.Aside] {
			return fmt.Errorf("%q is to be two things", e.Path)
		}
		seen[e.Path], seen[e.Aside] = true, true
	}
	return nil
}

// writable reports whether a name, below the root, is one that a fix may write.
func writable(name string) bool {
	if name == "" || path.Clean(name) != name || !filepath.IsLocal(filepath.FromSlash(name)) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(part, ".git") || strings.EqualFold(part, Dir) {
			return false
		}
	}
	base := path.Base(name)
	return base == "go.mod" || base == "go.sum" || base == "go.work" || base == "go.work.sum" || path.Ext(base) == ".go"
}

// name returns the full name of something below the root, for messages.
func (s *Site) name(below string) string { return filepath.Join(s.Root, filepath.FromSlash(below)) }

// absent makes an error of "not there" none.
func absent(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
