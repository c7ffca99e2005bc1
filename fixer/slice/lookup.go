package slice

import (
	"go/ast"
	"strings"
)

// Prefixes of the keys of settings that are looked up by name. Variables of the environment have none.
const (
	flagKey  envKey = "flag "
	viperKey envKey = "viper "
	koanfKey envKey = "koanf "
)

// lookups are functions that read the setting that their first argument names. A name that ends in *
// is a prefix.
var lookups = map[string]envKey{
	"os.Getenv": "", "os.LookupEnv": "",
	"github.com/spf13/viper.Get*": viperKey, "github.com/spf13/viper.IsSet": viperKey,
	"(github.com/spf13/viper.Viper).Get*": viperKey, "(github.com/spf13/viper.Viper).IsSet": viperKey,
	"(github.com/spf13/pflag.FlagSet).Get*": flagKey, "(github.com/spf13/pflag.FlagSet).Changed": flagKey,
	"(github.com/urfave/cli.Context).*": flagKey, "(github.com/urfave/cli/v2.Context).*": flagKey, "(github.com/urfave/cli/v3.Command).*": flagKey,
	"(github.com/knadh/koanf.Koanf).*": koanfKey, "(github.com/knadh/koanf/v2.Koanf).*": koanfKey,
}

// lookup returns the key of the setting that a call reads by name, false if it reads none.
func (f *file) lookup(c *ast.CallExpr) (envKey, bool) {
	fn := f.callee(c)
	if fn == nil || len(c.Args) == 0 {
		return "", false
	}
	name := f.constString(c.Args[0])
	if name == "" {
		return "", false
	}
	prefix, ok := lookupPrefix(fullName(fn))
	return keyOf(prefix, name), ok
}

// lookupPrefix returns the prefix of the keys that a function looks up.
func lookupPrefix(full string) (prefix envKey, ok bool) {
	prefix, ok = lookups[full]
	for i := len(full); !ok && i > 0; i-- {
		prefix, ok = lookups[full[:i]+"*"]
	}
	return prefix, ok
}

func keyOf(prefix envKey, name string) envKey {
	if prefix == viperKey { // viper does not mind the case
		name = strings.ToLower(name)
	}
	return prefix + envKey(name)
}

// kindOfKey splits a key into the kind of a leftover and the name.
func kindOfKey(k envKey) (kind, name string) {
	for prefix, kind := range map[envKey]string{flagKey: "flag", viperKey: "setting", koanfKey: "setting"} {
		if rest, ok := strings.CutPrefix(string(k), string(prefix)); ok {
			return kind, rest
		}
	}
	return "env", string(k)
}
