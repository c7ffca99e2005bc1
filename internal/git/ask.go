package git

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"
)

// Date returns the time of the commit HEAD, in the zone of the committer. ok is false if there is no commit.
func (r *Repo) Date(ctx context.Context) (t time.Time, ok bool) {
	text, err := r.Run(ctx, nil, "cat-file", "commit", "HEAD")
	if err != nil {
		return t, false
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if line == "" {
			break // after the header, the message begins
		}
		who, found := strings.CutPrefix(line, "committer ")
		f := strings.Fields(who[strings.LastIndexByte(who, '>')+1:])
		if !found || len(f) != 2 {
			continue
		}
		sec, err := strconv.ParseInt(f[0], 10, 64)
		zone, err2 := strconv.Atoi(f[1])
		if err != nil || err2 != nil {
			break
		}
		return time.Unix(sec, 0).In(time.FixedZone("", (zone/100*60+zone%100)*60)), true
	}
	return t, false
}

// Named returns a function that reports whether an id is the hash of the contents as a git blob, in SHA-1 or
// SHA-256.
func Named(src []byte) func(id string) bool {
	sum := func(h hash.Hash) string {
		fmt.Fprintf(h, "blob %d\x00", len(src))
		h.Write(src)
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	short := sum(sha1.New())
	return func(id string) bool {
		if len(id) > 2*sha1.Size {
			return id == sum(sha256.New())
		}
		return id == short
	}
}

// A Known is a file in a commit.
type Known struct {
	Name string // relative to the top of the work tree, with slashes
	Mode string // "100644"
	ID   string
}

// Committed returns the files of the commit HEAD among names, which are relative to the top: files, or
// directories with a slash at the end. Before the first commit there are none.
func (r *Repo) Committed(ctx context.Context, names ...string) ([]Known, error) {
	if _, err := r.Run(ctx, nil, "rev-parse", "-q", "--verify", "HEAD^{commit}"); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if _, err := r.Run(ctx, nil, "rev-parse", "--git-dir"); err != nil {
			return nil, err
		}
		return nil, nil
	}
	out, err := r.Run(ctx, nil, append([]string{"ls-tree", "-z", "--full-tree", "HEAD", "--"}, names...)...)
	if err != nil {
		return nil, err
	}
	return Trees(out), nil
}

// Trees parses the output of git ls-tree -z.
func Trees(out []byte) []Known {
	list := []Known{}
	for line := range strings.SplitSeq(string(out), "\x00") {
		// "100644 blob ID\tNAME"
		about, name, _ := strings.Cut(line, "\t")
		if f := strings.Fields(about); len(f) == 3 && f[1] == "blob" {
			list = append(list, Known{name, f[0], f[2]})
		}
	}
	return list
}

// InIndex returns the names, relative to the top, that the index has, with any contents.
func (r *Repo) InIndex(ctx context.Context, names ...string) ([]string, error) {
	args := []string{"ls-files", "-z", "--full-name", "--"}
	for _, n := range names {
		args = append(args, ":(top,literal)"+n)
	}
	out, err := r.Run(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(out), func(c rune) bool { return c == 0 }), nil
}
