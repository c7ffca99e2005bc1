// Package commandline describes a program's command line as data: its commands, flags and exit codes.
//
// Input: a [Program], a table with a row for each command and each flag. Output: the parser, the help of every command, shell
// completions, the man page and docs/commands.md. A new row of the table is in all of them.
//
// The standard library's package flag parses. Command-line frameworks were rejected: they
// parse -format as a list of one-letter flags, unlike the go command, whose conventions these flags follow.
package commandline

import (
	"flag"
	"fmt"
	"slices"
	"strings"
)

// A Program is a whole command line.
type Program struct {
	Name     string
	Short    string // its purpose in one line
	Long     string // paragraphs and lists, in the format of codes.Blocks
	Commands []*Command
	Groups   []string // headings of flags, in order
	Exits    []Exit   // exit codes that all commands share
	Hosts    []Line   // ways to run it besides its commands
	Files    []Line   // files and variables that it reads
}

// A Line is a name with a short description.
type Line struct{ What, About string }

// An Exit is an exit code with its meaning.
type Exit struct {
	Code  int
	About string
}

// A Command is a verb. The first command of a program is the default.
type Command struct {
	Name     string
	Args     string // the arguments after the flags: [packages], FILE:LINE | ID | CODE
	Short    string // one line
	Long     string // additional text for the help of the command
	Flags    []*Flag
	Exits    []Exit
	Examples []Line          // command lines with their effects
	Words    func() []string // possible values of the first argument, if there are few; may be nil
	Operand  Operand         // the kind of other arguments
}

// An Operand is the kind of completion for an argument or a value.
type Operand string

const (
	Nothing     Operand = ""
	Files       Operand = "files"
	Directories Operand = "directories"
)

// A Flag is one flag of one or several commands.
type Flag struct {
	Name    string
	Group   string          // one of Program.Groups
	Value   string          // the placeholder of its value, "" for a boolean flag
	Usage   string          // its effect, without a full stop
	Words   func() []string // possible values, if there are few; may be nil
	Open    bool            // other values than Words are allowed
	Operand Operand
	To      any  // *string, *bool, or func() for a boolean flag; its value before Parse is the default
	empty   bool // without a default
}

// Words returns a function for a fixed list.
func Words(list ...string) func() []string { return func() []string { return list } }

// words returns the list of a function that may be nil.
func words(list func() []string) []string {
	if list == nil {
		return nil
	}
	return list()
}

// Find returns the command with a name, nil if there is none.
func (p *Program) Find(name string) *Command {
	for _, c := range p.Commands {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// with returns the commands that have a flag.
func (p *Program) with(flag string) []*Command {
	var out []*Command
	for _, c := range p.Commands {
		if c.flag(flag) != nil {
			out = append(out, c)
		}
	}
	return out
}

func (c *Command) flag(name string) *Flag {
	for _, f := range c.Flags {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Default returns the text of a flag's default value, "" if it need not be mentioned.
func (f *Flag) Default() string {
	switch to := f.To.(type) {
	case *string:
		return *to
	case *bool:
		if *to {
			return "true"
		}
	}
	return ""
}

// set returns the flag set of a command.
func (c *Command) set() *flag.FlagSet {
	fs := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	for _, f := range c.Flags {
		switch to := f.To.(type) {
		case *string:
			f.empty = *to == ""
			fs.StringVar(to, f.Name, *to, f.Usage)
		case *bool:
			fs.BoolVar(to, f.Name, *to, f.Usage)
		case func():
			fs.BoolFunc(f.Name, f.Usage, func(value string) error {
				if value == "true" {
					to()
				}
				return nil
			})
		default:
			panic(fmt.Sprintf("flag -%s has no place for its value", f.Name))
		}
	}
	return fs
}

// ErrHelp is returned by Parse for the flag -help.
var ErrHelp = flag.ErrHelp

// Parse sets the flags of a command and returns its arguments. Flags may be before, between and after
// arguments; everything after "--" is an argument. If a flag is repeated, the last one counts.
func (p *Program) Parse(c *Command, args []string) (operands []string, err error) {
	fs := c.set()
	fs.SetOutput(discard{})
	for {
		if err := fs.Parse(args); err != nil {
			return nil, p.explain(c, err)
		}
		rest := fs.Args()
		if len(rest) == 0 {
			return operands, nil
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			return append(operands, rest...), nil
		}
		operands = append(operands, rest[0])
		args = rest[1:]
	}
}

// Check returns an error if a flag's value is not one of its words.
func (c *Command) Check() error {
	for _, f := range c.Flags {
		to, ok := f.To.(*string)
		list := words(f.Words)
		if !ok || f.Open || len(list) == 0 || slices.Contains(list, *to) || f.empty && *to == "" {
			continue
		}
		return fmt.Errorf("-%s %s: use one of %s", f.Name, *to, strings.Join(list, ", "))
	}
	return nil
}

// Values returns the values of a command's flags, as -name=value, except those of a group.
func (c *Command) Values(except string) []string {
	out := []string{c.Name}
	for _, f := range c.Flags {
		switch to := f.To.(type) {
		case *string:
			if f.Group != except {
				out = append(out, "-"+f.Name+"="+*to)
			}
		case *bool:
			if f.Group != except {
				out = append(out, fmt.Sprintf("-%s=%t", f.Name, *to))
			}
		}
	}
	return out
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// call returns the command as it is typed.
func (p *Program) call(c *Command) string {
	if c == p.Commands[0] {
		return p.Name
	}
	return p.Name + " " + c.Name
}

// explain improves an error for an unknown flag: it names the command that has the flag, or a similar flag.
func (p *Program) explain(c *Command, err error) error {
	name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !ok {
		return err
	}
	help := p.Name + " help " + c.Name
	if with := p.with(name); len(with) > 0 {
		return fmt.Errorf("-%s is a flag of %q, not of %q (%s lists its flags)", name, p.call(with[0]), p.call(c), help)
	}
	if f := Nearest(name, c.flagNames()); f != "" {
		return fmt.Errorf("%q has no flag -%s; did you mean -%s? (%s lists its flags)", p.call(c), name, f, help)
	}
	for _, other := range p.Commands {
		if f := Nearest(name, other.flagNames()); f != "" {
			return fmt.Errorf("there is no flag -%s; did you mean -%s of %q?", name, f, p.call(other))
		}
	}
	return fmt.Errorf("%q has no flag -%s (%s lists its flags)", p.call(c), name, help)
}

func (c *Command) flagNames() []string {
	var out []string
	for _, f := range c.Flags {
		out = append(out, f.Name)
	}
	return out
}

// Nearest returns the command with a similar name, "" if there is none.
func (p *Program) Nearest(word string) string {
	var names []string
	for _, c := range p.Commands {
		names = append(names, c.Name)
	}
	return Nearest(word, names)
}

// Nearest returns the first of the most similar names. At most a third of the letters may differ, and one in a
// word of two letters. It is "" if there is none.
func Nearest(word string, names []string) string {
	best, found := max(len(word)/3, min(len(word)-1, 1))+1, ""
	for _, name := range names {
		if d := distance(word, name); d < best {
			best, found = d, name
		}
	}
	return found
}

// distance is the number of letters to insert, delete, replace, or exchange with the next one (restricted
// Damerau-Levenshtein), which are the usual typing errors.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}

// grouped returns the flags of a command by group, in the order of the program's groups.
func (p *Program) grouped(c *Command) [][]*Flag {
	var out [][]*Flag
	for _, g := range p.Groups {
		var list []*Flag
		for _, f := range c.Flags {
			if f.Group == g {
				list = append(list, f)
			}
		}
		if len(list) > 0 {
			slices.SortFunc(list, func(a, b *Flag) int { return strings.Compare(a.Name, b.Name) })
			out = append(out, list)
		}
	}
	return out
}
