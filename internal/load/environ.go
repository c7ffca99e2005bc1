package load

import (
	"os"
	"strings"
)

// environ returns the environment of the go command.
func (c Config) environ() []string {
	env := c.Env
	if env == nil {
		env = os.Environ()
	}
	env = append([]string(nil), env...)
	if c.GOOS != "" {
		env = append(env, "GOOS="+c.GOOS)
	}
	if c.GOARCH != "" {
		env = append(env, "GOARCH="+c.GOARCH)
	}
	return env
}

func (p *plan) env(name string) string { return p.cfg.getenv(name) }

// getenv returns the value of a variable; the last one if there are two, as for os/exec.
func (c Config) getenv(name string) string {
	value := ""
	for _, kv := range c.environ() {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			value = v
		}
	}
	return value
}

// goFlags returns the value of -mod in GOFLAGS, and the other flags.
func (c Config) goFlags() (mod string, rest []string) {
	for _, f := range strings.Fields(c.getenv("GOFLAGS")) {
		if m, ok := strings.CutPrefix(strings.TrimPrefix(f, "-"), "-mod="); ok {
			mod = m
		} else if m, ok := strings.CutPrefix(f, "-mod="); ok {
			mod = m
		} else {
			rest = append(rest, f)
		}
	}
	return mod, rest
}

// tags returns the build tags of the configuration, or those of GOFLAGS if it has none.
func (c Config) tags() []string {
	list := c.Tags
	if list == "" {
		_, rest := c.goFlags()
		for _, f := range rest {
			if t, ok := strings.CutPrefix("-"+strings.TrimLeft(f, "-"), "-tags="); ok {
				list = t
			}
		}
	}
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
