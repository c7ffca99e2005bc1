package library

import (
	"go/token"
	"go/types"
	"testing"
)

// function makes a function or, with recv, a method, as go/types has it.
func function(path, recv, name string) *types.Func {
	pkg := types.NewPackage(path, "p")
	var r *types.Var
	if recv != "" {
		named := types.NewNamed(types.NewTypeName(token.NoPos, pkg, recv, nil), types.NewStruct(nil, nil), nil)
		r = types.NewVar(token.NoPos, pkg, "", types.NewPointer(named))
	}
	return types.NewFunc(token.NoPos, pkg, name, types.NewSignatureType(r, nil, nil, nil, nil, false))
}

func TestEffectOf(t *testing.T) {
	for _, tt := range []struct {
		path, recv, name string
		want             Effect
	}{
		{"os", "", "Getenv", Reads},                                  // by its role
		{"os", "", "OpenFile", Strong},                               // in spite of its role
		{"os", "", "Remove", Unknown},                                // no row
		{"os", "File", "ReadAt", Reads},                              // by a prefix
		{"time", "", "Now", Varies},                                  // a row in a package with another effect
		{"time", "Time", "Add", Pure},                                // the package's
		{"time", "Timer", "Reset", Strong},                           // all of a type
		{"net/http", "Request", "WriteProxy", Strong},                // the longer of two prefixes
		{"net/http", "Request", "Cookies", Pure},                     // the shorter
		{"net/http", "Client", "Do", Strong},                         // sends
		{"github.com/golang-jwt/jwt/v5", "", "NewNumericDate", Pure}, // the package's, with a version
		{"github.com/someone/jwt-go", "Token", "SignedString", Pure}, // a fork
		{"github.com/lestrrat-go/jwx/v2/jwk", "", "Fetch", Strong},   // an exception of a package below another's row
		{"github.com/lestrrat-go/jwx/v2/jwa", "", "RS256", Pure},     // a package below another's row
		{"golang.org/x/crypto/ssh/agent", "", "NewClient", Strong},   // the longest path counts
		{"go.step.sm/crypto/pemutil", "", "Serialize", Strong},       // it can write a file
		{"go.step.sm/crypto/pemutil", "", "Read", Reads},             // and this cannot
		{"github.com/docker/libtrust", "", "LoadOrCreateTrustKey", Strong},
		{"github.com/go-resty/resty/v2", "Client", "SetRetryCount", Pure},
		{"resty.dev/v3", "Client", "SetRetryCount", Unknown}, // a row for one major version
		{"flag", "FlagSet", "String", Defines},
		{"sync", "Mutex", "Lock", Locks},
		{"fmt", "", "Fprintf", Prints},
		{"log/slog", "", "Info", Logs},
		{"example.com/own", "", "Record", Unknown},
	} {
		fn := function(tt.path, tt.recv, tt.name)
		if got := EffectOf(fn); got != tt.want {
			t.Errorf("EffectOf(%s) = %d, want %d", fn.FullName(), got, tt.want)
		}
		if got, want := Harmless(fn), tt.want == Pure || tt.want == Reads || tt.want == Varies; got != want {
			t.Errorf("Harmless(%s) = %v", fn.FullName(), got)
		}
	}
	if got := EffectOf(types.Universe.Lookup("error").Type().Underlying().(*types.Interface).Method(0)); got != Pure {
		t.Errorf("EffectOf(error.Error) = %d", got)
	}
}

// A row whose effect nobody has thought of is a mistake. What a function without an effect in its row does is Strong,
// the default, so rows that are there for something else may be silent.
func TestEveryRowHasAnEffect(t *testing.T) {
	for _, row := range All() {
		if row.Does() != Unknown || row.Role == Lookalike || row.NilChecked != None || row.Requires != None || row.Lookup {
			continue
		}
		t.Errorf("%s", row.FullName())
	}
	for _, p := range Packages() {
		if p.Effect == Unknown {
			t.Errorf("%s", p.Path)
		}
	}
}

// A row with a prefix has no role: flows are only found through functions that are known one by one.
func TestPrefixesHaveNoRole(t *testing.T) {
	for _, row := range All() {
		if row.Name[len(row.Name)-1] == '*' && row.Role != "" {
			t.Errorf("%s", row.FullName())
		}
	}
}

func TestNoPackageTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Packages() {
		if seen[p.Path] {
			t.Errorf("two rows for %s", p.Path)
		}
		seen[p.Path] = true
		if p.JWT && !p.Keys {
			t.Errorf("%s has tokens without keys", p.Path)
		}
	}
}

func TestEnds(t *testing.T) {
	for _, tt := range []struct {
		path, recv, name string
		want             bool
	}{
		{"os", "", "Exit", true}, {"syscall", "", "Exit", true}, {"runtime", "", "Goexit", true}, {"log", "", "Fatalf", true}, {"log", "", "Printf", false},
		{"example.com/own", "Logger", "Panicf", true}, {"example.com/own", "Router", "PanicHandler", false},
	} {
		if got := Ends(function(tt.path, tt.recv, tt.name)); got != tt.want {
			t.Errorf("Ends(%s.%s.%s) = %v", tt.path, tt.recv, tt.name, got)
		}
	}
}
