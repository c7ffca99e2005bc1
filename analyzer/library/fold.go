package library

import (
	"strconv"
	"strings"
)

// Fold converts an import path to the path in the table and a major version.
//
// It removes vendor prefixes and major version elements, and replaces the names of renamed and forked repositories by
// the present one: "example.com/app/vendor/gopkg.in/square/go-jose.v2/jwt" is
// "github.com/go-jose/go-jose/jwt", 2. A path without a version has major version 1, or the one that the
// repository had without a version in its path (golang-jwt and its forks: 3).
func Fold(path string) (id string, major int) {
	if i := strings.LastIndex(path, "/vendor/"); i >= 0 {
		path = path[i+len("/vendor/"):]
	}
	path = strings.TrimPrefix(path, "vendor/")
	// A test variant: "p [p.test]".
	if i := strings.IndexByte(path, ' '); i >= 0 {
		path = path[:i]
	}
	first, _, found := strings.Cut(path, "/")
	if !strings.Contains(first, ".") || !found && !strings.Contains(path, ".") {
		return path, 1 // the standard library
	}
	parts := strings.Split(path, "/")
	major = 0
	for i := len(parts) - 1; i > 0; i-- {
		if n := versionElement(parts[i]); n > 0 {
			parts = append(parts[:i:i], parts[i+1:]...)
			major = n
			break
		}
		if parts[0] == "gopkg.in" {
			if name, v, ok := strings.Cut(parts[i], ".v"); ok {
				if n, err := strconv.Atoi(v); err == nil {
					parts[i], major = name, n
					break
				}
			}
		}
	}
	repo, rest := parts, []string(nil)
	if len(parts) > 3 {
		repo, rest = parts[:3], parts[3:]
	}
	id = strings.Join(repo, "/")
	for _, h := range homes {
		if h.from == id || strings.HasPrefix(h.from, "*/") && len(repo) == 3 && repo[0] == "github.com" && h.from[2:] == repo[2] {
			id = h.to
			if major == 0 {
				major = h.major
			}
			break
		}
	}
	if major == 0 {
		major = 1
	}
	if len(rest) > 0 {
		id += "/" + strings.Join(rest, "/")
	}
	return id, major
}

// versionElement returns n for "vN" with N of 2 or more, else 0.
func versionElement(s string) int {
	if len(s) < 2 || s[0] != 'v' {
		return 0
	}
	n, err := strconv.Atoi(s[1:])
	if err != nil || n < 2 {
		return 0
	}
	return n
}

// homes are the present names of repositories. "*/name" is any fork on GitHub with the same name, which must
// not be the name of another project.
var homes = []struct {
	from, to string
	major    int // of a path without version
}{
	{"github.com/golang-jwt/jwt", "github.com/golang-jwt/jwt", 3},
	{"github.com/dgrijalva/jwt-go", "github.com/golang-jwt/jwt", 3},
	{"github.com/form3tech-oss/jwt-go", "github.com/golang-jwt/jwt", 3},
	{"gopkg.in/dgrijalva/jwt-go", "github.com/golang-jwt/jwt", 3},
	{"*/jwt-go", "github.com/golang-jwt/jwt", 3},
	{"github.com/square/go-jose", "github.com/go-jose/go-jose", 1},
	{"gopkg.in/square/go-jose", "github.com/go-jose/go-jose", 1},
	{"gopkg.in/go-jose/go-jose", "github.com/go-jose/go-jose", 2},
	{"*/go-jose", "github.com/go-jose/go-jose", 1},
	{"github.com/lestrrat/go-jwx", "github.com/lestrrat-go/jwx", 1},
	{"gopkg.in/resty", "github.com/go-resty/resty", 1},
	{"resty.dev", "github.com/go-resty/resty", 3},
	{"github.com/go-resty/resty", "github.com/go-resty/resty", 1},
	{"gopkg.in/alecthomas/kingpin", "github.com/alecthomas/kingpin", 2},
	{"gopkg.in/SermoDigital/jose", "github.com/SermoDigital/jose", 1},
}
