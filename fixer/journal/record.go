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

const (
	recordName = Dir + "/record"
	draftName  = Dir + "/record.tmp"
)

// A state is the progress of a set of files.
type state string

const (
	staging state = "staging" // all files are old
	ready   state = "ready"   // the old contents are being replaced with the new ones
	back    state = "back"    // the old contents are being restored
)

// A record is the intention to write a set of files.
type record struct {
	Version int       `json:"version"`
	State   state     `json:"state"`
	Root    string    `json:"root"` // of the tree that it was written for; a copy of the tree has another root
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Entries []*entry  `json:"entries"`

	signed bool // by the user's key
}

const version = 1

// An entry is one file of the set. Names are relative to the root, with slashes.
type entry struct {
	Path  string      `json:"path"`
	Old   sum         `json:"old,omitempty"`
	New   sum         `json:"new,omitempty"`
	Mode  fs.FileMode `json:"mode"`           // of the old file, or of the new one if there is no old one
	Aside string      `json:"aside"`          // temporary file beside Path: the new contents before the exchange, the old ones after it
	Copy  string      `json:"copy,omitempty"` // of the old contents, in Dir
}

// draft is the file that is written and then renamed to Aside once the state is ready. So Aside never has a part of the
// contents: it has all of them, or the version of another program.
func (e *entry) draft() string { return strings.TrimSuffix(e.Aside, ".tmp") + "b.tmp" }

// A sum is the hash of a file's contents, and "" if there is no file.
type sum string

func sumOf(content []byte) sum {
	if content == nil {
		return ""
	}
	s := sha256.Sum256(content)
	return sum(hex.EncodeToString(s[:]))
}

// odd is the sum of a directory, a link or another file that is not regular.
const odd sum = "?"

// look returns the sum of the file with a name.
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

// save writes the record atomically.
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

// create writes a file and syncs it. After an error a part of it may exist; its name is in the record, or it is in Dir.
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

// load reads the record, and returns nil if there is none.
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

// valid returns an error if the record names a file that a fix does not write.
func (r *record) valid() error {
	if r.State != staging && r.State != ready && r.State != back {
		return fmt.Errorf("unknown state %q", r.State)
	}
	seen := map[string]bool{}
	for _, e := range r.Entries {
		if !writable(e.Path) {
			return fmt.Errorf("a fix does not write %q", e.Path)
		}
		if path.Dir(e.Aside) != path.Dir(e.Path) || !asideForm.MatchString(path.Base(e.Aside)) {
			return fmt.Errorf("%q is not the name of a temporary file of %q", e.Aside, e.Path)
		}
		if (e.Copy == "") != (e.Old == "") || e.Copy != "" && !copyForm.MatchString(e.Copy) {
			return fmt.Errorf("%q is not the name of a copy of %q", e.Copy, e.Path)
		}
		if e.Old == e.New || e.Old == odd || e.New == odd || seen[e.Path] || seen[e.Aside] {
			return fmt.Errorf("contradictory entries for %q", e.Path)
		}
		seen[e.Path], seen[e.Aside] = true, true
	}
	return nil
}

// writable reports whether a fix may write a file with this name, relative to the root.
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

// name returns the absolute name of a file, for messages.
func (s *Site) name(below string) string { return filepath.Join(s.Root, filepath.FromSlash(below)) }

// absent returns nil for an error that means "no such file", and other errors unchanged.
func absent(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// dirs returns the directories of the files.
func (r *record) dirs() []string {
	var out []string
	seen := map[string]bool{}
	for _, e := range r.Entries {
		if d := path.Dir(e.Path); !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return out
}

// syncDirs syncs the directories of the files, and more.
func (s *Site) syncDirs(r *record, more ...string) error {
	for _, d := range append(r.dirs(), more...) {
		if err := s.fs.SyncDir(d); absent(err) != nil {
			return fmt.Errorf("%s cannot be synced: %w", s.name(d), err)
		}
	}
	return nil
}
